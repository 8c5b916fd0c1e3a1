// One property of one device: what is stored here, what the device says, and which of them is to win.
import { html, useState } from "../vendor/htm-preact.js";
import { fromForm, sameValue, storedValue, toForm, valueText } from "../app/properties.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";
import { PropertyFields } from "./property-fields.js";

// live: {state: unread, reading, known or silent; value}
const DeviceSays = ({ live, stored, busy, onRead, onPush, onImport }) => {
  switch (live.state) {
    case "reading":
      return html`<span class="rl-says"><span class="rl-spinner" aria-hidden="true"></span> asking the device…</span>`;
    case "silent":
      return html`<span class="rl-says rl-look-quiet"><${Icon} name="question" /> device: no answer</span>
        <${Button} variant="ghost" disabled=${busy} onClick=${onRead}>Retry<//>`;
    case "known":
      if (stored !== null && sameValue(live.value, stored)) {
        return html`<span class="rl-says rl-look-ok"><${Icon} name="check" /> device: ${valueText(live.value)}</span>`;
      }
      return html`<span class="rl-says rl-look-warn"><${Icon} name="warning" /> device: ${valueText(live.value)}</span>
        ${stored !== null &&
        html`<${Button} variant="ghost" disabled=${busy} onClick=${onPush} title=${`Write ${valueText(stored)} to the device`}>Push host<//>`}
        <${Button} variant="ghost" disabled=${busy} onClick=${onImport} title=${`Keep ${valueText(live.value)} here`}>Import device<//>`;
    default:
      return html`<span class="rl-says rl-look-quiet">device: not asked</span>`;
  }
};

export const PropertyRow = ({ property, specials, live, busy, saving, error, onRead, onSave, onImport }) => {
  const stored = storedValue(property, specials);
  const [draft, setDraft] = useState(null);
  const texts = draft ?? toForm(property, stored ?? property.default);
  const value = fromForm(property, texts);
  const save = (event) => {
    event.preventDefault();
    // Enter may come before the last digit was drawn: the inputs know.
    const typed = fromForm(property, [...event.target.querySelectorAll("input")].map((input) => input.value));
    if (typed === null) return;
    onSave(typed);
    setDraft(null);
  };
  return html`
    <form class="rl-property" onSubmit=${save}>
      <span class="rl-property-name">${property.label}</span>
      <${PropertyFields} property=${property} texts=${texts} disabled=${busy} onInput=${setDraft} />
      <${Button} variant="brand" type="submit" disabled=${busy || value === null}>${saving ? "Saving…" : "Save"}<//>
      <span class="rl-property-notes">
        ${property.default != null && html`<i>default: ${valueText(property.default)}</i>`}
        <${DeviceSays}
          live=${live}
          stored=${stored}
          busy=${busy}
          onRead=${onRead}
          onPush=${() => onSave(stored)}
          onImport=${() => onImport(live.value)}
        />
      </span>
      ${error && html`<p class="rl-bad-text" role="alert">${error}</p>`}
    </form>
  `;
};
