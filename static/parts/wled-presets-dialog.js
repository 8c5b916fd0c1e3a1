// Files that say which presets the lamps hold under which name.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { Button, IconButton } from "./button.js";
import { ConfirmDialog, Dialog } from "./dialog.js";

const savedText = ({ saved_ts: ts, size }) => `${new Date(ts * 1000).toLocaleString()}, ${Math.ceil(size / 1024)} kB`;

const FileLine = ({ file, current, busy, onSelect, onDelete }) => html`
  <li class="rl-line">
    <label class="rl-check rl-line-name">
      <input type="radio" name="wled-file" checked=${current} disabled=${busy} onChange=${onSelect} />
      <span>${file.name}<small class="rl-muted">${savedText(file)}${current ? ", in use" : ""}</small></span>
    </label>
    <${IconButton} icon="bin" label=${`Delete ${file.name}`} disabled=${busy} onClick=${onDelete} />
  </li>
`;

export const WledPresetsDialog = ({ actions, onClose }) => {
  const [listed, setListed] = useState(null);
  const [busy, setBusy] = useState(false);
  const [doomed, setDoomed] = useState(null);
  const run = async (work) => {
    setBusy(true);
    if (work) await work();
    const answer = await actions.listPresetFiles();
    if (answer) setListed(answer);
    setBusy(false);
  };
  useEffect(() => {
    run();
  }, []);
  const upload = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) run(() => actions.uploadPresetFile(file));
  };
  return html`
    <${Dialog}
      title="WLED preset files"
      purpose="The presets.json of your lamps. RaceLink shows its names where a preset of the lamps is chosen; nothing is written to lamps."
      onClose=${onClose}
      footer=${html`<${Button} onClick=${onClose}>Close<//>`}
    >
      ${!listed && html`<p role="status"><span class="rl-spinner" aria-hidden="true"></span> Loading…</p>`}
      ${listed &&
      html`<ul class="rl-lines">
        ${listed.files.map(
          (file) => html`<${FileLine}
            key=${file.name}
            file=${file}
            current=${file.name === listed.current}
            busy=${busy}
            onSelect=${() => run(() => actions.selectPresetFile(file.name))}
            onDelete=${() => setDoomed(file.name)}
          />`,
        )}
        ${!listed.files.length && html`<li class="rl-muted">No file yet: presets are shown by their numbers.</li>`}
      </ul>`}
      <label class="rl-field">
        <span>Upload from this computer</span>
        <input type="file" accept=".json,application/json" disabled=${busy} onChange=${upload} />
      </label>
      ${doomed &&
      html`<${ConfirmDialog}
        title="Delete file"
        text=${`Delete ${doomed}? The lamps keep their presets; only the names are lost here.`}
        verb="Delete"
        onConfirm=${() => {
          const name = doomed;
          setDoomed(null);
          run(() => actions.removePresetFile(name));
        }}
        onClose=${() => setDoomed(null)}
      />`}
    <//>
  `;
};
