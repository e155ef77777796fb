/** An axis: where a value lies on it, in percent of its length, and where it has ticks. */

/** Percent left free at both ends, so that marks are whole. */
const MARGIN = 3;

/** Percent of a logarithmic axis that 0 has to itself: it lies before the break, and all else after it. */
const ZERO = 12;

/** Ticks at the most: as many as fit beside each other on a narrow screen. */
const TICKS = 6;

/** Steps of ticks in a decade, fine to coarse. */
const STEPS = [...[10, 5, 2, 1].map(partsOfOne), [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

/** From 1 to 10. @param {number} parts */
function partsOfOne(parts) {
  return Array.from({ length: 9 * parts }, (_, i) => 1 + i / parts);
}

/** @typedef {{ at: (value: number) => number, ticks: number[], kind: string, gap: number | null }} Axis `kind`: in words, empty if it is even; `gap`: where it is broken */

/**
 * The logarithmic axis on which all of these values lie. A logarithm cannot show 0: if it is among them, it has a place of its own.
 *
 * @param {number[]} values
 * @returns {Axis}
 */
export function logAxis(values) {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  const [least, most] = shown.length > 0 ? [Math.min(...shown), Math.max(...shown)] : [1, 1];
  // A single value still needs a neighbourhood.
  const wide = most / least >= 1.2;
  const [from, to] = (wide ? [least, most] : [least / 1.5, most * 1.5]).map(Math.log10);
  const zero = values.includes(0);
  const begin = zero ? MARGIN + ZERO : MARGIN;
  const at = (/** @type {number} */ value) => {
    if (!(value > 0)) return MARGIN;
    return begin + within((Math.log10(value) - from) / (to - from)) * (100 - MARGIN - begin);
  };
  return { at, ticks: [...(zero ? [0] : []), ...ticksBetween(from, to)], kind: 'logarithmic', gap: zero ? MARGIN + ZERO / 2 : null };
}

/** The axis from 0 on which all of these values lie. @param {number[]} values  @returns {Axis} */
export function evenAxis(values) {
  const most = Math.max(...values.filter(Number.isFinite), Number.MIN_VALUE);
  const at = (/** @type {number} */ value) => MARGIN + within(value / most) * (100 - 2 * MARGIN);
  const decade = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((part) => part * decade).find((step) => most / step < TICKS) ?? 5 * decade;
  return { at, ticks: Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step), kind: '', gap: null };
}

/** @param {number} share */
const within = (share) => Math.min(Math.max(share, 0), 1);

/** @param {Axis} axis  @returns {string} how it goes on; empty if evenly */
export const axisInWords = ({ kind, gap }) => [kind, gap !== null && '0 apart'].filter(Boolean).join(', ');

/** @param {number} from  @param {number} to decimal logarithms */
function ticksBetween(from, to) {
  for (const steps of STEPS) {
    const ticks = [];
    for (let decade = Math.floor(from); decade <= to; decade += 1) {
      for (const step of steps) {
        const tick = step * 10 ** decade;
        if (Math.log10(tick) >= from - 1e-9 && Math.log10(tick) <= to + 1e-9) ticks.push(tick);
      }
    }
    if (ticks.length <= TICKS) return ticks;
  }
  const every = Math.ceil((Math.floor(to) - Math.ceil(from) + 1) / TICKS);
  const ticks = [];
  for (let decade = Math.ceil(from); decade <= to; decade += every) ticks.push(10 ** decade);
  return ticks;
}
