// The devices of the shown group: a table on a wide screen, cards on a phone (by style sheet alone).
import { html, useRef } from "../vendor/htm-preact.js";
import { groupName } from "../app/store.js";
import { DeviceRow } from "./device-row.js";

const COLUMNS = ["Device", "Group", "Light", "Battery", "Signal", "State", "Actions"];

// Up and down move between check boxes, so that a selection can be made without leaving the column.
const walk = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.type !== "checkbox") return;
  const boxes = [...event.currentTarget.querySelectorAll("input[type=checkbox]")];
  const next = boxes[boxes.indexOf(event.target) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
};

export const DeviceTable = ({ devices, groups, selection, nowS, onSelect, ...rowActions }) => {
  const anchor = useRef(null);
  const select = (device, selected, withShift) => {
    const from = withShift ? devices.findIndex(({ addr }) => addr === anchor.current) : -1;
    const to = devices.indexOf(device);
    const range = from < 0 ? [device] : devices.slice(Math.min(from, to), Math.max(from, to) + 1);
    anchor.current = device.addr;
    onSelect(range.map(({ addr }) => addr), selected);
  };
  const chosen = devices.filter(({ addr }) => selection.has(addr)).length;
  const all = chosen === devices.length;
  return html`
    <div class="rl-card rl-table-card">
      <table class="rl-table" role="table" onKeyDown=${walk}>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" class="rl-cell-check">
              <input
                type="checkbox"
                aria-label="Select all shown devices"
                checked=${all}
                indeterminate=${chosen > 0 && !all}
                onClick=${(event) => onSelect(devices.map(({ addr }) => addr), event.target.checked)}
              />
            </th>
            ${COLUMNS.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${devices.map(
            (device) => html`<${DeviceRow}
              key=${device.addr}
              device=${device}
              group=${groupName(groups, device.groupId)}
              selected=${selection.has(device.addr)}
              nowS=${nowS}
              onSelect=${select}
              ...${rowActions}
            />`,
          )}
        </tbody>
      </table>
    </div>
  `;
};
