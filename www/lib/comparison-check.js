/**
 * Whether data from outside are a comparison: every field is there, has its kind and its range, and fits the others. What
 * comes out has been made anew, of nothing but that.
 *
 * @module
 */
import { ComparisonError } from './errors.js';
import { textFlaw } from './hostile.js';

/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */

/** Far above what the lab makes. */
const MOST = { names: 64, name: 400, sentences: 400, sentence: 2_000, protocols: 8, values: 16, ratios: 100, trials: 200, count: 2 ** 53 - 1, real: 1e15 };

/**
 * A check: the value, made anew, or an error that names the path.
 *
 * @template T
 * @typedef {(value: unknown, path: string) => T} Check
 */

/**
 * @param {string} path
 * @param {unknown} value
 * @param {string} range
 * @returns {never}
 */
function refuse(path, value, range) {
  throw new ComparisonError(path, value, range);
}

/**
 * @param {number} least
 * @param {number} most
 * @returns {Check<number>}
 */
const real = (least, most) => (value, path) =>
  typeof value === 'number' && value >= least && value <= most && !Object.is(value, -0) ? value : refuse(path, value, `a number from ${least} to ${most}`);

/**
 * @param {number} least
 * @param {number} most
 * @returns {Check<number>}
 */
const integer = (least, most) => (value, path) =>
  Number.isInteger(value) ? real(least, most)(value, path) : refuse(path, value, `a whole number from ${least} to ${most}`);

const count = integer(0, MOST.count);
const amount = real(0, MOST.real);

/** @type {Check<boolean>} */
const flag = (value, path) => (typeof value === 'boolean' ? value : refuse(path, value, 'true or false'));

/**
 * @param {number} most Characters.
 * @returns {Check<string>}
 */
const text = (most) => (value, path) => {
  const flaw = textFlaw(value, most);
  return flaw === null ? /** @type {string} */ (value) : refuse(path, value, `plain text of at most ${most} characters, and this is ${flaw}`);
};
const name = text(MOST.name);

/**
 * @template T
 * @param {readonly T[]} values
 * @returns {Check<T>}
 */
const oneOf = (values) => (value, path) =>
  values.includes(/** @type {T} */ (value)) ? /** @type {T} */ (value) : refuse(path, value, `one of ${values.map((one) => JSON.stringify(one)).join(', ')}`);

/**
 * @template T
 * @param {Check<T>} check
 * @returns {Check<T | null>}
 */
const orNull = (check) => (value, path) => (value === null ? null : check(value, path));

/**
 * @template T
 * @param {Check<T>} check
 * @param {number} least
 * @param {number} most
 * @returns {Check<T[]>}
 */
const list = (check, least, most) => (value, path) =>
  Array.isArray(value) && value.length >= least && value.length <= most
    ? Array.from(value, (one, i) => check(one, `${path}[${i}]`))
    : refuse(path, value, `a list of ${least} to ${most}`);

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {[string, unknown][]}
 */
function entries(value, path) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : refuse(path, value, 'an object');
}

/**
 * An object with exactly these fields.
 *
 * @template {Record<string, Check<any>>} C
 * @param {C} checks
 * @returns {Check<{ [K in keyof C]: ReturnType<C[K]> }>}
 */
const object = (checks) => (value, path) => {
  const given = new Map(entries(value, path));
  for (const field of given.keys()) {
    if (!Object.hasOwn(checks, field)) refuse(join(path, field), given.get(field), 'left out');
  }
  const made = Object.entries(checks).map(([field, check]) => {
    if (!given.has(field)) refuse(join(path, field), undefined, 'there');
    return [field, check(given.get(field), join(path, field))];
  });
  return Object.fromEntries(made);
};

/**
 * An object with any names.
 *
 * @template T
 * @param {Check<T>} check
 * @returns {Check<Record<string, T>>}
 */
const named = (check) => (value, path) => {
  const given = entries(value, path);
  if (given.length > MOST.names) refuse(path, value, `an object of at most ${MOST.names} fields`);
  return Object.fromEntries(
    given.map(([field, one]) => {
      // No name that objects have anyway, such as "constructor".
      if (!/^[A-Za-z]\w{0,40}$/.test(field) || field in {}) refuse(join(path, ''), field, 'a name of letters and digits');
      return [field, check(one, join(path, field))];
    }),
  );
};

