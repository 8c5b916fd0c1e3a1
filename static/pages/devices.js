// The Devices page: light panel, table and what can be done with a selection.
import { html } from "../vendor/htm-preact.js";
import { ALL, groupName, shownDevices } from "../app/store.js";
import { count } from "../app/words.js";
import { DeviceTable } from "../parts/device-table.js";
import { EmptyState } from "../parts/empty-state.js";
import { LightPanel } from "../parts/light-panel.js";
import { SelectionBar } from "../parts/selection-bar.js";

// Whom a preset goes to: the selection if there is one, else what the sidebar shows.
const lightTarget = ({ selection, shownGroup, groups, devices }) => {
  if (selection.size) {
    const targets = devices
      .filter(({ addr }) => selection.has(addr))
      .map(({ addr }) => ({ kind: "device", value: addr }));
    return { targets, label: count(selection.size, "selected device") };
  }
  if (shownGroup === ALL) return { targets: [{ kind: "broadcast" }], label: "all devices" };
  if (shownGroup === 0) {
    const members = devices.filter(({ groupId }) => groupId === 0).map(({ addr }) => ({ kind: "device", value: addr }));
    return { targets: members, label: "unconfigured devices" };
  }
  return { targets: [{ kind: "groups", value: [shownGroup] }], label: groupName(groups, shownGroup) };
};

export const DevicesPage = ({ state, actions, nowS, busy }) => {
  const devices = shownDevices(state);
  const { targets, label: targetLabel } = lightTarget(state);
  const title = state.shownGroup === ALL ? "All devices" : groupName(state.groups, state.shownGroup);
  const apply = (preset) =>
    actions.applyPreset({ presetId: preset.id, brightness: state.brightness, targets, label: preset.label, targetLabel });
  const discover = () => actions.openDialog({ kind: "discover" });
  return html`
    <div class="rl-content">
      <div class="rl-title">
        <h2>${title}</h2>
        <p class="rl-muted">${count(devices.length, "device")}, ${devices.filter(({ online }) => online).length} online</p>
      </div>
      ${state.devices.length > 0 &&
      html`<${LightPanel}
        presets=${state.presets}
        presetId=${state.presetId}
        brightness=${state.brightness}
        targetLabel=${targetLabel}
        disabled=${!targets.length}
        onChoose=${actions.choosePreset}
        onBrightness=${actions.setBrightness}
        onApply=${apply}
      />`}
      ${devices.length > 0
        ? html`<${DeviceTable}
            devices=${devices}
            groups=${state.groups}
            selection=${state.selection}
            nowS=${nowS}
            onSelect=${actions.select}
            onLocate=${actions.locate}
            onOptions=${(device) => actions.openDialog({ kind: "device", mac: device.addr })}
            onRename=${(device) => actions.openDialog({ kind: "rename-device", device })}
            onForget=${(device) => actions.openDialog({ kind: "forget-device", device })}
          />`
        : html`<${EmptyState}
            fleetIsEmpty=${!state.devices.length}
            gatewayReady=${Boolean(state.gateway?.ready)}
            onDiscover=${discover}
            onRetry=${actions.retryGateway}
          />`}
      <${SelectionBar}
        macs=${[...state.selection]}
        groups=${state.groups}
        busy=${busy}
        onMove=${(macs, groupId) =>
          actions.openDialog({ kind: "move", macs, groupId, groupName: groupName(state.groups, groupId) })}
        onStatus=${(macs) => actions.pollStatus({ macs })}
        onLocate=${actions.locateAll}
        onSet=${(macs) => actions.openDialog({ kind: "bulk-setting", macs })}
        onClear=${actions.clearSelection}
      />
    </div>
  `;
};
