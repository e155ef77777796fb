/**
 * How a rate would go on with more cores than there are here, from what was measured with one thread and with two.
 *
 * Gunther's universal scalability law: N threads on N cores do λN / (1 + σ(N−1) + κN(N−1)). λ is the rate of one thread; σ the
 * share of its time that nobody else may have meanwhile (under `ring_lock`), which is Amdahl's limit; κ what each pair of threads
 * loses to handing over a lock and its cache lines.
 *
 * What it takes for granted: every thread has a core of its own, all cores are equally far from each other, σ does not change with
 * N, and each further thread loses by handing over what the second one did. Threads that park when a lock is taken lose less.
 */
import { median, quantile, sampleWithReplacement } from 'simple-statistics';

/** @typedef {{ lambda: number, sigma: number, kappa: number }} Law */

/** @param {Law} law  @param {number} threads */
export const rate = ({ lambda, sigma, kappa }, threads) =>
  (lambda * threads) / (1 + sigma * (threads - 1) + kappa * threads * (threads - 1));

/** The most that could be: handing over costs nothing. @param {Law} law  @param {number} threads */
export const atBest = (law, threads) => rate({ ...law, kappa: 0 }, threads);

/**
 * The law through two points.
 *
 * @param {{ one: number, two: number, share: number }} measured  rates of one and of two threads, and the share of one's time under the lock
 * @returns {Law} κ is not below 0: what two threads do beyond Amdahl's limit is chance
 */
export function fit({ one, two, share }) {
  return { lambda: one, sigma: share, kappa: Math.max(0, ((2 * one) / two - 1 - share) / 2) };
}

/** Fits of a bootstrap. */
const RESAMPLES = 400;

/**
 * What the law says for more threads, with the interval that the scatter of what was measured gives it.
 *
 * @param {{ one: number[], two: number[], share: number[] }} measured  a value for each round
 * @param {number[]} threads
 * @param {() => number} [random]
 * @returns {{ law: Law, values: number[], low: number[], high: number[], best: number[] }} by number of threads; `low`, `high`: 95 %
 */
export function project(measured, threads, random = Math.random) {
  const law = fit(eachOf(measured, median));
  const resampled = Array.from({ length: RESAMPLES }, () =>
    fit(eachOf(measured, (values) => median(sampleWithReplacement(values, values.length, random)))));
  const ends = threads.map((n) => quantile(resampled.map((some) => rate(some, n)), [0.025, 0.975]));
  return {
    law,
    values: threads.map((n) => rate(law, n)),
    low: ends.map(([low]) => low),
    high: ends.map(([, high]) => high),
    best: threads.map((n) => atBest(law, n)),
  };
}

/** @param {{ one: number[], two: number[], share: number[] }} measured  @param {(values: number[]) => number} of */
const eachOf = ({ one, two, share }, of) => ({ one: of(one), two: of(two), share: of(share) });
