// The race's story in light: every binding, event by event.
import { html, useState } from "../vendor/htm-preact.js";
import { draftOfBinding, emptyBinding } from "../app/race-draft.js";
import { PASS_TEMPLATE, RACE_TEMPLATE } from "../app/race-templates.js";
import { bindingText, onlyText } from "../app/race-words.js";
import { findPreset } from "../app/scene-draft.js";
import { count, swatch } from "../app/words.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";

const NoTimer = () => html`
  <p class="rl-banner rl-look-warn" role="status">
    <${Icon} name="warning" />
    <span>RaceLink does not run inside a race timer here, so no event will happen by itself. Bindings can be tried out all the same.</span>
  </p>
`;

const NoBindings = ({ busy, onAdd }) => html`
  <div class="rl-card rl-empty">
    <h3>Let the lights tell the race</h3>
    <p>
      A binding says what the lamps do when something happens in the race: a pass, a staging tone, a new leader. Begin
      with one of these; everything in them can be changed.
    </p>
    <div class="rl-race-starters">
      <button type="button" class="rl-race-starter" disabled=${busy} onClick=${() => onAdd(PASS_TEMPLATE, "The gates blink at each pass now.")}>
        <b>Pilot passes the gate</b>
        <span>→ the lamps blink in the pilot's colour</span>
      </button>
      <button type="button" class="rl-race-starter" disabled=${busy} onClick=${() => onAdd(RACE_TEMPLATE, "The lights tell the whole race now.")}>
        <b>A whole race</b>
        <span>→ ${count(RACE_TEMPLATE.length, "binding")}: staging, start, passes, leader, end, stop and save</span>
      </button>
    </div>
  </div>
`;

const Problem = ({ binding }) => html`
  ${binding.problem &&
  html`<p class="rl-hint rl-look-warn"><${Icon} name="warning" /><span>Does nothing: ${binding.problem.text}</span></p>`}
  ${binding.overtaken > 0 &&
  html`<p class="rl-muted">${count(binding.overtaken, "time")} overtaken by a newer event before it was sent</p>`}
`;

// The look that it has of its own; where the race says the colour, none can be shown here.
const Swatch = ({ binding, presets }) => {
  const { kind, params } = binding.reaction;
  const look = kind === "rl_effect" ? { params } : kind === "rl_preset" ? findPreset(presets, params.presetId) : null;
  if (!look || binding.colour_from) return null;
  return html`<span class="rl-swatch" style=${{ background: swatch(look) }} aria-hidden="true"></span>`;
};

const Binding = ({ binding, lists, timer, isFirst, isLast, isFull, busy, act, actions }) => {
  const { name, only } = binding;
  const limits = onlyText(only, timer.classes);
  return html`
    <li class=${`rl-card rl-binding ${binding.is_on ? "" : "is-off"}`}>
      <label class="rl-switch" title=${binding.is_on ? "On" : "Off"}>
        <input type="checkbox" role="switch" checked=${binding.is_on} disabled=${busy} onChange=${(event) => act(() => actions.switchOn(binding, event.target.checked))} />
        <span class="rl-hidden">${name} is on</span>
      </label>
      <div class="rl-binding-text">
        <b>${name}</b>
        ${limits && html`<span class="rl-binding-only">only ${limits}</span>`}
        <p><${Swatch} binding=${binding} presets=${lists.presets} />${bindingText(binding, lists)}</p>
        <${Problem} binding=${binding} />
      </div>
      <span class="rl-binding-tools">
        <${Button} icon="play" disabled=${busy} aria-label=${`Test ${name}`} title="Fires it now, as if the event had happened" onClick=${() => act(() => actions.test(binding))}>Test<//>
        ${!(isFirst && isLast) &&
        html`<${IconButton} icon="up" label=${`Let ${name} happen earlier`} disabled=${busy || isFirst} onClick=${() => act(() => actions.move(binding, -1))} />
          <${IconButton} icon="down" label=${`Let ${name} happen later`} disabled=${busy || isLast} onClick=${() => act(() => actions.move(binding, 1))} />`}
        <${IconButton} icon="pencil" label=${`Change ${name}`} onClick=${() => actions.openDialog({ kind: "binding", draft: draftOfBinding(binding) })} />
        <${IconButton} icon="copy" label=${`Duplicate ${name}`} disabled=${busy || isFull} onClick=${() => act(() => actions.duplicate(binding))} />
        <${IconButton} icon="bin" label=${`Delete ${name}`} onClick=${() => actions.openDialog({ kind: "delete-binding", binding })} />
      </span>
    </li>
  `;
};

// Bindings of one event stand together: [{event, label, bindings}]
const byEvent = (bindings) => {
  const found = new Map();
  for (const binding of bindings) {
    const entry = found.get(binding.event) ?? { event: binding.event, label: binding.event_label, bindings: [] };
    entry.bindings.push(binding);
    found.set(binding.event, entry);
  }
  return [...found.values()];
};

export const RaceBindings = ({ bindings, most, timer, lists, actions }) => {
  const [busy, setBusy] = useState(false);
  const act = async (work) => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  const isFull = bindings.length >= most;
  return html`
    <section class="rl-race-section" aria-labelledby="rl-race-title">
      <div class="rl-title">
        <h2 id="rl-race-title">The race's story in light</h2>
        <p class="rl-muted">What the lamps do when something happens in the race</p>
        <${Button} variant="brand" icon="plus" disabled=${isFull} onClick=${() => actions.openDialog({ kind: "binding", draft: emptyBinding() })}>New binding<//>
      </div>
      ${!timer.connected && html`<${NoTimer} />`}
      ${!bindings.length && html`<${NoBindings} busy=${busy} onAdd=${(templates, success) => act(() => actions.addAll(templates, success))} />`}
      ${byEvent(bindings).map(
        ({ event, label, bindings: own }) => html`<section key=${event} class="rl-race-event" aria-label=${label}>
          <h3>${label}</h3>
          <ul>
            ${own.map(
              (binding, index) => html`<${Binding}
                key=${binding.id}
                binding=${binding}
                lists=${lists}
                timer=${timer}
                isFirst=${index === 0}
                isLast=${index === own.length - 1}
                isFull=${isFull}
                busy=${busy}
                act=${act}
                actions=${actions}
              />`,
            )}
          </ul>
        </section>`,
      )}
      ${isFull && html`<p class="rl-muted">There can be at most ${count(most, "binding")}.</p>`}
    </section>
  `;
};
