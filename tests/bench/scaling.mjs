/**
 * What follows for more cores, or for more threads than cores, from how threads share cores and locks.
 *
 * Readers of one ring: all of a read call is under the ring's one `ring_lock`, so calls pass one after the other on any number of
 * cores. What one reader reads while it is in read calls is therefore the most that all of them can read. It is more than one reads in
 * all, for what a reader does between its calls others may do beside it.
 *
 * No law is fitted through the rates. Of more readers than cores no more run at once than there are cores, so their rates say what
 * taking turns costs, and not what more readers that run at once would lose at the lock.
 */
import { median } from './stats.mjs';

/** @typedef {{ rates: Map<number, number[]>, inCalls: number[] }} Measured  events/s in each round: of so many readers; of one, while it is in read calls */

/** @typedef {{ atMost: (number | null)[], atLeast: (number | null)[], missing: number[] }} Bracket  by number of readers; `missing`: of so many no rate was measured */

/**
 * Between what the rate of so many readers with a core each would lie. Where there are as many cores as that, it is what was measured.
 * Where there are not, all that was measured of as many readers lies within, too.
 *
 * @param {Measured} measured
 * @param {number} cores  on which it was measured
 * @param {number[]} readers
 * @returns {Bracket} null: what it would follow from was not measured
 */
export function project({ rates, inCalls }, cores, readers) {
  const at = (/** @type {number} */ n) => rates.get(n) ?? [];
  const known = at(1).length > 0 && inCalls.length > 0;
  // A rate that was measured is possible, whatever was timed.
  const serial = known ? Math.max(median(inCalls), ...[...rates.values()].flat()) : NaN;
  const most = (/** @type {number} */ n) => (known ? Math.max(Math.min(serial, n * median(at(1))), ...at(n)) : null);
  const least = (/** @type {number} */ n) => (at(n).length > 0 ? Math.min(...at(n)) : null);
  const measured = (/** @type {number} */ n) => (at(n).length > 0 ? median(at(n)) : null);
  return {
    atMost: readers.map((n) => (n <= cores ? measured(n) : most(n))),
    atLeast: readers.map((n) => (n <= cores ? measured(n) : least(n))),
    missing: readers.filter((n) => at(n).length === 0),
  };
}

/** Of a core, what each of so many threads that never sleep gets from a scheduler that is fair. @param {number} threads  @param {number} cores */
export const fairShare = (threads, cores) => Math.min(1, cores / threads);
