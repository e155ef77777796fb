/** Figures as people read them: three digits. */

/** @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return '?';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  if (Math.abs(value) >= 1e6) return value.toExponential(2);
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : Math.abs(value) >= 0.01 ? value.toFixed(3) : value.toPrecision(2);
}

/** @param {Pick<import('./rows/row.mjs').Row, 'target' | 'met'>} row */
export const verdict = ({ target, met }) => (target === null ? '' : met === null ? 'open' : met ? 'met' : 'MISSED');
