// The Scenes page, loaded when it is first shown: choose a scene, edit it, run it and watch it run.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { createSceneActions } from "../app/scene-actions.js";
import { SCENE_TOKENS, initialScenes, isDirty, isRunning, keyOf, sceneLists, sceneProgress } from "../app/scene-store.js";
import { createStore } from "../app/store.js";
import { loadStyles } from "../app/styles.js";
import { count } from "../app/words.js";
import { Button } from "../parts/button.js";
import { SceneEditor } from "../parts/scene-editor.js";
import { SceneList } from "../parts/scene-list.js";
import { SceneDialogs } from "./scene-dialogs.js";

// Resolves to the page once its lists and styles are here.
export const createScenes = async ({ api, appStore, live, appActions }) => {
  const store = createStore(initialScenes());
  const actions = createSceneActions({ api, store, appStore, live, appActions });
  const lists = sceneLists({ api, store, appStore });
  await Promise.all([
    loadStyles("scenes.css"),
    live.extend({ lists, also: SCENE_TOKENS, events: { scene_progress: sceneProgress(store) } }),
  ]);
  addEventListener("beforeunload", (event) => {
    if (isDirty(store.get())) event.preventDefault();
  });
  return { Page: ({ app }) => html`<${ScenesPage} app=${app} store=${store} actions=${actions} appActions=${appActions} />` };
};

const NoScenes = ({ actions }) => html`
  <div class="rl-card rl-empty">
    <h3>No scenes yet</h3>
    <p>
      A scene is a list of actions for your lamps: colours, effects, waits. The starter set brings what a race needs on
      the first day; all of it can be changed.
    </p>
    <div class="rl-empty-buttons">
      <${Button} variant="run" onClick=${actions.loadStarterSet}>Load the starter set<//>
      <${Button} icon="plus" onClick=${actions.newScene}>New scene<//>
    </div>
  </div>
`;

// Every scene with its button, for whoever only wants to run them
const Board = ({ scenes, actions }) => {
  const run = (key) => {
    actions.openScene(key);
    actions.run();
  };
  return html`
    <div class="rl-title"><h2>Scenes</h2><p class="rl-muted">Run one, or open it to change it.</p></div>
    <ul class="rl-board">
      ${scenes.map(
        ({ key, label, actions: steps, broken }) => html`<li key=${key} class="rl-card">
          <button type="button" class="rl-board-name" onClick=${() => actions.openScene(key)}>
            <b>${label}</b>
            <small class="rl-muted">${broken ? "cannot be read" : count(steps.length, "action")}</small>
          </button>
          ${!broken && html`<${Button} variant="run" icon="play" aria-label=${`Run ${label}`} onClick=${() => run(key)}>Run<//>`}
        </li>`,
      )}
    </ul>
  `;
};

// A scene that runs while another one is on screen
const RunningElsewhere = ({ run, scenes, onShow, onStop }) => {
  const scene = scenes.find(({ key }) => key === run.sceneKey);
  return html`
    <section class="rl-card rl-run" role="status">
      <span class="rl-spinner" aria-hidden="true"></span>
      <p><b>${scene?.label ?? run.sceneKey}</b> is running.</p>
      ${scene && html`<${Button} onClick=${onShow}>Show<//>`}
      <${Button} variant="danger" icon="stop" onClick=${onStop}>Stop<//>
    </section>
  `;
};

const ScenesPage = ({ app, store, actions, appActions }) => {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get()); // it may have changed while another page was shown
    return store.subscribe(setState);
  }, []);
  const lists = {
    groups: app.groups.filter(({ id }) => id > 0),
    devices: app.devices,
    presets: app.presets,
    wledPresets: state.wledPresets,
    effects: state.effectSchema.ui.mode.options,
    networks: state.networks,
  };
  const dirty = isDirty(state);
  const leave = (go) => {
    appActions.toggleDrawer(false);
    if (dirty) actions.openDialog({ kind: "leave", go });
    else go();
  };
  return html`
    <div class="rl-page-area">
      <${SceneList}
        scenes=${state.scenes}
        networks=${state.networks}
        shownKey=${state.draft?.key}
        dirty=${dirty}
        open=${app.drawerOpen}
        onShow=${(key) => key !== state.draft?.key && leave(() => (key ? actions.openScene(key) : actions.closeScene()))}
        onNew=${() => leave(actions.newScene)}
        onClose=${() => appActions.toggleDrawer(false)}
        onDialog=${(dialog) => {
          appActions.toggleDrawer(false);
          actions.openDialog(dialog);
        }}
      />
      <div class="rl-content">
        ${isRunning(state.run) &&
        (!state.draft || state.run.sceneKey !== keyOf(state.draft)) &&
        html`<${RunningElsewhere}
          run=${state.run}
          scenes=${state.scenes}
          onShow=${() => leave(() => actions.openScene(state.run.sceneKey))}
          onStop=${actions.stop}
        />`}
        ${state.draft
          ? html`<${SceneEditor} key=${state.opening} state=${state} lists=${lists} dirty=${dirty} actions=${actions} onLeave=${leave} />`
          : html`<${state.scenes.length ? Board : NoScenes} scenes=${state.scenes} actions=${actions} />`}
      </div>
    </div>
    <${SceneDialogs} state=${state} lists=${lists} actions=${actions} appActions=${appActions} />
  `;
};
