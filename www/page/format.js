/** Numbers as a person reads them: three significant digits for rates, every digit for counts. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** @param {number} n  a count */
export function count(n) {
  return whole.format(n);
}

/** @param {number} n  a rate or another estimate; @returns {string} with three significant digits: `7.13 M`, `412 k`, `96` */
export function short(n) {
  if (!Number.isFinite(n)) return '–';
  for (const [size, letter] of /** @type {const} */ ([[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']])) {
    // 999.5 k would round to 1000 k: take the next unit before that.
    if (n >= size * 0.9995) return `${digits(n / size)} ${letter}`;
  }
  return digits(n);
}

/** @param {number} n  a round number on an axis; @returns {string} `0`, `250 k`, `1.5 M` */
export function tick(n) {
  return trimmed(short(n));
}

/** @param {string} text  a number and its unit; @returns {string} without zeros at its end that say nothing on an axis */
export function trimmed(text) {
  return text.replace(/\.0+(?= |$|\/)|(\.\d*[1-9])0+(?= |$|\/)/, '$1');
}

/** @param {number} x  from 0 to 1000 */
function digits(x) {
  if (x >= 99.95) return x.toFixed(0);
  if (x >= 9.995) return x.toFixed(1);
  return Number.isInteger(x) ? String(x) : x.toFixed(2);
}

/** @param {number} ms  a length of time */
export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** @param {number} part @param {number} of  @returns {string} a share in per cent, `–` of nothing */
export function share(part, of) {
  if (!(of > 0)) return '–';
  if (part === 0) return '0 %';
  const percent = (100 * part) / of;
  return `${percent < 0.1 ? '< 0.1' : percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** @param {string} text  @returns {string} with a capital and a full stop */
export function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** @param {number} max  @returns {number} the next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten, so that the axis seldom moves */
export function roundUp(max) {
  const power = 10 ** Math.floor(Math.log10(max));
  return (([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => step * power >= max) ?? 10) * power);
}
