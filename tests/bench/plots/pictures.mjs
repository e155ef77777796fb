/** The pictures: every target with its figure, and ours among rivals and limits. */
import { number, verdict } from '../number.mjs';
import { logAxis } from './axis.mjs';
import { html } from './html.mjs';
import { scale, strip } from './strip.mjs';

/** @typedef {import('../rows/row.mjs').Row} Row */
/** @typedef {import('./strip.mjs').Spread} Spread */

const whole = (/** @type {Row} */ row) => row.goal !== undefined && row.goal > 0 && (row.ratio ?? row).spread !== null;

/**
 * How many times better than its target a figure is, as a spread: 1 is the target itself, less than 1 misses it.
 *
 * @param {Pick<Row, 'goal' | 'better'>} row
 * @param {Spread} spread
 * @returns {Spread}
 */
export function headroom({ goal, better }, { min, q1, median, q3, max }) {
  const of = (/** @type {number} */ value) => (better === 'less' ? Number(goal) / value : value / Number(goal));
  const [low, q, middle, p, high] = [min, q1, median, q3, max].map(of);
  return better === 'less' ? { min: high, q1: p, median: middle, q3: q, max: low } : { min: low, q1: q, median: middle, q3: p, max: high };
}

/** Every figure that has a number for a target, against it. @param {Row[]} rows */
export function targets(rows) {
  const shown = rows.filter(whole).map((row) => {
    const judged = row.ratio ?? row;
    const spread = headroom(row, /** @type {Spread} */ (judged.spread));
    return { row, judged, spread, figure: row.worst ? Math.min(spread.min, spread.max) : spread.median };
  });
  if (shown.length === 0) return '';
  const axis = logAxis(shown.flatMap(({ spread, figure }) => [spread.q1, figure, spread.q3, 1]));
  const strips = shown.map(({ row, judged, spread, figure }) => {
    const value = row.ratio ? `${number(Number(judged.figure))} ×` : `${number(Number(judged.figure))} ${row.unit}`;
    const title = `${subjectOf(row)}: ${value}, target ${row.target}, ${verdict(row)}`;
    const kind = row.met === null ? 'open' : row.met ? 'met' : 'missed';
    return html`<li><p><span>${subjectOf(row)}</span> <b>${value}</b> <span class="quiet">${row.target}</span> ${badge(row)}</p>${strip(axis, spread, { kind, title, figure, goal: 1 })}</li>`;
  });
  return html`<section><h2>Against the targets</h2><p>To the right of the line the target is met; so many times better or worse than it. The dot is the figure that is judged: a median, or the worst of all values where the target is about that. ${CUT_OFF}</p><ul class="strips">${strips}</ul>${scale(axis, 'times better than the target')}</section>`;
}

const CUT_OFF = 'The bar is the middle half of the values, the line goes from the least to the most; what does not fit is cut off at the edge.';

/** In words, by kind of a mark. */
const KINDS = { ours: 'ours', rival: 'rivals', limit: 'limits' };

/** Ours among rivals and limits, one picture for each title. @param {Row[]} rows */
export function rivals(rows) {
  const pictures = groupBy(rows.filter((row) => row.plot && row.spread), (row) => row.plot?.picture);
  return [...pictures].map(([picture, shown]) => {
    const groups = groupBy(shown, (row) => row.plot?.group);
    return pictureOf(String(picture), [...groups].map(([group, members]) => ({ group, members: members.map((row) => ({ row, ...(/** @type {import('../rows/row.mjs').Plot} */ (row.plot)) })) })));
  });
}

/** What is in no other picture: all figures of a group that have the same unit. @param {{ title: string, rows: Row[] }[]} groups */
export function others(groups) {
  return groups.flatMap(({ title, rows }) => {
    const left = rows.filter((row) => row.spread && row.spread.n > 1 && !row.plot);
    const units = groupBy(left, ({ unit }) => unit);
    return [...units].map(([unit, shown]) =>
      pictureOf(units.size > 1 ? `${title}, ${unit}` : title, [{ group: undefined, members: shown.map((row) => ({ row, line: row.name, wrong: row.wrong, kind: kindOf(row) })) }]));
  });
}

