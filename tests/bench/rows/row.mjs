/** What a row of the result says. */
import { spread } from '../stats.mjs';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number | null} figure  the median where there are several values
 * @property {string} unit
 * @property {string | null} target  in words; null: there is none, the figure is for information
 * @property {boolean | null} met
 * @property {ReturnType<typeof spread> | null} spread
 * @property {string} how  how it was measured
 * @property {unknown} [details]
 */

/**
 * What a row needs: the browser, the bench of this machine, and whether to be quick about it.
 *
 * @typedef {object} Bench
 * @property {import('../chromium.mjs').Chromium} chromium
 * @property {(subject: string, batch: number, ms: number, samples: number) => number[]} native
 * @property {(program: string, ...args: unknown[]) => any} here  what a program of the bench prints on this machine
 * @property {boolean} quick
 */

/**
 * A row about values of which the median counts.
 *
 * @param {{ name: string, values: number[], unit: string, how: string, atMost?: number, atLeast?: number, details?: unknown }} row
 * @returns {Row}
 */
export function ofValues({ name, values, unit, how, atMost, atLeast, details }) {
  const spreads = spread(values);
  const figure = spreads.median;
  const target = atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : null;
  const met = target === null ? null : atMost !== undefined ? figure <= atMost : figure >= /** @type {number} */ (atLeast);
  return { name, figure, unit, target, met, spread: spreads, how, ...(details === undefined ? {} : { details }) };
}
