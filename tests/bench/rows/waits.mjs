/** How long anybody waits under v4, and for how long tries are in vain: what is looked at, and what is made of it. */
import { curveOfWorst, trials } from './comparing.mjs';
import { notMeasured, ofWorst } from './row.mjs';

/** No thread may starve for longer. */
const LONGEST_MS = 100;
/** A wait ends with its trial at the latest: the longest one in trials that are shorter than this says nothing of the bound. */
const LEAST_TRIAL_MS = 2 * LONGEST_MS;

/** @param {boolean} quick  @returns {{ rounds: number, trialMs: number, warmupMs: number }} of comparisons for the sake of waits */
export const trialsForWaits = (quick) => (quick ? { rounds: 5, trialMs: 20, warmupMs: 50 } : { rounds: 5, trialMs: 500, warmupMs: 100 });

/**
 * Whether nobody starved.
 *
 * @param {number} longestMs  the longest wait that was seen
 * @param {number} trialMs  how long a trial was
 * @param {number} hung  trials in which nobody could go on
 * @returns {boolean | null} null: trials too short to tell
 */
export function nobodyStarved(longestMs, trialMs, hung) {
  if (hung > 0 || longestMs > LONGEST_MS) return false;
  return trialMs < LEAST_TRIAL_MS ? null : true;
}

const WAITED = { metric: 'longestWaitMs', what: 'the longest wait for a lock', why: 'it has in it what the operating system takes to give as many threads a core in turn' };
const IN_VAIN = {
  metric: 'longestRefusedMs',
  what: 'the longest that a migrator tried in vain',
  why: 'from a try that was refused until a page had moved. A refused try has no place in any queue, so no protocol that only tries has a bound here, and v4 is one; the cycle in which a migrator is refused for ever is what the search’s starvation finding shows (Prove, starvation). A figure near a trial’s length is cut off by it',
};

/**
 * The longest that anybody waited for one lock, and, apart from it, tried in vain; curves of both where something was swept.
 *
 * @param {import('./comparing.mjs').Comparison} comparison  v4 first
 * @param {{ who: string, beside: string, label: string, how: string }} words  label: of what was swept
 * @returns {import('./row.mjs').Row[]}
 */
export function longestWaits(comparison, { who, beside, label, how }) {
  const { points, config: { fields } } = comparison;
  const trialMs = Number(fields.trialMs);
  const all = points.flatMap((/** @type {any} */ point) => trials(point));
  const hung = points.flatMap((/** @type {any} */ { measured }) => measured[0].trials).length - all.length;
  const tooShort = trialMs < LEAST_TRIAL_MS ? `; trials of less than ${LEAST_TRIAL_MS} ms cannot tell` : '';
  return [WAITED, IN_VAIN].map(({ metric, what, why }) => {
    const name = `v4, ${who} beside ${beside}: ${what}`;
    const values = all.map((/** @type {any} */ trial) => trial[metric]).filter(Number.isFinite);
    if (values.length === 0) return notMeasured({ name, unit: 'ms', why: `not measured: ${hung} of ${hung + all.length} trials hung` });
    const worst = ofWorst({
      name,
      values,
      unit: 'ms',
      atMost: LONGEST_MS,
      how: `${how}; the longest of all ${all.length} trials of ${trialMs} ms${hung > 0 ? `, ${hung} more hung` : ''}${tooShort}; ${why}`,
      ...(points.length > 1 && { curves: [{ ...curveOfWorst(comparison, metric, { title: `Beside ${beside}: ${what}, of all trials`, label, unit: 'ms' }), goal: LONGEST_MS }] }),
    });
    return { ...worst, met: nobodyStarved(Number(worst.figure), trialMs, hung) };
  });
}
