// What the race page knows, and how it stays up to date.
import { keepUnchanged } from "./store.js";

export const initialRace = () => ({
  events: [], // kinds of event that can be bound
  bindings: [],
  mostBindings: 0,
  timer: { connected: true, seats: 16, classes: [] },
  scenes: [],
  headless: [], // scenes that lamps know by themselves
  effectSchema: null,
  wledPresets: [],
  dialog: null, // {kind, ...}
});

// The lists of the page; `store` is its own
export const raceLists = ({ api, store }) => ({
  race_events: async () => {
    const { events } = await api.get("race/events");
    store.set({ events });
  },
  race_bindings: async () => {
    const { bindings, most } = await api.get("race/bindings");
    store.set((state) => ({ bindings: keepUnchanged(state.bindings, bindings, "id"), mostBindings: most }));
  },
  race_timer: async () => {
    const { ok, ...timer } = await api.get("race/timer");
    store.set({ timer });
  },
  race_scenes: async () => {
    const { scenes } = await api.get("scenes");
    store.set({ scenes: scenes.map(({ key, label, broken }) => ({ key, label, broken: Boolean(broken) })) });
  },
  race_headless: async () => {
    const { scenes } = await api.get("headless");
    store.set({ headless: scenes });
  },
  race_effect_schema: async () => {
    const { schema } = await api.get("rl-presets/schema");
    store.set({ effectSchema: schema });
  },
  race_wled_options: async () => {
    const { presets } = await api.get("options");
    store.set({ wledPresets: presets });
  },
});

// Tokens of a refresh, and the lists they make old: what is deleted elsewhere breaks bindings.
export const RACE_TOKENS = {
  race: ["race_bindings"],
  scenes: ["race_scenes", "race_bindings"],
  rl_presets: ["race_bindings"],
  groups: ["race_bindings"],
  wled_presets: ["race_wled_options"],
};
