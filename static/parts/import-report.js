// What an import would do, or did; and the button that does it.
import { html } from "../vendor/htm-preact.js";
import { Button } from "./button.js";

// answer: {lines, report: {is_dry_run}}; null: nothing was tried yet
export const ImportReport = ({ answer, error, working }) => html`
  <div class="rl-result" role="status" aria-live="polite">
    ${working && html`<p><span class="rl-spinner" aria-hidden="true"></span> Working…</p>`}
    ${!working && error && html`<p class="rl-bad-text">${error}</p>`}
    ${!working &&
    answer &&
    html`<p><b>${answer.report.is_dry_run ? "This would happen:" : "Done."}</b></p>
      <ul class="rl-causes">${answer.lines.map((line, index) => html`<li key=${index}>${line}</li>`)}</ul>`}
  </div>
`;

// options: [value, title, note]
export const Choice = ({ label, name, options, chosen, disabled, onChange }) => html`
  <div class="rl-form" role="radiogroup" aria-label=${label}>
    ${options.map(
      ([value, title, note]) => html`<label key=${value} class="rl-check">
        <input type="radio" name=${name} value=${value} checked=${chosen === value} disabled=${disabled} onChange=${() => onChange(value)} />
        <span>${title} <small class="rl-muted">${note}</small></span>
      </label>`,
    )}
  </div>
`;

export const ImportButton = ({ danger = false, disabled, onClick, children }) => html`
  <p><${Button} variant=${danger ? "danger" : "brand"} disabled=${disabled} onClick=${onClick}>${children}<//></p>
`;
