// One action: a line that says what it does, and behind it everything that can be changed.
import { html } from "../vendor/htm-preact.js";
import { newChild, withContainerTarget, withKind } from "../app/scene-draft.js";
import { KIND_LABELS, STATUS_LOOKS, actionText, costText, costTitle, errorText, milliseconds, packetText } from "../app/scene-words.js";
import { ActionFields } from "./action-fields.js";
import { AddAction } from "./add-action.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { OffsetFields } from "./offset-fields.js";
import { focusMoved, showAction } from "./action-rows.js";
import { TargetPicker } from "./target-picker.js";

// Being stopped or not reached is nothing wrong with the action itself.
const isWrong = (step) => step?.error && (step.status === "error" || step.status === "degraded");

const Status = ({ step, cost }) => {
  const { look, icon, word } = STATUS_LOOKS[step.status];
  const actual = !step.durationMs || step.status === "skipped" ? "" : `, ${milliseconds(step.durationMs)}`;
  const title = cost && actual ? `Took ${milliseconds(step.durationMs)}, estimated ${milliseconds(cost.wall_clock_ms)}` : undefined;
  return html`<span class=${`rl-step rl-look-${look}`} title=${title}><${Icon} name=${icon} />${word}${actual}</span>`;
};

// Packets alike are one line.
const alike = (packets) => {
  const lines = new Map();
  for (const { opcode, network_id, radio_ms, reason } of packets) {
    const key = JSON.stringify([opcode, network_id, reason]);
    const line = lines.get(key) ?? { opcode, network_id, reason, packets: 0, radio_ms: 0 };
    lines.set(key, { ...line, packets: line.packets + 1, radio_ms: line.radio_ms + radio_ms });
  }
  return [...lines.values()];
};

const Why = ({ cost, networks, onExplain }) => html`
  <details class="rl-why" onToggle=${(event) => event.target.open && onExplain()}>
    <summary>Why these packets</summary>
    <p class="rl-muted">${costTitle(cost)}</p>
    <ul class="rl-causes">
      ${alike(cost.packet_list ?? []).map(
        (line, index) => html`<li key=${index}>
          ${packetText(line)}${networks.length > 1 ? ` on ${networks.find(({ id }) => id === line.network_id)?.name}` : ""}: ${line.radio_ms.toFixed(1)} ms on air${line.reason && `; ${line.reason}`}
        </li>`,
      )}
    </ul>
  </details>
`;

const Tools = ({ action, name, isFirst, isLast, onMove, onDuplicate, onInsert, onRemove }) => html`
  <span class="rl-action-tools">
    ${onInsert && html`<${IconButton} icon="plus" label=${`Insert an action before ${name}`} onClick=${onInsert} />`}
    <${IconButton} icon="up" label=${`Move ${name} up`} data-move="up" disabled=${isFirst} onClick=${() => onMove(action.uid, -1)} />
    <${IconButton} icon="down" label=${`Move ${name} down`} data-move="down" disabled=${isLast} onClick=${() => onMove(action.uid, 1)} />
    ${onDuplicate && html`<${IconButton} icon="copy" label=${`Duplicate ${name}`} onClick=${() => onDuplicate(action.uid)} />`}
    <${IconButton} icon="bin" label=${`Remove ${name}`} onClick=${() => onRemove(action.uid)} />
  </span>
`;

const KindSelect = ({ action, kinds, onChange }) => html`
  <label class="rl-field">
    <span>Kind</span>
    <select value=${action.kind} onChange=${(event) => onChange(action.uid, (now) => withKind(now, event.target.value))}>
      ${kinds.map((kind) => html`<option key=${kind} value=${kind}>${KIND_LABELS[kind]}</option>`)}
    </select>
  </label>
`;

const Child = ({ child, index, container, lists, schema, effectSchema, scope, problem, onChange, onMove, onRemove, onDuplicate }) => {
  const name = `action ${index + 1} of the offset group`;
  const moved = (uid, step) => {
    onMove(uid, step);
    focusMoved(uid, step);
  };
  return html`
    <li id=${`rl-action-${child.uid}`} class=${`rl-child ${problem ? "is-refused" : ""}`}>
      <div class="rl-action-head">
        <span class="rl-action-number">${index + 1}</span>
        <span class="rl-action-text"><b>${KIND_LABELS[child.kind]}</b> ${actionText(child, lists, "all of the group")}</span>
        <${Tools}
          action=${child}
          name=${name}
          isFirst=${index === 0}
          isLast=${index === container.actions.length - 1}
          onMove=${moved}
          onDuplicate=${onDuplicate}
          onRemove=${onRemove}
        />
      </div>
      ${problem && html`<p class="rl-bad-text" role="alert">${problem.text}</p>`}
      <${KindSelect} action=${child} kinds=${schema.offset_group.child_kinds} onChange=${onChange} />
      <${ActionFields}
        action=${child}
        lists=${lists}
        effectSchema=${effectSchema}
        container=${container}
        scope=${scope}
        onChange=${(change) => onChange(child.uid, change)}
      />
    </li>
  `;
};

