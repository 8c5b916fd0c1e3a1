import { html } from "../vendor/htm-preact.js";
import { Button } from "./button.js";

// Says what to do next.
export const EmptyState = ({ fleetIsEmpty, gatewayReady, onDiscover, onRetry }) => {
  if (!fleetIsEmpty) {
    return html`<div class="rl-card rl-empty">
      <h3>This group is empty</h3>
      <p>Show "All devices", select some and move them here.</p>
    </div>`;
  }
  if (!gatewayReady) {
    return html`<div class="rl-card rl-empty">
      <h3>Plug in a gateway</h3>
      <p>RaceLink reaches its lamps through a gateway on USB. It is found by itself within a few seconds.</p>
      <${Button} icon="refresh" onClick=${onRetry}>Look again<//>
    </div>`;
  }
  return html`<div class="rl-card rl-empty">
    <h3>No devices yet</h3>
    <p>Switch your lamps on, then let RaceLink search for them.</p>
    <${Button} variant="run" icon="search" onClick=${onDiscover}>Discover devices<//>
  </div>`;
};
