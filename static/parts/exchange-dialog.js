// Scenes from a file, into a file, and the set to start with.
import { html, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const readJson = async (file) => {
  try {
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
};

export const ExchangeDialog = ({ scenes, shownKey, actions, onClose }) => {
  const [report, setReport] = useState(null);
  const [busy, setBusy] = useState(false);
  const [replaces, setReplaces] = useState(false);
  const run = async (work) => {
    setBusy(true);
    const answer = await work();
    setBusy(false);
    if (answer) setReport(answer);
  };
  const choose = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const document = await readJson(file);
    if (document) await run(() => actions.importScenes(document, replaces));
    else setReport({ lines: [`${file.name} is no JSON file. Choose one that RaceLink exported.`] });
  };
  const shown = scenes.find(({ key }) => key === shownKey);
  return html`
    <${Dialog} title="Import and export" onClose=${onClose} footer=${html`<${Button} onClick=${onClose}>Close<//>`}>
      <h3>Starter set</h3>
      <p class="rl-muted">Presets and scenes that a race needs on the first day. What has the same key already stays as it is.</p>
      <p><${Button} disabled=${busy} onClick=${() => run(actions.loadStarterSet)}>Load the starter set<//></p>
      <h3>Into a file</h3>
      <p class="rl-muted">With the presets that the scenes use.</p>
      <p class="rl-foot-buttons">
        <a class="rl-button rl-button-plain" href=${actions.exportUrl()} download>Export all scenes</a>
        ${shown && html`<a class="rl-button rl-button-plain" href=${actions.exportUrl([shown.key])} download>Export ${shown.label}</a>`}
      </p>
      <h3>From a file</h3>
      <label class="rl-field">
        <span class="rl-hidden">File with scenes</span>
        <input type="file" accept=".json,application/json" disabled=${busy} onChange=${choose} />
      </label>
      <label class="rl-check">
        <input type="checkbox" checked=${replaces} onChange=${(event) => setReplaces(event.target.checked)} />
        <span>Replace what is here with the same key <small class="rl-muted">Otherwise it stays as it is.</small></span>
      </label>
      <div class="rl-result" role="status" aria-live="polite">
        ${report && html`<ul class="rl-causes">${report.lines.map((line, index) => html`<li key=${index}>${line}</li>`)}</ul>`}
      </div>
    <//>
  `;
};
