// Mounts the app into the page that a shell gives: RaceLink's own, or one inside RotorHazard's layout.
import { html, render } from "../vendor/htm-preact.js";
import { createActions } from "./actions.js";
import { createApi } from "./api.js";
import { createLive } from "./live.js";
import { createRouter } from "./router.js";
import { createStore, initialState } from "./store.js";
import { App } from "../pages/app.js";

const mount = (root) => {
  const { basePath = "" } = root.dataset;
  const store = createStore(initialState());
  const api = createApi(basePath);
  const live = createLive({ api, store, eventsUrl: `${basePath}/sse` });
  const router = createRouter({ basePath, store });
  const actions = createActions({ api, store, live, router });
  // Whoever only looks after devices loads nothing of the other pages.
  const loadScenes = async () => {
    const { createScenes } = await import("../pages/scenes.js");
    return createScenes({ api, appStore: store, live, appActions: actions });
  };
  const loadRace = async () => {
    const { createRace } = await import("../pages/race.js");
    return createRace({ api, live, appActions: actions });
  };
  root.classList.add("rl-app");
  root.replaceChildren();
  render(
    html`<${App}
      store=${store}
      actions=${actions}
      addressOf=${router.addressOf}
      loadScenes=${loadScenes}
      loadRace=${loadRace}
      embedded=${"embedded" in root.dataset}
    />`,
    root,
  );
  live.start();
};

mount(document.getElementById("racelink-app"));
