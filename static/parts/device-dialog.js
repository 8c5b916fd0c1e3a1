// Everything about one device: its settings, what it can do, how it is paired, and what is known of it.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { groupName } from "../app/store.js";
import { ago, battery, presence, signal } from "../app/words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { DeviceActions, DevicePairing } from "./device-actions.js";
import { DeviceSettings } from "./device-settings.js";
import { Tabs } from "./tabs.js";

const TABS = [
  { key: "settings", label: "Settings" },
  { key: "actions", label: "Actions" },
  { key: "pairing", label: "Radio" },
  { key: "about", label: "About" },
];

const FOLLOWS = {
  yes: "Yes, its status shows what it was told",
  no: "No",
  sent: "Sent again; its status cannot show it",
  unknown: "Not known yet",
};

const About = ({ device, groups, nowS }) => {
  const { word, reason } = presence(device);
  const rows = [
    ["Kind", device.dev_type_name],
    ["Firmware", device.version || "unknown"],
    ["Group", `${device.groupId} ${groupName(groups, device.groupId)}${device.group_push_pending ? ", not confirmed by the device yet" : ""}`],
    ["State", [word, reason].filter(Boolean).join(": ")],
    ["Follows commands", device.follows_reason || FOLLOWS[device.follows] || device.follows],
    ["Last heard", device.last_seen_ts ? ago(Math.max(0, nowS - device.last_seen_ts)) : "never"],
    ["Battery", battery(device) ? `${battery(device).volts}, about ${battery(device).percent} %` : "not measured"],
    ["Heard by the gateway", signal(device)?.title ?? "–"],
  ];
  return html`<dl class="rl-about">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
};

export const DeviceDialog = ({ device, groups, catalogue, task, nowS, actions, onClose }) => {
  const [shown, setShown] = useState("settings");
  useEffect(() => actions.loadCatalogue(), []);
  const busy = task?.state === "running";
  const panel = () => {
    if (!catalogue) return html`<p role="status"><span class="rl-spinner" aria-hidden="true"></span> Loading…</p>`;
    switch (shown) {
      case "actions":
        return html`<${DeviceActions}
          device=${device}
          catalogue=${catalogue.specials}
          busy=${busy}
          onSend=${(action, params) => actions.runFunction(device, action, params)}
        />`;
      case "pairing":
        return html`<${DevicePairing}
          device=${device}
          schema=${catalogue.node}
          busy=${busy}
          onSend=${(command) => actions.sendNodeCommand(device, command)}
        />`;
      case "about":
        return html`<${About} device=${device} groups=${groups} nowS=${nowS} />`;
      default:
        return html`<${DeviceSettings}
          device=${device}
          catalogue=${catalogue.specials}
          task=${task}
          onRead=${(key) => actions.readProperty(device, key)}
          onSave=${(key, value) => actions.writeProperty([device.addr], key, value)}
          onImport=${(key, value) => actions.importProperty(device, key, value)}
        />`;
    }
  };
  return html`
    <${Dialog}
      title=${device.name}
      purpose=${`${device.addr}, ${device.dev_type_name}`}
      wide
      onClose=${onClose}
      footer=${html`
        <${Button} icon="locate" onClick=${() => actions.locate(device)}>Locate<//>
        <${Button} onClick=${onClose}>Close<//>
      `}
    >
      <${Tabs} label="Parts of this device" tabs=${TABS} shown=${shown} onShow=${setShown}>${panel()}<//>
    <//>
  `;
};
