import { html } from "../vendor/htm-preact.js";
import { Button, IconButton } from "./button.js";

const Wordmark = () => html`
  <h1 class="rl-wordmark">
    <svg class="rl-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="rl-mark-outer" d="M5 27V15a11 11 0 0 1 22 0v12" />
      <path class="rl-mark-inner" d="M12 27V16a4 4 0 0 1 8 0v11" />
    </svg>
    Race<b>Link</b>
  </h1>
`;

export const Header = ({ embedded, busy, drawerOpen, onDrawer, onDiscover, onStatus, onResync, onActivity, onSettings, onBlackout }) => html`
  <header class="rl-header">
    <span class="rl-menu-button">
      <${IconButton} icon="menu" label="Groups" aria-expanded=${drawerOpen} onClick=${() => onDrawer(!drawerOpen)} />
    </span>
    ${embedded ? html`<h1 class="rl-wordmark">Devices</h1>` : html`<${Wordmark} />`}
    <div class="rl-tools">
      <${IconButton} icon="send" label="Re-sync groups: send every device its group again" disabled=${busy} onClick=${onResync} />
      <${IconButton} icon="list" label="Activity: history, radio and support" onClick=${onActivity} />
      <${IconButton} icon="gear" label="Settings" onClick=${onSettings} />
    </div>
    <div class="rl-ribbon">
      <${Button} icon="search" disabled=${busy} onClick=${onDiscover} aria-label="Discover devices">Discover<em> devices</em><//>
      <${Button} icon="refresh" disabled=${busy} onClick=${onStatus} aria-label="Get status of all devices">Get status<//>
      <${Button} variant="blackout" icon="power" onClick=${onBlackout} title="Every lamp goes dark at once">Blackout<//>
    </div>
  </header>
`;
