// What can be done with the selected devices; sticks to the lower edge while something is selected.
import { html, useState } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { Button, IconButton } from "./button.js";

export const SelectionBar = ({ macs, groups, busy, onMove, onStatus, onLocate, onSet, onClear }) => {
  const [groupId, setGroupId] = useState("");
  if (!macs.length) return null;
  return html`
    <section class="rl-selection" aria-label="Selected devices">
      <b class="rl-selection-count" role="status">${count(macs.length, "selected", "selected")}</b>
      <label class="rl-inline-field">
        <span>Move to</span>
        <select value=${groupId} onChange=${(event) => setGroupId(event.target.value)}>
          <option value="">Choose a group…</option>
          ${groups.map((group) => html`<option key=${group.id} value=${group.id}>${group.name}</option>`)}
        </select>
      </label>
      <${Button} variant="brand" icon="move" disabled=${busy || groupId === ""} onClick=${() => onMove(macs, Number(groupId))}>Move<//>
      <${Button} icon="refresh" disabled=${busy} onClick=${() => onStatus(macs)}>Get status<//>
      <${Button} icon="locate" onClick=${() => onLocate(macs)}>Locate<//>
      <${Button} icon="sliders" onClick=${() => onSet(macs)}>Set…<//>
      <${IconButton} icon="cross" label="Clear selection" onClick=${onClear} />
    </section>
  `;
};
