// Whose names the starting blocks show.
import { html } from "../vendor/htm-preact.js";

const SLOTS = [0, 1, 2, 3, 4, 5, 6, 7];

export const StartblockFields = ({ params, onChange }) => {
  const current = params.startblock_use_current_heat !== false;
  const listed = params.startblock_slot_list ?? [];
  const entry = (slot) => listed.find((each) => each.slot === slot) ?? { slot, callsign: "", racechannel: "" };
  const change = (slot, part) => {
    const after = listed.filter((each) => each.slot !== slot);
    const now = { ...entry(slot), ...part };
    onChange({
      startblock_slot_list: [...after, ...(now.callsign || now.racechannel ? [now] : [])].sort((one, other) => one.slot - other.slot),
    });
  };
  return html`
    <label class="rl-check">
      <input type="checkbox" checked=${current} onChange=${(event) => onChange({ startblock_use_current_heat: event.target.checked })} />
      <span>Pilots of the current heat <small class="rl-muted">as RotorHazard has them when the scene runs</small></span>
    </label>
    ${!current &&
    html`<ol class="rl-pilots">
      ${SLOTS.map((slot) => {
        const { callsign, racechannel } = entry(slot);
        return html`<li key=${slot}>
          <span class="rl-action-number">${slot + 1}</span>
          <input type="text" maxlength="32" placeholder="Pilot" aria-label=${`Pilot of slot ${slot + 1}`} value=${callsign} onInput=${(event) => change(slot, { callsign: event.target.value })} />
          <input type="text" maxlength="2" placeholder="R1" aria-label=${`Channel of slot ${slot + 1}`} value=${racechannel} onInput=${(event) => change(slot, { racechannel: event.target.value })} />
        </li>`;
      })}
    </ol>`}
  `;
};
