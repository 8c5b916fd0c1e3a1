// How a packet is to be taken: each flag on, off or, where there is something to inherit from, as there.
import { html } from "../vendor/htm-preact.js";
import { FLAG_LABELS } from "../app/scene-words.js";

const ON_LABEL = { true: "on", false: "off" };

const summaryOf = (flags, inherits) => {
  const set = Object.entries(flags).filter(([, value]) => value != null);
  if (!set.length) return inherits ? "as in the preset" : "none";
  return set.map(([name, value]) => `${FLAG_LABELS[name]}: ${ON_LABEL[value]}`).join(", ");
};

export const FlagFields = ({ flags, inherits, isWled, container, onChange }) => {
  const names = Object.keys(FLAG_LABELS).filter((name) => !(container && name === "offset_mode"));
  const change = (name, text) => {
    const { [name]: _, ...others } = flags;
    onChange(text === "" ? others : { ...others, [name]: text === "true" });
  };
  return html`
    <details class="rl-flags">
      <summary>Flags <span class="rl-muted">${summaryOf(flags, inherits)}</span></summary>
      <div class="rl-flag-list">
        ${names.map(
          (name) => html`<label class="rl-field" key=${name}>
            <span>${FLAG_LABELS[name]}</span>
            <select value=${flags[name] == null ? "" : String(flags[name])} onChange=${(event) => change(name, event.target.value)}>
              <option value="">${inherits ? "as in the preset" : "off"}</option>
              <option value="true">on</option>
              ${inherits && html`<option value="false">off</option>`}
            </select>
          </label>`,
        )}
      </div>
      ${container && html`<p class="rl-muted">"Use offset" is ${container.offset.mode === "none" ? "off" : "on"} for every action of this group.</p>`}
      ${isWled && html`<p class="rl-muted">A preset of the lamps starts at once: it cannot wait for Sync.</p>`}
    </details>
  `;
};
