// What the lamps do at a race event: an action as in a scene, or something that scenes do not have.
import { html } from "../vendor/htm-preact.js";
import { ActionFields } from "./action-fields.js";
import { Level } from "./level.js";
import { TargetPicker } from "./target-picker.js";

const ANYWHERE = { mode: "auto" };
const LONGEST_S = 255;

const RunScene = ({ reaction, lists, onChange }) => html`
  <label class="rl-field">
    <span>Scene</span>
    <select value=${reaction.scene} onChange=${(event) => onChange((now) => ({ ...now, scene: event.target.value }))}>
      ${!reaction.scene && html`<option value="">${lists.scenes.length ? "Choose a scene…" : "There are no scenes yet"}</option>`}
      ${reaction.scene && !lists.scenes.some(({ key }) => key === reaction.scene) && html`<option value=${reaction.scene}>${reaction.scene} (gone)</option>`}
      ${lists.scenes.map(({ key, label, broken }) => html`<option key=${key} value=${key} disabled=${broken}>${label}${broken ? " (broken)" : ""}</option>`)}
    </select>
  </label>
`;

const StopScene = () => html`<p class="rl-muted">The scene that runs ends after its current packet, and its lamps are free again.</p>`;

const Sync = () => html`<p class="rl-muted">Fires every effect that was armed before ("Wait for Sync"), on all networks at once.</p>`;

const Blackout = () => html`<p class="rl-muted">Dark at once, whatever they show.</p>`;

const Locate = ({ reaction, onChange }) => html`
  <label class="rl-field">
    <span>Seconds <small>over what they show; 0 ends it</small></span>
    <input
      type="number"
      min="0"
      max=${LONGEST_S}
      step="1"
      required
      value=${Number.isNaN(reaction.seconds) ? "" : reaction.seconds}
      onInput=${(event) => onChange((now) => ({ ...now, seconds: event.target.valueAsNumber }))}
    />
  </label>
`;

const Headless = ({ reaction, lists, onChange }) => html`
  <label class="rl-field">
    <span>Scene of the lamps</span>
    <select value=${reaction.scene} onChange=${(event) => onChange((now) => ({ ...now, scene: Number(event.target.value) }))}>
      ${lists.headless.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
    </select>
  </label>
  ${lists.headless.find(({ id }) => id === reaction.scene)?.takes_brightness &&
  html`<${Level} label="Brightness" optional="each lamp's own" value=${reaction.brightness || null} min=${1} first=${180} onInput=${(brightness) => onChange((now) => ({ ...now, brightness: brightness ?? 0 }))} />`}
`;

const OWN = { sync: Sync, run_scene: RunScene, stop_scene: StopScene, blackout: Blackout, locate: Locate, headless: Headless };

export const ReactionFields = ({ reaction, lists, effectSchema, onChange }) => {
  const Own = OWN[reaction.kind];
  if (!Own) {
    return html`<div class="rl-binding-reaction">
      <${ActionFields} action=${reaction} lists=${lists} effectSchema=${effectSchema} scope=${ANYWHERE} onChange=${onChange} />
    </div>`;
  }
  return html`<div class="rl-binding-reaction">
    <${Own} reaction=${reaction} lists=${lists} onChange=${onChange} />
    ${"target" in reaction &&
    html`<${TargetPicker}
      name="reaction-target"
      target=${reaction.target}
      lists=${lists}
      needs="WLED"
      scope=${ANYWHERE}
      kinds=${["broadcast", "groups", "device"]}
      onChange=${(target) => onChange((now) => ({ ...now, target }))}
    />`}
  </div>`;
};
