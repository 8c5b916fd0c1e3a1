import { html } from "../vendor/htm-preact.js";
import { Icon } from "./icon.js";

// variant: plain, brand, run, danger, ghost
export const Button = ({ variant = "plain", icon, children, ...rest }) => html`
  <button type="button" ...${rest} class=${`rl-button rl-button-${variant}`}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${children}</span>
  </button>
`;

export const IconButton = ({ icon, label, ...rest }) => html`
  <button type="button" ...${rest} class="rl-icon-button" aria-label=${label} title=${label}><${Icon} name=${icon} /></button>
`;
