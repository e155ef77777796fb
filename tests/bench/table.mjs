/** The result as text. */
import { number, verdict } from './number.mjs';

/** @typedef {import('./rows/row.mjs').Row} Row */

/** @param {Row} row  @param {boolean} told  whether the head says what ratios are of  @param {string[]} limits  names of all limits */
function cells({ name, figure, unit, target, met, spread, ratio, limit, how }, told, limits) {
  if (figure === null) return [name, how, '', '', '', '', ''];
  const range = spread ? `${number(spread.min)} · ${number(spread.q1)} – ${number(spread.q3)} · ${number(spread.max)}` : '';
  const beside = ratio ? `${number(ratio.figure)} × [${ratio.interval.map(number).join(', ')}]${told ? '' : ` ${ratio.of}`}` : '';
  const of = limit ? `${number(figure / limit.figure)} × ${number(limit.figure)}${limits.length > 1 ? ` ${letter(limits.indexOf(limit.name))}` : ''}` : '';
  return [name, `${number(figure)} ${unit}`.trim(), range, beside, of, target ?? '', verdict({ target, met })];
}

/** What all ratios are of, in words; null: one thing here, another there. @param {string[]} of */
function ofAll(of) {
  if (of.every((words) => words === of[0])) return of[0] ?? '';
  return of.every((words) => words.startsWith('ours over')) ? 'ours over it' : null;
}

/** @param {Row[]} rows @returns {string} */
export function table(rows) {
  const of = ofAll(rows.flatMap(({ ratio }) => ratio?.of ?? []));
  const limits = [...new Set(rows.flatMap(({ limit }) => limit?.name ?? []))];
  const head = ['', 'figure', 'min · quartiles · max', of === '' ? '' : `${of ?? 'ratio'} [95 %]`, limits.length > 0 ? 'its limit' : '', 'target', ''];
  const lines = [head, ...rows.map((row) => cells(row, of !== null, limits))];
  // What could not be had says why, as long as that may be.
  const widths = head.map((_, i) => Math.max(...lines.map((line) => (i === 1 && line.slice(2).every((cell) => cell === '') ? 0 : line[i].length))));
  const notes = limits.map((name, i) => `${limits.length > 1 ? letter(i) : 'limit:'} ${name}`);
  return [...lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()), ...notes].join('\n');
}

/** (a), (b) and so on. @param {number} i */
const letter = (i) => `(${String.fromCharCode('a'.charCodeAt(0) + i)})`;
