// What an operator can do. Each action calls the API once and says how it went.
import { ALL, laterTask, shownDevices } from "./store.js";
import { count } from "./words.js";

const SUCCESS_MS = 3500;

// A seat of the race timer may have lost its lamps.
const withSeats = (sentence) => ({ emptied_seats: seats }) =>
  seats ? `${sentence} ${count(seats, "seat")} of the race timer ${seats === 1 ? "has" : "have"} no lamps any more.` : sentence;

export const createActions = ({ api, store, live, router }) => {
  let lastToastId = 0;

  const dismiss = (id) => store.set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
  const toast = (kind, text) => {
    const id = ++lastToastId;
    store.set(({ toasts }) => ({ toasts: [...toasts.filter((old) => old.text !== text), { id, kind, text }].slice(-4) }));
    if (kind === "success") setTimeout(() => dismiss(id), SUCCESS_MS);
  };

  // Resolves to the answer, or to null after telling the operator why not. success: a sentence, or what makes one of the answer.
  const attempt = async (work, success) => {
    try {
      const answer = await work();
      if (success) toast("success", typeof success === "function" ? success(answer) : success);
      return answer;
    } catch (error) {
      toast("error", error.message);
      return null;
    }
  };

  const startTask = async (work) => {
    const answer = await attempt(work);
    if (answer) store.set((state) => ({ task: laterTask(state.task, answer.task) }));
    return answer?.task ?? null;
  };

  const command = (body, success) => attempt(() => api.post("commands", body), success);
  const openDialog = (dialog) => store.set({ dialog, drawerOpen: false });
  const closeDialog = () => store.set({ dialog: null });

  return {
    toast,
    attempt,
    dismiss,
    openDialog,
    closeDialog,
    showPage: (page) => {
      store.set({ drawerOpen: false });
      router.show(page);
    },
    toggleDrawer: (drawerOpen) => store.set({ drawerOpen }),
    showGroup: (shownGroup) =>
      store.set((state) => {
        const visible = new Set(shownDevices({ ...state, shownGroup }).map((device) => device.addr));
        return { shownGroup, drawerOpen: false, selection: new Set([...state.selection].filter((mac) => visible.has(mac))) };
      }),
    select: (macs, selected) =>
      store.set(({ selection }) => {
        const after = new Set(selection);
        macs.forEach((mac) => (selected ? after.add(mac) : after.delete(mac)));
        return { selection: after };
      }),
    clearSelection: () => store.set({ selection: new Set() }),
    choosePreset: (preset) => store.set({ presetId: preset.id, brightness: preset.params.brightness ?? 180 }),
    setBrightness: (brightness) => store.set({ brightness }),

    blackout: () => command({ kind: "blackout", target: { kind: "broadcast" } }, "Blackout sent to every lamp."),
    locate: (device) =>
      command({ kind: "locate", target: { kind: "device", value: device.addr } }, `${device.name} is blinking now.`),
    locateAll: (macs) =>
      attempt(() => api.post("devices/indicate", { macs }), `${macs.length} selected devices are blinking now.`),
    applyPreset: async ({ presetId, brightness, targets, label, targetLabel }) => {
      const sent = await attempt(async () => {
        for (const target of targets) {
          await api.post("commands", { kind: "rl_preset", target, params: { presetId, brightness } });
        }
        return true;
      }, `${label} sent to ${targetLabel}.`);
      return Boolean(sent);
    },

    retryGateway: () => attempt(() => api.post("gateway/retry"), "Looking for gateways again."),
    cancelTask: () => attempt(() => api.post("task/cancel")),
    dismissImport: () => attempt(() => api.post("import/report/dismiss").then(() => live.refresh("master"))),
    discover: (body) => startTask(() => api.post("discover", body)),
    pollStatus: (body = {}) => startTask(() => api.post("status", body)),
    resync: (skipOffline) => startTask(() => api.post("groups/force", { skipOffline })),
    reorderGroups: (order) => attempt(() => api.post("groups/reorder", { order }), "The order of the groups is saved."),
    renumberGroups: (order) => startTask(() => api.post("groups/renumber", { order })),
    move: async (macs, groupId) => {
      const task = await startTask(() => api.post("devices/update-meta", { macs, groupId }));
      if (task) store.set({ selection: new Set() });
      return task;
    },
    readSettings: () =>
      attempt(async () => {
        const [settings, healing] = await Promise.all([api.get("settings"), api.get("healing")]);
        return { settings, healing };
      }),
    saveSettings: (settings) => attempt(() => api.put("settings", settings), "Settings saved."),
    readHistory: (before) => attempt(() => api.get(before ? `history?before=${before}` : "history")),
    readStatistics: () => attempt(() => api.get("statistics")),
    bundleUrl: api.url("debug"),
    configurationUrl: (parts) => api.url(`configuration/export?parts=${parts.join(",")}`),
    importConfiguration: (body) => api.post("configuration/import", body),
    // source: a file, "home" or "options"
    importOlder: (source, on_conflict, dry_run) =>
      source instanceof File
        ? api.upload(`import/old/file?dry_run=${dry_run}&on_conflict=${on_conflict}`, source)
        : api.post("import/old", { source, on_conflict, dry_run }),
    loadCatalogue: async () => {
      if (store.get().catalogue) return;
      const answer = await attempt(() => Promise.all([api.get("specials"), api.get("node-config/schema")]));
      if (answer) store.set({ catalogue: { specials: answer[0].specials, node: answer[1] } });
    },
    // Resolves to null when the device does not answer.
    readProperty: async (device, key) => {
      try {
        return await api.post("specials/get", { mac: device.addr, key });
      } catch (error) {
        if (error.code !== "timeout") toast("error", error.message);
        return null;
      }
    },
    writeProperty: (macs, key, value) =>
      startTask(() => api.post("specials/config", macs.length === 1 ? { mac: macs[0], key, value } : { macs, key, value })),
    importProperty: (device, key, value) =>
      attempt(() => api.post("specials/config/import", { mac: device.addr, key, value }), "Kept what the device says."),
    runFunction: (device, action, params) =>
      attempt(
        () => api.post("specials/action", { mac: device.addr, function: action.key, params }),
        `${action.label} sent to ${device.name}.`,
      ),
    sendNodeCommand: async (device, command) => {
      const answer = await attempt(() =>
        api.post("config", { mac: device.addr, option: command.option, data0: command.data0 }),
      );
      if (answer?.acked) toast("success", `${device.name} confirmed: ${command.label}.`);
      else if (answer) toast("success", `${command.label} sent to ${device.name}. It did not confirm it.`);
    },
    renameDevice: (device, name) =>
      attempt(() => api.post("devices/update-meta", { macs: [device.addr], name }), `Renamed to ${name}.`),
    forgetDevice: (device) => attempt(() => api.remove(`devices/${device.addr}`), withSeats(`${device.name} was forgotten.`)),
    createGroup: async (name) => {
      const answer = await attempt(() => api.post("groups/create", { name }), `Group ${name} created.`);
      if (answer) await live.refresh("groups").catch(() => {});
      return answer;
    },
    renameGroup: (group, name) => attempt(() => api.post("groups/rename", { id: group.id, name }), `Renamed to ${name}.`),
    deleteGroup: async (group) => {
      const answer = await attempt(() => api.post("groups/delete", { id: group.id }), withSeats(`Group ${group.name} deleted.`));
      if (answer && store.get().shownGroup === group.id) store.set({ shownGroup: ALL });
      return answer;
    },
  };
};
