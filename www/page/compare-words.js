/** Figures of a comparison as a person reads them. */

import { count, duration, plural, short } from './format.js';
import { rolesInWords, threadsOf } from './roles.js';
import { settingInWords } from './summary.js';

/** @typedef {import('./compare-types.js').CompareInfo} CompareInfo */
/** @typedef {import('./compare-types.js').ComparisonData} ComparisonData */
/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').Figure} Figure */
/** @typedef {import('./compare-types.js').MetricInfo} MetricInfo */
/** @typedef {import('./compare-types.js').Ratio} Ratio */

/** @typedef {Ratio['verdict'] | 'too-few'} Finding */

/** What the interval of a ratio supports. “No difference seen” is no word about the truth: more rounds may see what these did not. @type {Readonly<Record<Finding, { word: string, glyph: string }>>} */
export const FINDINGS = {
  higher: { word: 'higher', glyph: '▲' },
  lower: { word: 'lower', glyph: '▼' },
  'no-difference': { word: 'no difference seen', glyph: '≈' },
  'too-few': { word: 'too few rounds', glyph: '…' },
};

/**
 * @param {CompareInfo} info  which says how many rounds a comparison has at the least
 * @param {Ratio} ratio
 * @returns {Finding}
 */
export function findingOf(info, { rounds, verdict }) {
  const least = info.fields.find(({ name }) => name === 'rounds')?.min ?? 0;
  return rounds < least ? 'too-few' : verdict;
}

/** @param {number} ns  a length of time in nanoseconds */
export function nanoseconds(ns) {
  if (ns < 1000) return `${digits(ns)} ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`;
  return duration(ns / 1e6);
}

/**
 * @param {number} ns
 * @param {number} stepNs  of the clock: what is shorter it does not tell apart
 */
export function timed(ns, stepNs) {
  if (ns < stepNs) return `< ${nanoseconds(stepNs)}`;
  // A few steps are a few steps, whatever the histogram's buckets make of them.
  return nanoseconds(ns < stepNs * 20 ? Math.round(ns / stepNs) * stepNs : ns);
}

/**
 * @param {MetricInfo} metric
 * @param {number} n
 * @returns {string} with its unit
 */
export function inUnit({ name, unit }, n) {
  if (name.endsWith('Share')) return `${digits(100 * n)} %`;
  if (unit === 'ns') return nanoseconds(n);
  if (unit === 'ms' && n === 0) return '0 ms';
  if (unit === 'ms') return n < 0.095 ? `${digits(n * 1000)} µs` : duration(n);
  if (unit === null) return short(n);
  const value = short(n);
  // `4.1 M/s`, not `4.1 M events/s`: the title says of what.
  return unit.endsWith('/s') ? `${value}/s` : `${value} ${unit}`;
}

/**
 * @param {MetricInfo} metric
 * @param {Figure | null | undefined} figure
 * @returns {string} the median and its interval
 */
export function figureInWords(metric, figure) {
  return figure ? `${inUnit(metric, figure.median)} (${intervalInWords(metric, figure)})` : 'cannot be told';
}

/**
 * @param {MetricInfo} metric
 * @param {{ low: number, high: number }} interval
 */
export function intervalInWords(metric, { low, high }) {
  return `${inUnit(metric, low)} – ${inUnit(metric, high)}`;
}

/** @param {number} n  a ratio; @returns {string} such as `0.873`, `1.003`, `12.4` */
export function ratio(n) {
  if (!Number.isFinite(n)) return '–';
  // Near 1 the third place may be what it is about.
  return n < 1.1 ? (n > 0 && n < 0.001 ? '< 0.001' : n.toFixed(3)) : short(n);
}

/** @param {MetricInfo} metric  @returns {string} which way is better, if either is */
export function betterWay({ better }) {
  return better === null ? '' : `${better} is better`;
}

/**
 * @param {CompareInfo} info
 * @param {Record<string, number | string>} settings  of a point, or of all
 * @param {string | null} swept  a field that is said elsewhere
 * @returns {string} such as `1 reader, 1 migrator, readers complete their own requests · batch: 8 events · …`
 */
export function workloadInWords(info, settings, swept) {
  const unsaid = ['readers', 'migrators', 'completers', 'control', 'seed'];
  const others = info.fields.filter(({ name }) => !unsaid.includes(name) && name !== swept && settings[name] !== undefined)
    .map((field) => (isFullPace(field.name, settings[field.name]) ? 'migrations as fast as they go' : settingInWords(field, settings[field.name])));
  return [rolesInWords(settings), ...others].filter(Boolean).join(' · ');
}

