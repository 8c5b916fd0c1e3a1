// Which parts of a configuration.
import { html } from "../vendor/htm-preact.js";

const PARTS = {
  networks: ["Networks", "names and radio settings"],
  groups: ["Groups", ""],
  devices: ["Devices", "names, groups, places along the track, stored settings"],
  presets: ["RL presets", ""],
  scenes: ["Scenes", ""],
  seats: ["Seats", "which lamps belong to which seat"],
  race_bindings: ["Race bindings", "those of RaceLink; RotorHazard keeps its own"],
  settings: ["Settings", ""],
};
export const ALL_PARTS = Object.keys(PARTS);

const size = (value) => (Array.isArray(value) ? ` (${value.length})` : "");

// held: what a file has of each part; null: every part can be chosen
export const PartChoice = ({ label, held, chosen, disabled, onChange }) => {
  const shown = ALL_PARTS.filter((name) => !held || name in held);
  const toggle = (name, on) => onChange(ALL_PARTS.filter((each) => (each === name ? on : chosen.includes(each))));
  return html`
    <ul class="rl-parts" role="group" aria-label=${label}>
      ${shown.map((name) => {
        const [title, note] = PARTS[name];
        return html`<li key=${name}>
          <label class="rl-check">
            <input
              type="checkbox"
              name=${name}
              checked=${chosen.includes(name)}
              disabled=${disabled}
              onChange=${(event) => toggle(name, event.target.checked)}
            />
            <span>${title}${held && size(held[name])}${note && html` <small class="rl-muted">${note}</small>`}</span>
          </label>
        </li>`;
      })}
    </ul>
  `;
};
