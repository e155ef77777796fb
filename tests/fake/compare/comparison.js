/** A comparison as the module gives it: data that can be saved, and read again. */
export class Comparison {
  /** @param {any} data */
  constructor(data) {
    Object.assign(this, structuredClone(data));
  }

  /** @param {any} data */
  static fromJSON(data) {
    if (data?.kind !== 'aio-ring-lab comparison') throw Object.assign(new Error('not a comparison: it does not say that it is one'), { name: 'ComparisonError' });
    if (!Array.isArray(data.points) || data.points.length === 0) throw Object.assign(new Error('not a comparison: points must be a list'), { name: 'ComparisonError' });
    return new Comparison(data);
  }

  /** @param {string} text */
  static parse(text) {
    try {
      return Comparison.fromJSON(JSON.parse(text));
    } catch (error) {
      throw error instanceof SyntaxError ? Object.assign(new Error('not a comparison: it must be JSON'), { name: 'ComparisonError' }) : error;
    }
  }

  toJSON() {
    return { ...this };
  }

  toCSV() {
    const rows = this.points.flatMap(({ value, measured }) => measured.map(({ name, correct, metrics }) => [value ?? '', name, correct ? 'correct' : 'wrong', metrics.eventsPerSecond?.median ?? '']));
    return `${[['value', 'protocol', 'correct', 'eventsPerSecond'], ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
  }
}
