/** Medians, spreads, ratios and intervals; the arithmetic is simple-statistics', which has been tested where own code would have to be. */
import { median, quantile, sampleWithReplacement, shuffle } from 'simple-statistics';

export { median };

/** Resamples of a bootstrap: the ends of an interval then move by a twentieth of its length from one time to the next. */
const RESAMPLES = 1000;

/** @param {number[]} values  @returns {{ n: number, min: number, q1: number, median: number, q3: number, max: number }} */
export function spread(values) {
  const [min, q1, middle, q3, max] = quantile(values, [0, 0.25, 0.5, 0.75, 1]);
  return { n: values.length, min, q1, median: middle, q3, max };
}

/**
 * Where the median would lie, were everything measured again: percentile bootstrap, 95 %.
 *
 * @param {number[]} values
 * @param {() => number} [random] from 0 to 1
 * @returns {[number, number]}
 */
export function interval(values, random = Math.random) {
  const medians = Array.from({ length: RESAMPLES }, () => median(sampleWithReplacement(values, values.length, random)));
  const [low, high] = quantile(medians, [0.025, 0.975]);
  return [low, high];
}

/** A shuffled copy. @template T  @param {T[]} items  @returns {T[]} */
export const shuffled = (items) => shuffle(items);

/** Rounds of these subjects, each in an order of its own. @param {string[]} subjects  @param {number} count */
export const shuffledRounds = (subjects, count) => Array.from({ length: count }, () => shuffled(subjects));

/**
 * Columns of rounds, divided by one of them round by round: what was slow for a moment was slow for both.
 *
 * @param {Record<string, number>[]} rounds
 * @param {string} over
 * @param {string} under
 */
export const ratios = (rounds, over, under) => rounds.map((round) => round[over] / round[under]);
