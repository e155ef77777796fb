/** The result as text. */

/** @param {number} value */
function number(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}

/** @param {import('./rows/row.mjs').Row} row */
function cells({ name, figure, unit, target, met, spread }) {
  const verdict = target === null ? '' : met === null ? 'open' : met ? 'met' : 'MISSED';
  const range = spread ? `${number(spread.min)} · ${number(spread.q1)} – ${number(spread.q3)} · ${number(spread.max)}` : '';
  return [name, figure === null ? '?' : `${number(figure)} ${unit}`.trim(), target ?? '', verdict, range];
}

/** @param {import('./rows/row.mjs').Row[]} rows @returns {string} */
export function table(rows) {
  const lines = [['', 'figure', 'target', '', 'min · quartiles · max'], ...rows.map(cells)];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
}
