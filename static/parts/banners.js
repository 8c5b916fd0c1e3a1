// What is wrong and what to do about it, over the whole width.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

const GRACE_MS = 2000;

const Banner = ({ look, icon = "warning", children, action }) => html`
  <div class=${`rl-banner rl-look-${look}`}>
    ${icon === "spinner" ? html`<span class="rl-spinner" aria-hidden="true"></span>` : html`<${Icon} name=${icon} />`}
    <p>${children}</p>
    ${action}
  </div>
`;

// Seconds until the next try by itself, counted down here between two events; null when none is planned.
const useCountdown = (gateway) => {
  const [, tick] = useState(0);
  const planned = gateway?.last_error?.next_retry_in_s;
  useEffect(() => {
    if (planned == null) return undefined;
    const timer = setInterval(() => tick((number) => number + 1), 1000);
    return () => clearInterval(timer);
  }, [planned, gateway?.readAtMs]);
  if (planned == null) return null;
  return Math.max(0, Math.ceil(planned - (Date.now() - gateway.readAtMs) / 1000));
};

const GatewayBanner = ({ gateway, problems, onRetry }) => {
  const seconds = useCountdown(gateway);
  const missing = gateway && !gateway.ready;
  const sentences = problems.length ? problems.map((problem) => problem.text) : [gateway?.last_error?.reason];
  if (!missing && !problems.length) return null;
  const busy = gateway?.last_error?.code === "PORT_BUSY";
  return html`
    <${Banner}
      look=${missing && !busy ? "bad" : "warn"}
      action=${missing && html`<${Button} icon="refresh" onClick=${onRetry}>Retry${seconds ? ` now (${seconds} s)` : ""}<//>`}
    >
      ${missing && html`<b>${busy ? "The gateway's port is in use. " : "No gateway. "}</b>`}
      ${sentences.filter(Boolean).join(" ") || "Plug in a RaceLink gateway by USB. It is found by itself."}
    <//>
  `;
};

const ConnectionBanner = ({ connection }) => {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (connection === "open") return undefined;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  if (!late || connection === "open") return null;
  return html`<${Banner} look="warn" icon="spinner">
    <b>RaceLink does not answer. </b>What you see may be old. Trying again by itself; check that the server runs and
    this device is on its network.
  <//>`;
};

// What was taken over from an older RaceLink, and what not: said until somebody has seen it.
const IMPORT = "older_data";

export const Banners = ({ connection, gateway, problems, devices, onRetry, onDismissImport }) => {
  const low = devices.filter((device) => device.battery_low);
  const imported = problems.filter(({ code }) => code === IMPORT);
  return html`
    <div class="rl-banners" role="status" aria-live="polite">
      <${ConnectionBanner} connection=${connection} />
      <${GatewayBanner}
        gateway=${gateway}
        problems=${problems.filter(({ code }) => code !== IMPORT)}
        onRetry=${onRetry}
      />
      ${imported.length > 0 &&
      html`<${Banner} look="warn" action=${html`<${Button} onClick=${onDismissImport}>Dismiss<//>`}>
        ${imported.map(({ text }) => text).join(" ")}
      <//>`}
      ${low.length > 0 &&
      html`<${Banner} look="warn">
        <b>${count(low.length, "device")} with low battery: </b>${low.slice(0, 4).map((device) => device.name).join(", ")}${low.length > 4 ? " and more." : "."}
      <//>`}
    </div>
  `;
};
