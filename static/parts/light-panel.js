// Choose a look, its brightness and whom it is for; then apply.
import { html } from "../vendor/htm-preact.js";
import { swatch } from "../app/words.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

const PresetChip = ({ preset, chosen, onChoose }) => html`
  <label class=${`rl-chip ${chosen ? "is-chosen" : ""}`}>
    <input type="radio" name="rl-preset" checked=${chosen} onChange=${() => onChoose(preset)} />
    <i class="rl-swatch" style=${{ background: swatch(preset) }} aria-hidden="true"></i>
    ${preset.label}
  </label>
`;

export const LightPanel = ({ presets, presetId, brightness, targetLabel, disabled, onChoose, onBrightness, onApply }) => {
  const preset = presets.find(({ id }) => id === presetId);
  const percent = brightness === null ? null : Math.round((brightness / 255) * 100);
  return html`
    <section class="rl-card rl-light" aria-label="Light">
      <div class="rl-chips" role="radiogroup" aria-label="RL preset">
        ${presets.map(
          (each) => html`<${PresetChip} key=${each.id} preset=${each} chosen=${each.id === presetId} onChoose=${onChoose} />`,
        )}
        ${!presets.length && html`<p class="rl-muted">There are no RL presets yet.</p>`}
      </div>
      <div class="rl-light-row">
        <label class="rl-slider">
          <${Icon} name="sun" />
          <span class="rl-hidden">Brightness</span>
          <input
            type="range"
            min="1"
            max="255"
            value=${brightness ?? 180}
            disabled=${!preset}
            style=${{ "--rl-fill": `${((brightness ?? 180) / 255) * 100}%` }}
            aria-valuetext=${percent === null ? undefined : `${percent} percent`}
            onInput=${(event) => onBrightness(Number(event.target.value))}
          />
          <output>${percent === null ? "–" : `${percent} %`}</output>
        </label>
        <${Button} variant="run" disabled=${!preset || disabled} onClick=${() => onApply(preset)}>
          ${preset ? html`Apply to <b>${targetLabel}</b>` : "Choose a preset"}
        <//>
      </div>
    </section>
  `;
};
