// Settings of the host: how bright lamps may be, when a battery counts as weak, and what healing may spend.
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

const Check = ({ label, note, checked, onChange }) => html`
  <label class="rl-check">
    <input type="checkbox" checked=${checked} onChange=${(event) => onChange(event.target.checked)} />
    <span>${label} <small class="rl-muted">${note}</small></span>
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

export const SettingsDialog = ({ slots, onRead, onSave, onMove, onClose }) => {
  const [stored, setStored] = useState(null);
  const [draft, setDraft] = useState(null);
  useEffect(() => {
    onRead().then((answer) => {
      setStored(answer);
      setDraft(answer?.settings ?? null);
    });
  }, []);
  const set = (name, value) => setDraft((all) => ({ ...all, [name]: value }));
  const change = (part, name, value) => setDraft((all) => ({ ...all, [part]: { ...all[part], [name]: value } }));
  const nameOf = (id) => slots.find(({ network_id }) => network_id === id)?.network_name ?? id;
  const changed = draft && JSON.stringify(draft) !== JSON.stringify(stored.settings);
  const save = async (event) => {
    event.preventDefault();
    const { brightness_ceiling, startblocks_follow_heat, battery, healing } = draft;
    if (await onSave({ brightness_ceiling, startblocks_follow_heat, battery, healing })) onClose();
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
        <h3>Light</h3>
        <${NumberField}
          label="Brightest (1 to 255)"
          note="for every lamp, whoever asks; 255 is no limit"
          step="1"
          min="1"
          max="255"
          value=${draft.brightness_ceiling}
          onInput=${(value) => set("brightness_ceiling", value)}
        />
        <h3>Starting blocks</h3>
        <${Check}
          label="Follow the heat"
          note="Inside RotorHazard: pilots and channels are shown as soon as they change."
          checked=${draft.startblocks_follow_heat}
          onChange=${(value) => set("startblocks_follow_heat", value)}
        />
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
        <${Check}
          label="Repeat commands to lamps that do not follow"
          note="Never in front of anything else."
          checked=${draft.healing.enabled}
          onChange=${(value) => change("healing", "enabled", value)}
        />
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
        <h3>Another computer</h3>
        <p><${Button} disabled=${changed} onClick=${onMove}>Move the configuration…<//></p>
      </form>`}
    <//>
  `;
};
