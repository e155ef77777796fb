/**
 * What a comparison came to, as data: to look at, to export, to import.
 *
 * @module
 */
import { checkComparison } from './comparison-check.js';
import { ComparisonError } from './errors.js';
import { deepFreeze } from './freeze.js';

/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */

/** Characters of an imported file at the most; the largest comparison has a third of it. */
const LONGEST = 5_000_000;

/** What a trial is in a row of the table. @type {(keyof import('./types-compare.js').Trial)[]} */
const OF_A_TRIAL = ['seconds', 'events', 'calls', 'nsPerCall', 'migrations', 'refused', 'longestWaitMs', 'longestRefusedMs', 'hung'];

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
    const data = { kind: /** @type {const} */ ('aio-ring-lab comparison'), format: /** @type {const} */ (2), machine, config, seconds, points, text };
    return /** @type {ComparisonData} */ (data);
  }

  /**
   * A table with a row for each trial, for a spreadsheet or a statistician: comma-separated (RFC 4180), settings and machine in
   * each row.
   *
   * @returns {string}
   */
  toCSV() {
    const { engine, cores, isolated, clockStepNs, date, version } = this.machine;
    const machine = { engine, cores, isolated, clockStepNs, date, version };
    const rows = this.points.flatMap(({ settings, measured }) =>
      measured.flatMap(({ name, correct, trials }) =>
        trials.map((trial, round) => ({
          ...Object.fromEntries(Object.entries(settings).map(([field, value]) => [`setting.${field}`, value])),
          protocol: name,
          correct,
          round: round + 1,
          ...Object.fromEntries(OF_A_TRIAL.map((field) => [field, trial[field]])),
          ...Object.fromEntries(Object.entries(machine).map(([field, value]) => [`machine.${field}`, value])),
        })),
      ),
    );
    const columns = Object.keys(rows[0] ?? {});
    const lines = rows.map((row) => columns.map((column) => cell(/** @type {Record<string, unknown>} */ (row)[column])));
    return [columns, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
  }

  /**
   * @param {string} text What `JSON.stringify(comparison)` gave, from anywhere.
   * @returns {Comparison}
   * @throws {ComparisonError} For anything else: names the field.
   */
  static parse(text) {
    if (typeof text !== 'string') throw new ComparisonError('', text, 'text');
    if (text.length > LONGEST) throw new ComparisonError('', `${text.length} characters`, `at most ${LONGEST} characters`);
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new ComparisonError('', text, 'JSON');
    }
    return Comparison.fromJSON(data);
  }

  /**
   * @param {unknown} data What `toJSON` gives, from anywhere.
   * @returns {Comparison}
   * @throws {ComparisonError}
   */
  static fromJSON(data) {
    return new Comparison(checkComparison(data));
  }
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
