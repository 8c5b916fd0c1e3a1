// Which dialog is open, with what it does.
import { html } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { ActivityDialog } from "../parts/activity-dialog.js";
import { BulkSettingDialog } from "../parts/bulk-setting-dialog.js";
import { DeviceDialog } from "../parts/device-dialog.js";
import { ConfirmDialog } from "../parts/dialog.js";
import { DiscoverDialog } from "../parts/discover-dialog.js";
import { LazyDialog } from "../parts/lazy-dialog.js";
import { ManageGroupsDialog } from "../parts/manage-groups-dialog.js";
import { NameDialog } from "../parts/name-dialog.js";
import { ResyncDialog } from "../parts/resync-dialog.js";
import { SettingsDialog } from "../parts/settings-dialog.js";

export const Dialogs = ({ state, actions, nowS, busy, embedded }) => {
  const { dialog } = state;
  const close = actions.closeDialog;
  const confirmed = (work) => () => {
    close();
    work();
  };
  switch (dialog?.kind) {
    case "discover":
      return html`<${DiscoverDialog}
        groups=${state.groups}
        task=${state.task}
        onStart=${actions.discover}
        onCancel=${actions.cancelTask}
        onClose=${close}
      />`;
    case "device": {
      const device = state.devices.find(({ addr }) => addr === dialog.mac);
      return device
        ? html`<${DeviceDialog}
            device=${device}
            groups=${state.groups}
            catalogue=${state.catalogue}
            task=${state.task}
            nowS=${nowS}
            actions=${actions}
            onClose=${close}
          />`
        : null;
    }
    case "bulk-setting":
      return html`<${BulkSettingDialog}
        devices=${state.devices.filter(({ addr }) => dialog.macs.includes(addr))}
        catalogue=${state.catalogue}
        task=${state.task}
        actions=${actions}
        onClose=${close}
      />`;
    case "settings":
      return html`<${SettingsDialog}
        slots=${state.slots}
        onRead=${actions.readSettings}
        onSave=${actions.saveSettings}
        onMove=${() => actions.openDialog({ kind: "configuration" })}
        onClose=${close}
      />`;
    case "configuration":
      return html`<${LazyDialog}
        load=${() => import("../parts/configuration-dialog.js")}
        title="Move the configuration"
        actions=${actions}
        embedded=${embedded}
        onClose=${close}
      />`;
    case "activity":
      return html`<${ActivityDialog}
        bundleUrl=${actions.bundleUrl}
        onReadHistory=${actions.readHistory}
        onReadStatistics=${actions.readStatistics}
        onClose=${close}
      />`;
    case "manage-groups":
      return html`<${ManageGroupsDialog}
        groups=${state.groups}
        busy=${busy}
        onReorder=${actions.reorderGroups}
        onRenumber=${actions.renumberGroups}
        onClose=${close}
      />`;
    case "resync":
      return html`<${ResyncDialog} devices=${state.devices} onStart=${actions.resync} onClose=${close} />`;
    case "create-group":
      return html`<${NameDialog}
        title="New group"
        purpose="Devices in one group act together. Move devices in afterwards."
        label="Name"
        verb="Create"
        onSave=${actions.createGroup}
        onClose=${close}
      />`;
    case "rename-group":
      return html`<${NameDialog}
        title="Rename group"
        label="Name"
        verb="Save"
        initial=${dialog.group.name}
        onSave=${(name) => actions.renameGroup(dialog.group, name)}
        onClose=${close}
      />`;
    case "rename-device":
      return html`<${NameDialog}
        title="Rename device"
        purpose=${dialog.device.addr}
        label="Name"
        verb="Save"
        initial=${dialog.device.name}
        onSave=${(name) => actions.renameDevice(dialog.device, name)}
        onClose=${close}
      />`;
    case "delete-group":
      return html`<${ConfirmDialog}
        title="Delete group"
        text=${`Delete ${dialog.group.name}? Its ${count(dialog.group.device_count, "device")} will be unconfigured; no other group changes.`}
        verb="Delete"
        onConfirm=${confirmed(() => actions.deleteGroup(dialog.group))}
        onClose=${close}
      />`;
    case "forget-device":
      return html`<${ConfirmDialog}
        title="Forget device"
        text=${`Forget ${dialog.device.name}? Its name and group are lost; a search finds it again when it is switched on.`}
        verb="Forget"
        onConfirm=${confirmed(() => actions.forgetDevice(dialog.device))}
        onClose=${close}
      />`;
    case "move":
      return html`<${ConfirmDialog}
        title="Move devices"
        text=${`Move ${count(dialog.macs.length, "device")} to ${dialog.groupName}? They are told over the radio; those that are offline follow when they return.`}
        verb="Move"
        onConfirm=${confirmed(() => actions.move(dialog.macs, dialog.groupId))}
        onClose=${close}
      />`;
    default:
      return null;
  }
};
