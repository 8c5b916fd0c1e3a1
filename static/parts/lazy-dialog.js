// A dialog whose code comes when it is opened for the first time: few need it, and the page stays small.
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

// load: resolves to the module, whose default is the dialog; title: what is shown until then
export const LazyDialog = ({ load, title, onClose, ...rest }) => {
  const [found, setFound] = useState(null);
  useEffect(() => {
    load().then(
      (module) => setFound({ Part: module.default }),
      () => setFound({ failed: true }),
    );
  }, []);
  if (found?.Part) return html`<${found.Part} ...${rest} onClose=${onClose} />`;
  return html`
    <${Dialog} title=${title} onClose=${onClose} footer=${html`<${Button} onClick=${onClose}>Close<//>`}>
      <p role="status">
        ${found
          ? "This could not be loaded. RaceLink does not answer, or was updated meanwhile: load the page anew."
          : html`<span class="rl-spinner" aria-hidden="true"></span> Loading…`}
      </p>
    <//>
  `;
};
