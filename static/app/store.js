// The one store. State is replaced, never changed in place, so that components can compare.

export const ALL = "all"; // the sidebar's "All devices"

export const initialState = () => ({
  connection: "connecting", // connecting, open, lost
  page: "devices", // or "scenes" or "race"
  unsavedScene: false, // the scenes page holds changes that nobody saved
  loaded: false,
  devices: [],
  groups: [],
  presets: [],
  catalogue: null, // what kinds of device can be set and made to do, read when a dialog first needs it
  gateways: [], // what is plugged in
  slots: [], // one per network
  gateway: null, // readiness and the last problem
  problems: [], // sentences for the operator
  task: null,
  serverAheadS: 0, // server clock minus browser clock
  shownGroup: ALL,
  selection: new Set(), // MACs
  presetId: null,
  brightness: null,
  drawerOpen: false,
  dialog: null, // {kind, ...}
  toasts: [], // {id, kind, text}
});

export const createStore = (state) => {
  const listeners = new Set();
  return {
    get: () => state,
    set: (patch) => {
      state = { ...state, ...(typeof patch === "function" ? patch(state) : patch) };
      listeners.forEach((listener) => listener(state));
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

// Rows that did not change keep their identity: components for them need not render again.
export const keepUnchanged = (before, after, key) => {
  const known = new Map(before.map((row) => [row[key], row]));
  return after.map((row) => {
    const old = known.get(row[key]);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
};

// The end of a task may be heard before the answer to the request that began it: it stays ended.
export const laterTask = (known, task) => {
  const isSame = known && task && known.id === task.id && known.started_ts === task.started_ts;
  return isSame && known.ended_ts !== null && task.ended_ts === null ? known : task;
};

export const shownDevices = ({ devices, shownGroup }) =>
  shownGroup === ALL ? devices : devices.filter((device) => device.groupId === shownGroup);

export const groupName = (groups, id) => groups.find((group) => group.id === id)?.name ?? `Group ${id}`;
