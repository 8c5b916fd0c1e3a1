import { html, useState } from "../vendor/htm-preact.js";
import { taskProgress, taskSummary } from "../app/words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const Causes = () => html`
  <ul class="rl-causes">
    <li>Is the device switched on and within range of the gateway?</li>
    <li>Was it paired with another gateway? Then it answers only that one: forget its master first.</li>
    <li>Does it use another radio channel than this network?</li>
    <li>Is it in a group already? Search in "All groups".</li>
  </ul>
`;

export const DiscoverDialog = ({ groups, task, onStart, onCancel, onClose }) => {
  const [searchIn, setSearchIn] = useState("0");
  const [addTo, setAddTo] = useState("0");
  const [newGroup, setNewGroup] = useState("");
  const [startedId, setStartedId] = useState(null);
  const mine = task && task.id === startedId ? task : null;
  const running = mine?.state === "running";
  const start = async (event) => {
    event.preventDefault();
    const started = await onStart({
      discoveryGroup: searchIn === "all" ? "all" : Number(searchIn),
      targetGroupId: Number(addTo),
      ...(newGroup.trim() ? { newGroupName: newGroup.trim() } : {}),
    });
    if (started) setStartedId(started.id);
  };
  return html`
    <${Dialog}
      title="Discover devices"
      purpose="Asks over the radio who is there, and adds whoever answers."
      locked=${running}
      onClose=${onClose}
      footer=${html`
        ${running
          ? html`<${Button} onClick=${onCancel} disabled=${mine.cancel_requested}>${mine.cancel_requested ? "Cancelling…" : "Cancel"}<//>`
          : html`<${Button} onClick=${onClose}>Close<//>`}
        <${Button} variant="run" type="submit" form="rl-discover-form" disabled=${running || task?.state === "running"}>
          ${mine && !running ? "Search again" : "Start"}
        <//>
      `}
    >
      <form id="rl-discover-form" class="rl-form" onSubmit=${start}>
        <label class="rl-field">
          <span>Search in</span>
          <select value=${searchIn} disabled=${running} onChange=${(event) => setSearchIn(event.target.value)}>
            ${groups.map(
              (group) => html`<option key=${group.id} value=${group.id}>${group.id === 0 ? "Unconfigured: new devices" : group.name}</option>`,
            )}
            <option value="all">All groups</option>
          </select>
        </label>
        <label class="rl-field">
          <span>Add new devices to</span>
          <select value=${addTo} disabled=${running || Boolean(newGroup.trim())} onChange=${(event) => setAddTo(event.target.value)}>
            ${groups.map((group) => html`<option key=${group.id} value=${group.id}>${group.name}</option>`)}
          </select>
        </label>
        <label class="rl-field">
          <span>Or to a new group <small>(optional)</small></span>
          <input type="text" maxlength="64" value=${newGroup} disabled=${running} onInput=${(event) => setNewGroup(event.target.value)} />
        </label>
      </form>
      <div class="rl-result" role="status" aria-live="polite">
        ${running && html`<span class="rl-spinner" aria-hidden="true"></span> Listening… ${taskProgress(mine)}`}
        ${mine && !running && html`<b>${taskSummary(mine)}.</b>`}
        ${mine?.state === "done" && !mine.result?.found && html`<${Causes} />`}
      </div>
    <//>
  `;
};