/**
 * @param {CompareInfo} info
 * @param {string} name  of a field; a file may have one that this lab does not know
 * @returns {string} in the middle of a sentence
 */
export function fieldInWords(info, name) {
  return info.fields.find((field) => field.name === name)?.label.toLowerCase() ?? name;
}

/**
 * @param {CompareInfo} info
 * @param {string | null} swept
 * @param {number | null} value
 * @returns {string} where on a sweep: `batch 8`
 */
export function placeInWords(info, swept, value) {
  if (swept === null || value === null) return '';
  const field = fieldInWords(info, swept);
  return isFullPace(swept, value) ? `full ${field}` : `${field} ${count(value)}`;
}

/**
 * @param {string | null} swept
 * @param {number | null} value
 * @returns {string} on an axis, and in a table
 */
export function valueInWords(swept, value) {
  return isFullPace(swept, value) ? 'full' : count(value ?? 0);
}

/**
 * @param {string | null} swept
 * @param {readonly ComparisonPoint[]} points
 * @returns {ComparisonPoint[]} along the sweep; as fast as it can is more than any pace
 */
export function inOrder(swept, points) {
  const place = (/** @type {ComparisonPoint} */ { value }) => (isFullPace(swept, value) ? Number.MAX_VALUE : (value ?? 0));
  return [...points].sort((a, b) => place(a) - place(b));
}

/**
 * @param {string | null} field
 * @param {unknown} value
 */
function isFullPace(field, value) {
  return field === 'pace' && value === 0;
}

/** What a speed is, here. */
export const MEANING = 'A speed here is that of one browser’s WebAssembly, on one machine, as busy as it was then; it is not the kernel’s. Compare ratios, which are of trials a moment apart, rather than speeds of different days.';

/**
 * @param {number} threads  the most at once
 * @param {number} cores
 * @returns {string} what that does to waits
 */
export function crowdInWords(threads, cores) {
  return threads > cores
    ? `Up to ${plural(threads, 'Worker')} share ${plural(cores, 'core')}: what a thread waits for includes its turn on a core, and whoever holds a lock may be off its core meanwhile.`
    : `Up to ${plural(threads, 'Worker')} on ${plural(cores, 'core')}: each can have a core of its own, if the machine does nothing else.`;
}

/** @param {ComparisonData} data  @returns {number} Workers at once, at the most */
export function mostThreads(data) {
  return Math.max(1, ...data.points.map(({ settings }) => threadsOf(settings)));
}

/**
 * By what was measured, for a file, too, may be of a comparison that was broken off.
 *
 * @param {ComparisonData} data
 * @returns {string} `7 rounds`, or `3 of 7 rounds` if no more are complete
 */
export function roundsInWords({ config, points }) {
  const rounds = Number(config.fields['rounds']);
  const complete = Math.min(rounds, ...points.flatMap(({ measured }) => measured.map(({ trials }) => trials.length)));
  return `${complete < rounds ? `${count(complete)} of ` : ''}${plural(rounds, 'round')}`;
}

/**
 * @param {ComparisonPoint} point
 * @returns {string[]} what else one must know of its trials
 */
export function trialsInWords({ measured }) {
  return measured.flatMap(({ name, trials }) => {
    const hung = trials.filter((trial) => trial.hung).length;
    return hung > 0 ? [`${name}: nobody could go on in ${count(hung)} of ${plural(trials.length, 'trial')}; ${hung === 1 ? 'its figures are' : 'their figures are'} left out.`] : [];
  });
}

/**
 * @param {readonly MetricInfo[]} metrics  of which no protocol has a figure at the point
 * @param {ComparisonPoint} point
 * @returns {string[]}
 */
export function untoldInWords(metrics, { settings }) {
  if (metrics.length === 0) return [];
  const why = settings['migrators'] === 0 ? ', since nobody migrates' : '';
  return [`Here nothing can be told of ${listed(metrics.map(({ label }) => `“${label}”`))}${why}.`];
}

/** @param {readonly string[]} words */
function listed(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** @param {number} x  @returns {string} with three significant digits, or as a whole number if it is one */
function digits(x) {
  if (x >= 99.95 || Math.abs(x - Math.round(x)) < 0.005) return count(x);
  return x.toFixed(x >= 9.995 ? 1 : 2);
}