const Container = ({ action, lists, schema, effectSchema, scope, problem, onChange, ...tools }) => {
  const limits = schema.offset_group;
  const full = action.actions.length >= limits.max_children;
  return html`
    <${TargetPicker}
      name=${`target-${action.uid}`}
      target=${action.target}
      lists=${lists}
      needs="WLED"
      scope=${scope}
      kinds=${["broadcast", "groups"]}
      onChange=${(target) => onChange(action.uid, (now) => withContainerTarget(now, target))}
    />
    <${OffsetFields} action=${action} limits=${limits} groups=${lists.groups} onChange=${(change) => onChange(action.uid, change)} />
    <h4>Actions of the group <span class="rl-muted">${action.actions.length} of ${limits.max_children}</span></h4>
    <ol class="rl-children">
      ${action.actions.map(
        (child, index) => html`<${Child}
          key=${child.uid}
          child=${child}
          index=${index}
          container=${action}
          lists=${lists}
          schema=${schema}
          effectSchema=${effectSchema}
          scope=${scope}
          problem=${problem?.childIndex === index ? problem : null}
          onChange=${onChange}
          onMove=${tools.onMove}
          onRemove=${tools.onRemove}
          onDuplicate=${full ? null : tools.onDuplicate}
        />`,
      )}
    </ol>
    <${AddAction}
      kinds=${limits.child_kinds}
      labels=${KIND_LABELS}
      label="Add to the group"
      disabled=${full}
      onAdd=${(kind) => {
        const child = newChild(kind);
        onChange(action.uid, (now) => ({ ...now, actions: [...now.actions, child] }));
        showAction(child.uid);
      }}
    />
  `;
};

export const ActionCard = (props) => {
  const { action, index, count, lists, schema, effectSchema, scope, cost, step, problem, gap, notes, open, onToggle, onChange, onMove, onRemove, onDuplicate, onInsert, onClear, onExplain } = props;
  const look = step ? STATUS_LOOKS[step.status].look : "";
  const name = `action ${index + 1}`;
  return html`
    <li id=${`rl-action-${action.uid}`} class=${`rl-card rl-action-card ${look && `has-run rl-look-${look}`} ${problem ? "is-refused" : ""}`}>
      <div class="rl-action-head">
        <span class="rl-action-number">${index + 1}</span>
        <button type="button" class="rl-action-toggle" aria-expanded=${String(open)} onClick=${() => onToggle(!open)}>
          <${Icon} name="chevron" /><b>${KIND_LABELS[action.kind]}</b><span>${actionText(action, lists)}</span>
        </button>
        ${step && html`<${Status} step=${step} cost=${cost} />`}
        ${cost && html`<span class="rl-cost" title=${costTitle(cost)}>${costText(cost)}</span>`}
        <${Tools}
          action=${action}
          name=${name}
          isFirst=${index === 0}
          isLast=${index === count - 1}
          onMove=${onMove}
          onDuplicate=${onDuplicate}
          onInsert=${onInsert}
          onRemove=${onRemove}
        />
      </div>
      ${isWrong(step) && html`<p class="rl-bad-text">${step.text ?? errorText(step.error)}</p>`}
      ${problem && problem.childIndex === null && html`<p class="rl-bad-text" role="alert">${problem.text}</p>`}
      ${notes.map(
        ({ code, text }) => html`<p key=${text} class="rl-hint rl-look-warn">
          <${Icon} name="warning" /><span>${text}</span>
          ${code === "left_in_offset_mode" && html`<${Button} variant="ghost" onClick=${onClear}>Insert "back to normal"<//>`}
        </p>`,
      )}
      ${gap && !problem && html`<p class="rl-muted">${gap.text}</p>`}
      ${open &&
      html`<div class="rl-action-body">
        <${KindSelect} action=${action} kinds=${schema.kinds.map(({ kind }) => kind)} onChange=${onChange} />
        ${action.kind === "offset_group"
          ? html`<${Container}
              action=${action}
              lists=${lists}
              schema=${schema}
              effectSchema=${effectSchema}
              scope=${scope}
              problem=${problem}
              onChange=${onChange}
              onMove=${onMove}
              onRemove=${onRemove}
              onDuplicate=${onDuplicate}
            />`
          : html`<${ActionFields}
              action=${action}
              lists=${lists}
              effectSchema=${effectSchema}
              scope=${scope}
              onChange=${(change) => onChange(action.uid, change)}
            />`}
        ${cost?.packets > 0 && html`<${Why} cost=${cost} networks=${lists.networks} onExplain=${onExplain} />`}
      </div>`}
    </li>
  `;
};
