/**
 * What follows for more cores, or for more threads than cores, from how threads share cores and locks.
 *
 * Whatever passes one lock passes one after the other on any number of cores: that bounds a rate from above. From below it is bounded
 * by what as many threads came to that took turns on fewer cores.
 *
 * No law is fitted through the rates. Of more threads than cores no more run at once than there are cores, so their rates say what
 * taking turns costs, and not what more threads that run at once would lose at the lock.
 */
import { median } from './stats.mjs';

/**
 * @typedef {object} Measured
 * @property {Map<number, number[]>} rates  a second, in each round: by how many there were
 * @property {number} serial  the most that can pass one after the other; NaN: it is not known
 * @property {(count: number) => number} apart  the most that so many could come to if nobody were in anybody's way; NaN: it is not known
 */

/** @typedef {{ atMost: (number | null)[], atLeast: (number | null)[], missing: number[] }} Bracket  by how many there are; `missing`: of so many no rate was measured */

/**
 * Between what the rate of so many threads with a core each would lie. Where there are cores for all, it is what was measured.
 * Where there are not, all that was measured of as many lies within, too.
 *
 * @param {Measured} measured
 * @param {(count: number) => boolean} fits  whether there was a core for each when it was measured
 * @param {number[]} counts
 * @returns {Bracket} null: what it would follow from was not measured
 */
export function project({ rates, serial, apart }, fits, counts) {
  const at = (/** @type {number} */ count) => rates.get(count) ?? [];
  const measured = (/** @type {number} */ count) => (at(count).length > 0 ? median(at(count)) : null);
  // A rate that was measured is possible, whatever was timed.
  const passes = Math.max(serial, ...[...rates.values()].flat());
  const most = (/** @type {number} */ count) => {
    const bound = Math.min(passes, apart(count));
    return Number.isNaN(bound) ? null : Math.max(bound, ...at(count));
  };
  const least = (/** @type {number} */ count) => (at(count).length > 0 ? Math.min(...at(count)) : null);
  return {
    atMost: counts.map((count) => (fits(count) ? measured(count) : most(count))),
    atLeast: counts.map((count) => (fits(count) ? measured(count) : least(count))),
    missing: counts.filter((count) => at(count).length === 0),
  };
}

/** Of a core, what each of so many threads that never sleep gets from a scheduler that is fair. @param {number} threads  @param {number} cores */
export const fairShare = (threads, cores) => Math.min(1, cores / threads);
