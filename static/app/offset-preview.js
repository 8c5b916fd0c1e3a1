// When each group of an offset group reacts, in ms after the trigger: what the lamps compute themselves.
// Agrees with racelink_core/domain/offset.py; tests/data/offset-cases.json holds both to it.

const LATEST_MS = 65535;

const FORMULAS = {
  none: () => 0,
  explicit: ({ offset_ms = 0 }) => offset_ms,
  linear: ({ base_ms = 0, step_ms = 0 }, group) => base_ms + group * step_ms,
  vshape: ({ base_ms = 0, step_ms = 0, center = 0 }, group) => base_ms + Math.abs(group - center) * step_ms,
  modulo: ({ base_ms = 0, step_ms = 0, cycle = 1 }, group) => base_ms + (group % Math.max(cycle, 1)) * step_ms,
};

// params of "explicit" is the group's own {offset_ms}
export const offsetMsFor = (mode, params, groupId) =>
  Math.min(Math.max(FORMULAS[mode](params, groupId), 0), LATEST_MS);

// The stored form of a container's offset, for the groups given: [{groupId, offsetMs}]
export const offsetsOf = (offset, groupIds) =>
  groupIds.map((groupId) => {
    const params = offset.mode === "explicit" ? (offset.values.find(({ id }) => id === groupId) ?? {}) : offset;
    return { groupId, offsetMs: offsetMsFor(offset.mode, params, groupId) };
  });
