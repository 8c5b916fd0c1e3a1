// One binding: when it happens, for whom, and what the lamps do then.
import { html, useState } from "../vendor/htm-preact.js";
import { REACTION_KINDS, bodyOfBinding, gapOfBinding, takesColour, takesMoment, takesSeat, withEvent, withReactionKind } from "../app/race-draft.js";
import { COLOUR_LABELS, REACTION_LABELS } from "../app/race-words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { ReactionFields } from "./reaction-fields.js";

const MAX_LENGTH = 64;

const Choice = ({ label, value, empty, options, onChange }) => html`
  <label class="rl-field">
    <span>${label}</span>
    <select value=${value ?? ""} onChange=${(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}>
      <option value="">${empty}</option>
      ${value != null && !options.some((option) => option.value === value) && html`<option value=${value}>${value} (gone)</option>`}
      ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`)}
    </select>
  </label>
`;

const LapChoice = ({ lap, onChange }) => html`
  <label class="rl-field">
    <span>Lap <small>0: the first pass</small></span>
    <input type="number" min="0" max="999" step="1" placeholder="every lap" value=${lap ?? ""} onInput=${(event) => onChange(event.target.value === "" ? undefined : event.target.valueAsNumber)} />
  </label>
`;

const EventSelect = ({ event, events, onChange }) => {
  const topics = [...new Set(events.map(({ topic }) => topic))];
  return html`
    <label class="rl-field">
      <span>When</span>
      <select value=${event} onChange=${(change) => onChange(events.find(({ name }) => name === change.target.value))}>
        ${topics.map(
          (topic) => html`<optgroup key=${topic} label=${topic}>
            ${events.filter((each) => each.topic === topic).map(({ name, label }) => html`<option key=${name} value=${name}>${label}</option>`)}
          </optgroup>`,
        )}
      </select>
    </label>
  `;
};

const Limits = ({ only, kind, timer, onChange }) => {
  const seats = Array.from({ length: timer.seats }, (_, index) => ({ value: index, label: `Seat ${index + 1}` }));
  const classes = timer.classes.map(({ id, name }) => ({ value: id, label: name }));
  const set = (part) => onChange({ ...only, ...part });
  return html`
    <div class="rl-binding-limits">
      ${kind.has_seat && html`<${Choice} label="Seat" value=${only.seat} empty="Every seat" options=${seats} onChange=${(seat) => set({ seat })} />`}
      ${kind.has_lap && html`<${LapChoice} lap=${only.lap_number} onChange=${(lap_number) => set({ lap_number })} />`}
      ${(classes.length > 0 || only.class_id != null) &&
      html`<${Choice} label="Race class" value=${only.class_id} empty="Every class" options=${classes} onChange=${(class_id) => set({ class_id })} />`}
    </div>
  `;
};

const Tick = ({ label, hint, checked, onChange }) => html`
  <label class="rl-check">
    <input type="checkbox" checked=${checked} onChange=${(event) => onChange(event.target.checked)} />
    <span>${label} <small class="rl-muted">${hint}</small></span>
  </label>
`;

const ColourChoice = ({ source, sources, onChange }) => html`
  <label class="rl-field">
    <span>First colour</span>
    <select value=${source ?? ""} onChange=${(event) => onChange(event.target.value || null)}>
      <option value="">its own</option>
      ${sources.map((each) => html`<option key=${each} value=${each}>${COLOUR_LABELS[each]}</option>`)}
    </select>
  </label>
`;

export const RaceBindingDialog = ({ initial, events, timer, effectSchema, lists, onSave, onClose }) => {
  const [draft, setDraft] = useState(initial);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const kind = events.find(({ name }) => name === draft.event);
  const isNew = draft.id === null;
  const isChanged = isNew || JSON.stringify(bodyOfBinding(draft, kind.label)) !== JSON.stringify(bodyOfBinding(initial, kind.label));
  const change = (next) => {
    setDraft(next);
    setProblem(null);
  };
  const set = (part) => change((now) => ({ ...now, ...part }));
  const submit = async (event) => {
    event.preventDefault();
    const gap = gapOfBinding(draft);
    if (gap || busy) return setProblem(gap);
    setBusy(true);
    const refusal = await onSave(draft);
    if (!refusal) return onClose();
    setProblem(refusal);
    return setBusy(false);
  };
  return html`
    <${Dialog}
      wide
      title=${isNew ? "New binding" : `Change ${initial.name}`}
      onClose=${onClose}
      footer=${html`
        ${problem && html`<p class="rl-bad-text rl-binding-problem" role="alert">${problem}</p>`}
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} variant="brand" type="submit" form="rl-binding-form" disabled=${busy || !isChanged}>${isNew ? "Create" : "Save"}<//>
      `}
    >
      <form id="rl-binding-form" class="rl-binding-form" onSubmit=${submit}>
        <${EventSelect} event=${draft.event} events=${events} onChange=${(next) => change((now) => withEvent(now, next))} />
        <${Limits} only=${draft.only} kind=${kind} timer=${timer} onChange=${(only) => set({ only })} />
        <label class="rl-field">
          <span>Then</span>
          <select value=${draft.reaction.kind} onChange=${(event) => change((now) => withReactionKind(now, event.target.value))}>
            ${REACTION_KINDS.map((each) => html`<option key=${each} value=${each}>${REACTION_LABELS[each]}</option>`)}
          </select>
        </label>
        ${takesColour(draft) && html`<${ColourChoice} source=${draft.colour_from} sources=${kind.colour_sources} onChange=${(colour_from) => set({ colour_from })} />`}
        ${kind.has_seat &&
        takesSeat(draft) &&
        html`<${Tick} label="At the lamps of the seat" hint="where it has none, for whom is chosen below" checked=${draft.to_seat} onChange=${(to_seat) => set({ to_seat })} />`}
        ${kind.has_moment &&
        takesMoment(draft) &&
        html`<${Tick} label="At the very moment" hint="the timer announces it a little before" checked=${draft.at_moment} onChange=${(at_moment) => set({ at_moment })} />`}
        <${ReactionFields}
          reaction=${draft.reaction}
          lists=${lists}
          effectSchema=${effectSchema}
          onChange=${(edit) => change((now) => ({ ...now, reaction: edit(now.reaction) }))}
        />
        <label class="rl-field">
          <span>Name</span>
          <input type="text" maxlength=${MAX_LENGTH} placeholder=${kind.label} value=${draft.name} onInput=${(event) => set({ name: event.target.value })} />
        </label>
        <${Tick} label="On" hint="a binding that is off waits for another day" checked=${draft.is_on} onChange=${(is_on) => set({ is_on })} />
      </form>
    <//>
  `;
};
