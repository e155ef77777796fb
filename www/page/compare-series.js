/**
 * How a protocol looks wherever its figures are shown: its colour, its mark, its name. One that is wrong has a cross for a dot, a
 * dashed line, and the word beside its name: its speed is never shown without it. So it is with parts that nobody has searched.
 */

import { h, s } from './dom.js';
import { rightness } from './outcome.js';

/** @typedef {import('./compare-types.js').Lab} Lab */
/** @typedef {import('./compare-types.js').Series} Series */
/** @typedef {import('./compare-types.js').Measured} Measured */

/** Along the history, then one's own. Red is not among them: it says wrong. */
const COLOURS = ['kind-3', 'kind-2', 'kind-4', 'kind-5', 'kind-1', 'kind-7', 'kind-6', 'kind-8', 'kind-9'];

/**
 * @param {string | number} key  its name; or, where this lab does not know it, its place in the comparison
 * @param {Pick<Lab, 'protocols'>} lab
 */
function colourOf(key, lab) {
  const known = lab.protocols.findIndex(({ name }) => name === key);
  const k = known >= 0 ? known : typeof key === 'number' ? lab.protocols.length + key : lab.protocols.length;
  return COLOURS[k % COLOURS.length] ?? 'kind-8';
}

/**
 * @param {Pick<Lab, 'protocols'>} lab
 * @param {readonly Measured[]} measured
 * @returns {Series[]}
 */
export function seriesOf(lab, measured) {
  let others = 0;
  return measured.map(({ protocol, name, correct }) => ({
    name, correct, colour: colourOf(typeof protocol === 'string' && lab.protocols.some((known) => known.name === protocol) ? protocol : others++, lab),
  }));
}

/**
 * @param {{ name: string | number, correct: boolean | null }} protocol  of this lab; or, one's own, its turn among those
 * @param {Pick<Lab, 'protocols'>} lab
 */
export function swatch({ name, correct }, lab) {
  return key({ correct, colour: colourOf(name, lab) });
}

/** @param {Pick<Series, 'colour' | 'correct'>} series  @returns {SVGElement} a piece of its line with its mark */
export function key({ colour, correct }) {
  return s('svg', { class: `series-key${correct === false ? ' wrong' : ''}`, 'data-colour': colour, viewBox: '0 0 24 12', 'aria-hidden': 'true' },
    s('line', { class: 'series-line', x1: 0, x2: 24, y1: 6, y2: 6 }), dot(12, 6, correct));
}

/**
 * The mark of a measured value: a disc, or a cross for a protocol that is wrong.
 *
 * @param {number | string} x
 * @param {number} y
 * @param {boolean | null} correct
 */
export function dot(x, y, correct) {
  if (correct !== false) return s('circle', { class: 'series-dot', cx: x, cy: y, r: 3.5 });
  // In a box of its own, so that the place may be in per cent.
  return s('svg', { x, y, overflow: 'visible' }, s('path', { class: 'series-cross', d: 'M-3.5 -3.5 L3.5 3.5 M-3.5 3.5 L3.5 -3.5' }));
}

/** @param {Series} series  @returns {HTMLElement} its key, its name, and whether it is wrong */
export function nameOf(series) {
  return h('span', { class: 'series-name' }, key(series), h('span', {}, series.name), rightness(series.correct));
}
