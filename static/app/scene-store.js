// What the scenes page knows, and how it stays up to date.
import { keepUnchanged } from "./store.js";
import { draftOf, fingerprint } from "./scene-draft.js";

export const initialScenes = () => ({
  loaded: false,
  scenes: [],
  schema: null, // kinds of action, formulas and limits
  effectSchema: null, // the 14 fields
  wledPresets: [], // [{value, label}]
  networks: [],
  opening: 0, // counts what was put into the editor
  draft: null, // what the editor shows
  baseline: null, // fingerprint of what the draft began with
  changedElsewhere: false,
  estimate: null, // of the draft: {total, per_action, …}, {error} when refused, {gap} while it is incomplete
  problem: null, // {text, actionIndex, childIndex} of the last refusal
  warnings: [], // of the last saving: [{text, action_index, child_index}]
  run: null, // {id, sceneKey, uids of its actions, state, steps: {index: {status, error, durationMs}}, result}
  saving: false,
  dialog: null,
});

export const isDirty = ({ draft, baseline }) => Boolean(draft) && fingerprint(draft) !== baseline;

// The lists of the page; `store` is its own
export const sceneLists = ({ api, store, appStore }) => ({
  scenes: async () => {
    const { scenes } = await api.get("scenes");
    store.set((state) => ({ ...followed(state, scenes), scenes: keepUnchanged(state.scenes, scenes, "key"), loaded: true }));
    appStore.set({ unsavedScene: isDirty(store.get()) });
  },
  scene_schema: async () => {
    const { ok, ...schema } = await api.get("scenes/editor-schema");
    store.set({ schema });
  },
  effect_schema: async () => {
    const { schema } = await api.get("rl-presets/schema");
    store.set({ effectSchema: schema });
  },
  wled_options: async () => {
    const { presets } = await api.get("options");
    store.set({ wledPresets: presets });
  },
  scene_runs: async () => {
    const runs = await api.get("scene-runs?limit=5");
    store.set((state) => caughtUp(state, runs));
  },
  scene_networks: async () => {
    const { networks } = await api.get("networks");
    store.set({ networks });
  },
});

// Tokens of a refresh, and the lists they make old
export const SCENE_TOKENS = {
  rl_presets: ["scene_schema"],
  wled_presets: ["wled_options", "scene_schema"],
  networks: ["scene_networks"],
};

// Somebody else may have saved the scene that is open here: an untouched editor follows, a changed one asks.
const followed = (state, scenes) => {
  const { draft, baseline } = state;
  if (!draft?.key || state.saving) return {};
  const stored = scenes.find(({ key }) => key === draft.key);
  if (!stored || stored.broken) return { changedElsewhere: !stored };
  const now = fingerprint(stored);
  if (now === baseline) return {};
  return isDirty(state) ? { changedElsewhere: now !== fingerprint(draft) } : { draft: draftOf(stored, draft), baseline: now };
};

export const DRAFT_KEY = "draft"; // under which a scene runs that was never saved

export const keyOf = (draft) => draft?.key ?? DRAFT_KEY;

export const newRun = (id, sceneKey, draft) => ({
  id, // null until the server has told it
  sceneKey,
  uids: keyOf(draft) === sceneKey ? (draft?.actions ?? []).map(({ uid }) => uid) : [],
  state: "running",
  steps: {},
  result: null,
});

export const isRunning = (run) => run?.state === "running";

// How the action of this row went; rows may have been moved since.
export const stepOf = (run, draft, uid) =>
  run?.sceneKey === keyOf(draft) ? run.steps[run.uids.indexOf(uid)] : undefined;

const statusOf = ({ ok, error, degraded }) => {
  if (ok) return "ok";
  if (error === "cancelled") return "stopped";
  if (error?.startsWith("skipped")) return "skipped";
  return degraded ? "degraded" : "error";
};

const ended = (run, result) => ({
  ...run,
  state: "finished",
  result,
  steps: Object.fromEntries(
    result.actions.map((action) => {
      const { index, error, detail, duration_ms: durationMs } = action;
      return [index, { status: statusOf(action), error, durationMs, text: detail?.problem }];
    }),
  ),
});

// Also follows runs that somebody else started, such as a race event
// After the connection was lost: what runs now, or that what was running has ended meanwhile
const caughtUp = ({ run, draft }, { current, past }) => {
  if (current && (!isRunning(run) || (run.id ?? current.id) !== current.id)) return { run: newRun(current.id, current.scene_key, draft) };
  if (current || !isRunning(run)) return {};
  const result = past.find(({ id }) => id === run.id)?.result;
  return { run: result ? ended(run, result) : run.id === null ? run : { ...run, state: "finished" } };
};

export const sceneProgress = (store) => (event) =>
  store.set(({ run, draft }) => {
    const isSame = isRunning(run) && run.sceneKey === event.scene_key && (run.id ?? event.run_id) === event.run_id;
    if (event.status === "finished") return isSame ? { run: ended(run, event.result) } : {};
    const current = isSame ? run : newRun(event.run_id, event.scene_key, draft);
    const step = { status: event.status, error: event.error, durationMs: event.duration_ms };
    return { run: { ...current, steps: { ...current.steps, [event.index]: step } } };
  });
