/** Medians and spreads. */

/** @param {number[]} values  @param {number} share from 0 to 1 */
export function quantile(values, share) {
  const sorted = values.toSorted ? values.toSorted((a, b) => a - b) : [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]) * (at - below);
}

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {number[]} values  @returns {{ n: number, min: number, q1: number, median: number, q3: number, max: number }} */
export function spread(values) {
  const [min, q1, middle, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share));
  return { n: values.length, min, q1, median: middle, q3, max };
}

/** A shuffled copy. @template T  @param {T[]} items  @returns {T[]} */
export function shuffled(items) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/**
 * Columns of rounds, divided by one of them round by round: what was slow for a moment was slow for both.
 *
 * @param {Record<string, number>[]} rounds
 * @param {string} over
 * @param {string} under
 */
export const ratios = (rounds, over, under) => rounds.map((round) => round[over] / round[under]);
