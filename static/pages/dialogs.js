// Which dialog is open, with what it does.
import { html } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { ConfirmDialog } from "../parts/dialog.js";
import { DiscoverDialog } from "../parts/discover-dialog.js";
import { NameDialog } from "../parts/name-dialog.js";

export const Dialogs = ({ state, actions }) => {
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
