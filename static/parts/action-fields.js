// What can be set in an action that is no offset group: its own values, whom it is for, and its flags.
import { html } from "../vendor/htm-preact.js";
import { withoutHidden } from "../app/effect-fields.js";
import { findPreset } from "../app/scene-draft.js";
import { milliseconds } from "../app/scene-words.js";
import { EffectFields } from "./effect-fields.js";
import { FlagFields } from "./flag-fields.js";
import { Level } from "./level.js";
import { StartblockFields } from "./startblock-fields.js";
import { TargetPicker } from "./target-picker.js";

const LONGEST_MS = 60000;

const withParams = (change, params) => change((action) => ({ ...action, params: { ...action.params, ...params } }));

const Select = ({ label, value, options, onChange }) => html`
  <label class="rl-field">
    <span>${label}</span>
    <select value=${value ?? ""} onChange=${(event) => onChange(Number(event.target.value))}>
      ${value == null && html`<option value="">Choose…</option>`}
      ${value != null && !options.some((option) => option.value === value) && html`<option value=${value}>${value} (gone)</option>`}
      ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`)}
    </select>
  </label>
`;

const RlPreset = ({ action, lists, onChange }) => {
  const { presetId, brightness } = action.params;
  const preset = presetId == null ? null : findPreset(lists.presets, presetId);
  return html`
    <${Select}
      label="Preset"
      value=${preset?.id ?? presetId}
      options=${lists.presets.map(({ id, label }) => ({ value: id, label }))}
      onChange=${(id) => withParams(onChange, { presetId: id })}
    />
    <${Level}
      label="Brightness"
      optional="as in the preset"
      value=${brightness}
      first=${preset?.params.brightness ?? 180}
      onInput=${(value) => withParams(onChange, { brightness: value })}
    />
  `;
};

const WledPreset = ({ action, lists, onChange }) => html`
  <${Select}
    label="Preset on the lamps"
    value=${action.params.presetId}
    options=${lists.wledPresets}
    onChange=${(presetId) => withParams(onChange, { presetId })}
  />
  <${Level} label="Brightness" value=${action.params.brightness ?? 128} onInput=${(brightness) => withParams(onChange, { brightness })} />
`;

const RlEffect = ({ action, effectSchema, container, onChange }) => html`
  <${EffectFields}
    schema=${effectSchema}
    params=${action.params}
    staysInStep=${Boolean(container) || action.flags_override?.arm_on_sync === true}
    onChange=${(params) => onChange((now) => ({ ...now, params: withoutHidden(effectSchema, { ...now.params, ...params }) }))}
  />
`;

const Delay = ({ action, onChange }) => {
  const set = (event) => onChange((now) => ({ ...now, duration_ms: event.target.valueAsNumber }));
  const known = Number.isNaN(action.duration_ms) ? 0 : action.duration_ms;
  return html`
    <label class="rl-field">
      <span>Milliseconds <small>${milliseconds(known)}, at most one minute</small></span>
      <input type="number" min="0" max=${LONGEST_MS} step="100" required value=${Number.isNaN(action.duration_ms) ? "" : action.duration_ms} onInput=${set} />
    </label>
    <label class="rl-slider">
      <span class="rl-hidden">Time</span>
      <input
        type="range"
        min="0"
        max=${LONGEST_MS}
        step="100"
        value=${known}
        style=${{ "--rl-fill": `${(known / LONGEST_MS) * 100}%` }}
        aria-valuetext=${milliseconds(known)}
        onInput=${set}
      />
      <output>${milliseconds(known)}</output>
    </label>
  `;
};

const Sync = () => html`<p class="rl-muted">Fires every effect that was armed before ("Wait for Sync"), on all networks of this scene at once.</p>`;

const Startblock = ({ action, onChange }) => html`<${StartblockFields} params=${action.params} onChange=${(params) => withParams(onChange, params)} />`;

const OWN = { rl_preset: RlPreset, wled_preset: WledPreset, rl_effect: RlEffect, startblock: Startblock, sync: Sync, delay: Delay };

export const ActionFields = ({ action, lists, effectSchema, container, scope, onChange }) => {
  const allowed = container?.target.kind === "groups" ? container.target.value : null;
  return html`
    <${OWN[action.kind]} action=${action} lists=${lists} effectSchema=${effectSchema} container=${container} onChange=${onChange} />
    ${"target" in action &&
    html`<${TargetPicker}
      name=${`target-${action.uid}`}
      target=${action.target}
      lists=${lists}
      needs=${action.kind === "startblock" ? "STARTBLOCK" : "WLED"}
      scope=${scope}
      only=${allowed}
      everyone=${container ? "All of the group" : "Everyone"}
      kinds=${["broadcast", "groups", "device"]}
      onChange=${(target) => onChange((now) => ({ ...now, target }))}
    />`}
    ${action.flags_override &&
    html`<${FlagFields}
      flags=${action.flags_override}
      inherits=${action.kind === "rl_preset"}
      isWled=${action.kind === "wled_preset"}
      container=${container}
      onChange=${(flags) => onChange((now) => ({ ...now, flags_override: flags }))}
    />`}
  `;
};
