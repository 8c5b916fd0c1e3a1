// Settings of the host: when a battery counts as weak, and what healing may spend.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const NumberField = ({ label, note, value, step, min, max, onInput }) => html`
  <label class="rl-field">
    <span>${label} <small>${note}</small></span>
    <input type="number" required step=${step} min=${min} max=${max} value=${value} onInput=${(event) => onInput(event.target.valueAsNumber)} />
  </label>
`;

const Figures = ({ networks, nameOf }) => html`
  <ul class="rl-causes">
    ${networks.map(
      (network) => html`<li key=${network.network_id}>
        <b>${nameOf(network.network_id)}: </b>${network.state}.
        ${` ${count(network.healed, "lamp")} healed, ${network.waiting} waiting, ${network.given_up} given up.`}
      </li>`,
    )}
  </ul>
`;

export const SettingsDialog = ({ slots, onRead, onSave, onClose }) => {
  const [stored, setStored] = useState(null);
  const [draft, setDraft] = useState(null);
  useEffect(() => {
    onRead().then((answer) => {
      setStored(answer);
      setDraft(answer?.settings ?? null);
    });
  }, []);
  const change = (part, name, value) => setDraft((all) => ({ ...all, [part]: { ...all[part], [name]: value } }));
  const nameOf = (id) => slots.find(({ network_id }) => network_id === id)?.network_name ?? id;
  const changed = draft && JSON.stringify(draft) !== JSON.stringify(stored.settings);
  const save = async (event) => {
    event.preventDefault();
    const { battery, healing } = draft;
    if (await onSave({ battery, healing })) onClose();
  };
  return html`
    <${Dialog}
      title="Settings"
      onClose=${onClose}
      footer=${html`
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-settings-form" disabled=${!changed}>Save<//>
      `}
    >
      ${!draft && html`<p role="status"><span class="rl-spinner" aria-hidden="true"></span> Loading…</p>`}
      ${draft &&
      html`<form id="rl-settings-form" class="rl-form" onSubmit=${save}>
        <h3>Battery warning</h3>
        <${NumberField}
          label="Two cells, below (V)"
          note=${`packs under ${draft.battery.split_v} V count as two cells`}
          step="0.1"
          min="5"
          max="8.4"
          value=${draft.battery.warn_2s_v}
          onInput=${(value) => change("battery", "warn_2s_v", value)}
        />
        <${NumberField}
          label="Six cells, below (V)"
          note="all others"
          step="0.1"
          min="15"
          max="25.2"
          value=${draft.battery.warn_6s_v}
          onInput=${(value) => change("battery", "warn_6s_v", value)}
        />
        <h3>Healing</h3>
        <label class="rl-check">
          <input type="checkbox" checked=${draft.healing.enabled} onChange=${(event) => change("healing", "enabled", event.target.checked)} />
          <span>Repeat commands to lamps that do not follow <small class="rl-muted">Never in front of anything else.</small></span>
        </label>
        <${NumberField}
          label="Share of the air (%)"
          note="the most that healing may use"
          step="1"
          min="1"
          max="50"
          value=${draft.healing.airtime_percent}
          onInput=${(value) => change("healing", "airtime_percent", value)}
        />
        <${Figures} networks=${stored.healing.networks} nameOf=${nameOf} />
      </form>`}
    <//>
  `;
};
