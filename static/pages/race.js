// The Race page, loaded when it is first shown: which race event makes the lamps do what.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { createRaceActions } from "../app/race-actions.js";
import { SEAT_TOKENS, createSeatActions, initialSeats, seatLists } from "../app/race-seats.js";
import { RACE_TOKENS, initialRace, raceLists } from "../app/race-store.js";
import { createStore } from "../app/store.js";
import { loadStyles } from "../app/styles.js";
import { ConfirmDialog } from "../parts/dialog.js";
import { RaceBindingDialog } from "../parts/race-binding-dialog.js";
import { RaceBindings } from "../parts/race-bindings.js";
import { RaceSeats } from "../parts/race-seats.js";
import { SeatDialog } from "../parts/seat-dialog.js";
import { TeamColoursDialog } from "../parts/team-colours-dialog.js";

// Resolves to the page once its lists and styles are here.
export const createRace = async ({ api, live, appActions }) => {
  const store = createStore({ ...initialRace(), ...initialSeats() });
  const actions = { ...createRaceActions({ api, store, live, appActions }), ...createSeatActions({ api, live, appActions }) };
  await Promise.all([
    loadStyles("scenes.css"),
    loadStyles("race.css"),
    live.extend({ lists: raceLists({ api, store }), also: RACE_TOKENS, events: {} }),
    live.extend({ lists: seatLists({ api, store }), also: SEAT_TOKENS, events: {} }),
  ]);
  return { Page: ({ app }) => html`<${RacePage} app=${app} store=${store} actions=${actions} />` };
};

const Dialogs = ({ state, lists, actions }) => {
  const { dialog } = state;
  switch (dialog?.kind) {
    case "binding":
      return html`<${RaceBindingDialog}
        initial=${dialog.draft}
        events=${state.events}
        timer=${state.timer}
        effectSchema=${state.effectSchema}
        lists=${lists}
        onSave=${actions.save}
        onClose=${actions.closeDialog}
      />`;
    case "delete-binding":
      return html`<${ConfirmDialog}
        title="Delete binding"
        text=${`Delete ${dialog.binding.name}? To keep it for later, switch it off instead.`}
        verb="Delete"
        onConfirm=${() => {
          actions.closeDialog();
          actions.remove(dialog.binding);
        }}
        onClose=${actions.closeDialog}
      />`;
    case "seat":
      return html`<${SeatDialog}
        index=${dialog.index}
        initial=${dialog.target}
        lists=${lists}
        onSave=${(target) => actions.giveLamps(dialog.index, target)}
        onClose=${actions.closeDialog}
      />`;
    case "team-colours":
      return html`<${TeamColoursDialog} initial=${state.teamColours} onSave=${actions.saveTeamColours} onClose=${actions.closeDialog} />`;
    default:
      return null;
  }
};

const RacePage = ({ app, store, actions }) => {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get()); // it may have changed while another page was shown
    return store.subscribe(setState);
  }, []);
  const lists = {
    groups: app.groups.filter(({ id }) => id > 0),
    devices: app.devices,
    presets: app.presets,
    scenes: state.scenes,
    headless: state.headless,
    wledPresets: state.wledPresets,
    effects: state.effectSchema.ui.mode.options,
  };
  return html`
    <div class="rl-race-page">
      <${RaceBindings}
        bindings=${state.bindings}
        most=${state.mostBindings}
        events=${state.events}
        timer=${state.timer}
        lists=${lists}
        actions=${actions}
      />
      <${RaceSeats} seats=${state.seats} seatCount=${state.seatCount} teamColours=${state.teamColours} lists=${lists} actions=${actions} />
    </div>
    <${Dialogs} state=${state} lists=${lists} actions=${actions} />
  `;
};
