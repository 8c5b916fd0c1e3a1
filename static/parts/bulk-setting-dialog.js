// The same property for several devices, with what became of each.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { commonEntries, fromForm, toForm } from "../app/properties.js";
import { count, taskProgress } from "../app/words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { PropertyFields } from "./property-fields.js";

const OUTCOMES = {
  acknowledged: "stored it",
  refused: "refused it",
  silent: "did not answer",
  skipped_offline: "offline, not asked",
  not_sent: "not sent",
  not_saved: "not saved",
  cancelled: "not asked any more",
};

const Outcome = ({ task, devices }) => {
  if (task.state === "running") return html`<span class="rl-spinner" aria-hidden="true"></span> ${taskProgress(task)}`;
  if (task.state === "error") return html`<span class="rl-bad-text">${task.last_error}</span>`;
  const results = task.result?.devices ?? [];
  const failed = results.filter(({ outcome }) => outcome !== "acknowledged");
  const name = (addr) => devices.find((device) => device.addr === addr)?.name ?? addr;
  return html`
    <b>${results.length - failed.length} of ${count(results.length, "device")} stored it.</b>
    <ul class="rl-causes">
      ${failed.map(({ mac, outcome, reason }) => html`<li key=${mac}>${name(mac)}: ${reason ?? OUTCOMES[outcome] ?? outcome}</li>`)}
    </ul>
  `;
};

export const BulkSettingDialog = ({ devices, catalogue, task, actions, onClose }) => {
  const [key, setKey] = useState(null);
  const [texts, setTexts] = useState(null);
  const [startedId, setStartedId] = useState(null);
  useEffect(() => actions.loadCatalogue(), []);
  const properties = commonEntries(catalogue?.specials, devices, "options");
  const property = properties.find((each) => each.key === key) ?? properties[0];
  const shown = property && (texts ?? toForm(property, property.default));
  const value = property ? fromForm(property, shown) : null;
  const mine = task?.id === startedId ? task : null;
  const running = mine?.state === "running";
  const apply = async (event) => {
    event.preventDefault();
    const started = await actions.writeProperty(
      devices.map(({ addr }) => addr),
      property.key,
      value,
    );
    if (started) setStartedId(started.id);
  };
  return html`
    <${Dialog}
      title="Set for several devices"
      purpose=${`Writes one setting to ${count(devices.length, "device")}; each must confirm it.`}
      onClose=${onClose}
      footer=${html`
        ${running && html`<${Button} disabled=${mine.cancel_requested} onClick=${actions.cancelTask}>${mine.cancel_requested ? "Cancelling…" : "Cancel"}<//>`}
        <${Button} onClick=${onClose}>Close<//>
        <${Button} variant="brand" type="submit" form="rl-bulk-form" disabled=${value === null || task?.state === "running"}>Apply<//>
      `}
    >
      ${!property && html`<p>${catalogue ? "The selected devices have no setting in common." : "Loading…"}</p>`}
      ${property &&
      html`<form id="rl-bulk-form" class="rl-form" onSubmit=${apply}>
        <label class="rl-field">
          <span>Setting</span>
          <select
            value=${property.key}
            disabled=${running}
            onChange=${(event) => {
              setKey(event.target.value);
              setTexts(null);
            }}
          >
            ${properties.map((each) => html`<option key=${each.key} value=${each.key}>${each.label}</option>`)}
          </select>
        </label>
        <div class="rl-field">
          <span>Value</span>
          <${PropertyFields} property=${property} texts=${shown} disabled=${running} onInput=${setTexts} />
        </div>
      </form>`}
      <div class="rl-result" role="status" aria-live="polite">${mine && html`<${Outcome} task=${mine} devices=${devices} />`}</div>
    <//>
  `;
};
