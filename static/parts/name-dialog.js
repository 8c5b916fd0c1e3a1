import { html, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const MAX_LENGTH = 64;

// Asks for one name; onSave(name) resolves to something truthy when it worked.
export const NameDialog = ({ title, purpose, label, verb, initial = "", onSave, onClose }) => {
  const [name, setName] = useState(initial);
  const [busy, setBusy] = useState(false);
  const trimmed = name.trim();
  const submit = async (event) => {
    event.preventDefault();
    if (!trimmed || busy) return;
    setBusy(true);
    if (await onSave(trimmed)) onClose();
    else setBusy(false);
  };
  return html`
    <${Dialog}
      title=${title}
      purpose=${purpose}
      onClose=${onClose}
      footer=${html`
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-name-form" disabled=${!trimmed || busy}>${verb}<//>
      `}
    >
      <form id="rl-name-form" onSubmit=${submit}>
        <label class="rl-field">
          <span>${label}</span>
          <input type="text" autofocus required maxlength=${MAX_LENGTH} value=${name} onInput=${(event) => setName(event.target.value)} />
        </label>
      </form>
    <//>
  `;
};
