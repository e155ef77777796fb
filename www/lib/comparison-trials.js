/**
 * What trials come to, worked out again from the trials themselves.
 *
 * @module
 */

/** @typedef {import('./types-compare.js').Trial} Trial */

/** What a trial measured, by metric. @type {ReadonlyMap<string, (trial: Trial) => number | null>} */
const METRICS = new Map(Object.entries({
  eventsPerSecond: (/** @type {Trial} */ { events, seconds }) => events / seconds,
  nsPerCall: (/** @type {Trial} */ { nsPerCall }) => nsPerCall,
  migrationsPerSecond: (/** @type {Trial} */ { migrations, seconds }) => migrations / seconds,
  refusedShare: (/** @type {Trial} */ { migrations, refused }) => (migrations + refused > 0 ? refused / (migrations + refused) : null),
  triesPerMigration: (/** @type {Trial} */ { migrations, refused }) => (migrations > 0 ? (migrations + refused) / migrations : null),
  longestWaitMs: (/** @type {Trial} */ { longestWaitMs }) => longestWaitMs,
  longestRefusedMs: (/** @type {Trial} */ { longestRefusedMs }) => longestRefusedMs,
}));

/**
 * @param {Trial} trial
 * @param {string} metric
 * @returns {number | null} `null` where it could not measure it, or hung.
 */
export function metricOf(trial, metric) {
  return trial.hung ? null : (METRICS.get(metric)?.(trial) ?? null);
}

/**
 * @param {readonly Trial[]} trials
 * @param {string} metric
 * @returns {number[]} In the order of the rounds, without those that have none.
 */
export function valuesOf(trials, metric) {
  return trials.flatMap((trial) => metricOf(trial, metric) ?? []);
}

/**
 * @param {readonly Trial[]} ours
 * @param {readonly Trial[]} first
 * @param {string} metric
 * @returns {number[]} The ratios within rounds in which both have a value; a ratio to 0 is none.
 */
export function ratiosOf(ours, first, metric) {
  return ours.flatMap((trial, round) => {
    const other = first[round];
    const [above, below] = [metricOf(trial, metric), other ? metricOf(other, metric) : null];
    return above !== null && below !== null && below > 0 ? [above / below] : [];
  });
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 * @returns {number} The value that this share of the values lies below; of no values, `NaN`.
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at % 1);
}

/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * A bootstrap's interval ends at the 51st of 2,000 medians from either side. Which share of all medians that could be drawn lies
 * beyond it is chance, but lies between these but once in a hundred million times (binomial).
 */
const [LEAST, MOST] = [0.008, 0.055];

/**
 * Between what the ends of a 95 % bootstrap interval of a median can lie, whatever numbers were drawn.
 *
 * The median of a sample drawn from `n` values is the k-th smallest of them or less if half of the draws are among the k
 * smallest: a binomial tail. With an even number it is half-way between two draws, and so is bounded from either side.
 *
 * @param {readonly number[]} values
 * @returns {{ low: [number, number], high: [number, number] }}
 */
export function intervalBounds(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const { lower, upper } = sharesOf(n);
  const at = (/** @type {readonly number[]} */ shares, /** @type {number} */ share) => sorted[shares.findIndex((each) => each >= share)] ?? Number.NaN;
  return { low: [at(lower, LEAST), at(upper, MOST)], high: [at(lower, 1 - MOST), at(upper, 1 - LEAST)] };
}

/** By how many values there are: a file has hundreds of intervals, of one or two sizes. @type {Map<number, { lower: number[], upper: number[] }>} */
const SHARES = new Map();

/**
 * @param {number} n
 * @returns {{ lower: number[], upper: number[] }} How often the lower, and the upper, of the two in the middle is the k-th smallest value or less.
 */
function sharesOf(n) {
  const shares = (/** @type {number} */ needed) => Array.from({ length: n }, (_, i) => tail(n, (i + 1) / n, needed));
  const known = SHARES.get(n) ?? { lower: shares(Math.ceil(n / 2)), upper: shares(Math.floor(n / 2) + 1) };
  SHARES.set(n, known);
  return known;
}

/**
 * @param {number} n
 * @param {number} p
 * @param {number} needed
 * @returns {number} How probable so many hits or more are in `n` tries.
 */
function tail(n, p, needed) {
  if (p >= 1) return 1;
  let [logChoose, sum] = [0, 0];
  for (let hits = 0; hits <= n; hits++) {
    if (hits > 0) logChoose += Math.log((n - hits + 1) / hits);
    if (hits >= needed) sum += Math.exp(logChoose + hits * Math.log(p) + (n - hits) * Math.log(1 - p));
  }
  return sum;
}
