// Mounts the app into the page that a shell gives: RaceLink's own, or one inside RotorHazard's layout.
import { html, render } from "../vendor/htm-preact.js";
import { createActions } from "./actions.js";
import { createApi } from "./api.js";
import { createLive } from "./live.js";
import { createStore, initialState } from "./store.js";
import { App } from "../pages/app.js";

const mount = (root) => {
  const { basePath = "" } = root.dataset;
  const store = createStore(initialState());
  const api = createApi(basePath);
  const live = createLive({ api, store, eventsUrl: `${basePath}/sse` });
  const actions = createActions({ api, store, live });
  root.classList.add("rl-app");
  root.replaceChildren();
  render(html`<${App} store=${store} actions=${actions} embedded=${"embedded" in root.dataset} />`, root);
  live.start();
};

mount(document.getElementById("racelink-app"));
