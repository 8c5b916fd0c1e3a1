// Tabs by the usual keyboard rules: arrows walk and choose, Tab goes into the panel.
import { html, useRef } from "../vendor/htm-preact.js";

// tabs: [{key, label}]; the panel is the child
export const Tabs = ({ label, tabs, shown, onShow, children }) => {
  const list = useRef(null);
  const walk = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = (tabs.findIndex(({ key }) => key === shown) + step + tabs.length) % tabs.length;
    onShow(tabs[index].key);
    list.current.children[index].focus();
  };
  return html`
    <div class="rl-tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${walk}>
      ${tabs.map(
        (tab) => html`<button
          type="button"
          key=${tab.key}
          id=${`rl-tab-${tab.key}`}
          role="tab"
          aria-selected=${String(tab.key === shown)}
          aria-controls="rl-tab-panel"
          tabindex=${tab.key === shown ? 0 : -1}
          onClick=${() => onShow(tab.key)}
        >
          ${tab.label}
        </button>`,
      )}
    </div>
    <div class="rl-tab-panel" id="rl-tab-panel" role="tabpanel" aria-labelledby=${`rl-tab-${shown}`}>${children}</div>
  `;
};
