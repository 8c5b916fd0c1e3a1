// What an operator can do with scenes and RL presets. Each action calls the API once and says how it went.
import { bodyOf, draftOf, emptyDraft, fingerprint, firstGap } from "./scene-draft.js";
import { isDirty, isRunning, keyOf, newRun } from "./scene-store.js";

const ESTIMATE_AFTER_MS = 300;

// Where a refusal points to
const problemOf = (error) => {
  const { action_index: actionIndex = null, child_index: childIndex = null } = error.body?.detail ?? {};
  return { text: error.message, actionIndex, childIndex };
};

export const createSceneActions = ({ api, store, appStore, live, appActions }) => {
  const { attempt, toast } = appActions;
  let timer = null;
  let asked = 0;
  let explains = false; // every packet with its reason: only once somebody wants to see them

  const set = (patch) => {
    store.set(patch);
    const unsavedScene = isDirty(store.get());
    if (unsavedScene !== appStore.get().unsavedScene) appStore.set({ unsavedScene });
  };

  // Never in the way of editing: an answer that comes too late is dropped, a refusal stands at its action.
  const estimate = async () => {
    const number = ++asked;
    const { draft } = store.get();
    const gap = draft && firstGap(draft);
    if (!draft || gap) return set({ estimate: gap && { gap } });
    const { label, stop_on_error, ...body } = bodyOf(draft);
    let answer;
    try {
      answer = await api.post("scenes/estimate", { ...body, explain: explains });
    } catch (error) {
      answer = { error: problemOf(error) };
    }
    if (number === asked) set({ estimate: answer });
  };
  const estimateSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(estimate, ESTIMATE_AFTER_MS);
  };

  const show = (draft, baseline = fingerprint(draft)) => {
    set(({ run, opening }) => ({ opening: opening + 1, draft, baseline, problem: null, warnings: [], estimate: null, changedElsewhere: false, run: isRunning(run) ? run : null }));
    estimateSoon();
  };

  const change = (edit) => {
    set(({ draft }) => ({ draft: edit(draft), problem: null, warnings: [] }));
    estimateSoon();
  };

  // Shows the first thing that is missing; true when nothing is
  const isComplete = (draft) => {
    const gap = firstGap(draft);
    set({ problem: gap });
    return !gap;
  };

  const refused = (error) => {
    const problem = problemOf(error);
    set({ problem });
    if (problem.actionIndex === null) toast("error", error.message);
  };

  const openKey = (key) => {
    const scene = store.get().scenes.find((each) => each.key === key);
    if (scene) show(scene.broken ? { ...emptyDraft(), key, label: scene.label, broken: scene.broken } : draftOf(scene));
  };

  const changedScenes = async (work, success) => {
    const answer = await attempt(work, success);
    if (answer) await live.refresh("scenes").catch(() => {});
    return answer;
  };

  const pathOf = (key) => `scenes/${encodeURIComponent(key)}`;
  const presetPath = (key) => `rl-presets/${encodeURIComponent(key)}`;

  return {
    openDialog: (dialog) => set({ dialog }),
    closeDialog: () => set({ dialog: null }),
    change,
    openScene: openKey,
    closeScene: () => set({ draft: null, baseline: null, problem: null, changedElsewhere: false }),
    explain: () => {
      if (explains) return;
      explains = true;
      estimate();
    },
    newScene: () => show(emptyDraft()),
    discard: () => {
      const { draft } = store.get();
      if (draft.key) openKey(draft.key);
      else show(emptyDraft());
    },
    keepMine: () =>
      set(({ draft, scenes }) => {
        const stored = scenes.find(({ key }) => key === draft.key);
        return stored ? { changedElsewhere: false, baseline: fingerprint(stored) } : { changedElsewhere: false, draft: { ...draft, key: null } };
      }),

    save: async () => {
      const { draft } = store.get();
      if (!draft.label.trim()) return set({ problem: { text: "Give the scene a name.", actionIndex: null, childIndex: null, field: "label" } });
      if (!isComplete(draft)) return undefined;
      set({ saving: true });
      try {
        const { scene, warnings } = await (draft.key ? api.put(pathOf(draft.key), bodyOf(draft)) : api.post("scenes", bodyOf(draft)));
        set(({ draft: now }) => {
          const untouched = fingerprint(now) === fingerprint(draft);
          return { draft: untouched ? draftOf(scene, now) : { ...now, key: scene.key }, baseline: fingerprint(scene), problem: null, warnings };
        });
        toast("success", `${scene.label} saved.`);
      } catch (error) {
        refused(error);
      }
      set({ saving: false });
      await live.refresh("scenes").catch(() => {});
      return undefined;
    },

    // What is on screen runs; nothing is saved by it.
    run: async () => {
      const state = store.get();
      const { draft } = state;
      if (!isComplete(draft)) return;
      const sceneKey = keyOf(draft);
      const { label, ...body } = bodyOf(draft);
      set({ run: newRun(null, sceneKey, draft) });
      try {
        const { run } = await api.post(`scenes/${encodeURIComponent(sceneKey)}/run`, draft.key && !isDirty(state) ? {} : body);
        set((now) => (now.run?.sceneKey === sceneKey ? { run: { ...now.run, id: run.id } } : {}));
      } catch (error) {
        set({ run: null });
        refused(error);
      }
    },
    stop: () => attempt(() => api.post("scenes/run/stop"), "Scene stopped."),

    duplicate: async (key) => {
      const answer = await changedScenes(() => api.post(`scenes/${encodeURIComponent(key)}/duplicate`));
      if (answer) openKey(answer.scene.key);
    },
    remove: async (key, label) => {
      const answer = await changedScenes(() => api.remove(pathOf(key)), `${label} deleted.`);
      if (answer && store.get().draft?.key === key) set({ draft: null, baseline: null, problem: null, changedElsewhere: false });
    },
    loadStarterSet: () => changedScenes(() => api.post("starter-set"), "The starter set is here."),
    exportUrl: (keys) => api.url(keys ? `scenes/export?${keys.map((key) => `key=${encodeURIComponent(key)}`).join("&")}` : "scenes/export"),
    importScenes: (document, replaces) =>
      changedScenes(() => api.post(`scenes/import?on_conflict=${replaces ? "replace" : "keep"}`, document)),

    listPresetFiles: () => attempt(() => api.get("presets/list")),
    uploadPresetFile: (file) => attempt(() => api.upload("presets/upload", file), `${file.name} is kept.`),
    selectPresetFile: (name) => attempt(() => api.post("presets/select", { name }), "Its names are offered now."),
    removePresetFile: (name) => attempt(() => api.remove(`presets/${encodeURIComponent(name)}`), "File deleted."),

    savePreset: async ({ key, label, params, flags }) => {
      const body = { label: label.trim(), params, flags };
      const answer = await attempt(
        () => (key ? api.put(presetPath(key), body) : api.post("rl-presets", body)),
        `${body.label} saved.`,
      );
      if (answer) await live.refresh("rl_presets").catch(() => {});
      return answer?.preset ?? null;
    },
    duplicatePreset: async (key) => {
      const answer = await attempt(() => api.post(`rl-presets/${encodeURIComponent(key)}/duplicate`), "Preset duplicated.");
      if (answer) await live.refresh("rl_presets").catch(() => {});
      return answer?.preset ?? null;
    },
    // Resolves to null when deleted, to the scenes that use it when it is still needed.
    removePreset: async (key, force) => {
      try {
        await api.remove(presetPath(key) + (force ? "?force=1" : ""));
        toast("success", "Preset deleted.");
        await live.refresh("rl_presets").catch(() => {});
        return null;
      } catch (error) {
        const usedBy = error.body?.detail?.used_by_scenes;
        if (!usedBy) toast("error", error.message);
        return usedBy ?? null;
      }
    },
  };
};
