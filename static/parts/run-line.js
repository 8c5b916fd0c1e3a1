// How the run of a scene goes: one pip per action, and in the end what came of it.
import { html } from "../vendor/htm-preact.js";
import { isRunning, stepOf } from "../app/scene-store.js";
import { KIND_LABELS, STATUS_LOOKS, errorText, milliseconds } from "../app/scene-words.js";
import { Icon } from "./icon.js";

const WAITING = { look: "quiet", icon: null, word: "waiting" };

const Pip = ({ index, action, step }) => {
  const { look, icon, word } = STATUS_LOOKS[step?.status] ?? WAITING;
  const title = [`${index + 1} ${KIND_LABELS[action.kind]}: ${word}`, step?.durationMs && milliseconds(step.durationMs)];
  return html`<li class=${`rl-pip rl-look-${look}`} title=${title.filter(Boolean).join(", ")}>
    ${icon ? html`<${Icon} name=${icon} />` : index + 1}<span class="rl-hidden">${title[0]}</span>
  </li>`;
};

// Of a run that goes on: the action it is at
const placeText = (run, { actions }) => {
  const action = actions.find(({ uid }) => run.steps[run.uids.indexOf(uid)]?.status === "running");
  return action ? `Action ${actions.indexOf(action) + 1} of ${actions.length}: ${KIND_LABELS[action.kind]}` : "Running…";
};

const resultText = ({ result }, estimate) => {
  if (!result) return "Finished.";
  const took = milliseconds(result.actions.reduce((sum, each) => sum + (each.duration_ms ?? 0), 0));
  if (result.ok) return `Last run: all was sent, ${took}${estimate?.total ? `, estimated ${milliseconds(estimate.total.wall_clock_ms)}` : ""}.`;
  if (result.error === "cancelled") return "Last run: stopped.";
  const failed = result.actions.find((each) => !each.ok && each.error);
  const at = result.aborted_at_index ?? failed?.index;
  const place = at == null ? "" : ` at action ${at + 1}`;
  const hint = result.aborted_at_index == null ? "" : " The rest was not run, because the scene stops on the first error.";
  return `Last run: ${result.aborted_at_index == null ? "not all was sent" : "failed"}${place}. ${errorText(failed?.error ?? result.error ?? "")}${hint}`;
};

export const RunLine = ({ run, draft, estimate }) => html`
  <section class="rl-card rl-run" aria-label="Run">
    <ol class="rl-pips">
      ${draft.actions.map(
        (action, index) => html`<${Pip} key=${action.uid} index=${index} action=${action} step=${stepOf(run, draft, action.uid)} />`,
      )}
    </ol>
    <p role="status" aria-live="polite">${isRunning(run) ? placeText(run, draft) : resultText(run, estimate)}</p>
    ${(run.result?.warnings ?? [])
      .filter(({ action }) => action == null)
      .map(({ code, detail }) => html`<p key=${code} class="rl-muted">${detail}</p>`)}
  </section>
`;
