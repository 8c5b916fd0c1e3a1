// Which lamps belong to which seat, and which colour to which team.
import { html } from "../vendor/htm-preact.js";
import { toHex } from "../app/effect-fields.js";
import { targetText } from "../app/scene-words.js";
import { Button, IconButton } from "./button.js";

const SeatRow = ({ index, seat, lists, actions }) => {
  const name = `seat ${index + 1}`;
  const choose = () => actions.openDialog({ kind: "seat", index, target: seat?.target ?? null });
  return html`
    <li class="rl-card rl-seat">
      <b>Seat ${index + 1}</b>
      <span class=${seat ? "" : "rl-muted"}>${seat ? targetText(seat.target, lists) : "no lamps"}</span>
      <span class="rl-seat-tools">
        ${seat && html`<${IconButton} icon="bin" label=${`Take the lamps away from ${name}`} onClick=${() => actions.giveLamps(index, null)} />`}
        <${Button} aria-label=${`Choose the lamps of ${name}`} onClick=${choose}>${seat ? "Change" : "Choose lamps"}<//>
      </span>
    </li>
  `;
};

const Team = ({ team, colour }) => html`
  <li class="rl-team"><span class="rl-swatch" style=${{ background: toHex(colour) }} aria-hidden="true"></span>${team}</li>
`;

export const RaceSeats = ({ seats, seatCount, teamColours, lists, actions }) => html`
  <section class="rl-race-section" aria-labelledby="rl-seats-title">
    <div class="rl-title">
      <h2 id="rl-seats-title">Lamps of the seats</h2>
      <p class="rl-muted">What is bound to “the lamps of the seat” shines there: a gate for each pilot, for example.</p>
    </div>
    <ul class="rl-seats">
      ${Array.from(
        { length: seatCount },
        (_, index) => html`<${SeatRow} key=${index} index=${index} seat=${seats.find((each) => each.index === index)} lists=${lists} actions=${actions} />`,
      )}
    </ul>
    <div class="rl-title">
      <h2>Colours of the teams</h2>
      <p class="rl-muted">For bindings in the team's colour</p>
      <${Button} icon="pencil" onClick=${() => actions.openDialog({ kind: "team-colours" })}>Change colours<//>
    </div>
    ${teamColours.length
      ? html`<ul class="rl-teams">${teamColours.map((each) => html`<${Team} key=${each.team} ...${each} />`)}</ul>`
      : html`<p class="rl-muted">No team has a colour.</p>`}
  </section>
`;
