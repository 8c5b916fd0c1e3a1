import { html, useState } from "../vendor/htm-preact.js";
import { KIND_HINTS } from "../app/scene-words.js";
import { Button } from "./button.js";

// One kind from the list, added at the end
export const AddAction = ({ kinds, labels, label = "Add action", disabled, onAdd }) => {
  const [kind, setKind] = useState(kinds[0]);
  return html`
    <form
      class="rl-add"
      onSubmit=${(event) => {
        event.preventDefault();
        onAdd(event.target.querySelector("select").value);
      }}
    >
      <label class="rl-inline-field">
        <span>${label}</span>
        <select value=${kind} disabled=${disabled} onChange=${(event) => setKind(event.target.value)}>
          ${kinds.map((each) => html`<option key=${each} value=${each}>${labels[each]}: ${KIND_HINTS[each]}</option>`)}
        </select>
      </label>
      <${Button} variant="brand" icon="plus" type="submit" disabled=${disabled}>Add<//>
    </form>
  `;
};
