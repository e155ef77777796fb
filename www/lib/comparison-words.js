/**
 * What the data of a comparison support, and what they do not, in sentences.
 *
 * @module
 */
import { nameWithFigures } from './comparison-protocols.js';
import { median, metricOf, quantile } from './comparison-trials.js';

/** @typedef {import('./types-compare.js').ComparisonPoint} Point */
/** @typedef {import('./types-compare.js').CompareInfo} CompareInfo */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types-compare.js').Figure} Figure */
/** @typedef {import('./types-compare.js').Measured} Measured */
/** @typedef {import('./types-compare.js').MetricInfo} MetricInfo */
/** @typedef {Pick<Measured, 'name' | 'correct'>} Named */
/** @typedef {import('./types-compare.js').Ratio} Ratio */
/** @typedef {Omit<Ratio, 'text'>} Found */
/** @typedef {Found['verdict'] | 'too-few'} Finding What an interval supports, and whether there are rounds enough to ask. */

/** A spread of the first protocol's own trials above which the machine is called noisy: half of them differ by more than this part of the median. */
const NOISY = 0.1;

/** Intervals of which one is to be expected to miss, at 95 %. */
const ONE_MISSES = 20;

/** In the order in which they are said of a sweep. @type {Readonly<Record<Finding, string>>} */
const WORDS = { lower: 'lower', higher: 'higher', 'no-difference': 'no difference seen', 'too-few': 'too few rounds' };

