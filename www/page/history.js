/**
 * What the charts draw: totals over time, and rates from them. Bounded: when it is full, every second point goes and
 * the points from then on are twice as far apart, so a run of an hour is drawn from as little as a run of a second.
 */

/** @typedef {import('./types.js').Sample} Sample */

const FIRST_SPACING_MS = 20;
/** Of these there are rates: events/s and so on. */
const RATED = /** @type {const} */ (['events', 'migrations', 'setups', 'teardowns']);
/** So many of them are in the chart. */
const DRAWN = 2;
/** A rate is taken over at least so long: over one frame it would be noise. */
const RATE_WINDOW_MS = 250;

export class History {
  #limit;
  #count = 0;
  #spacing = FIRST_SPACING_MS;
  #kinds;
  /** Columns: time in s, the rates, then the totals behind them, then the total of each kind. */
  #time;
  #rates;
  #totals;
  #corruptions;

  /**
   * @param {readonly string[]} kinds  names of the corruption kinds
   * @param {number} [limit]  points kept, at least 4
   */
  constructor(kinds, limit = 720) {
    this.#kinds = kinds;
    this.#limit = limit;
    const column = () => new Float64Array(limit);
    this.#time = column();
    this.#rates = RATED.map(column);
    this.#totals = RATED.map(column);
    this.#corruptions = kinds.map(column);
  }

  /** @returns {number} points held now */
  get length() {
    return this.#count;
  }

  /** @returns {number} seconds from the start to the last point */
  get end() {
    return this.#count > 0 ? at(this.#time, this.#count - 1) : 0;
  }

  clear() {
    this.#count = 0;
    this.#spacing = FIRST_SPACING_MS;
  }

  /**
   * Adds a sample. The last point moves along with the newest sample until it is far enough from the one before it.
   *
   * @param {Sample} sample
   */
  push(sample) {
    const seconds = sample.timeMs / 1000;
    const last = this.#count - 1;
    if (last >= 0 && seconds < at(this.#time, last)) return; // an older sample that came late
    const moves = last >= 1 && seconds - at(this.#time, last - 1) < this.#spacing / 1000;
    if (!moves && this.#count === this.#limit) this.#thin();
    const i = moves ? last : this.#count++;
    this.#time[i] = seconds;
    RATED.forEach((name, k) => {
      const column = this.#totals[k];
      if (column) column[i] = sample[name];
    });
    this.#kinds.forEach((kind, k) => {
      const column = this.#corruptions[k];
      if (column) column[i] = sample.corruptions[kind] ?? 0;
    });
    this.#rate(i);
  }

  /** @returns {Float64Array[]} time, events/s, migrations/s */
  throughput() {
    return [this.#time, ...this.#rates.slice(0, DRAWN)].map((column) => column.subarray(0, this.#count));
  }

  /** @returns {Float64Array[]} time, then the total of each kind */
  corruptions() {
    return [this.#time, ...this.#corruptions].map((column) => column.subarray(0, this.#count));
  }

  /** @returns {import('./types.js').Rates} the newest ones */
  get rate() {
    const last = this.#count - 1;
    const [events = 0, migrations = 0, setups = 0, teardowns = 0] = this.#rates.map((column) => at(column, last));
    return { events, migrations, setups, teardowns };
  }

  /** @param {number} i */
  #rate(i) {
    let from = i;
    const since = at(this.#time, i) - RATE_WINDOW_MS / 1000;
    while (from > 0 && at(this.#time, from) > since) from -= 1;
    const seconds = at(this.#time, i) - at(this.#time, from);
    this.#rates.forEach((rates, k) => {
      const totals = this.#totals[k];
      rates[i] = totals && seconds > 0 ? (at(totals, i) - at(totals, from)) / seconds : 0;
    });
  }

  #thin() {
    const kept = this.#limit >> 1;
    for (const column of [this.#time, ...this.#rates, ...this.#totals, ...this.#corruptions]) {
      for (let i = 0; i < kept; i += 1) column[i] = at(column, 2 * i + 1);
    }
    this.#count = kept;
    this.#spacing *= 2;
  }
}

/** @param {Float64Array} column @param {number} i */
function at(column, i) {
  return column[i] ?? 0;
}
