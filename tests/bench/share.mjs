/** How many of their rounds rows have, so that building and measuring together take no longer than the bench may. */

/** What all of it may take, in s. */
export const WHOLE_SECONDS = 15 * 60;
/** Of that, for starting the browser and for a machine that is slower than the one whose seconds the groups say. */
const SPARE_SECONDS = 20;
/** Below this share of their rounds, medians are as uncertain as those of `--quick`. */
export const SURE = 0.5;

/**
 * @param {Pick<import('./rows/index.mjs').Group, 'seconds' | 'fixed'>[]} groups  that are asked for
 * @param {number} spent  seconds, before the first of them
 * @returns {number} from 0, the rounds of `--quick`, to 1, all of them
 */
export function shareOfRounds(groups, spent) {
  const seconds = (/** @type {boolean} */ fixed, /** @type {0 | 1} */ at) => groups.reduce((sum, group) => sum + ((group.fixed ?? false) === fixed ? group.seconds[at] : 0), 0);
  const [most, least] = [seconds(false, 0), seconds(false, 1)];
  const left = WHOLE_SECONDS - SPARE_SECONDS - spent - seconds(true, 0);
  return left >= most ? 1 : Math.max(0, (left - least) / (most - least));
}

/** For results of fewer rounds than there should be; nothing where there are all. @param {boolean} quick  @param {number} share */
export const shareInWords = (quick, share) => (quick ? ', --quick: fewer rounds than targets ask for' : share < 1 ? `, ${(share * 100).toFixed(0)} % of the rounds, for building took long` : '');

/** @param {number} share  @returns {import('./rows/row.mjs').Bench['roundsOf']} */
export const roundsAt = (share) => (whole, quick) => Math.round(quick + (whole - quick) * share);
