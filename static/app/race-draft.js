// A binding while it is edited. Pure: every change gives a new draft.
import { newAction } from "./scene-draft.js";

const ACTIONS = ["rl_preset", "rl_effect", "wled_preset", "startblock", "sync"];
const COLOURED = ["rl_preset", "rl_effect", "run_scene"];
const UNTIMED = ["run_scene", "stop_scene", "startblock"];
const OWN_BODIES = {
  blackout: () => ({ target: null }),
  locate: () => ({ target: null, seconds: 5 }),
  headless: () => ({ target: null, scene: 0 }),
  run_scene: () => ({ scene: "" }),
  stop_scene: () => ({}),
};

export const REACTION_KINDS = ["rl_effect", "rl_preset", "run_scene", "stop_scene", "wled_preset", "blackout", "locate", "startblock", "headless", "sync"];

export const newReaction = (kind) => (ACTIONS.includes(kind) ? newAction(kind) : { kind, ...OWN_BODIES[kind]() });

// Another kind keeps whom it is for.
export const withReactionKind = (draft, kind) => {
  const fresh = newReaction(kind);
  const { target } = draft.reaction;
  return fitted({ ...draft, reaction: "target" in fresh && target ? { ...fresh, target } : fresh });
};

export const emptyBinding = () => ({
  id: null,
  name: "",
  event: "RACE_LAP_RECORDED",
  only: {},
  reaction: newReaction("rl_effect"),
  colour_from: "pilot",
  to_seat: false,
  at_moment: false,
  is_on: true,
});

export const draftOfBinding = ({ id, name, event, only, reaction, colour_from, to_seat, at_moment, is_on }) => {
  const known = newReaction(reaction.kind);
  return { id, name, event, only: { ...only }, reaction: { ...known, ...reaction }, colour_from, to_seat, at_moment, is_on };
};

export const takesColour = ({ reaction }) => COLOURED.includes(reaction.kind);
export const takesSeat = ({ reaction }) => "target" in reaction;
export const takesMoment = ({ reaction }) => !UNTIMED.includes(reaction.kind);

// Without what the reaction cannot use; what the event does not say goes when the event is chosen.
const fitted = (draft) => ({
  ...draft,
  colour_from: takesColour(draft) ? draft.colour_from : null,
  to_seat: draft.to_seat && takesSeat(draft),
  at_moment: draft.at_moment && takesMoment(draft),
});

// `kind`: the row of the event
export const withEvent = (draft, kind) => {
  const { class_id, seat, lap_number } = draft.only;
  return {
    ...draft,
    event: kind.name,
    only: { class_id, ...(kind.has_seat && { seat }), ...(kind.has_lap && { lap_number }) },
    colour_from: kind.colour_sources.includes(draft.colour_from) ? draft.colour_from : null,
    to_seat: draft.to_seat && kind.has_seat,
    at_moment: draft.at_moment && kind.has_moment,
  };
};

const given = (value) =>
  Object.fromEntries(Object.entries(value).filter(([name, each]) => name !== "uid" && each != null));

// What routes take; a binding without a name is called like its event.
export const bodyOfBinding = ({ id, name, only, reaction, ...others }, eventLabel) => ({
  ...others,
  name: name.trim() || eventLabel,
  only: given(only),
  reaction: { ...given(reaction), ...(reaction.params && { params: given(reaction.params) }) },
});

// What still has to be chosen, in words; null: nothing
export const gapOfBinding = ({ reaction, to_seat }) => {
  const { kind, target, params, scene, seconds } = reaction;
  if (kind === "run_scene" && !scene) return "Choose a scene.";
  if ((kind === "rl_preset" || kind === "wled_preset") && params.presetId == null) return "Choose a preset.";
  if (kind === "rl_effect" && Object.values(params).every((value) => value == null)) return "Send at least one value of the effect.";
  if (kind === "locate" && !Number.isInteger(seconds)) return "Fill in the seconds.";
  if (!("target" in reaction)) return null;
  if (!target) return to_seat ? "Choose whom it is for when the seat has no lamps." : "Choose whom this is for.";
  if (target.kind === "groups" && !target.value.length) return "Choose at least one group.";
  if (target.kind === "device" && !target.value) return "Choose a device.";
  return null;
};
