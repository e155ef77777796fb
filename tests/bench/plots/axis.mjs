/** A logarithmic axis: where a value lies on it, in percent of its length, and where it has ticks. */

/** Percent left free at both ends, so that marks are whole. */
const MARGIN = 3;

/** Ticks at the most: as many as fit beside each other on a narrow screen. */
const TICKS = 6;

/** Steps of ticks in a decade, fine to coarse. */
const STEPS = [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

/** @typedef {{ at: (value: number) => number, ticks: number[] }} Axis */

/**
 * The axis on which all of these values lie; those that a logarithm cannot show are left out.
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
  const at = (/** @type {number} */ value) => {
    const share = value > 0 ? (Math.log10(value) - from) / (to - from) : 0;
    return MARGIN + Math.min(Math.max(share, 0), 1) * (100 - 2 * MARGIN);
  };
  return { at, ticks: ticksBetween(from, to) };
}

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
