/**
 * What the charts draw: totals over time, and rates from them. Bounded: when it is full, every second point goes and
 * the points from then on are twice as far apart, so a run of an hour is drawn from as little as a run of a second.
 */

import { Columns } from './columns.js';

/** @typedef {import('./types.js').Sample} Sample */

const FIRST_SPACING_MS = 20;
/** Of these there are rates: events/s and so on. */
const RATED = /** @type {const} */ (['events', 'migrations', 'setups', 'teardowns']);
/** So many of them are in the chart. */
const DRAWN = 2;
/** A rate is taken over at least so long: over one frame it would be noise. */
const RATE_WINDOW_MS = 250;
/** Where the columns of time and of totals begin. */
const [TIME, TOTALS] = [0, 1];

export class History {
  #spacing = FIRST_SPACING_MS;
  #kinds;
  /** Columns: time in s, the totals, the total of each kind, and the rates, which come from those. */
  #rows;

  /**
   * @param {readonly string[]} kinds  names of the corruption kinds
   * @param {number} [limit]  points kept, an even number of at least 4
   */
  constructor(kinds, limit = 720) {
    this.#kinds = kinds;
    this.#rows = new Columns(1 + RATED.length + kinds.length + RATED.length, limit);
  }

  /** @returns {number} points held now */
  get length() {
    return this.#rows.length;
  }

  /** @returns {number} seconds from the start to the last point */
  get end() {
    return this.length > 0 ? this.#rows.at(this.length - 1, TIME) : 0;
  }

  clear() {
    this.#rows.clear();
    this.#spacing = FIRST_SPACING_MS;
  }

  /**
   * Adds a sample. The last point moves along with the newest sample until it is far enough from the one before it.
   *
   * @param {Sample} sample
   */
  push(sample) {
    const seconds = sample.timeMs / 1000;
    const last = this.length - 1;
    if (last >= 0 && seconds < this.#rows.at(last, TIME)) return; // an older sample that came late
    const moves = last >= 1 && seconds - this.#rows.at(last - 1, TIME) < this.#spacing / 1000;
    if (!moves && this.#rows.full) {
      // The newest one stays.
      this.#rows.thin(1);
      this.#spacing *= 2;
    }
    const i = moves ? last : this.length;
    this.#rows.write(i, [seconds, ...RATED.map((name) => sample[name]), ...this.#kinds.map((kind) => sample.corruptions[kind] ?? 0)]);
    this.#rate(i);
  }

  /** @returns {Float64Array[]} time, events/s, migrations/s */
  throughput() {
    return [TIME, ...RATED.slice(0, DRAWN).map((_, k) => this.#rateOf(k))].map((column) => this.#rows.column(column));
  }

  /** @returns {Float64Array[]} time, then the total of each kind */
  corruptions() {
    return [TIME, ...this.#kinds.map((_, k) => TOTALS + RATED.length + k)].map((column) => this.#rows.column(column));
  }

  /** @returns {import('./types.js').Rates} the newest ones */
  get rate() {
    const last = this.length - 1;
    const [events = 0, migrations = 0, setups = 0, teardowns = 0] = RATED.map((_, k) => this.#rows.at(last, this.#rateOf(k)));
    return { events, migrations, setups, teardowns };
  }

  /** @param {number} i */
  #rate(i) {
    const rows = this.#rows;
    let from = i;
    const since = rows.at(i, TIME) - RATE_WINDOW_MS / 1000;
    while (from > 0 && rows.at(from, TIME) > since) from -= 1;
    const seconds = rows.at(i, TIME) - rows.at(from, TIME);
    RATED.forEach((_, k) => {
      const done = rows.at(i, TOTALS + k) - rows.at(from, TOTALS + k);
      rows.set(i, this.#rateOf(k), seconds > 0 ? done / seconds : 0);
    });
  }

  /** @param {number} k  of those that are rated  @returns {number} the column of its rate */
  #rateOf(k) {
    return TOTALS + RATED.length + this.#kinds.length + k;
  }
}
