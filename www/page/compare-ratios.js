/** Ratios as dots with whiskers on an axis where 1 is marked. Widths are per cent: a picture fits whatever place it is given. */

import { s } from './dom.js';
import { tick } from './format.js';
import { dot } from './compare-series.js';
import { FINDINGS, ratio as inDigits } from './compare-words.js';
import { plainName } from './outcome.js';

/** @typedef {import('./compare-types.js').Ratio} Ratio */
/** @typedef {import('./compare-types.js').Series} Series */
/** @typedef {import('./compare-axis.js').Axis} Axis */

const HEIGHT = 26;

/**
 * @param {Axis} axis
 * @returns {SVGElement} its numbers, to stand above the column
 */
export function axisHead({ ticks }) {
  return s('svg', { class: 'ratio-plot', height: 16, 'aria-hidden': 'true' },
    ...ticks.map(({ value, at }) => s('text', { x: percent(at), y: 12, 'text-anchor': at > 0.93 ? 'end' : at < 0.07 ? 'start' : 'middle', class: value === 1 ? 'one' : null }, tickText(value))));
}

/**
 * @param {Axis} axis
 * @param {Ratio | null} found  null: of the baseline itself, or what cannot be told
 * @param {import('./compare-words.js').Finding} finding  what it supports
 * @param {Series} series
 */
export function ratioPlot(axis, found, finding, series) {
  const rails = axis.ticks.map(({ value, at }) => s('line', { class: value === 1 ? 'one' : 'rail', x1: percent(at), x2: percent(at), y1: 0, y2: HEIGHT }));
  if (!found || !(found.ratio > 0)) return s('svg', { class: 'ratio-plot', height: HEIGHT, 'aria-hidden': 'true' }, ...rails);
  const [low, high, y] = [percent(axis.at(found.low)), percent(axis.at(found.high)), HEIGHT / 2];
  return s('svg', { class: 'ratio-plot', height: HEIGHT, role: 'img', 'aria-label': `${plainName(series)}: ${inDigits(found.ratio)}, from ${inDigits(found.low)} to ${inDigits(found.high)}; 1 is the baseline. ${FINDINGS[finding].word}.` },
    ...rails,
    s('g', { 'data-ratio': finding },
      s('line', { class: 'whisker', x1: low, x2: high, y1: y, y2: y }),
      ...[low, high].map((x) => s('line', { class: 'whisker', x1: x, x2: x, y1: y - 4, y2: y + 4 })),
      dot(percent(axis.at(found.ratio)), y, series.correct)));
}

/** @param {number} value  @returns {string} without zeros that say nothing */
function tickText(value) {
  return value < 1000 ? String(Number(value.toPrecision(3))) : tick(value);
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(2)}%`;
}