/**
 * @param {string} path
 * @param {string} field From outside: no more of it is said than fits a name.
 */
function join(path, field) {
  const shown = /^\w{1,40}$/.test(field) ? field : '?';
  return path ? `${path}.${shown}` : shown;
}

const parts = named((value, path) => (typeof value === 'boolean' ? value : name(value, path)));
/** @type {Check<string | import('./types.js').Parts>} */
const protocol = (value, path) => (typeof value === 'string' ? name(value, path) : parts(value, path));
const settings = named((value, path) => (typeof value === 'number' ? count(value, path) : name(value, path)));

const figureFields = object({ median: amount, low: amount, high: amount, min: amount, max: amount });
/** @type {Check<import('./types-compare.js').Figure>} */
const figure = (value, path) => {
  const made = figureFields(value, path);
  const inOrder = made.min <= made.low && made.low <= made.median && made.median <= made.high && made.high <= made.max;
  return inOrder ? made : refuse(path, value, 'min, low, median, high and max in this order');
};

const timesFields = object({ count, p50: count, p90: count, p99: count, p999: count, max: count, stepNs: amount });
/** @type {Check<import('./types-compare.js').CallTimes>} */
const callTimes = (value, path) => {
  const made = timesFields(value, path);
  const inOrder = made.p50 <= made.p90 && made.p90 <= made.p99 && made.p99 <= made.p999;
  return inOrder ? made : refuse(path, value, 'p50, p90, p99 and p999 in this order');
};

const trial = object({
  seconds: amount,
  events: count,
  calls: count,
  nsPerCall: orNull(amount),
  migrations: count,
  refused: count,
  longestWaitMs: orNull(amount),
  longestRefusedMs: orNull(amount),
  hung: flag,
});

const measured = object({
  protocol,
  name,
  correct: orNull(flag),
  metrics: named(orNull(figure)),
  callTimes: orNull(callTimes),
  trials: list(trial, 1, MOST.trials),
});

/** @type {Check<import('./types-compare.js').Ratio>} */
const ratio = (value, path) => {
  const made = object({
    protocol: integer(0, MOST.protocols - 1),
    metric: name,
    ratio: amount,
    low: amount,
    high: amount,
    rounds: integer(1, MOST.trials),
    verdict: oneOf(/** @type {const} */ (['higher', 'lower', 'no-difference'])),
    text: text(MOST.sentence),
  })(value, path);
  return made.low <= made.ratio && made.ratio <= made.high ? made : refuse(path, value, 'low, ratio and high in this order');
};

const point = object({
  settings,
  value: orNull(count),
  measured: list(measured, 2, MOST.protocols),
  ratios: list(ratio, 0, MOST.ratios),
  control: orNull(ratio),
});

const whole = object({
  kind: oneOf(/** @type {const} */ (['aio-ring-lab comparison'])),
  format: oneOf(/** @type {const} */ ([2])),
  machine: object({
    engine: name,
    cores: integer(1, 65_536),
    isolated: flag,
    clockStepNs: amount,
    date: name,
    version: name,
  }),
  config: object({
    protocols: list(protocol, 2, MOST.protocols),
    sweep: orNull(object({ field: name, values: list(count, 1, MOST.values) })),
    fields: settings,
  }),
  seconds: amount,
  points: list(point, 1, MOST.values),
  text: list(text(MOST.sentence), 0, MOST.sentences),
});

/**
 * @param {unknown} data
 * @returns {ComparisonData}
 * @throws {ComparisonError}
 */
export function checkComparison(data) {
  const made = whole(data, '');
  const values = made.config.sweep?.values ?? [null];
  if (made.points.length !== values.length) refuse('points', made.points, `a list of ${values.length}, one for each value of the sweep`);
  made.points.forEach(({ value, measured, ratios }, i) => {
    const path = `points[${i}]`;
    if (value !== values[i]) refuse(`${path}.value`, value, `${values[i]}, as in the sweep`);
    const protocols = made.config.protocols.length;
    if (measured.length !== protocols) refuse(`${path}.measured`, measured, `a list of ${protocols}, one for each protocol`);
    ratios.forEach(({ protocol }, j) => {
      if (protocol < 1 || protocol >= protocols) refuse(`${path}.ratios[${j}].protocol`, protocol, 'the index of a protocol that is not the first');
    });
  });
  return made;
}