/** @param {number} rounds @returns {string} */
const counted = (rounds) => `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;

/** @param {CompareInfo} comparing @returns {number} Fewer rounds are too few for an interval to mean anything. */
export function leastRounds({ fields }) {
  return fields.find(({ name }) => name === 'rounds')?.min ?? 1;
}

/**
 * All that is to be said.
 *
 * @param {{ config: { sweep: { field: string } | null }, points: readonly Point[] }} comparison Whose ratios have their own sentences.
 * @param {CompareInfo} comparing
 * @returns {string[]}
 */
export function sentences({ config: { sweep }, points }, comparing) {
  const measured = points[0]?.measured ?? [];
  const swept = comparing.fields.find(({ name }) => name === sweep?.field) ?? null;
  const across = measured.slice(1).flatMap((_, i) =>
    comparing.metrics.flatMap((metric) => (swept ? bySweep(swept, inOrder(swept, points), i + 1, metric, comparing) : atOnce(points[0], i + 1, metric, comparing))));
  return [...wrong(measured), ...across, ...hung(points), ...noise(points), ...measuring(points, swept !== null), ...chance(points)];
}

/**
 * `v4 against linux-3.12 (wrong), time per read call: 0.98 times (0.95 to 1.02 in 20 rounds): …`
 *
 * @param {readonly [Named, Named]} protocols The protocol, and the first.
 * @param {MetricInfo} metric
 * @param {Found} found
 * @param {CompareInfo} comparing
 */
export function ratioInWords(protocols, metric, found, comparing) {
  return `${against(protocols)}, ${metric.label.toLowerCase()}: ${inFull(said(found, comparing), comparing)}`;
}

/**
 * What the stopwatch costs.
 *
 * @param {Found} found
 * @param {CompareInfo} comparing
 */
export function controlInWords(found, comparing) {
  return `Reader events with the stopwatch against without: ${inFull(said(found, comparing), comparing)}`;
}

/**
 * @param {Found} found
 * @param {CompareInfo} comparing
 * @returns {Said}
 */
function said({ ratio, low, high, rounds, verdict }, comparing) {
  const finding = rounds < leastRounds(comparing) ? 'too-few' : verdict;
  return { finding, rounds, change: `${digits(ratio)} times`, interval: `${digits(low)} to ${digits(high)}`, hidden: finding === 'no-difference' ? hidden(low, high) : '' };
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {string} How large a difference an interval that holds 1 can hide.
 */
export function hidden(low, high) {
  const most = Math.max(high - 1, 1 - low);
  // As where something is counted that came out the same each time.
  if (most < 5e-4) return ', and hardly any could be hidden';
  if (low <= 0) return '; one of any size would not have shown';
  if (high > 2 || low < 0.5) return `; one by a factor of up to ${digits(Math.max(high, 1 / low))} would not have shown`;
  return `; one of up to ${digits(most * 100)} % would not have shown`;
}

/** @param {number} value @returns {string} Three digits, more before the point. */
function digits(value) {
  const size = Math.abs(value);
  return value.toFixed(size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0);
}

/**
 * @param {MetricInfo} metric
 * @param {number} value
 * @param {string} [ofShares] The unit of a share.
 */
function amount({ name, unit }, value, ofShares = '%') {
  const [number, what] = name === 'refusedShare' ? [100 * value, ofShares] : [value, unit];
  return `${number === 0 ? 0 : digits(number)}${what ? ` ${what}` : ''}`;
}

/** Which protocols are wrong, or not known to be right. @param {readonly Measured[]} measured */
function wrong(measured) {
  const all = measured.flatMap(({ name, correct }) =>
    correct === true ? [] : correct === false ? [`${name} is wrong: its speed is a yardstick, nothing more.`] : [`Nobody has searched whether ${name} is right.`]);
  return [...new Set(all)];
}

/**
 * The points along the sweep: a pace of 0 is full pace, more than any other.
 *
 * @param {FieldInfo} swept
 * @param {readonly Point[]} points
 */
function inOrder(swept, points) {
  const place = (/** @type {Point} */ { value }) => (isFullPace(swept, value) ? Infinity : (value ?? 0));
  return [...points].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** @param {FieldInfo} swept @param {number | null} value */
function isFullPace({ name }, value) {
  return name === 'pace' && value === 0;
}

/**
 * What was found of one metric of one protocol at one point.
 *
 * @typedef {object} Said
 * @property {Finding} finding
 * @property {number} rounds
 * @property {string} change How much.
 * @property {string} interval Of that; empty where it was the same in every trial.
 * @property {string} hidden What would not have shown, where nothing is seen.
 */

/**
 * @param {Point} point
 * @param {number} protocol
 * @param {MetricInfo} metric
 * @param {CompareInfo} comparing
 * @returns {Said | null} `null`: it cannot be told.
 */
function foundAt(point, protocol, metric, comparing) {
  const [ours, first] = [protocol, 0].map((k) => point.measured[k]?.metrics[metric.name]);
  const ratio = point.ratios.find((each) => each.protocol === protocol && each.metric === metric.name);
  // Nothing is a multiple of 0. Where the first has none of it in most rounds, what there is of it is said, not how many times.
  const fewRatios = (ratio?.rounds ?? 0) < leastRounds(comparing);
  if (ours && first && (first.median === 0 || (first.min === 0 && fewRatios))) return fromNothing(point, protocol, metric, [ours, first], comparing);
  return ratio ? said(ratio, comparing) : null;
}

/**
 * Where the first protocol has nothing of it: two intervals that do not overlap are a difference.
 *
 * @param {Point} point
 * @param {number} protocol
 * @param {MetricInfo} metric
 * @param {readonly [Figure, Figure]} figures Of the protocol, and of the first.
 * @param {CompareInfo} comparing
 * @returns {Said}
 */
function fromNothing({ measured }, protocol, metric, [ours, first], comparing) {
  const rounds = Math.min(...[protocol, 0].map((k) => measured[k]?.trials.filter((trial) => metricOf(trial, metric.name) !== null).length ?? 0));
  const found = rounds < leastRounds(comparing) ? 'too-few' : ours.low > first.high ? 'higher' : 'no-difference';
  const from = first.high > 0 ? `at most ${amount(metric, first.high)}` : '0';
  const most = Math.max(ours.high, first.high);
  if (ours.max === 0 && first.max === 0) return { finding: found, rounds, change: '0 for both', interval: '', hidden: '' };
  return {
    finding: found,
    rounds,
    change: `from ${from} to ${amount(metric, ours.median)}`,
    interval: `${amount(metric, ours.low)} to ${amount(metric, ours.high)}`,
    hidden: found !== 'no-difference' ? '' : most > 0 ? `; one of up to ${amount(metric, most, 'percentage points')} would not have shown` : ', and hardly any could be hidden',
  };
}

/**
 * One metric of one protocol where there is no sweep.
 *
 * @param {Point | undefined} point
 * @param {number} protocol
 * @param {MetricInfo} metric
 * @param {CompareInfo} comparing
 * @returns {string[]}
 */
function atOnce(point, protocol, metric, comparing) {
  const found = point && foundAt(point, protocol, metric, comparing);
  return found ? [`${against(both(point, protocol))}, ${metric.label.toLowerCase()}: ${inFull(found, comparing)}`] : [];
}

/** @param {Said} found @param {CompareInfo} comparing */
function inFull({ finding, rounds, change, interval, hidden: not }, comparing) {
  const word = finding === 'too-few' ? `too few rounds to say anything (it takes ${leastRounds(comparing)})` : `${WORDS[finding]}${not}`;
  return `${change} (${interval ? `${interval} in ` : ''}${counted(rounds)}): ${word}.`;
}

/**
 * One metric of one protocol at all points.
 *
 * @param {FieldInfo} swept
 * @param {readonly Point[]} points
 * @param {number} protocol
 * @param {MetricInfo} metric
 * @param {CompareInfo} comparing
 * @returns {string[]}
 */
function bySweep(swept, points, protocol, metric, comparing) {
  const all = points.flatMap((point) => {
    const found = foundAt(point, protocol, metric, comparing);
    return found ? [{ ...found, at: isFullPace(swept, point.value) ? 'full pace' : point.value?.toLocaleString('en') }] : [];
  });
  const [first] = points;
  if (!first || all.length === 0) return [];
  const counts = new Set(all.map(({ rounds }) => rounds));
  const parts = Object.entries(WORDS).flatMap(([finding, word]) => {
    const some = all.filter((found) => found.finding === finding);
    const each = some.map(({ at, change, interval, rounds, hidden: not }) => `${at} (${change}${interval && `, ${interval}`}${counts.size > 1 ? ` in ${counted(rounds)}` : ''}${not})`);
    return some.length > 0 ? [`${word} at ${each.join(', ')}`] : [];
  });
  const [rounds = 0] = counts;
  const alike = counts.size > 1 ? '' : `, ${counted(rounds)} each`;
  return [`${against(both(first, protocol))}, ${metric.label.toLowerCase()} by ${swept.label.toLowerCase()}${alike}: ${parts.join('; ')}.`];
}

/** @param {readonly Named[]} protocols One, and the first. */
function against(protocols) {
  return protocols.map(nameWithFigures).join(' against ');
}

/** @param {Point} point @param {number} protocol */
function both({ measured }, protocol) {
  return [protocol, 0].flatMap((k) => measured[k] ?? []);
}

/** Trials that were given up. @param {readonly Point[]} points */
function hung(points) {
  return (points[0]?.measured ?? []).flatMap(({ name }, k) => {
    const trials = points.flatMap(({ measured }) => measured[k]?.trials ?? []);
    const lost = trials.filter((trial) => trial.hung).length;
    return lost > 0 ? [`${lost} of ${trials.length} trials of ${name} hung, and their figures are left out.`] : [];
  });
}

/** Whether the machine was too noisy. @param {readonly Point[]} points */
function noise(points) {
  const spreads = points.flatMap(({ measured }) => {
    const rates = (measured[0]?.trials ?? []).flatMap((trial) => metricOf(trial, 'eventsPerSecond') ?? []);
    const middle = median(rates);
    return middle ? [(quantile(rates, 0.75) - quantile(rates, 0.25)) / middle] : [];
  });
  const most = Math.max(0, ...spreads);
  const [first] = points[0]?.measured ?? [];
  if (!first || most <= NOISY) return [];
  return [
    `The machine was noisy: the middle half of the trials of ${nameWithFigures(first)} alone lie up to ${digits(most * 100)} % apart. ` +
      'More rounds, longer trials or a quieter machine give narrower intervals.',
  ];
}

/** What measuring costs. @param {readonly Point[]} points @param {boolean} swept */
function measuring(points, swept) {
  const controls = points.flatMap(({ control }) => control ?? []);
  const [first] = controls;
  if (!first) return [];
  if (!swept) return [first.text];
  const ratios = controls.map(({ ratio }) => ratio);
  return [`Reader events with the stopwatch against without: ${digits(Math.min(...ratios))} to ${digits(Math.max(...ratios))} times, by point.`];
}

/** How many intervals miss by chance alone. @param {readonly Point[]} points */
function chance(points) {
  const intervals = points.reduce((sum, { ratios }) => sum + ratios.length, 0);
  const missing = Math.floor(intervals / ONE_MISSES);
  return missing > 0 ? [`Of ${intervals} intervals at 95 %, about ${missing} can be expected to miss the truth by chance alone.`] : [];
}
