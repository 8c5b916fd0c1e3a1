// The inputs for one property: a number, or the two ends of a segment.
import { html } from "../vendor/htm-preact.js";
import { isPair } from "../app/properties.js";

export const PropertyFields = ({ property, texts, disabled, onInput }) => {
  const names = isPair(property) ? ["First LED", "End"] : [property.label];
  return html`<span class="rl-number-fields">
    ${names.map(
      (name, index) => html`<input
        type="number"
        key=${name}
        aria-label=${isPair(property) ? `${property.label}: ${name}` : name}
        min=${property.min}
        max=${property.max}
        step="1"
        required
        disabled=${disabled}
        value=${texts[index]}
        onInput=${(event) => onInput(texts.map((text, each) => (each === index ? event.target.value : text)))}
      />`,
    )}
  </span>`;
};
