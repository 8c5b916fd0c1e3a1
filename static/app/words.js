// Numbers and codes become words that an operator understands.

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

export const ago = (seconds) => {
  if (seconds < 10) return "just now";
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
};

export const duration = (seconds) => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
};

// {look, word, reason}; look is one of ok, warn, bad, quiet
export const presence = (device) => {
  if (device.presence === "unknown") {
    return { look: "quiet", word: "Not heard yet", reason: "Nothing was heard from it since RaceLink started." };
  }
  if (device.presence === "offline") return { look: "bad", word: "Offline", reason: offlineReason(device.link_error) };
  if (device.stale) return { look: "warn", word: "Quiet", reason: "No news for more than 10 minutes." };
  if (device.follows === "no") return { look: "warn", word: "Does not follow", reason: device.follows_reason };
  if (device.group_push_pending) {
    return { look: "warn", word: "Online", reason: "It has not confirmed its group yet." };
  }
  return { look: "ok", word: "Online", reason: "" };
};

const offlineReason = (error) => {
  if (!error) return "It does not answer. Is it switched on and within range?";
  if (error.includes("STATUS")) return "No answer to the status request. Is it switched on and within range?";
  if (error.includes("SET_GROUP")) return "It did not confirm its group. Is it switched on and within range?";
  return error;
};

const isOn = (flags) => (flags & 1) === 1;

// {on, word, percent, title}
export const light = (device) => {
  if (device.effect_name === null) return { on: false, word: "Unknown", percent: null };
  const percent = Math.round((device.brightness / 255) * 100);
  if (!isOn(device.flags) || device.brightness === 0) return { on: false, word: "Dark", percent: 0 };
  return { on: true, word: device.effect_name ?? "On", percent };
};

export const battery = (device) => {
  if (!device.voltage_mV) return null;
  const cells = device.voltage_mV < 5000 ? 1 : device.voltage_mV < 12000 ? 2 : 6;
  const perCellV = device.voltage_mV / 1000 / cells;
  const percent = Math.max(0, Math.min(100, Math.round(((perCellV - 3.3) / (4.2 - 3.3)) * 100)));
  return { volts: `${(device.voltage_mV / 1000).toFixed(1)} V`, percent, low: device.battery_low };
};

// Bars 0..4 from what the gateway heard
export const signal = (device) => {
  if (!device.last_seen_ts || !device.host_rssi) return null;
  const dbm = device.host_rssi;
  const bars = dbm > -75 ? 4 : dbm > -90 ? 3 : dbm > -105 ? 2 : 1;
  const word = ["", "Weak", "Fair", "Good", "Strong"][bars];
  return { bars, word, title: `Gateway hears it at ${dbm} dBm, SNR ${device.host_snr} dB; it hears the gateway at ${device.node_rssi} dBm, SNR ${device.node_snr} dB.` };
};

const GATEWAY_STATES = {
  IDLE: ["ok", "Ready", "check"],
  TX: ["busy", "Sending", "up"],
  RX: ["warm", "Receiving", "down"],
  RX_WINDOW: ["warm", "Listening", "down"],
  ERROR: ["bad", "Error", "warning"],
  UNKNOWN: ["quiet", "Unknown", "question"],
};

export const gatewayLook = (slot, attached) => {
  if (!attached) return { look: "bad", word: "No gateway", icon: "cross" };
  if (attached.bind_state === "conflict") return { look: "warn", word: "Other radio settings", icon: "warning" };
  if (attached.bind_state === "unbound") return { look: "warn", word: "Not assigned", icon: "warning" };
  const [look, word, icon] = GATEWAY_STATES[slot.state] ?? GATEWAY_STATES.UNKNOWN;
  return { look, word, icon };
};

const TASKS = {
  discover: "Searching for devices",
  status: "Asking for status",
  bulk_set_group: "Moving devices",
  force_groups: "Sending groups again",
  renumber_groups: "Renumbering groups",
  special_config: "Writing a setting",
  bulk_special_config: "Writing a setting to several devices",
  startblock: "Updating starting blocks",
};

export const taskName = (task) => TASKS[task.name] ?? task.name;

export const taskProgress = (task) => {
  const { index, total } = task.meta ?? {};
  if (task.meta?.paused) return "waiting for the start of the race";
  const left = task.remaining_s == null ? "" : `, about ${duration(task.remaining_s)} left`;
  if (total) return `${Math.min(index ?? 0, total)} of ${total}${left}`;
  return task.rx_replies ? count(task.rx_replies, "reply", "replies") : "";
};

// One line for the end of a task
export const taskSummary = (task) => {
  if (task.state === "error") return `${taskName(task)} failed: ${task.last_error ?? "unknown reason"}`;
  const result = task.result ?? {};
  const stopped = task.cancel_requested ? " (cancelled)" : "";
  switch (task.name) {
    case "discover":
      return `${result.found ? `${count(result.found, "device")} found` : "No device answered"}${stopped}`;
    case "status":
      return `Status of ${count(result.updated ?? 0, "device")} read${stopped}`;
    case "bulk_set_group":
    case "force_groups": {
      const parts = [`${result.changed ?? 0} of ${count(result.total ?? 0, "device")} confirmed`];
      if (result.skipped_offline) parts.push(`${result.skipped_offline} offline, will follow`);
      if (result.timed_out) parts.push(`${result.timed_out} did not answer`);
      return parts.join(", ") + stopped;
    }
    default:
      return `${taskName(task)} done${stopped}`;
  }
};

export const swatch = ({ params }) => {
  if (params.brightness === 0) return "#000";
  const colours = [params.color1, params.color2, params.color3].filter((colour) => colour?.some((part) => part > 0));
  const css = colours.map(([red, green, blue]) => `rgb(${red} ${green} ${blue})`);
  if (!css.length) return "conic-gradient(#f55, #fd5, #5f8, #5cf, #b6f, #f55)";
  return css.length === 1 ? css[0] : `linear-gradient(135deg, ${css.join(", ")})`;
};
