/** Whether a soak went well, by what was seen in it. */
import { growing } from '../support/growth.mjs';

/** @typedef {import('../support/memory.mjs').Held} Held */

/**
 * @typedef {object} Point
 * @property {number} at  seconds since the run began, or runs begun and ended
 * @property {number} events  read so far
 * @property {Held} held
 */

/**
 * A whole soak, as it is left in dist/bench.
 *
 * @typedef {object} Soak
 * @property {import('../bench/machine.mjs').Machine} machine
 * @property {number} minutes
 * @property {Point[]} long  one run
 * @property {Point[]} many  runs begun and ended
 * @property {string[]} wrong  sentences; empty if nothing is
 * @property {string} bounds  in words
 */

/**
 * By how much what the page holds may grow. In one run, however long it is, by no more than its size varies by from one
 * collection to the next: what is kept of a run has its size from the beginning. From run to run by far less than one that is
 * forgotten would leave.
 *
 * @type {Record<'run' | 'runs', (name: string, length: number) => number>}
 */
export const BOUNDS = {
  run: (name) => ({ heap: 300_000, dom: 600_000, nodes: 30, listeners: 10 })[name] ?? 0,
  runs: (name, length) => ({ heap: 8_192, dom: 16_384, nodes: 0.5, listeners: 0.5 }[name] ?? 0) * length,
};

/** The same in words. */
export const BOUNDS_IN_WORDS = `in one run heap ${BOUNDS.run('heap', 0)} and DOM ${BOUNDS.run('dom', 0)} bytes; from run to run ${BOUNDS.runs('heap', 1)} and ${BOUNDS.runs('dom', 1)}; wasm memory and Workers not at all`;

/**
 * @param {Point[]} points  the first ones of a page that has just begun left out
 * @param {keyof typeof BOUNDS} part  one run, `at` in seconds; or `at` runs
 * @returns {string[]} what is wrong, in sentences; empty if nothing is
 */
export function verdict(points, part) {
  const still = points.slice(1).find(({ events }, i) => events <= points[i].events);
  const unit = part === 'run' ? 's' : ' runs';
  const length = points[points.length - 1].at - points[0].at;
  return [
    ...(still ? [`no event was read before the point at ${still.at}${unit}`] : []),
    ...growing(points, BOUNDS[part]).map(({ name, grown, bound }) => `${name} has grown by ${grown.toFixed(0)} in ${length.toFixed(0)}${unit}; ${bound.toFixed(0)} would be all right`),
  ];
}
