// Sends every device the group that is stored for it, after saying what that costs.
import { html, useState } from "../vendor/htm-preact.js";
import { count, duration } from "../app/words.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

const ONLINE_S = 0.3; // one packet and its acknowledgement
const OFFLINE_S = 4.7; // three attempts that nobody answers

export const ResyncDialog = ({ devices, onStart, onClose }) => {
  const [skipOffline, setSkipOffline] = useState(false);
  const offline = devices.filter(({ presence }) => presence === "offline").length;
  const seconds = (devices.length - offline) * ONLINE_S + (skipOffline ? 0 : offline * OFFLINE_S);
  const start = (event) => {
    event.preventDefault();
    onClose();
    onStart(skipOffline);
  };
  return html`
    <${Dialog}
      title="Re-sync groups"
      purpose="Sends every device its group again and waits for each to confirm it. Use it when lamps do not react although they are online."
      onClose=${onClose}
      footer=${html`
        <${Button} autofocus onClick=${onClose}>Cancel<//>
        <${Button} variant="run" type="submit" form="rl-resync-form" disabled=${!devices.length}>Re-sync<//>
      `}
    >
      <form id="rl-resync-form" class="rl-form" onSubmit=${start}>
        <label class="rl-check">
          <input type="checkbox" checked=${skipOffline} onChange=${(event) => setSkipOffline(event.target.checked)} />
          <span>Skip offline devices <small class="rl-muted">They get their group when they are heard again.</small></span>
        </label>
        <p>${count(devices.length, "device")}, ${offline} offline: at most about ${duration(seconds)}.</p>
      </form>
    <//>
  `;
};
