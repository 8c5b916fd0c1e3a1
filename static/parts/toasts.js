// Messages in the corner. Errors stay until they are dismissed; screen readers hear both kinds.
import { html } from "../vendor/htm-preact.js";
import { IconButton } from "./button.js";
import { Icon } from "./icon.js";

const Toast = ({ toast, onDismiss }) => html`
  <div class=${`rl-toast rl-toast-${toast.kind}`}>
    <${Icon} name=${toast.kind === "error" ? "warning" : "check"} />
    <span>${toast.text}</span>
    <${IconButton} icon="cross" label="Dismiss" onClick=${() => onDismiss(toast.id)} />
  </div>
`;

export const Toasts = ({ toasts, onDismiss }) => {
  const show = (kind) =>
    toasts
      .filter((toast) => toast.kind === kind)
      .map((toast) => html`<${Toast} key=${toast.id} toast=${toast} onDismiss=${onDismiss} />`);
  return html`
    <div class="rl-toasts">
      <div role="status" aria-live="polite">${show("success")}</div>
      <div role="alert" aria-live="assertive">${show("error")}</div>
    </div>
  `;
};
