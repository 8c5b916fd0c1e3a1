// Whom an action is for: everyone, some groups, or one device.
import { html, useState } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { Button } from "./button.js";

const SEARCH_FROM = 10;
const LABELS = { groups: "Groups", device: "One device" };
const CAPABLE = { WLED: "lamp", STARTBLOCK: "starting block" };

const inScope = (scope, networkId) => scope.mode === "auto" || !networkId || scope.network_ids.includes(networkId);

const GroupChoice = ({ group, needs, outside, chosen, onChange }) => {
  const capable = group.caps_in_group[needs] ?? 0;
  return html`
    <label class=${`rl-pick ${chosen ? "is-chosen" : ""} ${outside && chosen ? "is-outside" : ""}`} title=${outside ? "Not on a network of this scene" : undefined}>
      <input type="checkbox" checked=${chosen} disabled=${outside && !chosen} onChange=${(event) => onChange(event.target.checked)} />
      <span>${group.name}</span>
      <small class="rl-muted">${group.id}${outside ? ", other network" : capable ? `, ${count(capable, CAPABLE[needs])}` : `, no ${CAPABLE[needs]}`}</small>
    </label>
  `;
};

const GroupsPicker = ({ ids, groups, needs, scope, onChange }) => {
  const [sought, setSought] = useState("");
  const words = sought.trim().toLowerCase();
  const found = groups.filter(({ id, name }) => name.toLowerCase().includes(words) || String(id) === words);
  const set = (wanted) => onChange({ kind: "groups", value: [...new Set(wanted)].sort((one, other) => one - other) });
  const hits = found.filter((group) => inScope(scope, group.network_id)).map(({ id }) => id);
  const gone = ids.filter((id) => !groups.some((group) => group.id === id));
  return html`
    ${groups.length >= SEARCH_FROM &&
    html`<div class="rl-pick-tools">
      <input type="search" placeholder="Search groups" aria-label="Search groups" value=${sought} onInput=${(event) => setSought(event.target.value)} />
      <${Button} variant="ghost" onClick=${() => set([...ids, ...hits])}>Select shown<//>
      <${Button} variant="ghost" onClick=${() => set(ids.filter((id) => !hits.includes(id)))}>Deselect shown<//>
    </div>`}
    <div class="rl-picks">
      ${found.map(
        (group) => html`<${GroupChoice}
          key=${group.id}
          group=${group}
          needs=${needs}
          outside=${!inScope(scope, group.network_id)}
          chosen=${ids.includes(group.id)}
          onChange=${(chosen) => set(chosen ? [...ids, group.id] : ids.filter((id) => id !== group.id))}
        />`,
      )}
      ${gone.map(
        (id) => html`<label key=${id} class="rl-pick is-chosen is-outside">
          <input type="checkbox" checked onChange=${() => set(ids.filter((each) => each !== id))} />
          <span>${id ? `Group ${id}` : "A deleted group"}</span><small class="rl-muted">gone</small>
        </label>`,
      )}
      ${!groups.length && html`<p class="rl-muted">There are no groups yet. Make some on the Devices page.</p>`}
    </div>
  `;
};

const DevicePicker = ({ mac, devices, needs, onChange }) => {
  const capable = devices.filter(({ dev_type_caps: caps }) => caps.includes(needs));
  return html`
    <label class="rl-field">
      <span class="rl-hidden">Device</span>
      <select value=${mac ?? ""} onChange=${(event) => onChange({ kind: "device", value: event.target.value })}>
        ${!mac && html`<option value="">${capable.length ? "Choose a device…" : `There is no ${CAPABLE[needs]} yet`}</option>`}
        ${mac && !capable.some(({ addr }) => addr === mac) && html`<option value=${mac}>${mac} (gone)</option>`}
        ${capable.map(({ addr, name }) => html`<option key=${addr} value=${addr}>${name} (${addr})</option>`)}
      </select>
    </label>
  `;
};

const EMPTY = { broadcast: { kind: "broadcast" }, groups: { kind: "groups", value: [] }, device: { kind: "device", value: "" } };

// only: ids of the groups that may be chosen at all, or null
export const TargetPicker = ({ name, target, lists, needs, scope, only, everyone = "Everyone", kinds, onChange }) => {
  const groups = only ? lists.groups.filter(({ id }) => only.includes(id)) : lists.groups;
  const devices = only ? lists.devices.filter(({ groupId }) => only.includes(groupId)) : lists.devices;
  return html`
    <fieldset class="rl-target">
      <legend>For whom</legend>
      <div class="rl-target-kinds">
        ${kinds.map(
          (kind) => html`<label class="rl-check" key=${kind}>
            <input type="radio" name=${name} value=${kind} checked=${target?.kind === kind} onChange=${() => onChange(EMPTY[kind])} />
            <span>${kind === "broadcast" ? everyone : LABELS[kind]}</span>
          </label>`,
        )}
      </div>
      ${target?.kind === "groups" &&
      html`<${GroupsPicker} ids=${target.value} groups=${groups} needs=${needs} scope=${scope} onChange=${onChange} />`}
      ${target?.kind === "device" && html`<${DevicePicker} mac=${target.value} devices=${devices} needs=${needs} onChange=${onChange} />`}
    </fieldset>
  `;
};
