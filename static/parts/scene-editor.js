// One scene: its name, where it runs, its actions, what it costs, and how its run goes.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { insertAction, moveAction, newAction, removeAction, duplicateAction, changeAction } from "../app/scene-draft.js";
import { isRunning, keyOf, stepOf } from "../app/scene-store.js";
import { KIND_LABELS, REWRITES, costText, costTitle, milliseconds, scopeText } from "../app/scene-words.js";
import { count } from "../app/words.js";
import { ActionCard } from "./action-card.js";
import { AddAction } from "./add-action.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { RunLine } from "./run-line.js";
import { focusMoved, showAction } from "./action-rows.js";

const BrokenScene = ({ draft, onDelete }) => html`
  <div class="rl-card rl-empty">
    <h3>This scene cannot be read</h3>
    <p>${draft.broken.problem}</p>
    <p>
      It is kept as it was and never runs. Import a corrected version under the same key${" "}
      <code>${draft.key}</code>, update RaceLink if the scene comes from a newer one, or delete it.
    </p>
    <${Button} variant="danger" icon="bin" onClick=${onDelete}>Delete<//>
  </div>
`;

const Elsewhere = ({ exists, onReload, onKeep }) => html`
  <div class="rl-banner rl-look-warn" role="status">
    <${Icon} name="warning" />
    <p>${exists ? "Somebody else changed this scene meanwhile." : "Somebody else deleted this scene meanwhile."}</p>
    ${exists && html`<${Button} onClick=${onReload}>Reload<//>`}
    <${Button} onClick=${onKeep}>Keep mine<//>
  </div>
`;

// What will not show as it stands there, from every source in one form; said once
const notesOf = (found) => {
  const notes = found.map(({ code, text, problem, detail, action_index, action }) => ({
    code,
    index: action_index ?? action,
    text: text ?? problem ?? detail,
  }));
  return notes.filter(({ index, text }, at) => notes.findIndex((note) => note.index === index && note.text === text) === at);
};

const NetworkLine = ({ name, cost }) => html`
  <li>
    ${name}: ${count(cost.packets, "packet")}, ${milliseconds(cost.radio_ms)} on
    air${cost.duty_cycle_percent == null ? "" : `, ${cost.duty_cycle_percent.toFixed(1)} % of what the region allows in an hour`}
  </li>
