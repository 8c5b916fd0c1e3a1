// What one device can be made to do, and how it is paired.
import { html, useState } from "../vendor/htm-preact.js";
import { commonEntries } from "../app/properties.js";
import { Button } from "./button.js";
import { ConfirmDialog } from "./dialog.js";

const Variable = ({ ui, value, onInput }) => {
  const options = (ui.options ?? []).filter((option) => option.value !== "");
  return html`
    <label class="rl-inline-field">
      <span>${ui.label}</span>
      ${ui.options
        ? html`<select value=${value ?? ""} onChange=${(event) => onInput(Number(event.target.value))}>
            ${value == null && html`<option value="">Choose…</option>`}
            ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`)}
          </select>`
        : html`<input type="number" required min=${ui.min} max=${ui.max} value=${value ?? ""} onInput=${(event) => onInput(event.target.valueAsNumber)} />`}
    </label>
  `;
};

const initialValue = (ui) => {
  if (!ui.options) return ui.default ?? ui.max;
  return ui.options[0]?.value ? Number(ui.options[0].value) : null;
};

const Action = ({ action, busy, onSend }) => {
  const [params, setParams] = useState(() => Object.fromEntries(action.vars.map((name) => [name, initialValue(action.ui[name])])));
  const missing = Object.values(params).some((value) => value == null || Number.isNaN(value));
  const send = (event) => {
    event.preventDefault();
    onSend(action, params);
  };
  return html`
    <form class="rl-action" onSubmit=${send}>
      <b>${action.label}</b>
      ${action.vars.map(
        (name) => html`<${Variable}
          key=${name}
          ui=${action.ui[name]}
          value=${params[name]}
          onInput=${(value) => setParams((all) => ({ ...all, [name]: value }))}
        />`,
      )}
      <${Button} variant="run" type="submit" disabled=${busy || missing}>Send<//>
    </form>
  `;
};

export const DeviceActions = ({ device, catalogue, busy, onSend }) => {
  const [asked, setAsked] = useState(null);
  const actions = commonEntries(catalogue, [device], "functions");
  const send = (action, params) => (action.confirm ? setAsked({ action, params }) : onSend(action, params));
  return html`
    ${actions.map((action) => html`<${Action} key=${action.key} action=${action} busy=${busy} onSend=${send} />`)}
    ${!actions.length && html`<p>This kind of device has no actions.</p>`}
    ${asked &&
    html`<${ConfirmDialog}
      title=${asked.action.label}
      text=${asked.action.confirm}
      verb="Send"
      onConfirm=${() => {
        setAsked(null);
        onSend(asked.action, asked.params);
      }}
      onClose=${() => setAsked(null)}
    />`}
  `;
};

export const DevicePairing = ({ device, schema, busy, onSend }) => {
  const [asked, setAsked] = useState(null);
  const shown = schema.bits.filter((bit) => bit.default_visible);
  return html`
    <ul class="rl-switches" aria-label="Switches as the device last reported them">
      ${shown.map((bit) => {
        const on = Boolean(device.configByte & (1 << bit.bit));
        return html`<li key=${bit.bit} class=${`rl-badge rl-look-${on ? "ok" : "quiet"}`}>${bit.label}: ${on ? "on" : "off"}</li>`;
      })}
    </ul>
    ${schema.commands.map(
      (command) => html`<div class="rl-action" key=${command.key}>
        <span><b>${command.label}</b><small class="rl-muted">${command.explanation}</small></span>
        <${Button}
          variant=${command.destructive ? "danger" : "run"}
          disabled=${busy}
          onClick=${() => (command.confirm ? setAsked(command) : onSend(command))}
          aria-label=${`Send: ${command.label}`}
        >Send<//>
      </div>`,
    )}
    <details class="rl-facts">
      <summary>How pairing works</summary>
      <dl>${schema.pairing.map((fact) => html`<dt>${fact.title}</dt><dd>${fact.text}</dd>`)}</dl>
    </details>
    ${asked &&
    html`<${ConfirmDialog}
      title=${`${asked.label}: ${device.name}`}
      text=${asked.confirm}
      verb="Send"
      onConfirm=${() => {
        setAsked(null);
        onSend(asked);
      }}
      onClose=${() => setAsked(null)}
    />`}
  `;
};
