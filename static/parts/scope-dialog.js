// On which networks a scene may send.
import { html, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const nameOf = (networks, id) => networks.find((network) => network.id === id)?.name;

export const ScopeDialog = ({ scope, networks, resolved, onApply, onClose }) => {
  const [mode, setMode] = useState(scope.mode);
  const [ids, setIds] = useState(scope.network_ids ?? []);
  const gone = ids.filter((id) => !nameOf(networks, id));
  const toggle = (id, chosen) => setIds((all) => (chosen ? [...all, id] : all.filter((each) => each !== id)));
  const reached = (resolved ?? []).map((id) => nameOf(networks, id)).filter(Boolean);
  const apply = (event) => {
    event.preventDefault();
    onApply(mode === "auto" ? { mode } : { mode, network_ids: ids });
  };
  return html`
    <${Dialog}
      title="Networks of this scene"
      purpose="Groups and devices on other networks cannot be targets of a scene that is held to some."
      onClose=${onClose}
      footer=${html`
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-scope-form" disabled=${mode === "explicit" && !ids.length}>Apply<//>
      `}
    >
      <form id="rl-scope-form" class="rl-form" onSubmit=${apply}>
        <label class="rl-check">
          <input type="radio" name="scope" checked=${mode === "auto"} onChange=${() => setMode("auto")} />
          <span>As the targets need <small class="rl-muted">${reached.length > 0 && scope.mode === "auto" ? `Now: ${reached.join(", ")}.` : "Everyone means every network."}</small></span>
        </label>
        <label class="rl-check">
          <input type="radio" name="scope" checked=${mode === "explicit"} onChange=${() => setMode("explicit")} />
          <span>Only these</span>
        </label>
        ${mode === "explicit" &&
        html`<div class="rl-picks">
          ${networks.map(
            ({ id, name }) => html`<label key=${id} class=${`rl-pick ${ids.includes(id) ? "is-chosen" : ""}`}>
              <input type="checkbox" checked=${ids.includes(id)} onChange=${(event) => toggle(id, event.target.checked)} />
              <span>${name}</span>
            </label>`,
          )}
          ${gone.map(
            (id) => html`<label key=${id} class="rl-pick is-chosen is-outside">
              <input type="checkbox" checked onChange=${() => toggle(id, false)} />
              <span>${id}</span><small class="rl-muted">gone</small>
            </label>`,
          )}
        </div>`}
      </form>
    <//>
  `;
};
