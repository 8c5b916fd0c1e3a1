// A configuration from a file: first what would happen, then, when somebody says so, the import.
import { html, useState } from "../vendor/htm-preact.js";
import { useTrial } from "../app/trial.js";
import { count } from "../app/words.js";
import { ConfirmDialog } from "./dialog.js";
import { Choice, ImportButton, ImportReport } from "./import-report.js";
import { ALL_PARTS, PartChoice } from "./part-choice.js";

const FORMAT = "racelink-configuration";
const MODES = [
  ["merge", "Add and change", "What is only here stays."],
  ["replace", "Replace", "What the file does not have is removed, in the chosen parts."],
];

// {name, document} or {problem}
const readFile = async (file) => {
  let document;
  try {
    document = JSON.parse(await file.text());
  } catch {
    return { problem: `${file.name} is no JSON file. Choose one that RaceLink exported.` };
  }
  if (document?.format !== FORMAT || typeof document.parts !== "object" || !document.parts) {
    return { problem: `${file.name} is no configuration that RaceLink exported.` };
  }
  return { name: file.name, document };
};

const removedBy = (report) => report.parts.reduce((sum, { removed }) => sum + removed.length, 0);
const hasEffect = (report) => report.parts.some(({ added, changed, removed }) => added.length + changed.length + removed.length);

export const ConfigurationImport = ({ actions }) => {
  const [file, setFile] = useState(null);
  const [parts, setParts] = useState([]);
  const [mode, setMode] = useState("merge");
  const [asking, setAsking] = useState(false);
  const document = file?.document;
  const attempt =
    document && parts.length ? (dryRun) => actions.importConfiguration({ document, parts, mode, dryRun }) : null;
  const trial = useTrial(attempt, [file, parts, mode]);
  const removed = trial.planned ? removedBy(trial.planned) : 0;

  const choose = async (event) => {
    const [chosen] = event.target.files;
    event.target.value = "";
    if (!chosen) return;
    const read = await readFile(chosen);
    setParts(read.document ? ALL_PARTS.filter((name) => name in read.document.parts) : []);
    setFile(read);
  };
  return html`
    <label class="rl-field">
      <span>File with a configuration</span>
      <input type="file" accept=".json,application/json" onChange=${choose} />
    </label>
    ${document &&
    html`
      <p class="rl-muted">${file.name}: RaceLink ${document.racelink ?? "?"}, ${document.exported ?? "no date"}</p>
      <${PartChoice} label="Parts to import" held=${document.parts} chosen=${parts} disabled=${trial.working} onChange=${setParts} />
      <${Choice} label="How to import" name="rl-import-mode" options=${MODES} chosen=${mode} disabled=${trial.working} onChange=${setMode} />
    `}
    <${ImportReport} answer=${trial.answer} error=${file?.problem ?? trial.error} working=${trial.working} />
    ${document &&
    html`<${ImportButton}
      danger=${removed > 0}
      disabled=${!trial.planned || !hasEffect(trial.planned)}
      onClick=${() => (removed ? setAsking(true) : trial.take())}
    >${removed ? "Import…" : "Import"}<//>`}
    ${asking &&
    html`<${ConfirmDialog}
      title="Replace the configuration"
      text=${`${count(removed, "entry", "entries")} that the file does not have will be removed. A backup is made first.`}
      verb="Replace"
      onConfirm=${() => {
        setAsking(false);
        trial.take();
      }}
      onClose=${() => setAsking(false)}
    />`}
  `;
};
