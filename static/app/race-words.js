// Bindings in words that an operator understands.
import { KIND_LABELS, actionText, targetText } from "./scene-words.js";

export const REACTION_LABELS = {
  ...KIND_LABELS,
  sync: "Fire what waits for Sync",
  blackout: "Blackout",
  locate: "Blink to be found",
  headless: "Scene of the lamps",
  run_scene: "Run a scene",
  stop_scene: "Stop the scene",
};

export const COLOUR_LABELS = {
  pilot: "the pilot's",
  leader: "the leader's",
  team: "the team's",
  seat: "the seat's",
  event: "what the timer gives the event",
};

const reactionText = (reaction, lists) => {
  const label = REACTION_LABELS[reaction.kind];
  switch (reaction.kind) {
    case "run_scene":
      return `Run scene ${lists.scenes.find(({ key }) => key === reaction.scene)?.label ?? `${reaction.scene} (gone)`}`;
    case "stop_scene":
    case "sync":
      return label;
    case "blackout":
    case "locate":
      return `${label}: ${targetText(reaction.target, lists)}`;
    case "headless":
      return `${lists.headless.find(({ id }) => id === reaction.scene)?.name ?? label}: ${targetText(reaction.target, lists)}`;
    default:
      return `${label}: ${actionText(reaction, lists)}`;
  }
};

// What a binding does, in one line
export const bindingText = ({ reaction, colour_from: source, to_seat: toSeat, at_moment: atMoment }, lists) =>
  [
    reactionText(reaction, lists),
    toSeat && "at the lamps of the seat",
    source && `in ${source === "event" ? "the timer's colour" : `${COLOUR_LABELS[source]} colour`}`,
    atMoment && "at the very moment",
  ]
    .filter(Boolean)
    .join(", ");

export const lapText = (lap) => (lap === 0 ? "the first pass" : `lap ${lap}`);

// What it is limited to; empty: nothing
export const onlyText = ({ seat, lap_number: lap, class_id: classId }, classes) =>
  [
    seat != null && `seat ${seat + 1}`,
    lap != null && lapText(lap),
    classId != null && `class ${classes.find(({ id }) => id === classId)?.name ?? classId}`,
  ]
    .filter(Boolean)
    .join(", ");
