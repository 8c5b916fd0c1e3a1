// What was done, how busy the radio is, and what to send when asking for help.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Tabs } from "./tabs.js";

const TABS = [
  { key: "history", label: "History" },
  { key: "radio", label: "Radio" },
  { key: "support", label: "Support" },
];
const FAILED = new Set(["failed", "rejected", "timed_out", "error", "silent"]);

const timeOf = (ts) => new Date(ts * 1000).toLocaleTimeString();

const Record = ({ record }) => {
  const failed = FAILED.has(record.status);
  return html`
    <tr>
      <td>${timeOf(record.ts)}</td>
      <td>${record.name ?? record.kind}<small class="rl-reason">${record.target ?? ""}</small></td>
      <td>${record.origin}</td>
      <td class=${failed ? "rl-bad-text" : ""}>${record.status}<small class="rl-reason">${record.detail ?? ""}</small></td>
    </tr>
  `;
};

const History = ({ onRead }) => {
  const [page, setPage] = useState({ records: [], next: null });
  const [loaded, setLoaded] = useState(false);
  const more = async () => {
    const answer = await onRead(page.next);
    if (answer) setPage(({ records }) => ({ records: [...records, ...answer.records], next: answer.next }));
    setLoaded(true);
  };
  useEffect(() => {
    more();
  }, []);
  if (loaded && !page.records.length) return html`<p>Nothing was done yet.</p>`;
  return html`
    <div class="rl-scroll">
      <table class="rl-plain-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col">By</th><th scope="col">Result</th></tr></thead>
        <tbody>${page.records.map((record) => html`<${Record} key=${record.id} record=${record} />`)}</tbody>
      </table>
    </div>
    ${page.next !== null && html`<${Button} onClick=${more}>Older<//>`}
  `;
};

const NetworkUse = ({ network }) => html`
  <li class=${network.is_over_limit ? "rl-bad-text" : ""}>
    <b>${network.name}: </b>
    ${(network.last_hour_ms / 1000).toFixed(1)} s on air in the last hour, ${network.last_hour_percent.toFixed(2)} % of
    it${network.limit_percent === null ? "." : `; the region allows ${network.limit_percent} %.`}
  </li>
`;

const Radio = ({ onRead }) => {
  const [statistics, setStatistics] = useState(null);
  useEffect(() => {
    onRead().then(setStatistics);
  }, []);
  if (!statistics) return html`<p role="status">Loading…</p>`;
  return html`
    <ul class="rl-causes">
      ${statistics.networks.map((network) => html`<${NetworkUse} key=${network.network_id} network=${network} />`)}
    </ul>
    <div class="rl-scroll">
      <table class="rl-plain-table">
        <thead><tr><th scope="col">Device</th><th scope="col">Answered</th><th scope="col">Signal, mean</th></tr></thead>
        <tbody>
          ${statistics.devices.map(
            (device) => html`<tr key=${device.addr}>
              <td>${device.name}</td>
              <td>${device.asked ? `${device.replied} of ${device.asked}` : "not asked yet"}</td>
              <td>${device.rssi_mean === null ? "–" : `${Math.round(device.rssi_mean)} dBm`}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
};

const Support = ({ bundleUrl }) => html`
  <p>
    The support bundle holds versions, settings, the log, gateways, radio traffic and a check of the database. Tokens and
    passwords are left out.
  </p>
  <p><a class="rl-button rl-button-brand" href=${bundleUrl} download>Download support bundle</a></p>
`;

export const ActivityDialog = ({ bundleUrl, onReadHistory, onReadStatistics, onClose }) => {
  const [shown, setShown] = useState("history");
  return html`
    <${Dialog} title="Activity" wide onClose=${onClose} footer=${html`<${Button} onClick=${onClose}>Close<//>`}>
      <${Tabs} label="Kinds of activity" tabs=${TABS} shown=${shown} onShow=${setShown}>
        ${shown === "history" && html`<${History} onRead=${onReadHistory} />`}
        ${shown === "radio" && html`<${Radio} onRead=${onReadStatistics} />`}
        ${shown === "support" && html`<${Support} bundleUrl=${bundleUrl} />`}
      <//>
    <//>
  `;
};
