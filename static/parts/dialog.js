// A modal on the browser's own dialog element: focus stays inside, Esc closes, focus returns afterwards.
import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { Button } from "./button.js";

let lastId = 0;

// locked: neither Esc nor a click outside closes it
export const Dialog = ({ title, purpose, wide = false, locked = false, onClose, children, footer }) => {
  const element = useRef(null);
  const id = useRef(`rl-dialog-${++lastId}`).current;
  useEffect(() => {
    const dialog = element.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const cancelled = (event) => {
    event.preventDefault();
    if (!locked) onClose();
  };
  const clicked = (event) => {
    if (event.target === element.current && !locked) onClose();
  };
  return html`
    <dialog ref=${element} class=${`rl-dialog ${wide ? "is-wide" : ""}`} aria-labelledby=${id} onCancel=${cancelled} onMouseDown=${clicked}>
      <div class="rl-dialog-body">
        <h2 id=${id} class="rl-dialog-title">${title}</h2>
        ${purpose && html`<p class="rl-muted">${purpose}</p>`}
        ${children}
        <div class="rl-dialog-footer">${footer}</div>
      </div>
    </dialog>
  `;
};

// Focus starts on Cancel, so that a hasty Enter destroys nothing.
export const ConfirmDialog = ({ title, text, verb, onConfirm, onClose }) => html`
  <${Dialog}
    title=${title}
    onClose=${onClose}
    footer=${html`
      <${Button} autofocus onClick=${onClose}>Cancel<//>
      <${Button} variant="danger" onClick=${onConfirm}>${verb}<//>
    `}
  >
    <p>${text}</p>
  <//>
`;
