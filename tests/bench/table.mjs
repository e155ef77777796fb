/** The result as text. */
import { number, verdict } from './number.mjs';

/** @param {import('./rows/row.mjs').Row} row */
function cells({ name, figure, unit, target, met, spread, ratio, how }) {
  if (figure === null) return [name, how, '', '', '', ''];
  const range = spread ? `${number(spread.min)} · ${number(spread.q1)} – ${number(spread.q3)} · ${number(spread.max)}` : '';
  const beside = ratio ? `${number(ratio.figure)} × [${ratio.interval.map(number).join(', ')}]` : '';
  return [name, `${number(figure)} ${unit}`.trim(), range, beside, target ?? '', verdict({ target, met })];
}

/** @param {import('./rows/row.mjs').Row[]} rows @returns {string} */
export function table(rows) {
  const of = rows.flatMap(({ ratio }) => ratio?.of ?? []);
  const beside = of.length === 0 ? '' : of.every((words) => words.startsWith('ours over')) ? 'ours over it' : 'ratio';
  const lines = [['', 'figure', 'min · quartiles · max', beside && `${beside} [95 %]`, 'target', ''], ...rows.map(cells)];
  // What could not be had says why, as long as that may be.
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => (i === 1 && line.slice(2).every((cell) => cell === '') ? 0 : line[i].length))));
  return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
}
