// What an older RaceLink stored: from one of its files, its folder or RotorHazard's options. The originals stay.
import { html, useState } from "../vendor/htm-preact.js";
import { useTrial } from "../app/trial.js";
import { Button } from "./button.js";
import { Choice, ImportButton, ImportReport } from "./import-report.js";

const CONFLICTS = [
  ["keep", "Keep what is here", "Only what is not here yet is taken."],
  ["replace", "Take the older", "Where both have something, the older one counts."],
];

const hasEffect = (report) => report.taken.some(({ added, replaced }) => added.length + replaced.length);

export const OlderImport = ({ actions, embedded }) => {
  const [source, setSource] = useState(null); // a file, "home" or "options"
  const [onConflict, setOnConflict] = useState("keep");
  const trial = useTrial(source && ((dryRun) => actions.importOlder(source, onConflict, dryRun)), [source, onConflict]);
  const choose = (event) => {
    const [chosen] = event.target.files;
    if (chosen) setSource(chosen);
  };
  return html`
    <p class="rl-muted">The first start takes over by itself what it finds; this does it again. The older files stay as they are.</p>
    <label class="rl-field">
      <span>A file of an older RaceLink</span>
      <input type="file" accept=".json,application/json" onChange=${choose} />
    </label>
    <p class="rl-switches">
      <${Button} aria-pressed=${source === "home"} onClick=${() => setSource("home")}>Look in its folder<//>
      ${embedded && html`<${Button} aria-pressed=${source === "options"} onClick=${() => setSource("options")}>Look in RotorHazard's options<//>`}
    </p>
    ${source &&
    html`<${Choice}
      label="What counts"
      name="rl-older-conflict"
      options=${CONFLICTS}
      chosen=${onConflict}
      disabled=${trial.working}
      onChange=${setOnConflict}
    />`}
    <${ImportReport} answer=${trial.answer} error=${trial.error} working=${trial.working} />
    ${source && html`<${ImportButton} disabled=${!trial.planned || !hasEffect(trial.planned)} onClick=${trial.take}>Take over<//>`}
  `;
};
