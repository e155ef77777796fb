/** A cell of the matrix in words, as a link, as a line of a file. */

import { count, duration, plural } from './format.js';
import { CUSTOM, standard } from './link.js';
import { SEARCH_DEFAULTS, SIZES } from './prove-fields.js';
import { packSchedule, queryOf } from './prove-link.js';
import { completed } from './presets.js';

/** @typedef {import('./prove-types.js').Cell} Cell */
/** @typedef {import('./prove-types.js').CellOutcome} CellOutcome */
/** @typedef {import('./prove-types.js').Lab} Lab */

/** @type {Readonly<Record<CellOutcome, { word: string, glyph: string }>>} */
const OUTCOMES = {
  proved: { word: 'proved', glyph: '✓' },
  broken: { word: 'broken', glyph: '✗' },
  deadlock: { word: 'deadlock', glyph: '⟲' },
  'bound-reached': { word: 'bound', glyph: '…' },
  'not-applicable': { word: 'n.a.', glyph: '–' },
};

/** @type {Readonly<Record<CellOutcome, string>>} */
const IN_SUMS = { proved: 'proved', broken: 'broken', deadlock: 'deadlocked', 'bound-reached': 'not decided', 'not-applicable': 'not applicable' };

/** In the order of the legend, and in words for those who read them there. @type {readonly (readonly [CellOutcome, string])[]} */
export const LEGEND = [
  ['proved', 'proved for its bound'], ['broken', 'broken, in so many steps'], ['deadlock', 'deadlock, in so many steps'],
  ['bound-reached', 'not decided: a bound was reached'], ['not-applicable', 'does not apply'],
];

/** @param {readonly string[]} parts  changes to v4  @returns {string} the name of their column */
export function columnOf(parts) {
  return [...parts].sort().join('+');
}

/** @param {Lab} lab  @param {readonly string[]} parts  names of changes to v4  @returns {string} */
export function partsInWords(lab, parts) {
  return parts.map((name) => lab.columns.find((column) => column.name === name)?.label ?? name).join(' + ');
}

/** @param {CellOutcome} outcome */
export function faceOf(outcome) {
  return OUTCOMES[outcome];
}

/** @param {Cell} cell  @returns {string} the length of its shortest trace, if it has one */
function lengthOf({ outcome, length }) {
  return (outcome === 'broken' || outcome === 'deadlock') && length !== undefined && length !== null ? plural(length, 'step') : '';
}

/** @param {Cell} cell  @returns {string[]} the little that stands in the cell besides the word: a number and its unit on each line */
export function notesOf(cell) {
  if (cell.outcome === 'not-applicable') return [];
  return [lengthOf(cell), plural(cell.states, 'state')].filter(Boolean);
}

/**
 * @param {Lab} lab
 * @param {Cell} cell
 * @returns {string} all of it in a sentence
 */
export function cellInWords(lab, cell) {
  const scenario = lab.scenarios.find(({ name }) => name === cell.scenario)?.title ?? cell.scenario;
  const word = LEGEND.find(([outcome]) => outcome === cell.outcome)?.[1].replace(/, in so many steps$/, '') ?? cell.outcome;
  const what = `${scenario}, v4 with “${partsInWords(lab, cell.parts)}”`;
  if (cell.outcome === 'not-applicable') return `${what}: ${word}.`;
  const note = lengthOf(cell);
  return `${what}: ${word}${note ? ` in ${note}, the shortest there is` : ''}; ${plural(cell.states, 'state')}, ${duration(cell.seconds * 1000)}.`;
}

/**
 * @param {Lab} lab
 * @param {Cell} cell
 * @returns {string | null} a link to it in the Prove view; null: there is nothing to open
 */
export function cellLink(lab, { config, outcome }) {
  if (outcome === 'not-applicable') return null;
  const { scenario, protocol, sizes = {}, schedule } = config;
  const named = typeof protocol === 'string';
  const query = queryOf(lab, {
    scenario, protocol: named ? protocol : CUSTOM,
    parts: named ? standard(lab, null).parts : completed(lab, protocol),
    sizes: Object.fromEntries(Object.entries(sizes).map(([name, value]) => [SIZES + name, value])), search: SEARCH_DEFAULTS,
  });
  return `?${query}${schedule ? `#schedule=${packSchedule(schedule)}` : ''}`;
}

/** @param {readonly Cell[]} cells  @returns {string} lines of comma-separated values */
export function cellsAsCsv(cells) {
  const rows = cells.map(({ scenario, parts, outcome, states, length, seconds }) => [scenario, parts.join('+'), outcome, states, length ?? '', seconds]);
  return `${[['scenario', 'changes', 'outcome', 'states', 'shortestTrace', 'seconds'], ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** @param {readonly Cell[]} cells  @returns {string} such as `48 cells: 30 proved, 16 broken, 2 deadlock` */
export function cellsInWords(cells) {
  const each = LEGEND.flatMap(([outcome]) => {
    const n = cells.filter((cell) => cell.outcome === outcome).length;
    return n > 0 ? [`${count(n)} ${IN_SUMS[outcome]}`] : [];
  });
  return `${plural(cells.length, 'cell')}${each.length > 0 ? `: ${each.join(', ')}` : ''}`;
}
