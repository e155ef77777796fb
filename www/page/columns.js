/** Rows of numbers, column by column, in memory of a fixed size: a run of an hour takes as much as a run of a second. */

export class Columns {
  #columns;
  #length = 0;

  /**
   * @param {number} columns
   * @param {number} limit  rows kept at most, an even number
   */
  constructor(columns, limit) {
    this.limit = limit;
    this.#columns = Array.from({ length: columns }, () => new Float64Array(limit));
  }

  /** @returns {number} rows held now */
  get length() {
    return this.#length;
  }

  get full() {
    return this.#length === this.limit;
  }

  clear() {
    this.#length = 0;
  }

  /**
   * Writes a row: the next one, or one that is there.
   *
   * @param {number} row  at most `length`
   * @param {readonly number[]} values  by column; further columns stay as they are
   */
  write(row, values) {
    values.forEach((value, column) => this.set(row, column, value));
    this.#length = Math.max(this.#length, row + 1);
  }

  /** @param {number} row  @param {number} column  @param {number} value */
  set(row, column, value) {
    const cells = this.#columns[column];
    if (cells) cells[row] = value;
  }

  /** @param {number} row  @param {number} column  @returns {number} 0 where there is none */
  at(row, column) {
    return this.#columns[column]?.[row] ?? 0;
  }

  /** @param {number} row  @returns {number[]} */
  row(row) {
    return this.#columns.map((column) => column[row] ?? 0);
  }

  /** @param {number} column  @returns {Float64Array} its rows that are held, without copying them */
  column(column) {
    return (this.#columns[column] ?? new Float64Array(0)).subarray(0, this.#length);
  }

  /** Every second row goes. @param {0 | 1} first  the first one that stays */
  thin(first) {
    const kept = (this.#length - first + 1) >> 1;
    for (const column of this.#columns) {
      for (let i = 0; i < kept; i += 1) column[i] = column[2 * i + first] ?? 0;
    }
    this.#length = kept;
  }
}
