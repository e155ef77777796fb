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
 * How fast what the page holds may grow. Nothing may grow at all; the heap's bounds are several times what its size varies by from
 * one collection to the next, and far below what a forgotten sample a frame, or a forgotten run, would come to.
 */
export const BOUNDS = {
  second: { heap: 2_048, wasm: 0, nodes: 0.1, listeners: 0.1, workers: 0 },
  run: { heap: 8_192, wasm: 0, nodes: 0.5, listeners: 0.5, workers: 0 },
};

/**
 * @param {Point[]} points  the first ones of a page that has just begun left out
 * @param {keyof typeof BOUNDS} unit  of `at`
 * @returns {string[]} what is wrong, in sentences; empty if nothing is
 */
export function verdict(points, unit) {
  const still = points.slice(1).find(({ events }, i) => events <= points[i].events);
  return [
    ...(still ? [`no event was read before the point at ${still.at} (${unit}s)`] : []),
    ...growing(points, BOUNDS[unit]).map(({ name, slope, bound }) => `${name} grows by ${slope.toPrecision(3)} a ${unit}; ${bound} would be all right`),
  ];
}
