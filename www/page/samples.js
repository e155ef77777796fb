/** The samples of a run: a table on demand, and a CSV file. */

import { Columns } from './columns.js';
import { button } from './dom.js';
import { download } from './download.js';
import { count } from './format.js';
import { TableOnDemand } from './table.js';

/** @typedef {import('./types.js').Sample} Sample */
/** @typedef {import('./types.js').KindInfo} KindInfo */

/** Kept at most; beyond it every second one goes, so that a run of a day does not fill the memory. */
const KEPT = 20_000;
/** Rows of the table at most; the file has them all. */
const SHOWN = 40;

const TOTALS = /** @type {const} */ (['events', 'migrations', 'refused', 'setups', 'teardowns']);

export class Samples {
  #kinds;
  #name = 'run';
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

  /** @param {string} name  for the file */
  clear(name) {
    this.#name = name;
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
    return { heads: this.#columns(), rows: shown.map((i) => this.#rows.row(i).map((n, k) => (k === 0 ? n.toFixed(0) : count(n)))) };
  }

  #columns() {
    return ['timeMs', ...TOTALS, ...this.#kinds.map((kind) => kind.name)];
  }

  /** @param {Sample} sample */
  #row(sample) {
    return [Number(sample.timeMs.toFixed(3)), ...TOTALS.map((name) => sample[name]), ...this.#kinds.map((kind) => sample.corruptions[kind.name] ?? 0)];
  }

  #save() {
    const lines = [this.#columns(), ...Array.from({ length: this.#rows.length }, (_, i) => this.#rows.row(i))].map((cells) => cells.join(','));
    download(`aio-ring-lab-${this.#name}.csv`, new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' }));
  }
}
