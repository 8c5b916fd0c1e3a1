import { html } from "../vendor/htm-preact.js";

// A value on a slider. `optional`: the words for not sending it; null is then a value of its own.
export const Level = ({ label, value, first = 128, min = 0, max = 255, optional, onInput }) => {
  const kept = value == null;
  const shown = value ?? first;
  return html`
    <div class="rl-level">
      ${optional
        ? html`<label class="rl-check">
            <input type="checkbox" checked=${!kept} onChange=${(event) => onInput(event.target.checked ? first : null)} />
            <span>${label}</span>
          </label>`
        : html`<span class="rl-level-name">${label}</span>`}
      ${kept
        ? html`<span class="rl-muted">${optional}</span>`
        : html`<label class="rl-slider">
            <span class="rl-hidden">${label}: value</span>
            <input
              type="range"
              min=${min}
              max=${max}
              value=${shown}
              style=${{ "--rl-fill": `${((shown - min) / (max - min)) * 100}%` }}
              onInput=${(event) => onInput(Number(event.target.value))}
            />
            <output>${shown}</output>
          </label>`}
    </div>
  `;
};
