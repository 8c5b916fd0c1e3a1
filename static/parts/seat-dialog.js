// Chooses the lamps of one seat: groups, or one device.
import { html, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { TargetPicker } from "./target-picker.js";

const ANYWHERE = { mode: "auto" };

export const SeatDialog = ({ index, initial, lists, onSave, onClose }) => {
  const [target, setTarget] = useState(initial ?? { kind: "groups", value: [] });
  const [busy, setBusy] = useState(false);
  const isChosen = target.value.length > 0;
  const submit = async (event) => {
    event.preventDefault();
    if (!isChosen || busy) return;
    setBusy(true);
    if (await onSave(target)) onClose();
    else setBusy(false);
  };
  return html`
    <${Dialog}
      title=${`Lamps of seat ${index + 1}`}
      purpose="They shine for whoever flies on this seat."
      onClose=${onClose}
      footer=${html`
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-seat-form" disabled=${!isChosen || busy}>Save<//>
      `}
    >
      <form id="rl-seat-form" onSubmit=${submit}>
        <${TargetPicker} name="rl-seat-target" target=${target} lists=${lists} needs="WLED" scope=${ANYWHERE} kinds=${["groups", "device"]} onChange=${setTarget} />
      </form>
    <//>
  `;
};
