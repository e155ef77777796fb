/**
 * Making elements. Text is always text: strings become text nodes, never markup.
 *
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined>} Attributes
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {Element} element
 * @param {Attributes} attributes  `true` sets an empty attribute; `false`, `null` and `undefined` leave it out
 */
function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * An HTML element with its attributes and children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes);
  add(element, children);
  return element;
}

/**
 * An SVG element with its attributes and children.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElementTagNameMap[K]} */ (document.createElementNS(SVG, tag));
  dress(element, attributes);
  add(element, children);
  return element;
}

/**
 * @param {Element} parent
 * @param {Child[]} children
 */
function add(parent, children) {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
}

/**
 * Sets an element's text if it differs: an unchanged node costs no layout.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Says what is wrong with an input, for eyes and for screen readers.
 *
 * @param {Element} input
 * @param {Element} error  its line for that
 * @param {string} message  empty: nothing is wrong
 */
export function complain(input, error, message) {
  setText(error, message);
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/**
 * A push button.
 *
 * @param {string} label
 * @param {() => void} onPress
 * @param {Attributes} [attributes]
 */
export function button(label, onPress, attributes = {}) {
  const element = h('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', onPress);
  return element;
}

/**
 * Buttons keep the focus when they cannot be used: so `aria-disabled`, not `disabled`.
 *
 * @param {Element} element
 * @param {boolean} able  whether it can be used
 */
export function enable(element, able) {
  if (able) element.removeAttribute('aria-disabled');
  else element.setAttribute('aria-disabled', 'true');
}

/** @param {string} name  a custom property of the style sheet, such as `--ink`; @returns {string} the colour it stands for now */
export function colour(name) {
  const probe = h('span', { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Whether the visitor asked for less motion. */
export function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** @param {string} text  with names in it  @returns {(string | HTMLElement)[]} that may be broken at their joints, if it must: after an underscore, around brackets */
export function breakable(text) {
  return text.split(/(?<=[_(])|(?=\[)/).flatMap((part, i) => (i > 0 ? [h('wbr'), part] : [part]));
}
