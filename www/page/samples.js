/** The samples of a run: a table on demand, and a CSV file. Neither has a speed without what protocol's it is, and whether that is right. */

import { Columns } from './columns.js';
import { button } from './dom.js';
import { download } from './download.js';
import { count } from './format.js';
import { plainName } from './outcome.js';
import { TableOnDemand } from './table.js';

/** @typedef {import('./types.js').Sample} Sample */
/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {{ name: string, correct: boolean | null }} Protocol  of a run; null: nobody has searched it */

/** Kept at most; beyond it every second one goes, so that a run of a day does not fill the memory. */
const KEPT = 20_000;
/** Rows of the table at most; the file has them all. */
const SHOWN = 40;

const TOTALS = /** @type {const} */ (['events', 'migrations', 'refused', 'setups', 'teardowns']);
/** Of these, what the tiles show as a speed. @type {readonly string[]} */
const SPEEDS = ['events', 'migrations', 'setups', 'teardowns'];

export class Samples {
  #kinds;
  #name = 'run';
  /** @type {Protocol} */
  #protocol = { name: '', correct: null };
  #stride = 1;
  #seen = 0;
  /** A row each: time, totals, then the kinds. */
  #rows;
  #table = new TableOnDemand('Samples as a table', () => this.#content());
  element = this.#table.element;

  /** @param {readonly KindInfo[]} kinds */
  constructor(kinds) {
    this.#kinds = kinds;
    this.#rows = new Columns(1 + TOTALS.length + kinds.length, KEPT);
    this.download = button('Download samples (CSV)', () => this.#save(), { disabled: true });
  }

  /**
   * @param {string} name  for the file
   * @param {Protocol} protocol
   */
  clear(name, protocol) {
    this.#name = name;
    this.#protocol = protocol;
    this.#stride = 1;
    this.#seen = 0;
    this.#rows.clear();
    this.download.disabled = true;
    this.refresh();
  }

  /** @param {Sample} sample */
  push(sample) {
    this.download.disabled = false;
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#rows.full) {
      // This one, the next after an odd one, is due at the new distance too.
      this.#rows.thin(0);
      this.#stride *= 2;
    }
    this.#rows.write(this.#rows.length, this.#row(sample));
  }

  /** Brings the table up to date, if it is open. */
  refresh() {
    this.#table.refresh();
  }

  #content() {
    const { length } = this.#rows;
    if (length === 0) return null;
    const every = Math.ceil(length / SHOWN);
    const shown = Array.from({ length }, (_, i) => i).filter((i) => i % every === 0 || i === length - 1);
    const { correct } = this.#protocol;
    const heads = this.#columns().map((name) => (SPEEDS.includes(name) ? plainName({ name, correct }) : name));
    return { heads, rows: shown.map((i) => this.#rows.row(i).map((n, k) => (k === 0 ? n.toFixed(0) : count(n)))) };
  }

  #columns() {
    return ['timeMs', ...TOTALS, ...this.#kinds.map((kind) => kind.name)];
  }

  /** @param {Sample} sample */
  #row(sample) {
    return [Number(sample.timeMs.toFixed(3)), ...TOTALS.map((name) => sample[name]), ...this.#kinds.map((kind) => sample.corruptions[kind.name] ?? 0)];
  }

  #save() {
    const rows = Array.from({ length: this.#rows.length }, (_, i) => this.#rows.row(i));
    download(`aio-ring-lab-${this.#name}.csv`, new Blob([samplesAsCsv(this.#protocol, this.#columns(), rows)], { type: 'text/csv' }));
  }
}

/**
 * @param {Protocol} protocol  in each row, by the names that a comparison's table has for it
 * @param {readonly string[]} columns  of the rows
 * @param {readonly (readonly number[])[]} rows
 */
export function samplesAsCsv({ name, correct }, columns, rows) {
  const lines = [['protocol', 'correct', ...columns], ...rows.map((row) => [name, correct ?? '', ...row])];
  return `${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
