// Which of the 14 fields an effect uses, under which name, and what a field starts with. Source: wled-effects 2 and 4.

const LABELS = {
  mode: "Effect",
  speed: "Speed",
  intensity: "Intensity",
  custom1: "Custom 1",
  custom2: "Custom 2",
  custom3: "Custom 3",
  check1: "Check 1",
  check2: "Check 2",
  check3: "Check 3",
  palette: "Palette",
  color1: "Colour 1",
  color2: "Colour 2",
  color3: "Colour 3",
  brightness: "Brightness",
};
const STARTS = {
  mode: 0,
  custom3: 16,
  palette: 0,
  color1: [255, 170, 0],
  color2: [0, 0, 0],
  color3: [0, 0, 0],
};
const ALWAYS = new Set(["mode", "brightness"]);

export const effectOf = (schema, mode) => schema.ui.mode.options.find(({ value }) => Number(value) === mode);

const forcedByPalette = (rules, palette, name) => {
  const slot = ["color1", "color2", "color3"].indexOf(name);
  return slot >= 0 && palette != null && palette >= rules.force_slot_min_palette[slot] && palette <= rules.max_palette_id;
};

// An effect that is not known, or not chosen, shows every field.
export const shownFields = (schema, params) => {
  const slots = effectOf(schema, params.mode)?.slots;
  return schema.vars.filter(
    (name) =>
      ALWAYS.has(name) || !slots || slots[name]?.used || forcedByPalette(schema.palette_color_rules, params.palette, name),
  );
};

// Hidden fields are not sent.
export const withoutHidden = (schema, params) => {
  const shown = shownFields(schema, params);
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => value != null && shown.includes(name)));
};

export const fieldLabel = (schema, params, name) => effectOf(schema, params.mode)?.slots?.[name]?.label || LABELS[name];

export const firstValue = (schema, params, name) => {
  const { default: own } = effectOf(schema, params.mode)?.slots?.[name] ?? {};
  if (own != null) return schema.ui[name].widget === "toggle" ? Boolean(own) : own;
  if (schema.ui[name].widget === "toggle") return false;
  return STARTS[name] ?? 128;
};

export const toHex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

export const fromHex = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
