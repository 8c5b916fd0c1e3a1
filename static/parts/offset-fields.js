// When each group of an offset group reacts: the formula, its numbers, and what comes out of it.
import { html } from "../vendor/htm-preact.js";
import { offsetsOf } from "../app/offset-preview.js";
import { withOffsetMode } from "../app/scene-draft.js";
import { milliseconds } from "../app/scene-words.js";

const MOST_SHOWN = 32;
const NUMBERS = { base_ms: "Base (ms)", step_ms: "Step (ms)", center: "Centre (group)", cycle: "Cycle (groups)" };

const NumberField = ({ label, value, range, onInput }) => html`
  <label class="rl-field">
    <span>${label}</span>
    <input
      type="number"
      required
      step="1"
      min=${range.min}
      max=${range.max}
      value=${Number.isNaN(value) ? "" : value}
      onInput=${(event) => onInput(event.target.valueAsNumber)}
    />
  </label>
`;

const Preview = ({ offset, groupIds, names }) => {
  const rows = offsetsOf(offset, groupIds).map((row) => ({ ...row, offsetMs: Number.isNaN(row.offsetMs) ? 0 : row.offsetMs }));
  const latest = Math.max(1, ...rows.map(({ offsetMs }) => offsetMs));
  return html`
    <ol class="rl-preview" aria-label="Offset of each group">
      ${rows.slice(0, MOST_SHOWN).map(
        ({ groupId, offsetMs }) => html`<li key=${groupId}>
          <span class="rl-preview-name">${names.get(groupId) ?? `Group ${groupId}`} <small class="rl-muted">${groupId}</small></span>
          <span class="rl-preview-bar" aria-hidden="true"><i style=${{ left: `${(offsetMs / latest) * 100}%` }}></i></span>
          <span class="rl-preview-ms">${milliseconds(offsetMs)}</span>
        </li>`,
      )}
      ${rows.length > MOST_SHOWN && html`<li class="rl-muted">+ ${rows.length - MOST_SHOWN} more</li>`}
    </ol>
  `;
};

export const OffsetFields = ({ action, limits, groups, onChange }) => {
  const { offset, target } = action;
  const listed = target.kind === "groups" ? target.value : null;
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const groupIds = (listed ?? groups.map(({ id }) => id)).filter((id) => id > 0).sort((one, other) => one - other);
  const set = (part) => onChange((now) => ({ ...now, offset: { ...now.offset, ...part } }));
  const setValue = (id, offset_ms) =>
    set({ values: offset.values.map((entry) => (entry.id === id ? { id, offset_ms } : entry)) });
  return html`
    <label class="rl-field">
      <span>Formula</span>
      <select value=${offset.mode} onChange=${(event) => onChange((now) => withOffsetMode(now, event.target.value))}>
        ${limits.modes.map(
          ({ value, label }) => html`<option key=${value} value=${value} disabled=${value === "explicit" && !listed}>${label}</option>`,
        )}
      </select>
      <small>${limits.modes.find(({ value }) => value === offset.mode)?.description}</small>
    </label>
    <div class="rl-numbers">
      ${Object.keys(NUMBERS)
        .filter((name) => name in offset)
        .map(
          (name) => html`<${NumberField} key=${name} label=${NUMBERS[name]} value=${offset[name]} range=${limits[name]} onInput=${(value) => set({ [name]: value })} />`,
        )}
      ${offset.mode === "explicit" &&
      offset.values.map(
        ({ id, offset_ms }) => html`<${NumberField}
          key=${id}
          label=${`${names.get(id) ?? `Group ${id}`} (ms)`}
          value=${offset_ms}
          range=${limits.offset_ms}
          onInput=${(value) => setValue(id, value)}
        />`,
      )}
    </div>
    ${offset.mode !== "none" && groupIds.length > 0 && html`<${Preview} offset=${offset} groupIds=${groupIds} names=${names} />`}
  `;
};
