/**
 * What a comparison came to, as data: to look at, to export, to import.
 *
 * @module
 */
import { readComparison } from './comparison-facts.js';
import { ComparisonError, ConfigError } from './errors.js';
import { deepFreeze } from './freeze.js';

/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */

/** Characters of an imported file at the most; the largest comparison has a third of it. */
const LONGEST = 5_000_000;

/** What a trial is in a row of the table. @type {(keyof import('./types-compare.js').Trial)[]} */
const OF_A_TRIAL = ['turn', 'seconds', 'events', 'calls', 'nsPerCall', 'migrations', 'refused', 'longestWaitMs', 'longestRefusedMs', 'hung'];

/** What is said of read calls there. @type {(keyof import('./types-compare.js').CallTimes)[]} */
const OF_CALLS = ['count', 'p50', 'p90', 'p99', 'p999', 'max'];

/** Made by `lab.compare`, or from its own export. Immutable. */
export class Comparison {
  /** On what it was measured. @readonly @type {Readonly<import('./types-compare.js').MachineInfo>} */
  machine;
  /** What was compared, as used. @readonly @type {Readonly<ComparisonData['config']>} */
  config;
  /** How long it took. @readonly @type {number} */
  seconds;
  /** By value of the sweep; one without a sweep. @readonly @type {readonly Readonly<import('./types-compare.js').ComparisonPoint>[]} */
  points;
  /** What the data support, and what they do not, in sentences. @readonly @type {readonly string[]} */
  text;

  /** @param {ComparisonData} data */
  constructor({ machine, config, seconds, points, text }) {
    this.machine = deepFreeze(machine);
    this.config = deepFreeze(config);
    this.seconds = seconds;
    this.points = deepFreeze(points);
    this.text = deepFreeze(text);
    Object.freeze(this);
  }

  /**
   * Plain data, for `JSON.stringify` and for `Comparison.fromJSON`.
   *
   * @returns {ComparisonData}
   */
  toJSON() {
    const { machine, config, seconds, points, text } = this;
    const data = { kind: /** @type {const} */ ('aio-ring-lab comparison'), format: /** @type {const} */ (3), machine, config, seconds, points, text };
    return /** @type {ComparisonData} */ (data);
  }

  /**
   * A table with a row for each trial, the control's included (`timed` is false there), for a spreadsheet or a statistician:
   * comma-separated (RFC 4180). Each row has the settings, the machine, and percentiles of read calls in nanoseconds
   * (`callTimes.p99`), which are of all trials of its protocol at its point together.
   *
   * @returns {string}
   */
  toCSV() {
    const { engine, system, architecture, cores, isolated, clockStepNs, date, version } = this.machine;
    const machine = withPrefix('machine', { engine, system, architecture, cores, isolated, clockStepNs, date, version });
    const rows = this.points.flatMap(({ settings, measured, controlTrials }) => {
      const [first] = measured;
      const series = [...measured.map((each) => ({ ...each, timed: true })), ...(first && controlTrials ? [{ ...first, timed: false, callTimes: null, trials: controlTrials }] : [])];
      return series.flatMap(({ name, correct, timed, callTimes, trials }) =>
        trials.map((trial, round) => ({
          ...withPrefix('setting', settings),
          protocol: name,
          correct,
          timed,
          round: round + 1,
          ...Object.fromEntries(OF_A_TRIAL.map((field) => [field, trial[field]])),
          ...withPrefix('callTimes', Object.fromEntries(OF_CALLS.map((field) => [field, callTimes?.[field]]))),
          ...machine,
        })));
    });
    const columns = Object.keys(rows[0] ?? {});
    const lines = rows.map((row) => columns.map((column) => cell(/** @type {Record<string, unknown>} */ (row)[column])));
    return [columns, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
  }

  /**
   * @param {string} text What `JSON.stringify(comparison)` gave, from anywhere.
   * @param {import('./types-compare.js').Catalogue} lab Which must know its protocols and settings. What its protocols are called,
   *   whether they are right, and all sentences are this lab's, not the text's.
   * @returns {Comparison}
   * @throws {ComparisonError} For anything else, and where figures do not follow from the trials: names the field.
   */
  static parse(text, lab) {
    if (typeof text !== 'string') throw new ComparisonError('', text, 'text');
    if (text.length > LONGEST) throw new ComparisonError('', `${text.length} characters`, `at most ${LONGEST} characters`);
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new ComparisonError('', text, 'JSON');
    }
    return Comparison.fromJSON(data, lab);
  }

  /**
   * @param {unknown} data What `toJSON` gives, from anywhere.
   * @param {import('./types-compare.js').Catalogue} lab As above.
   * @returns {Comparison}
   * @throws {ComparisonError}
   */
  static fromJSON(data, lab) {
    if (!lab?.comparing) throw new ConfigError('lab', lab, 'a lab, as createLab gives');
    return new Comparison(readComparison(data, lab));
  }
}

/**
 * @param {string} prefix
 * @param {Readonly<Record<string, unknown>>} fields
 */
function withPrefix(prefix, fields) {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${prefix}.${field}`, value]));
}

/**
 * One cell. Text that a spreadsheet would take for a formula is marked as text.
 *
 * @param {unknown} value
 */
function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
