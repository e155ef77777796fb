/** What rows ask `lab.compare`, and what they make of its answers. */
import { isWrong, labelOf } from '../protocols.mjs';

/** @typedef {any} Comparison  as `lab.compare` exports it, its points in ascending order */
/** @typedef {any} Trial */

/** Trials in an order of its own each time: one that is always the same could favour somebody each time. @param {import('../chromium.mjs').Chromium} chromium  @param {object} config  @returns {Promise<Comparison>} */
export async function compare(chromium, config) {
  const comparison = await chromium.call('(config) => bench.compare(config)', { control: 'none', seed: Math.floor(Math.random() * 2 ** 32), ...config });
  return { ...comparison, points: [...comparison.points].sort((a, b) => a.value - b.value) };
}

/** Trials of the first protocol, or of the one with that index, at a point; those that hung have no figures. @param {any} point  @param {number} [protocol]  @returns {Trial[]} */
export const trials = (point, protocol = 0) => point.measured[protocol].trials.filter((/** @type {Trial} */ { hung }) => !hung);

/** @param {Trial} trial */
export const eventRate = ({ events, seconds }) => events / seconds;

/** @param {Trial} trial */
export const migrationRate = ({ migrations, seconds }) => migrations / seconds;

/** @param {Trial} trial  @returns {number} NaN where no call was timed */
export const timeOfCall = ({ nsPerCall }) => (nsPerCall > 0 ? nsPerCall : NaN);

/**
 * Figures of the trials that one protocol, at one point, and another one had in the same round, where neither hung and there is
 * a ratio: this machine's speed changes between rounds.
 *
 * @param {Trial[]} over  @param {Trial[]} under  all trials, in the order of the rounds
 * @param {(trial: Trial) => number} of
 * @returns {{ over: number, under: number, ratio: number }[]}
 */
export const inRounds = (over, under, of) => over
  .map((trial, round) => [trial, under[round]])
  .filter((pair) => pair.every(({ hung }) => !hung))
  .map((pair) => pair.map(of))
  .map(([a, b]) => ({ over: a, under: b, ratio: a / b }))
  .filter(({ ratio }) => Number.isFinite(ratio));

/**
 * A series for each protocol: medians over trials with their intervals.
 *
 * @param {Comparison} comparison  @param {string} metric  @param {{ title: string, label: string, unit: string }} words
 * @returns {import('./row.mjs').Curve}
 */
export function curve({ points }, metric, words) {
  return ofEach(points, words, (measured) => measured.metrics[metric]);
}

/**
 * The same of the largest figure of all trials.
 *
 * @param {Comparison} comparison  @param {string} metric  @param {{ title: string, label: string, unit: string }} words
 * @returns {import('./row.mjs').Curve}
 */
export function curveOfWorst({ points }, metric, words) {
  return ofEach(points, words, ({ trials: all }) => {
    const figures = all.filter((/** @type {Trial} */ { hung }) => !hung).map((/** @type {Trial} */ trial) => trial[metric]).filter(Number.isFinite);
    return figures.length > 0 ? { median: Math.max(...figures), low: null, high: null } : null;
  });
}

/**
 * @param {any[]} points
 * @param {{ title: string, label: string, unit: string }} words
 * @param {(measured: any) => { median: number, low: number | null, high: number | null } | null} figureOf
 */
function ofEach(points, words, figureOf) {
  return {
    ...words,
    x: points.map(({ value }) => value),
    series: points[0].measured.map((/** @type {any} */ protocol, /** @type {number} */ i) => {
      const figures = points.map(({ measured }) => figureOf(measured[i]));
      const all = (/** @type {'median' | 'low' | 'high'} */ part) => figures.map((figure) => figure?.[part] ?? null);
      return { name: labelOf(protocol), wrong: isWrong(protocol), values: all('median'), low: all('low'), high: all('high') };
    }),
  };
}

/** A curve, v4's first, with the limit of that beside it. @param {import('./row.mjs').Curve} drawn  @param {(x: number) => import('./row.mjs').Limit} limitAt  @returns {import('./row.mjs').Curve} */
export function besideLimit(drawn, limitAt) {
  const limits = drawn.x.map(limitAt);
  const none = limits.map(() => null);
  const names = new Set(limits.map(({ name }) => name));
  // Of one reader it may be another one than of many.
  const name = `v4's limit: ${[...names].join('; then ')}`;
  return { ...drawn, series: [...drawn.series, { name, values: limits.map(({ figure }) => figure), low: none, high: none }] };
}
