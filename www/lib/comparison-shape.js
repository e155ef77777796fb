/**
 * Whether data from outside have the shape of a comparison: every field is there, has its kind and its range. What comes out has
 * been made anew, of nothing but that. Whether it can be true is for `comparison-facts.js` to say.
 *
 * @module
 */
import { ComparisonError } from './errors.js';
import { textFlaw } from './hostile.js';

/** Far above what the lab makes. */
const MOST = { names: 64, name: 40, sentences: 400, sentence: 5_000, protocols: 8, values: 16, ratios: 100, trials: 200, turns: 100_000, count: 2 ** 53 - 1, real: 1e15 };

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
export function refuse(path, value, range) {
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
/** What the lab says itself, and says anew. */
const sentence = text(MOST.sentence);

/** @type {Check<string>} */
const date = (value, path) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : refuse(path, value, 'a date and time such as 2026-11-26T11:00:00.000Z');

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
 * Of a field that files of earlier versions do not have.
 *
 * @template T
 * @param {T} before What stands for it.
 * @param {Check<T>} check
 * @returns {Check<T>}
 */
const since = (before, check) => Object.assign((/** @type {unknown} */ value, /** @type {string} */ path) => (value === undefined ? before : check(value, path)), { since: true });

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
    if (!given.has(field) && !('since' in check)) refuse(join(path, field), undefined, 'there');
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

/** @type {Check<import('./types.js').Parts>} */
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
  const inOrder = made.p50 <= made.p90 && made.p90 <= made.p99 && made.p99 <= made.p999 && made.p999 <= made.max;
  return inOrder ? made : refuse(path, value, 'p50, p90, p99, p999 and max in this order');
};

const trial = object({
  turn: since(null, orNull(integer(1, MOST.turns))),
  seconds: real(1e-6, 1e6),
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
  name: sentence,
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
    text: sentence,
  })(value, path);
  return made.low <= made.ratio && made.ratio <= made.high ? made : refuse(path, value, 'low, ratio and high in this order');
};

const point = object({
  settings,
  value: orNull(count),
  measured: list(measured, 2, MOST.protocols),
  ratios: list(ratio, 0, MOST.ratios),
  control: orNull(ratio),
  controlTrials: since(null, orNull(list(trial, 1, MOST.trials))),
});

export const checkShape = object({
  kind: oneOf(/** @type {const} */ (['aio-ring-lab comparison'])),
  format: oneOf(/** @type {const} */ ([2, 3])),
  machine: object({
    engine: name,
    system: since('unknown', name),
    architecture: since('unknown', name),
    cores: integer(1, 65_536),
    isolated: flag,
    clockStepNs: amount,
    date,
    version: name,
  }),
  config: object({
    protocols: list(protocol, 2, MOST.protocols),
    sweep: orNull(object({ field: name, values: list(count, 1, MOST.values) })),
    fields: settings,
  }),
  seconds: amount,
  points: list(point, 1, MOST.values),
  text: list(sentence, 0, MOST.sentences),
});
