// A scene while it is edited. Pure: every change gives a new draft; rows carry a `uid` that never reaches the server.
import { offsetsOf } from "./offset-preview.js";

let lastUid = 0;

const withUids = (actions, like = []) =>
  actions.map((action, index) => {
    const twin = like[index]?.kind === action.kind ? like[index] : null;
    const children = action.actions && { actions: withUids(action.actions, twin?.actions) };
    return { ...action, uid: twin?.uid ?? ++lastUid, ...children };
  });

export const emptyDraft = () => ({
  key: null,
  label: "",
  stop_on_error: true,
  network_scope: { mode: "auto" },
  actions: [],
});

// `like`: the draft that was on screen until now; rows that stand where they stood stay open and keep the focus
export const draftOf = ({ key, label, stop_on_error, network_scope, actions }, like) => ({
  key,
  label,
  stop_on_error,
  network_scope,
  actions: withUids(actions, like?.actions),
});

// Without what only the page needs; null means the same as absent everywhere in a scene.
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => name !== "uid" && each != null)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, plain(each)]),
  );
};

// What routes take, for a draft or for a stored scene
export const bodyOf = ({ label, stop_on_error, network_scope, actions }) =>
  plain({ label: label.trim(), stop_on_error, network_scope, actions });

export const fingerprint = (scene) => JSON.stringify(bodyOf(scene));

const BROADCAST = { kind: "broadcast" };

// Who is meant must be chosen: a new action must not reach every lamp by accident.
const BODIES = {
  rl_preset: () => ({ target: null, params: { presetId: null, brightness: null }, flags_override: {} }),
  wled_preset: () => ({ target: null, params: { presetId: null, brightness: 128 }, flags_override: {} }),
  rl_effect: () => ({ target: null, params: { mode: 0, brightness: 128 }, flags_override: {} }),
  startblock: () => ({ target: null, params: { fn_key: "startblock_control", startblock_use_current_heat: true } }),
  sync: () => ({}),
  delay: () => ({ duration_ms: 1000 }),
  offset_group: () => ({ target: BROADCAST, offset: { mode: "linear", base_ms: 0, step_ms: 100 }, actions: [] }),
};

export const newAction = (kind) => ({ kind, uid: ++lastUid, ...BODIES[kind]() });

// In an offset group "everyone" means its own groups, and what is armed there needs a SYNC to fire.
export const newChild = (kind) => ({ ...newAction(kind), target: BROADCAST, flags_override: { arm_on_sync: true } });

// Another kind keeps what it has in common with the old one.
export const withKind = (action, kind) => {
  const fresh = newAction(kind);
  const target = "target" in fresh && action.target && !(kind === "offset_group" && action.target.kind === "device");
  const flags = "flags_override" in fresh && action.flags_override;
  return { ...fresh, uid: action.uid, ...(target && { target: action.target }), ...(flags && { flags_override: flags }) };
};

export const copyOf = (action) => withUids([action])[0];

// Actions and the children of containers alike; change returns the row's replacement, or null to take it out.
const changed = (actions, uid, change) =>
  actions.flatMap((action) => {
    if (action.uid === uid) return change(action) ?? [];
    return action.actions ? { ...action, actions: changed(action.actions, uid, change) } : action;
  });

export const changeAction = (draft, uid, change) => ({ ...draft, actions: changed(draft.actions, uid, change) });

export const removeAction = (draft, uid) => changeAction(draft, uid, () => null);

export const duplicateAction = (draft, uid) => changeAction(draft, uid, (action) => [action, copyOf(action)]);

const movedIn = (actions, uid, step) => {
  const index = actions.findIndex((action) => action.uid === uid);
  if (index < 0) return actions.map((action) => (action.actions ? { ...action, actions: movedIn(action.actions, uid, step) } : action));
  const after = [...actions];
  const [row] = after.splice(index, 1);
  after.splice(index + step, 0, row);
  return after;
};

export const moveAction = (draft, uid, step) => ({ ...draft, actions: movedIn(draft.actions, uid, step) });

// Before `index`; at the end without one
export const insertAction = (draft, action, index = draft.actions.length) => ({
  ...draft,
  actions: [...draft.actions.slice(0, index), action, ...draft.actions.slice(index)],
});

export const isGroups = (target) => target?.kind === "groups";

// An explicit offset lists exactly the groups of its container, and children stay inside it.
export const withContainerTarget = (container, target) => {
  const ids = isGroups(target) ? target.value : null;
  return {
    ...container,
    target,
    offset: container.offset.mode === "explicit" ? explicitFor(ids, container.offset) : container.offset,
    actions: container.actions.map((child) => (ids && isGroups(child.target) ? withinGroups(child, ids) : child)),
  };
};

const withinGroups = (child, ids) => {
  const kept = child.target.value.filter((id) => ids.includes(id));
  return { ...child, target: kept.length ? { ...child.target, value: kept } : BROADCAST };
};

const FIRST_FORMULA = { mode: "linear", base_ms: 0, step_ms: 100 };

// What was meant so far is where single values start.
const explicitFor = (ids, offset) => {
  if (!ids) return FIRST_FORMULA;
  return { mode: "explicit", values: offsetsOf(offset, ids).map(({ groupId, offsetMs }) => ({ id: groupId, offset_ms: offsetMs })) };
};

const EXTRAS = { vshape: { center: 1 }, modulo: { cycle: 2 } };

export const withOffsetMode = (container, mode) => {
  if (mode === "none") return { ...container, offset: { mode } };
  if (mode === "explicit") return { ...container, offset: explicitFor(container.target.value, container.offset) };
  const { base_ms, step_ms } = { ...FIRST_FORMULA, ...container.offset };
  return { ...container, offset: { mode, base_ms, step_ms, ...EXTRAS[mode] } };
};

// The first thing that still has to be chosen: {actionIndex, childIndex, text}, or null
export const firstGap = (draft) => {
  for (const [actionIndex, action] of draft.actions.entries()) {
    const text = gapOf(action);
    if (text) return { actionIndex, childIndex: null, text };
    for (const [childIndex, child] of (action.actions ?? []).entries()) {
      const childText = gapOf(child);
      if (childText) return { actionIndex, childIndex, text: childText };
    }
  }
  return null;
};

const gapOf = (action) => {
  const { kind, target, params } = action;
  if ("target" in action && !target) return "Choose whom this is for.";
  if (isGroups(target) && !target.value.length) return "Choose at least one group.";
  if (target?.kind === "device" && !target.value) return "Choose a device.";
  if ((kind === "rl_preset" || kind === "wled_preset") && params.presetId == null) return "Choose a preset.";
  if (kind === "rl_effect" && Object.values(params).every((value) => value == null)) return "Send at least one field.";
  if (hasEmptyNumber(action)) return "Fill in every number.";
  return null;
};

const hasEmptyNumber = ({ duration_ms, offset = {} }) =>
  [duration_ms, ...Object.values(offset), ...(offset.values ?? []).map((entry) => entry.offset_ms)].some(Number.isNaN);

// By number, or by key as older scenes do
export const findPreset = (presets, reference) => {
  const key = String(reference).replace(/^RL:/, "");
  return presets.find((preset) => preset.id === reference || String(preset.id) === key || preset.key === key);
};
