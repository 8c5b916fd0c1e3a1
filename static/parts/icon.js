// Small line icons; decoration only, the word beside them speaks.
import { html } from "../vendor/htm-preact.js";

const PATHS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  warning: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.3",
  question: "M9 9a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1.2-1.4 2.3M12 17.4v.3",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20.5 20.5",
  refresh: "M20 11a8 8 0 0 0-14.3-4L4 8.7M4 4v4.7h4.7M4 13a8 8 0 0 0 14.3 4l1.7-1.7M20 20v-4.7h-4.7",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20l.8-4L16 4.8a1.8 1.8 0 0 1 2.6 0l.6.6a1.8 1.8 0 0 1 0 2.6L8 19.2z",
  bin: "M4 7h16M9.5 7V4.5h5V7M6 7l1 13h10l1-13M10 11v5.5M14 11v5.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  locate: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5V6M12 18v3.5M2.5 12H6M18 12h3.5",
  power: "M12 3v8M6.6 6.6a7.6 7.6 0 1 0 10.8 0",
  move: "M4 6.5A1.5 1.5 0 0 1 5.5 5H10l2 2.5h6.5A1.5 1.5 0 0 1 20 9v8.5A1.5 1.5 0 0 1 18.5 19h-13A1.5 1.5 0 0 1 4 17.5zM9 13h6M12.5 10.5L15 13l-2.5 2.5",
  send: "M4 12h11M11 7.5l4.5 4.5-4.500 4.500M19.500 5v14",
  list: "M9 6.500h11M9 12h11M9 17.500h11M4.500 6.500h.5M4.500 12h.5M4.500 17.500h.5",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100",
  sort: "M8 5v14M5 16l3 3 3-3M16 19V5M13 8l3-3 3 3",
  sliders: "M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h11M19 17h1M17 15v4",
  copy: "M9 9h10v10H9zM5 15V5h10",
  play: "M8 5.500l10.500 6.500L8 18.500z",
  stop: "M7 7h10v10H7z",
  chevron: "M9 6l6 6-6 6",
  sun: "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.300 5.300L7 7M17 17l1.700 1.700M5.300 18.700L7 17M17 7l1.700-1.700",
};

export const Icon = ({ name }) => html`
  <svg class="rl-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>
`;

export const SignalBars = ({ bars }) => html`
  <svg class="rl-bars" viewBox="0 0 20 16" aria-hidden="true" focusable="false">
    ${[1, 2, 3, 4].map(
      (bar) => html`<rect class=${bar <= bars ? "is-lit" : ""} x=${(bar - 1) * 5} y=${16 - bar * 4} width="3.4" height=${bar * 4} rx="1" />`,
    )}
  </svg>
`;

export const BatteryLevel = ({ percent }) => html`
  <svg class="rl-battery" viewBox="0 0 26 14" aria-hidden="true" focusable="false">
    <rect class="rl-battery-case" x="1" y="1" width="21" height="12" rx="3" />
    <rect class="rl-battery-tip" x="23" y="4.5" width="2.5" height="5" rx="1" />
    <rect class="rl-battery-fill" x="3" y="3" width=${Math.max(1.5, (17 * percent) / 100)} height="8" rx="1.5" />
  </svg>
`;
