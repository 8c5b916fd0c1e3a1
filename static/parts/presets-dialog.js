// RL presets: looks with a name, for scenes, buttons and race events.
import { html, useState } from "../vendor/htm-preact.js";
import { withoutHidden } from "../app/effect-fields.js";
import { FLAG_LABELS } from "../app/scene-words.js";
import { swatch } from "../app/words.js";
import { Button, IconButton } from "./button.js";
import { ConfirmDialog, Dialog } from "./dialog.js";
import { EffectFields } from "./effect-fields.js";

const fresh = () => ({ key: null, label: "", params: { mode: 0, color1: [255, 170, 0], brightness: 180 }, flags: {} });

const effectName = (schema, { mode }) => schema.ui.mode.options.find(({ value }) => Number(value) === mode)?.label ?? "changes values only";

const PresetLine = ({ preset, schema, onEdit, onDuplicate, onDelete }) => html`
  <li class="rl-line">
    <i class="rl-swatch" style=${{ background: swatch(preset) }} aria-hidden="true"></i>
    <span class="rl-line-name">${preset.label}<small class="rl-muted"> ${effectName(schema, preset.params)}</small></span>
    <${IconButton} icon="pencil" label=${`Edit ${preset.label}`} onClick=${onEdit} />
    <${IconButton} icon="copy" label=${`Duplicate ${preset.label}`} onClick=${onDuplicate} />
    <${IconButton} icon="bin" label=${`Delete ${preset.label}`} onClick=${onDelete} />
  </li>
`;

const PresetForm = ({ draft, schema, onChange, onSubmit }) => html`
  <form id="rl-preset-form" class="rl-form" onSubmit=${onSubmit}>
    <label class="rl-field">
      <span>Name</span>
      <input type="text" required maxlength="64" value=${draft.label} onInput=${(event) => onChange({ label: event.target.value })} />
    </label>
    <p class="rl-muted">What is not ticked is not sent: the lamps keep what they have.</p>
    <${EffectFields}
      schema=${schema}
      params=${draft.params}
      onChange=${(params) => onChange({ params: withoutHidden(schema, { ...draft.params, ...params }) })}
    />
    <fieldset class="rl-target">
      <legend>Flags</legend>
      ${Object.entries(FLAG_LABELS).map(
        ([name, label]) => html`<label class="rl-check" key=${name}>
          <input type="checkbox" checked=${draft.flags[name] === true} onChange=${(event) => onChange({ flags: { ...draft.flags, [name]: event.target.checked } })} />
          <span>${label}</span>
        </label>`,
      )}
    </fieldset>
  </form>
`;

const deletionText = ({ preset, usedBy }) =>
  usedBy
    ? `Delete ${preset.label} although it is used by ${usedBy.map(({ label }) => label).join(", ")}? Those actions will send nothing.`
    : `Delete ${preset.label}? Buttons and race events that use it will do nothing.`;

export const PresetsDialog = ({ presets, schema, actions, onClose }) => {
  const [draft, setDraft] = useState(null);
  const [stored, setStored] = useState(null);
  const [asked, setAsked] = useState(null); // {preset, usedBy} or {leave: true}
  const [saving, setSaving] = useState(false);
  const edit = (preset) => {
    const { key, label, flags } = preset;
    const open = { key, label, params: withoutHidden(schema, preset.params), flags };
    setDraft(open);
    setStored(open);
  };
  const change = (part) => setDraft((all) => ({ ...all, ...part }));
  const changed = draft && JSON.stringify(draft) !== JSON.stringify(stored);
  const back = () => (changed ? setAsked({ leave: true }) : setDraft(null));
  const save = async (event) => {
    event.preventDefault();
    setSaving(true);
    if (await actions.savePreset(draft)) setDraft(null);
    setSaving(false);
  };
  const remove = async () => {
    const { preset, usedBy } = asked;
    setAsked(null);
    const users = await actions.removePreset(preset.key, Boolean(usedBy));
    if (users) setAsked({ preset, usedBy: users });
  };
  const duplicate = async (preset) => {
    const copy = await actions.duplicatePreset(preset.key);
    if (copy) edit(copy);
  };
  const listFooter = html`
    <${Button} onClick=${onClose}>Close<//>
    <${Button} variant="brand" icon="plus" onClick=${() => edit(fresh())}>New preset<//>
  `;
  const formFooter = html`
    <${Button} onClick=${back}>Back<//>
    <${Button} variant="brand" type="submit" form="rl-preset-form" disabled=${saving || !changed || !draft?.label.trim()}>
      ${draft?.key ? "Save" : "Create"}
    <//>
  `;
  return html`
    <${Dialog}
      title=${draft ? (draft.key ? "Edit preset" : "New preset") : "RL presets"}
      purpose=${draft ? undefined : "Looks kept in RaceLink, ready for scenes, buttons and race events."}
      wide
      onClose=${draft ? back : onClose}
      footer=${draft ? formFooter : listFooter}
    >
      ${draft
        ? html`<${PresetForm} draft=${draft} schema=${schema} onChange=${change} onSubmit=${save} />`
        : html`<ul class="rl-lines">
            ${presets.map(
              (preset) => html`<${PresetLine}
                key=${preset.key}
                preset=${preset}
                schema=${schema}
                onEdit=${() => edit(preset)}
                onDuplicate=${() => duplicate(preset)}
                onDelete=${() => setAsked({ preset, usedBy: null })}
              />`,
            )}
            ${!presets.length && html`<li class="rl-muted">There are no RL presets yet.</li>`}
          </ul>`}
      ${asked?.leave &&
      html`<${ConfirmDialog}
        title="Unsaved changes"
        text=${`Discard the changes of ${draft.label.trim() || "the new preset"}?`}
        verb="Discard"
        onConfirm=${() => {
          setAsked(null);
          setDraft(null);
        }}
        onClose=${() => setAsked(null)}
      />`}
      ${asked?.preset &&
      html`<${ConfirmDialog} title="Delete preset" text=${deletionText(asked)} verb="Delete" onConfirm=${remove} onClose=${() => setAsked(null)} />`}
    <//>
  `;
};
