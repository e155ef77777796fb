/**
 * The axes of comparisons. That of ratios is logarithmic, so that half and twice are equally far from 1, and as long as the
 * intervals on it ask for. That of a sweep begins at 0.
 */

import { roundUp } from './format.js';

/** Of the axis on both sides that stay empty, and where a label needs its room. In parts of the axis. */
const MARGIN = 0.08;
const ROOM = 0.17;
/** Narrower than this an axis would blow up what is none: 1 per cent to either side. */
const NARROWEST = Math.log(1.01);

/**
 * @typedef {object} Axis
 * @property {(ratio: number) => number} at  where on it, from 0 to 1; what lies beyond its ends is at them
 * @property {{ value: number, at: number }[]} ticks  1 is always among them
 */

/**
 * @param {readonly { low: number, high: number }[]} intervals
 * @returns {Axis}
 */
export function ratioAxis(intervals) {
  const logs = intervals.flatMap(({ low, high }) => [low, high]).filter((n) => n > 0 && Number.isFinite(n)).map(Math.log);
  let [low, high] = [Math.min(-NARROWEST, ...logs), Math.max(NARROWEST, ...logs)];
  const margin = (high - low) * MARGIN;
  [low, high] = [low - margin, high + margin];
  const at = (/** @type {number} */ n) => (n > 0 ? Math.min(1, Math.max(0, (Math.log(n) - low) / (high - low))) : 0);
  const one = at(1);
  const ends = [niceBelow(Math.exp(low)), niceAbove(Math.exp(high))].flatMap((value) => (value === null ? [] : [{ value, at: at(value) }]));
  const apart = ends.filter((tick) => Math.abs(tick.at - one) >= ROOM);
  return { at, ticks: [...apart, { value: 1, at: one }].sort((a, b) => a.value - b.value) };
}

/** @param {number} low  below 1; @returns {number | null} the roundest number from there to 1, as near to `low` as one can get */
function niceBelow(low) {
  const inverse = niceAbove(1 / low);
  if (low < 0.5) return inverse && 1 / inverse;
  const step = roundDown(1 - low);
  return step > 0 ? 1 - step : null;
}

/** @param {number} high  above 1 */
function niceAbove(high) {
  if (!(high > 1)) return null;
  return high < 2 ? 1 + roundDown(high - 1) : roundDown(high);
}

/** @param {number} x  above 0; @returns {number} 1, 2 or 5 times a power of ten, not above `x` */
function roundDown(x) {
  const power = 10 ** Math.floor(Math.log10(x) + 1e-9);
  return ([5, 2, 1].find((step) => step * power <= x * (1 + 1e-9)) ?? 1) * power;
}

/** An interval may reach above all medians by this much of the highest; what is beyond would press the lines to the floor. */
const HEADROOM = 1.5;

/**
 * @param {readonly { median: number, high: number }[]} figures
 * @returns {number} where the axis of a sweep ends
 */
export function topOf(figures) {
  const [median, high] = [Math.max(0, ...figures.map((figure) => figure.median)), Math.max(0, ...figures.map((figure) => figure.high))];
  // Where all medians are 0 there is nothing that an interval could press down.
  return roundUp((median > 0 ? Math.min(high, HEADROOM * median) : high) || 1);
}
