// The race timer knows teams by name and gives them no colours: here they get some.
import { html, useState } from "../vendor/htm-preact.js";
import { fromHex, toHex } from "../app/effect-fields.js";
import { Button, IconButton } from "./button.js";
import { Dialog } from "./dialog.js";

const MOST = 64;
const LONGEST = 16;
const WHITE = [255, 255, 255];

const problemOf = (teams) => {
  const names = teams.map(({ team }) => team.trim().toLowerCase());
  if (names.includes("")) return "Every team needs a name.";
  const double = names.find((name, place) => names.indexOf(name) !== place);
  return double === undefined ? null : `Team ${double.toUpperCase()} is there twice.`;
};

const TeamRow = ({ number, team, colour, onChange, onRemove }) => {
  const name = team || `team ${number}`;
  return html`
    <li>
      <input type="text" aria-label=${`Name of team ${number}`} maxlength=${LONGEST} value=${team} onInput=${(event) => onChange({ team: event.target.value })} />
      <input type="color" aria-label=${`Colour of ${name}`} value=${toHex(colour)} onInput=${(event) => onChange({ colour: fromHex(event.target.value) })} />
      <${IconButton} icon="bin" label=${`Remove ${name}`} onClick=${onRemove} />
    </li>
  `;
};

export const TeamColoursDialog = ({ initial, onSave, onClose }) => {
  const [teams, setTeams] = useState(initial);
  const [busy, setBusy] = useState(false);
  const problem = problemOf(teams);
  const change = (place, part) => setTeams(teams.map((each, index) => (index === place ? { ...each, ...part } : each)));
  const submit = async (event) => {
    event.preventDefault();
    if (problem || busy) return;
    setBusy(true);
    if (await onSave(teams.map(({ team, colour }) => ({ team: team.trim(), colour })))) onClose();
    else setBusy(false);
  };
  return html`
    <${Dialog}
      title="Colours of the teams"
      purpose="Name them as the race timer does, such as A and B."
      onClose=${onClose}
      footer=${html`
        ${problem && html`<p class="rl-bad-text rl-binding-problem" role="alert">${problem}</p>`}
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-teams-form" disabled=${Boolean(problem) || busy}>Save<//>
      `}
    >
      <form id="rl-teams-form" onSubmit=${submit}>
        <ul class="rl-team-rows">
          ${teams.map(
            (each, place) => html`<${TeamRow}
              key=${place}
              number=${place + 1}
              ...${each}
              onChange=${(part) => change(place, part)}
              onRemove=${() => setTeams(teams.filter((_, index) => index !== place))}
            />`,
          )}
        </ul>
        <p><${Button} icon="plus" disabled=${teams.length >= MOST} onClick=${() => setTeams([...teams, { team: "", colour: WHITE }])}>Add a team<//></p>
      </form>
    <//>
  `;
};
