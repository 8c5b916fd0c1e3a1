// The whole page. The only component that knows the store; the others get values and callbacks.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { Banners } from "../parts/banners.js";
import { Button } from "../parts/button.js";
import { Header } from "../parts/header.js";
import { MasterBar } from "../parts/master-bar.js";
import { Sidebar } from "../parts/sidebar.js";
import { Toasts } from "../parts/toasts.js";
import { DevicesPage } from "./devices.js";
import { Dialogs } from "./dialogs.js";

const CLOCK_STEP_S = 5; // "12 s ago" need not be newer than this

const useStore = (store) => {
  const [state, setState] = useState(store.get());
  useEffect(() => store.subscribe(setState), [store]);
  return state;
};

// Seconds on the server's clock, in steps
const useServerTime = (aheadS) => {
  const [browserS, setBrowserS] = useState(Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setBrowserS(Date.now() / 1000), CLOCK_STEP_S * 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.ceil((browserS + aheadS) / CLOCK_STEP_S) * CLOCK_STEP_S;
};

// A page of its own once its code is here; "failed" when it cannot be read
const useLater = (wanted, load) => {
  const [page, setPage] = useState(null);
  useEffect(() => {
    if (wanted && !page) load().then(setPage, () => setPage("failed"));
  }, [wanted]);
  return page;
};

const Loading = () => html`<p class="rl-loading" role="status"><span class="rl-spinner" aria-hidden="true"></span> Loading…</p>`;

const LaterArea = ({ page, what, state }) => {
  if (!page) return html`<${Loading} />`;
  if (page === "failed") {
    return html`<div class="rl-card rl-empty">
      <h3>${what} could not be loaded</h3>
      <p>RaceLink does not answer, or was updated meanwhile. Check that it runs, then load the page anew.</p>
      <${Button} icon="refresh" onClick=${() => location.reload()}>Load anew<//>
    </div>`;
  }
  return html`<${page.Page} app=${state} />`;
};

export const App = ({ store, actions, addressOf, loadScenes, loadRace, embedded }) => {
  const state = useStore(store);
  const nowS = useServerTime(state.serverAheadS);
  const busy = state.task?.state === "running";
  const scenes = useLater(state.page === "scenes" && state.loaded, loadScenes);
  const race = useLater(state.page === "race" && state.loaded, loadRace);
  const closeDrawer = () => actions.toggleDrawer(false);
  return html`
    <${Header}
      embedded=${embedded}
      page=${state.page}
      unsavedScene=${state.unsavedScene}
      addressOf=${addressOf}
      onPage=${actions.showPage}
      busy=${busy}
      drawerOpen=${state.drawerOpen}
      onDrawer=${actions.toggleDrawer}
      onDiscover=${() => actions.openDialog({ kind: "discover" })}
      onStatus=${() => actions.pollStatus()}
      onResync=${() => actions.openDialog({ kind: "resync" })}
      onActivity=${() => actions.openDialog({ kind: "activity" })}
      onSettings=${() => actions.openDialog({ kind: "settings" })}
      onBlackout=${actions.blackout}
    />
    <${MasterBar}
      slots=${state.slots}
      gateways=${state.gateways}
      task=${state.task}
      connection=${state.connection}
      onCancel=${actions.cancelTask}
    />
    <${Banners}
      connection=${state.connection}
      gateway=${state.gateway}
      problems=${state.problems}
      devices=${state.devices}
      onRetry=${actions.retryGateway}
      onDismissImport=${actions.dismissImport}
    />
    ${!state.loaded && html`<${Loading} />`}
    ${state.loaded && state.page === "scenes" && html`<${LaterArea} page=${scenes} what="The scenes" state=${state} />`}
    ${state.loaded && state.page === "race" && html`<${LaterArea} page=${race} what="The page of the race" state=${state} />`}
    ${state.loaded &&
    state.page === "devices" &&
    html`<div class="rl-page-area">
      <${Sidebar}
        groups=${state.groups}
        devices=${state.devices}
        shownGroup=${state.shownGroup}
        open=${state.drawerOpen}
        onShow=${actions.showGroup}
        onClose=${closeDrawer}
        onManage=${() => actions.openDialog({ kind: "manage-groups" })}
        onCreate=${() => actions.openDialog({ kind: "create-group" })}
        onRename=${(group) => actions.openDialog({ kind: "rename-group", group })}
        onDelete=${(group) => actions.openDialog({ kind: "delete-group", group })}
      />
      <${DevicesPage} state=${state} actions=${actions} nowS=${nowS} busy=${busy} />
    </div>`}
    <${Dialogs} state=${state} actions=${actions} nowS=${nowS} busy=${busy} embedded=${embedded} />
    <${Toasts} toasts=${state.toasts} onDismiss=${actions.dismiss} />
  `;
};
