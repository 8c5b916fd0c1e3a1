// The live channel: one EventSource for the whole app. Every (re)open reads everything anew;
// a refresh event re-reads just the lists that it names. A page that is loaded later adds its own lists and events.
import { keepUnchanged, laterTask } from "./store.js";

const BACKOFF_S = [1, 2, 4, 8, 10];
const HIDDEN_TOO_LONG_MS = 10_000;

export const createLive = ({ api, store, eventsUrl }) => {
  const readers = {
    devices: oneAtATime(async () => {
      const { devices } = await api.get("devices");
      store.set((state) => ({
        devices: keepUnchanged(state.devices, devices, "addr"),
        selection: onlyKnown(state.selection, devices),
      }));
    }),
    groups: oneAtATime(async () => {
      const { groups } = await api.get("groups");
      store.set((state) => ({
        groups: keepUnchanged(state.groups, groups, "id"),
        shownGroup: groups.some((group) => group.id === state.shownGroup) ? state.shownGroup : "all",
      }));
    }),
    rl_presets: oneAtATime(async () => {
      const { presets } = await api.get("rl-presets");
      store.set({ presets });
    }),
    master: oneAtATime(async () => {
      const { ts, master, gateway, gateways, task, problems } = await api.get("master");
      store.set((state) => ({
        slots: master.networks,
        gateway: withMoment(gateway),
        gateways,
        task: laterTask(state.task, task),
        problems,
        serverAheadS: ts - Date.now() / 1000,
      }));
    }),
  };
  const readAll = async () => {
    await Promise.all(Object.values(readers).map((read) => read()));
    store.set({ loaded: true });
  };

  const received = {
    master: ({ networks, gateways }) => store.set({ slots: networks, gateways }),
    gateway: ({ problems, ...gateway }) => store.set({ gateway: withMoment(gateway), problems }),
    task: (task) => store.set((state) => ({ task: laterTask(state.task, task) })),
    refresh: ({ what }) => what.forEach((token) => refreshed(token).forEach((read) => read().catch(() => {}))),
  };
  // Tokens that are no list's own name
  const aliases = { networks: ["master"] };
  const refreshed = (token) => [token, ...(aliases[token] ?? [])].map((name) => readers[name]).filter(Boolean);

  let source = null;
  let retry = null;
  let failures = 0;
  let hiddenAt = null;

  const open = () => {
    close();
    source = new EventSource(eventsUrl);
    hear(received);
    source.onopen = () =>
      readAll().then(() => {
        failures = 0;
        store.set({ connection: "open" });
      }, lost);
    source.onerror = lost;
  };

  const hear = (events) => {
    for (const [name, react] of Object.entries(events)) {
      source?.addEventListener(name, ({ data }) => react(JSON.parse(data)));
    }
  };

  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };

  const lost = () => {
    close();
    store.set({ connection: "lost" });
    retry = setTimeout(open, BACKOFF_S[Math.min(failures++, BACKOFF_S.length - 1)] * 1000);
  };

  const visibilityChanged = () => {
    // A phone that slept may hold a dead connection without knowing.
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt !== null && Date.now() - hiddenAt > HIDDEN_TOO_LONG_MS) open();
  };

  return {
    start: () => {
      open();
      addEventListener("pagehide", close); // browsers allow six connections per host
      addEventListener("pageshow", ({ persisted }) => persisted && open());
      addEventListener("online", open);
      document.addEventListener("visibilitychange", visibilityChanged);
    },
    refresh: (...names) => Promise.all(names.map((name) => readers[name]())),
    // lists: {name: read}; also: {token: names of lists}; events: {name: react}. Resolves when the lists are read.
    extend: ({ lists, also, events }) => {
      for (const [name, read] of Object.entries(lists)) readers[name] = oneAtATime(read);
      for (const [token, names] of Object.entries(also)) aliases[token] = [...(aliases[token] ?? []), ...names];
      Object.assign(received, events);
      hear(events);
      return Promise.all(Object.keys(lists).map((name) => readers[name]()));
    },
  };
};

// At most one request in flight; calls made meanwhile share one more after it.
const oneAtATime = (read) => {
  let running = null;
  let next = null;
  const run = () => {
    running = read().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (!running) return run();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        return run();
      });
    return next;
  };
};

const onlyKnown = (selection, devices) => {
  const kept = devices.map((device) => device.addr).filter((addr) => selection.has(addr));
  return kept.length === selection.size ? selection : new Set(kept);
};

// For a countdown that ticks locally between events.
const withMoment = (gateway) => ({ ...gateway, readAtMs: Date.now() });
