// Scenes in words that an operator understands.
import { findPreset } from "./scene-draft.js";
import { count } from "./words.js";

export const KIND_LABELS = {
  rl_preset: "RL preset",
  wled_preset: "WLED preset",
  rl_effect: "Effect",
  startblock: "Starting blocks",
  sync: "Sync",
  delay: "Wait",
  offset_group: "Offset group",
};

export const KIND_HINTS = {
  rl_preset: "a look kept in RaceLink",
  wled_preset: "a preset stored on the lamps",
  rl_effect: "an effect with its own values",
  startblock: "names of pilots",
  sync: "fires what is armed",
  delay: "time until the next action",
  offset_group: "groups react one after the other",
};

export const FLAG_LABELS = {
  arm_on_sync: "Wait for Sync",
  force_tt0: "Change without fading",
  force_reapply: "Restart even if unchanged",
  offset_mode: "Use offset",
};

// From 1 s on with as many decimals as it has, else in ms
export const milliseconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(2))} s`);

const groupNameIn = (groups, id) => groups.find((group) => group.id === id)?.name ?? `group ${id} (gone)`;

export const targetText = (target, { groups, devices }, everyone = "all devices") => {
  if (!target) return "nobody yet";
  if (target.kind === "broadcast") return everyone;
  if (target.kind === "device") {
    return devices.find(({ addr }) => addr === target.value)?.name ?? (target.value ? `${target.value} (gone)` : "no device yet");
  }
  if (target.value.length === 1 && target.value[0] === 0) return "a deleted group";
  const names = target.value.slice(0, 2).map((id) => groupNameIn(groups, id));
  const more = target.value.length - names.length;
  return names.length ? names.join(", ") + (more ? ` + ${count(more, "more group", "more groups")}` : "") : "no group yet";
};

const presetText = (presets, reference) => {
  if (reference == null) return "no preset yet";
  return findPreset(presets, reference)?.label ?? `preset ${reference} (gone)`;
};

const FORMULAS = { none: "back to normal", explicit: "own values", linear: "linear", vshape: "V shape", modulo: "repeating" };

const offsetText = ({ mode, step_ms }) => FORMULAS[mode] + (step_ms ? `, ${step_ms} ms a step` : "");

// What an action does, without its kind; `lists` holds groups, devices, presets, wledPresets and effects
export const actionText = (action, lists, everyone) => {
  const target = targetText(action.target, lists, everyone);
  const armed = action.flags_override?.arm_on_sync ? ", waits for Sync" : "";
  switch (action.kind) {
    case "rl_preset":
      return `${presetText(lists.presets, action.params.presetId)} on ${target}${armed}`;
    case "wled_preset":
      return `${lists.wledPresets.find(({ value }) => value === action.params.presetId)?.label ?? (action.params.presetId == null ? "no preset yet" : `Preset ${action.params.presetId}`)} on ${target}`;
    case "rl_effect":
      return `${effectText(action.params, lists)} on ${target}${armed}`;
    case "startblock":
      return `${action.params?.startblock_use_current_heat === false ? "listed pilots" : "current heat"} on ${target}`;
    case "delay":
      return milliseconds(action.duration_ms || 0);
    case "offset_group":
      return `${target}, ${offsetText(action.offset)}, ${count(action.actions.length, "action")}`;
    default:
      return "";
  }
};

const effectText = ({ mode }, { effects }) => {
  if (mode == null) return "changed values";
  return effects.find(({ value }) => Number(value) === mode)?.label ?? `effect ${mode}`;
};

export const costText = ({ packets, bytes, wall_clock_ms }) => `${packets}p · ${bytes}B · ${milliseconds(wall_clock_ms)}`;

export const costTitle = ({ packets, bytes, radio_ms, wall_clock_ms }) =>
  `${count(packets, "packet")}, ${bytes} bytes with headers: ${radio_ms.toFixed(1)} ms on air, ` +
  `${wall_clock_ms.toFixed(0)} ms with the gateway's overhead and waits.`;

const PACKETS = { 4: "lamp preset", 6: "sync", 7: "display", 8: "effect", 9: "offset" };

export const packetText = ({ opcode, packets }) => count(packets, `${PACKETS[opcode] ?? "other"} packet`);

// What the planner did to need less time on air
export const REWRITES = {
  unused_fields: "values that an effect does not use are left out",
  told_once: "offsets that lamps have already are not sent again",
  offset_cover: "offsets go to everybody at once and are corrected for single groups",
  no_repeats: "what was just sent is not sent again",
  no_replaced: "what is replaced before anybody sees it is left out",
  merged: "packets to the same lamps became one",
  to_all: "one packet to everybody instead of one for each group",
};

// {look, icon, word} of an action while and after a scene runs
export const STATUS_LOOKS = {
  running: { look: "busy", icon: "play", word: "running" },
  ok: { look: "ok", icon: "check", word: "sent" },
  degraded: { look: "warn", icon: "warning", word: "only in part" },
  error: { look: "bad", icon: "cross", word: "failed" },
  stopped: { look: "warn", icon: "stop", word: "stopped" },
  skipped: { look: "quiet", icon: "down", word: "not reached" },
};

const ERRORS = {
  target_not_found: "The group or device of this action does not exist any more.",
  missing_preset_id: "No preset is chosen.",
  preset_not_found: "The preset does not exist any more.",
  child_degraded: "A part of this offset group could not be sent.",
  scope_resolved_empty: "None of the networks of this scene is there.",
  send_failed: "The gateway could not send it.",
  offset_group_partial_failure: "A part of this offset group could not be sent.",
};

export const errorText = (error) => ERRORS[error] ?? ERRORS[String(error).split(":")[0]] ?? error;

export const scopeText = ({ mode, network_ids = [] }, networks) => {
  if (mode === "auto") return "as the targets need";
  return network_ids.map((id) => networks.find((network) => network.id === id)?.name ?? `${id} (gone)`).join(", ");
};
