// Gateways, the running task and whether what is shown is live.
import { html } from "../vendor/htm-preact.js";
import { gatewayLook, taskName, taskProgress, taskSummary } from "../app/words.js";
import { IconButton } from "./button.js";
import { Icon } from "./icon.js";

const Badge = ({ slot, attached, ambiguous }) => {
  const { look, word, icon } = gatewayLook(slot, attached);
  const name = slot.network_name ?? "New gateway";
  const suffix = ambiguous && slot.gateway_mac ? ` ${slot.gateway_mac.slice(-4)}` : "";
  const lines = [
    slot.gateway_mac && `Gateway ${slot.gateway_mac}`,
    attached && attached.port,
    attached?.conflict_fields.length ? `Differs in: ${attached.conflict_fields.join(", ")}` : "",
    slot.last_error,
  ];
  return html`
    <li class=${`rl-badge rl-look-${look}`} title=${lines.filter(Boolean).join("\n")}>
      <${Icon} name=${icon} />
      <span class="rl-badge-name">${name}${suffix}</span>
      <span class="rl-badge-state">${word}</span>
    </li>
  `;
};

const TaskText = ({ task, onCancel }) => {
  if (!task) return null;
  if (task.state !== "running") return html`<span class=${task.state === "error" ? "rl-bad-text" : ""}>${taskSummary(task)}</span>`;
  return html`
    <span class="rl-spinner" aria-hidden="true"></span>
    <span>${taskName(task)}… ${taskProgress(task)}</span>
    ${task.cancel_requested
      ? html`<span>Cancelling…</span>`
      : html`<${IconButton} icon="cross" label="Cancel this task" onClick=${onCancel} />`}
  `;
};

const LIVE = { open: ["ok", "Live"], connecting: ["quiet", "Connecting"], lost: ["bad", "Not live"] };

export const MasterBar = ({ slots, gateways, task, connection, onCancel }) => {
  const names = slots.map((slot) => slot.network_name);
  const [look, word] = LIVE[connection];
  const attachedTo = (slot) => gateways.find((gateway) => gateway.is_connected && gateway.ident_mac === slot.gateway_mac && gateway.network_id === slot.network_id);
  return html`
    <section class="rl-master" aria-label="Gateways and tasks">
      <ul class="rl-badges">
        ${slots.map(
          (slot) => html`<${Badge}
            key=${`${slot.network_id} ${slot.gateway_mac}`}
            slot=${slot}
            attached=${attachedTo(slot)}
            ambiguous=${names.filter((name) => name === slot.network_name).length > 1}
          />`,
        )}
      </ul>
      <div class="rl-task" role="status" aria-live="polite"><${TaskText} task=${task} onCancel=${onCancel} /></div>
      <span class=${`rl-live rl-look-${look}`}><i aria-hidden="true"></i>${word}</span>
    </section>
  `;
};
