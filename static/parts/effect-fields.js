// The 14 values of an effect. What is not ticked is not sent: the lamps keep what they have.
import { html } from "../vendor/htm-preact.js";
import { effectOf, fieldLabel, firstValue, fromHex, shownFields, toHex } from "../app/effect-fields.js";
import { Level } from "./level.js";

const KEEP = "keep";

const Tick = ({ label, value, first, onChange, children }) => html`
  <div class="rl-level">
    <label class="rl-check">
      <input type="checkbox" checked=${value != null} onChange=${(event) => onChange(event.target.checked ? first : null)} />
      <span>${label}</span>
    </label>
    ${value == null ? html`<span class="rl-muted">${KEEP}</span>` : children}
  </div>
`;

const Options = ({ options, ordered }) => {
  const line = (option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`;
  if (!ordered) return options.map(line);
  return html`
    <optgroup label="Stay in step on all lamps">${options.filter(({ deterministic }) => deterministic).map(line)}</optgroup>
    <optgroup label="Each lamp on its own">${options.filter(({ deterministic }) => !deterministic).map(line)}</optgroup>
  `;
};

const Choice = ({ label, value, ui, ordered, onChange }) => html`
  <select aria-label=${`${label}: value`} value=${value} onChange=${(event) => onChange(Number(event.target.value))}>
    <${Options} options=${ui.options} ordered=${ordered} />
  </select>
`;

const Colour = ({ label, value, onChange }) => html`
  <input type="color" aria-label=${`${label}: value`} value=${toHex(value)} onInput=${(event) => onChange(fromHex(event.target.value))} />
`;

const Toggle = ({ label, value, onChange }) => html`
  <select aria-label=${`${label}: value`} value=${String(value)} onChange=${(event) => onChange(event.target.value === "true")}>
    <option value="true">on</option>
    <option value="false">off</option>
  </select>
`;

const Field = ({ schema, params, name, onChange }) => {
  const ui = schema.ui[name];
  const label = fieldLabel(schema, params, name);
  const value = params[name];
  const first = firstValue(schema, params, name);
  const set = (next) => onChange({ [name]: next });
  if (ui.widget === "slider") {
    return html`<${Level} label=${label} value=${value} first=${first} min=${ui.min} max=${ui.max} optional=${KEEP} onInput=${set} />`;
  }
  const Input = { select: Choice, color: Colour, toggle: Toggle }[ui.widget];
  return html`<${Tick} label=${label} value=${value} first=${first} onChange=${set}>
    <${Input} label=${label} value=${value} ui=${ui} ordered=${name === "mode"} onChange=${set} />
  <//>`;
};

// staysInStep: a hint is due when the chosen effect drifts apart on several lamps
export const EffectFields = ({ schema, params, staysInStep, onChange }) => {
  const effect = effectOf(schema, params.mode);
  return html`
    <div class="rl-effect">
      ${shownFields(schema, params).map(
        (name) => html`<${Field} key=${name} schema=${schema} params=${params} name=${name} onChange=${onChange} />`,
      )}
    </div>
    ${staysInStep &&
    effect &&
    !effect.deterministic &&
    html`<p class="rl-muted">${effect.label} draws on every lamp by itself: offsets and a common start do not keep it in step.</p>`}
  `;
};
