import { html } from "../vendor/htm-preact.js";
import { Button, IconButton } from "./button.js";

const Wordmark = () => html`
  <h1 class="rl-wordmark">
    <svg class="rl-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="rl-mark-outer" d="M5 27V15a11 11 0 0 1 22 0v12" />
      <path class="rl-mark-inner" d="M12 27V16a4 4 0 0 1 8 0v11" />
    </svg>
    Race<b>Link</b>
  </h1>
`;

const PAGES = [
  { page: "devices", label: "Devices" },
  { page: "scenes", label: "Scenes" },
  { page: "race", label: "Race" },
];

// No <nav>: RotorHazard paints and hides what is in one.
const Navigation = ({ page, unsavedScene, addressOf, onPage }) => {
  const show = (wanted) => (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
    event.preventDefault();
    onPage(wanted);
  };
  return html`
    <div class="rl-nav" role="navigation" aria-label="Pages">
      ${PAGES.map(
        (each) => html`<a href=${addressOf(each.page)} aria-current=${each.page === page ? "page" : undefined} onClick=${show(each.page)}>
          ${each.label}${each.page === "scenes" && unsavedScene && html`<i class="rl-unsaved" title="Unsaved changes"><span class="rl-hidden">, unsaved changes</span></i>`}
        </a>`,
      )}
    </div>
  `;
};

export const Header = ({
  embedded,
  page,
  unsavedScene,
  addressOf,
  busy,
  drawerOpen,
  onPage,
  onDrawer,
  onDiscover,
  onStatus,
  onResync,
  onActivity,
  onSettings,
  onBlackout,
}) => html`
  <header class="rl-header">
    ${page !== "race" &&
    html`<span class="rl-menu-button">
      <${IconButton} icon="menu" label=${page === "scenes" ? "List of scenes" : "Groups"} aria-expanded=${drawerOpen} onClick=${() => onDrawer(!drawerOpen)} />
    </span>`}
    ${!embedded && html`<${Wordmark} />`}
    <${Navigation} page=${page} unsavedScene=${unsavedScene} addressOf=${addressOf} onPage=${onPage} />
    <div class="rl-tools">
      <${IconButton} icon="send" label="Re-sync groups: send every device its group again" disabled=${busy} onClick=${onResync} />
      <${IconButton} icon="list" label="Activity: history, radio and support" onClick=${onActivity} />
      <${IconButton} icon="gear" label="Settings" onClick=${onSettings} />
    </div>
    <div class="rl-ribbon">
      ${page === "devices" &&
      html`<${Button} icon="search" disabled=${busy} onClick=${onDiscover} aria-label="Discover devices">Discover<em> devices</em><//>
        <${Button} icon="refresh" disabled=${busy} onClick=${onStatus} aria-label="Get status of all devices">Get status<//>`}
      <${Button} variant="blackout" icon="power" onClick=${onBlackout} title="Every lamp goes dark at once">Blackout<//>
    </div>
  </header>
`;
