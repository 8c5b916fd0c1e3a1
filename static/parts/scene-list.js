// The scenes as a list to choose from, and what belongs to all of them.
import { html, useState } from "../vendor/htm-preact.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { walk } from "./sidebar.js";

const SEARCH_FROM = 8;

// Networks that the scene names and that are gone
const isStale = ({ network_scope: scope }, networks) =>
  scope?.mode === "explicit" && scope.network_ids.some((id) => !networks.some((network) => network.id === id));

const SceneRow = ({ scene, stale, shown, dirty, onShow }) => html`
  <li class=${`rl-group ${shown ? "is-shown" : ""}`}>
    <button type="button" class="rl-group-button" aria-current=${shown ? "true" : undefined} onClick=${() => onShow(scene.key)}>
      <span class="rl-group-name">${scene.label}</span>
      ${scene.broken && html`<span class="rl-scene-mark rl-look-bad" title=${scene.broken.problem}><${Icon} name="warning" /> broken</span>`}
      ${stale && html`<span class="rl-scene-mark rl-look-warn" title="A network of this scene does not exist any more"><${Icon} name="warning" /></span>`}
      ${shown && dirty && html`<span class="rl-scene-mark rl-look-warn">unsaved</span>`}
      ${!scene.broken && !(shown && dirty) && html`<span class="rl-group-count">${scene.actions.length}<span class="rl-hidden"> actions</span></span>`}
    </button>
  </li>
`;

export const SceneList = ({ scenes, networks, shownKey, dirty, open, onShow, onNew, onClose, onDialog }) => {
  const [sought, setSought] = useState("");
  const found = scenes.filter(({ label }) => label.toLowerCase().includes(sought.trim().toLowerCase()));
  return html`
    <aside class=${`rl-sidebar rl-scene-list ${open ? "is-open" : ""}`} aria-label="Scenes">
      <div class="rl-sidebar-head">
        <h2>Scenes</h2>
        <span class="rl-drawer-close"><${IconButton} icon="cross" label="Close list" onClick=${onClose} /></span>
      </div>
      ${scenes.length >= SEARCH_FROM &&
      html`<input
        type="search"
        class="rl-search"
        placeholder="Search"
        aria-label="Search scenes"
        value=${sought}
        onInput=${(event) => setSought(event.target.value)}
      />`}
      <ul class="rl-groups" onKeyDown=${walk}>
        <li class=${`rl-group ${shownKey === undefined ? "is-shown" : ""}`}>
          <button type="button" class="rl-group-button" aria-current=${shownKey === undefined ? "true" : undefined} onClick=${() => onShow(undefined)}>
            <span class="rl-group-name">All scenes</span><span class="rl-group-count">${scenes.length}</span>
          </button>
        </li>
        ${found.map(
          (scene) => html`<${SceneRow}
            key=${scene.key}
            scene=${scene}
            stale=${isStale(scene, networks)}
            shown=${scene.key === shownKey}
            dirty=${dirty}
            onShow=${onShow}
          />`,
        )}
        ${sought && !found.length && html`<li class="rl-none">No scene of that name</li>`}
      </ul>
      <${Button} variant="ghost" icon="plus" onClick=${onNew}>New scene<//>
      <div class="rl-sidebar-foot">
        <${Button} variant="ghost" icon="sun" onClick=${() => onDialog({ kind: "presets" })}>RL presets<//>
        <${Button} variant="ghost" icon="list" onClick=${() => onDialog({ kind: "wled-presets" })}>WLED preset files<//>
        <${Button} variant="ghost" icon="sort" onClick=${() => onDialog({ kind: "exchange" })}>Import and export<//>
      </div>
    </aside>
    ${open && html`<div class="rl-backdrop" onClick=${onClose}></div>`}
  `;
};
