import { Component, html } from "../vendor/htm-preact.js";
import { ago, battery, light, presence, signal } from "../app/words.js";
import { IconButton } from "./button.js";
import { BatteryLevel, Icon, SignalBars } from "./icon.js";

const PRESENCE_ICONS = { ok: "check", warn: "warning", bad: "cross", quiet: "question" };

const Light = ({ device }) => {
  const { on, word, percent } = light(device);
  return html`
    <span class=${`rl-glow ${on ? "is-on" : ""}`}>
      <i aria-hidden="true" style=${{ "--rl-level": (percent ?? 0) / 100 }}></i>
      <span>${word}</span>
      ${on && html`<small>${percent} %</small>`}
    </span>
  `;
};

const Battery = ({ device }) => {
  const level = battery(device);
  if (!level) return html`<span class="rl-muted">–</span>`;
  return html`
    <span class=${`rl-measure ${level.low ? "rl-look-warn" : ""}`} title=${`About ${level.percent} %`}>
      <${BatteryLevel} percent=${level.percent} />${level.volts}${level.low && html` <b>low</b>`}
    </span>
  `;
};

const Signal = ({ device }) => {
  const heard = signal(device);
  if (!heard) return html`<span class="rl-muted">–</span>`;
  return html`<span class="rl-measure" title=${heard.title}><${SignalBars} bars=${heard.bars} />${heard.word}</span>`;
};

const Presence = ({ device, nowS }) => {
  const { look, word, reason } = presence(device);
  const seen = device.last_seen_ts ? ago(Math.max(0, nowS - device.last_seen_ts)) : "";
  return html`
    <span class=${`rl-presence rl-look-${look}`}><${Icon} name=${PRESENCE_ICONS[look]} />${word}</span>
    <small class="rl-reason">${reason || seen}</small>
  `;
};

// Renders again only when its own device changed; a fleet has hundreds of them.
export class DeviceRow extends Component {
  shouldComponentUpdate(next) {
    return ["device", "group", "selected", "nowS"].some((name) => next[name] !== this.props[name]);
  }

  render({ device, group, selected, nowS, onSelect, onLocate, onOptions, onRename, onForget }) {
    return html`
      <tr role="row" class=${selected ? "is-selected" : ""} data-mac=${device.addr}>
        <td role="cell" class="rl-cell-check">
          <input
            type="checkbox"
            aria-label=${`Select ${device.name}`}
            checked=${selected}
            onClick=${(event) => onSelect(device, event.target.checked, event.shiftKey)}
          />
        </td>
        <th role="rowheader" scope="row" class="rl-cell-name">
          <span>${device.name}</span>
          <code>${device.addr}</code>
        </th>
        <td role="cell" class="rl-cell-group">${group}</td>
        <td role="cell" class="rl-cell-light"><${Light} device=${device} /></td>
        <td role="cell" class="rl-cell-battery"><${Battery} device=${device} /></td>
        <td role="cell" class="rl-cell-signal"><${Signal} device=${device} /></td>
        <td role="cell" class="rl-cell-presence"><${Presence} device=${device} nowS=${nowS} /></td>
        <td role="cell" class="rl-cell-actions">
          <${IconButton} icon="locate" label=${`Locate ${device.name}: let it blink`} onClick=${() => onLocate(device)} />
          <${IconButton} icon="sliders" label=${`Options of ${device.name}`} onClick=${() => onOptions(device)} />
          <${IconButton} icon="pencil" label=${`Rename ${device.name}`} onClick=${() => onRename(device)} />
          <${IconButton} icon="bin" label=${`Forget ${device.name}`} onClick=${() => onForget(device)} />
        </td>
      </tr>
    `;
  }
}
