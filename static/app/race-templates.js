// Bindings to begin with: each is complete as it stands and can be changed afterwards.

const EVERYONE = { kind: "broadcast" };
const [SOLID, BLINK, BREATHE, STROBE] = [0, 1, 2, 23]; // effects of the lamps

const DARK = [0, 0, 0];
const DEFAULT_PALETTE = 0; // with another one lamps may not show the colour

const light = (mode, color1, more) => ({
  kind: "rl_effect",
  target: EVERYONE,
  params: { mode, palette: DEFAULT_PALETTE, color1, color2: DARK, brightness: 200, ...more },
});

const PASS = {
  name: "Pass in the pilot's colour",
  event: "RACE_LAP_RECORDED",
  reaction: light(BLINK, [255, 255, 255], { speed: 220, brightness: 255 }),
  colour_from: "pilot",
};

export const PASS_TEMPLATE = [PASS];

export const RACE_TEMPLATE = [
  { name: "Staging", event: "RACE_STAGE", reaction: light(BREATHE, [255, 120, 0], { speed: 160 }) },
  { name: "Start", event: "RACE_START", reaction: light(SOLID, [0, 255, 0], { brightness: 255 }) },
  PASS,
  { name: "New leader", event: "RACE_PILOT_LEADING", reaction: light(BREATHE, [255, 255, 255], { speed: 200 }), colour_from: "leader" },
  { name: "Time is over", event: "RACE_FINISH", reaction: light(STROBE, [255, 255, 255], { speed: 200 }) },
  { name: "Aborted", event: "RACE_ABORT", reaction: light(SOLID, [255, 0, 0]) },
  { name: "Stopped", event: "RACE_STOP", reaction: light(SOLID, [255, 0, 0]) },
  { name: "Saved", event: "LAPS_SAVE", reaction: { kind: "blackout", target: EVERYONE } },
];
