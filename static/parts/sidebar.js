import { html } from "../vendor/htm-preact.js";
import { ALL } from "../app/store.js";
import { Button, IconButton } from "./button.js";

// Arrow keys walk through the list; Tab leaves it.
export const walk = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll(".rl-group-button")];
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
};

const GroupRow = ({ id, name, online, total, shown, onShow, children }) => html`
  <li class=${`rl-group ${shown ? "is-shown" : ""}`}>
    <button type="button" class="rl-group-button" aria-current=${shown ? "true" : undefined} onClick=${() => onShow(id)}>
      <span class="rl-group-name">${name}</span>
      <span class="rl-group-count" title=${`${online} of ${total} online`}>
        <b>${online}</b> / ${total}<span class="rl-hidden"> online</span>
      </span>
    </button>
    ${children}
  </li>
`;

export const Sidebar = ({ groups, devices, shownGroup, open, onShow, onClose, onManage, onCreate, onRename, onDelete }) => html`
  <aside class=${`rl-sidebar ${open ? "is-open" : ""}`} aria-label="Groups">
    <div class="rl-sidebar-head">
      <h2>Groups</h2>
      <${IconButton} icon="sort" label="Manage groups: order and numbers" onClick=${onManage} />
      <span class="rl-drawer-close"><${IconButton} icon="cross" label="Close groups" onClick=${onClose} /></span>
    </div>
    <ul class="rl-groups" onKeyDown=${walk}>
      <${GroupRow}
        id=${ALL}
        name="All devices"
        online=${devices.filter((device) => device.online).length}
        total=${devices.length}
        shown=${shownGroup === ALL}
        onShow=${onShow}
      />
      ${groups.map(
        (group) => html`
          <${GroupRow}
            key=${group.id}
            id=${group.id}
            name=${group.name}
            online=${group.online_count}
            total=${group.device_count}
            shown=${shownGroup === group.id}
            onShow=${onShow}
          >
            ${!group.static &&
            html`<span class="rl-group-actions">
              <${IconButton} icon="pencil" label=${`Rename group ${group.name}`} onClick=${() => onRename(group)} />
              <${IconButton} icon="bin" label=${`Delete group ${group.name}`} onClick=${() => onDelete(group)} />
            </span>`}
          <//>
        `,
      )}
    </ul>
    <${Button} variant="ghost" icon="plus" onClick=${onCreate}>New group<//>
  </aside>
  ${open && html`<div class="rl-backdrop" onClick=${onClose}></div>`}
`;