`;

const OnAir = ({ estimate, networks }) => {
  const saved = estimate.rewrites.reduce((sum, { saved_ms: ms }) => sum + ms, 0);
  if (!estimate.total.packets) return null;
  return html`
    <details class="rl-why">
      <summary>${milliseconds(estimate.total.radio_ms)} on air${saved >= 1 && `, ${milliseconds(saved)} saved`}</summary>
      <ul class="rl-causes">
        ${Object.entries(estimate.per_network).map(
          ([id, cost]) => html`<${NetworkLine} key=${id} name=${networks.find((network) => network.id === id)?.name ?? id} cost=${cost} />`,
        )}
        ${estimate.rewrites.map(({ name, saved_ms: ms }) => html`<li key=${name}>${milliseconds(ms)} saved: ${REWRITES[name] ?? name}</li>`)}
      </ul>
    </details>
  `;
};

const Total = ({ estimate }) => {
  if (!estimate) return html`<span class="rl-muted">–</span>`;
  if (!estimate.total) return html`<span class="rl-muted">Not complete yet</span>`;
  const { total } = estimate;
  return html`<span class="rl-cost" title=${costTitle(total)}>Total <b>${costText(total)}</b></span>`;
};

export const SceneEditor = ({ state, lists, dirty, actions, onLeave }) => {
  const { draft, schema, estimate, problem, warnings, run, saving } = state;
  const [opened, setOpened] = useState(new Set());
  const toggle = (uid, open) => setOpened((all) => new Set(open ? [...all, uid] : [...all].filter((each) => each !== uid)));
  const refused = problem ?? estimate?.error;
  const at = (about, index) => (about?.actionIndex === index ? about : null);
  useEffect(() => {
    // A refusal is shown at its action.
    const uid = problem?.actionIndex == null ? null : draft.actions[problem.actionIndex]?.uid;
    if (uid == null) return;
    toggle(uid, true);
    showAction(uid);
  }, [problem]);

  const remove = () => actions.openDialog({ kind: "delete-scene", sceneKey: draft.key, label: draft.label });
  if (draft.broken) {
    return html`<div class="rl-title"><h2>${draft.label}</h2></div>
      <${BrokenScene} draft=${draft} onDelete=${remove} />`;
  }
  const shownRun = run?.sceneKey === keyOf(draft) ? run : null;
  const running = isRunning(shownRun);
  const full = draft.actions.length >= schema.max_actions;
  const notes = notesOf([...warnings, ...(estimate?.degraded ?? []), ...(estimate?.warnings ?? []), ...(shownRun?.result?.warnings ?? [])]);
  const add = (kind, index) => {
    const action = newAction(kind);
    actions.change((now) => insertAction(now, action, index));
    toggle(action.uid, true);
    showAction(action.uid);
  };
  const reordered = (uid, step) => {
    actions.change((now) => moveAction(now, uid, step));
    focusMoved(uid, step);
  };
  const submit = (event) => {
    event.preventDefault();
    actions.save();
  };
  return html`
    ${state.changedElsewhere &&
    html`<${Elsewhere}
      exists=${state.scenes.some(({ key }) => key === draft.key)}
      onReload=${actions.discard}
      onKeep=${actions.keepMine}
    />`}
    <form class="rl-card rl-scene-head" onSubmit=${submit}>
      <label class="rl-field rl-scene-name">
        <span>Name</span>
        <input
          type="text"
          maxlength="64"
          placeholder="Name of the scene"
          value=${draft.label}
          onInput=${(event) => actions.change((now) => ({ ...now, label: event.target.value }))}
        />
        ${problem?.field === "label" && html`<small class="rl-bad-text" role="alert">${problem.text}</small>`}
      </label>
      ${draft.key !== null &&
      html`<span class="rl-scene-tools">
        <${IconButton} icon="copy" label="Duplicate scene" disabled=${running} onClick=${() => onLeave(() => actions.duplicate(draft.key))} />
        <${IconButton} icon="bin" label="Delete scene" disabled=${running} onClick=${remove} />
      </span>`}
      <label class="rl-check">
        <input
          type="checkbox"
          checked=${draft.stop_on_error}
          onChange=${(event) => actions.change((now) => ({ ...now, stop_on_error: event.target.checked }))}
        />
        <span>Stop on the first error</span>
      </label>
      <${Button} icon="sliders" onClick=${() => actions.openDialog({ kind: "scope" })}>
        Networks: ${scopeText(draft.network_scope, lists.networks)}
      <//>
    </form>
    ${shownRun && html`<${RunLine} run=${shownRun} draft=${draft} estimate=${estimate} />`}
    ${refused && refused.actionIndex === null && !refused.field && html`<p class="rl-bad-text" role="alert">${refused.text}</p>`}
    <ol class="rl-action-list" aria-label="Actions">
      ${draft.actions.map(
        (action, index) => html`<${ActionCard}
          key=${action.uid}
          action=${action}
          index=${index}
          count=${draft.actions.length}
          lists=${lists}
          schema=${schema}
          effectSchema=${state.effectSchema}
          scope=${draft.network_scope}
          cost=${estimate?.per_action?.[index]}
          step=${stepOf(run, draft, action.uid)}
          problem=${at(refused, index)}
          gap=${at(estimate?.gap, index)}
          notes=${notes.filter((note) => note.index === index)}
          open=${opened.has(action.uid)}
          onToggle=${(open) => toggle(action.uid, open)}
          onChange=${(uid, change) => actions.change((now) => changeAction(now, uid, change))}
          onMove=${reordered}
          onRemove=${(uid) => actions.change((now) => removeAction(now, uid))}
          onDuplicate=${full ? null : (uid) => actions.change((now) => duplicateAction(now, uid))}
          onInsert=${full ? null : () => add(schema.kinds[0].kind, index)}
          onExplain=${actions.explain}
          onClear=${() =>
            actions.change((now) =>
              insertAction(now, { ...newAction("offset_group"), offset: { mode: "none" } }, index),
            )}
        />`,
      )}
    </ol>
    ${!draft.actions.length && html`<p class="rl-muted">This scene does nothing yet. Add its first action.</p>`}
    <${AddAction} kinds=${schema.kinds.map(({ kind }) => kind)} labels=${KIND_LABELS} disabled=${full} onAdd=${(kind) => add(kind)} />
    ${full && html`<p class="rl-muted">A scene has at most ${schema.max_actions} actions.</p>`}
    ${estimate?.total && html`<${OnAir} estimate=${estimate} networks=${lists.networks} />`}
    <div class="rl-scene-foot">
      <${Total} estimate=${estimate} />
      <span class="rl-foot-buttons">
        ${dirty && draft.key !== null && html`<${Button} onClick=${() => onLeave(actions.discard)}>Discard<//>`}
        <${Button} variant="brand" disabled=${!dirty || saving} onClick=${actions.save}>${draft.key === null ? "Create" : "Save"}<//>
        ${running
          ? html`<${Button} variant="danger" icon="stop" onClick=${actions.stop}>Stop<//>`
          : html`<${Button} variant="run" icon="play" disabled=${!draft.actions.length} onClick=${actions.run}>${dirty ? "Try" : "Run"}<//>`}
      </span>
    </div>
  `;
};
