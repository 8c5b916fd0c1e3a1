// The order of the groups on screen and, only when asked for, their numbers along the track.
import { html, useState } from "../vendor/htm-preact.js";
import { count } from "../app/words.js";
import { Button, IconButton } from "./button.js";
import { ConfirmDialog, Dialog } from "./dialog.js";

const moved = (order, index, step) => {
  const after = [...order];
  [after[index], after[index + step]] = [after[index + step], after[index]];
  return after;
};

const isSame = (one, other) => one.length === other.length && one.every((id, index) => id === other[index]);

const GroupLine = ({ group, newId, isFirst, isLast, onMove }) => html`
  <li class="rl-line">
    <span class="rl-line-number" title=${newId === group.id ? undefined : `Number ${newId} after renumbering`}>${group.id}</span>
    <span class="rl-line-name">${group.name}<small class="rl-muted"> ${count(group.device_count, "device")}</small></span>
    <${IconButton} icon="up" label=${`Move ${group.name} up`} disabled=${isFirst} onClick=${() => onMove(-1)} />
    <${IconButton} icon="down" label=${`Move ${group.name} down`} disabled=${isLast} onClick=${() => onMove(1)} />
  </li>
`;

export const ManageGroupsDialog = ({ groups, busy, onReorder, onRenumber, onClose }) => {
  const own = groups.filter((group) => !group.static);
  const shown = own.map(({ id }) => id);
  const [wanted, setWanted] = useState(shown);
  const [asking, setAsking] = useState(false);
  // Groups may come and go while this is open.
  const order = [...wanted.filter((id) => shown.includes(id)), ...shown.filter((id) => !wanted.includes(id))];
  const byId = new Map(own.map((group) => [group.id, group]));
  const affected = order.reduce((sum, id, index) => sum + (id === index + 1 ? 0 : byId.get(id).device_count), 0);
  const isNumbered = order.every((id, index) => id === index + 1);
  return html`
    <${Dialog}
      title="Manage groups"
      purpose="The order here is the order in every list. Offsets run along the numbers, not along this order."
      onClose=${onClose}
      footer=${html`
        <${Button} onClick=${onClose}>Close<//>
        <${Button} disabled=${busy || isNumbered} onClick=${() => setAsking(true)}>Renumber along the track<//>
        <${Button} variant="brand" disabled=${isSame(order, shown)} onClick=${() => onReorder(order)}>Apply order<//>
      `}
    >
      ${own.length === 0 && html`<p>There are no groups yet. Make one with "New group".</p>`}
      <ol class="rl-lines">
        ${order.map(
          (id, index) => html`<${GroupLine}
            key=${id}
            group=${byId.get(id)}
            newId=${index + 1}
            isFirst=${index === 0}
            isLast=${index === order.length - 1}
            onMove=${(step) => setWanted(moved(order, index, step))}
          />`,
        )}
      </ol>
      ${asking &&
      html`<${ConfirmDialog}
        title="Renumber groups"
        text=${`Give the groups the numbers 1 to ${order.length} in this order? ${count(affected, "device")} will be told over the radio; those that are offline follow when they return.`}
        verb="Renumber"
        onConfirm=${() => {
          setAsking(false);
          onRenumber(order);
        }}
        onClose=${() => setAsking(false)}
      />`}
    <//>
  `;
};
