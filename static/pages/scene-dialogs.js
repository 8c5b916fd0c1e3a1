// Which dialog of the scenes page is open, with what it does.
import { html } from "../vendor/htm-preact.js";
import { ConfirmDialog } from "../parts/dialog.js";
import { ExchangeDialog } from "../parts/exchange-dialog.js";
import { PresetsDialog } from "../parts/presets-dialog.js";
import { ScopeDialog } from "../parts/scope-dialog.js";
import { WledPresetsDialog } from "../parts/wled-presets-dialog.js";

export const SceneDialogs = ({ state, lists, actions, appActions }) => {
  const { dialog, draft } = state;
  const close = actions.closeDialog;
  const confirmed = (work) => () => {
    close();
    work();
  };
  switch (dialog?.kind) {
    case "leave":
      return html`<${ConfirmDialog}
        title="Unsaved changes"
        text=${`Discard the changes of ${draft.label.trim() || "the new scene"}? They were not saved.`}
        verb="Discard"
        onConfirm=${confirmed(dialog.go)}
        onClose=${close}
      />`;
    case "delete-scene":
      return html`<${ConfirmDialog}
        title="Delete scene"
        text=${`Delete ${dialog.label}? Whatever starts it, such as a race event, will find nothing.`}
        verb="Delete"
        onConfirm=${confirmed(() => actions.remove(dialog.sceneKey, dialog.label))}
        onClose=${close}
      />`;
    case "scope":
      return html`<${ScopeDialog}
        scope=${draft.network_scope}
        networks=${lists.networks}
        resolved=${state.estimate?.resolved_network_ids}
        onApply=${(network_scope) => {
          close();
          actions.change((now) => ({ ...now, network_scope }));
        }}
        onClose=${close}
      />`;
    case "presets":
      return html`<${PresetsDialog} presets=${lists.presets} schema=${state.effectSchema} actions=${actions} onClose=${close} />`;
    case "wled-presets":
      return html`<${WledPresetsDialog} actions=${actions} onClose=${close} />`;
    case "exchange":
      return html`<${ExchangeDialog} scenes=${state.scenes} shownKey=${draft?.key} actions=${actions} onClose=${close} />`;
    default:
      return null;
  }
};