/** @param {Row} row  @returns {keyof typeof KINDS} */
const kindOf = ({ name, wrong }) => (wrong ? 'rival' : /\blimit\b/.test(name) ? 'limit' : 'ours');

/** @typedef {{ row: Row, line: string, kind: keyof typeof KINDS, wrong?: boolean | undefined }} Member */

/** Marks of figures of one unit along one axis. @param {string} title  @param {{ group: string | undefined, members: Member[] }[]} groups */
function pictureOf(title, groups) {
  const members = groups.flatMap((group) => group.members);
  const axis = logAxis(members.flatMap(({ row: { spread, figure, limit } }) => [Number(spread?.q1), Number(figure), Number(spread?.q3), limit?.figure ?? Number(figure)]));
  const limits = new Set(members.flatMap(({ row: { limit } }) => limit?.name ?? []));
  const kinds = /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS)).filter((kind) => members.some((member) => member.kind === kind));
  const legend = [
    ...(kinds.length > 1 ? kinds.map((kind) => html`<span class="${kind}">${KINDS[kind]}</span>`) : []),
    ...(members.some(({ wrong }) => wrong) ? [html`<span class="rival wrong">of a protocol that is wrong: a yardstick for cost, and nothing else</span>`] : []),
    ...(limits.size > 0 ? [html`<span class="limit bound">limit${limits.size === 1 ? `: ${[...limits][0]}` : ', which the list of all figures names'}</span>`] : []),
    ratiosInWords(members.flatMap(({ row }) => row.ratio?.of ?? [])),
  ];
  const [{ row: first }] = members;
  return html`<section><h2>${capital(title)}</h2><p class="legend">${legend}</p>${groups.map(({ group, members }) => html`${group && html`<h3>${group}</h3>`}<ul class="strips">${members.map((member) => memberRow(member, axis, group))}</ul>`)}${scale(axis, first.unit)}<p class="quiet">${first.how}</p></section>`;
}

/** @param {string[]} of  what ratios are of */
function ratiosInWords(of) {
  if (of.length === 0) return '';
  const what = of.every((words) => words.startsWith('ours over')) ? 'ours is so many times as fast' : of.every((words) => words === of[0]) ? of[0] : 'beside another figure';
  return html`<span class="quiet">n × [a, b]: ${what}, with its 95 % interval</span>`;
}

/** @param {Member} member  @param {import('./axis.mjs').Axis} axis  @param {string} [group] */
function memberRow({ row, line, kind, wrong }, axis, group) {
  const { figure, unit, spread, ratio, limit } = row;
  const value = `${number(Number(figure))} ${unit}`;
  // A figure that is the ratio itself is not said twice.
  const beside = ratio ? html` <span class="quiet">${ratio.figure === figure ? '' : `${number(ratio.figure)} × `}[${ratio.interval.map(number).join(', ')}]</span>` : '';
  const title = `${[line, group].filter(Boolean).join(', ')}: ${value}`;
  return html`<li><p><span>${line}</span> <b>${value}</b>${beside}${overLimit(row)}</p>${strip(axis, /** @type {Spread} */ (spread), { kind, title, figure: Number(figure), wrong, limit: limit?.figure })}</li>`;
}

/** How many times its limit a figure is, where it has one. @param {Row} row */
export const overLimit = ({ figure, unit, limit }) => limit && html` <span class="quiet">${number(Number(figure) / limit.figure)} × the limit of ${number(limit.figure)} ${unit}</span>`;

/** @param {Row} row */
export const badge = (row) => (row.target === null ? '' : html`<span class="badge ${row.met === null ? 'open' : row.met ? 'met' : 'missed'}">${verdict(row)}</span>`);

/** What a row's target is about. @param {Row} row */
export function subjectOf({ name, ratio }) {
  if (!ratio) return name;
  return ratio.of.startsWith('over ') ? `${name}, ${ratio.of}` : `${name.split(': ')[0]}: ${ratio.of}`;
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** As Map.groupBy, which Node 18 has not. @template T, K  @param {T[]} items  @param {(item: T) => K} key  @returns {Map<K, T[]>} */
function groupBy(items, key) {
  /** @type {Map<K, T[]>} */
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
