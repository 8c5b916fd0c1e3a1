// The configuration into a file and out of one, and what an older RaceLink left.
import { html, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { ConfigurationImport } from "./configuration-import.js";
import { Dialog } from "./dialog.js";
import { OlderImport } from "./older-import.js";
import { ALL_PARTS, PartChoice } from "./part-choice.js";
import { Tabs } from "./tabs.js";

const TABS = [
  { key: "export", label: "Into a file" },
  { key: "import", label: "From a file" },
  { key: "older", label: "From an older RaceLink" },
];

const Export = ({ urlOf }) => {
  const [chosen, setChosen] = useState(ALL_PARTS);
  return html`
    <p class="rl-muted">To keep, or to take to another computer. Logins are not in it.</p>
    <${PartChoice} label="Parts to export" held=${null} chosen=${chosen} onChange=${setChosen} />
    <p>
      ${chosen.length
        ? html`<a class="rl-button rl-button-brand" href=${urlOf(chosen)} download>Download the file</a>`
        : html`<${Button} variant="brand" disabled>Download the file<//>`}
    </p>
  `;
};

const ConfigurationDialog = ({ actions, embedded, onClose }) => {
  const [shown, setShown] = useState("export");
  return html`
    <${Dialog} title="Move the configuration" wide onClose=${onClose} footer=${html`<${Button} onClick=${onClose}>Close<//>`}>
      <${Tabs} label="Ways to move it" tabs=${TABS} shown=${shown} onShow=${setShown}>
        ${shown === "export" && html`<${Export} urlOf=${actions.configurationUrl} />`}
        ${shown === "import" && html`<${ConfigurationImport} actions=${actions} />`}
        ${shown === "older" && html`<${OlderImport} actions=${actions} embedded=${embedded} />`}
      <//>
    <//>
  `;
};

export default ConfigurationDialog;
