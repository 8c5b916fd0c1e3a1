// Values of node properties: how they lie in a device row, in a form and in a request.
// A value is a number, or {start, stop} for a segment.

export const isPair = (property) => property.shape === "uint16-pair";

// What the host has stored for a device; null when nothing is.
export const storedValue = (property, specials) => {
  if (!isPair(property)) return specials[property.key] ?? null;
  const [start, stop] = [specials[`${property.key}_start`], specials[`${property.key}_stop`]];
  return start == null || stop == null ? null : { start, stop };
};

export const sameValue = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const valueText = (value) => {
  if (value == null) return "–";
  return typeof value === "object" ? `${value.start} to ${value.stop}` : String(value);
};

// The text of the inputs for a value, and back; null when the form is not filled in.
export const toForm = (property, value) => {
  if (isPair(property)) return [String(value?.start ?? ""), String(value?.stop ?? "")];
  return [value == null ? "" : String(value)];
};

export const fromForm = (property, texts) => {
  const numbers = texts.map((text) => (/^\d+$/.test(text.trim()) ? Number(text) : null));
  if (numbers.some((number) => number === null || number < property.min || number > property.max)) return null;
  return isPair(property) ? { start: numbers[0], stop: numbers[1] } : numbers[0];
};

// Every property and function that all of the devices have.
export const commonEntries = (catalogue, devices, kind) =>
  Object.entries(catalogue ?? {})
    .filter(([capability]) => devices.every((device) => device.dev_type_caps.includes(capability)))
    .flatMap(([, entry]) => entry[kind]);
