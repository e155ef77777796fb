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
  const shown = rows.filter(whole).map((row) => ({ row, judged: row.ratio ?? row, spread: headroom(row, /** @type {Spread} */ ((row.ratio ?? row).spread)) }));
  if (shown.length === 0) return '';
  const axis = logAxis(shown.flatMap(({ spread }) => [spread.q1, spread.median, spread.q3, 1]));
  const strips = shown.map(({ row, judged, spread }) => {
    const figure = row.ratio ? `${number(Number(judged.figure))} ×` : `${number(Number(judged.figure))} ${row.unit}`;
    const title = `${subjectOf(row)}: ${figure}, target ${row.target}, ${verdict(row)}`;
    return html`<li><p><span>${subjectOf(row)}</span> <b>${figure}</b> <span class="quiet">${row.target}</span> ${badge(row)}</p>${strip(axis, spread, { kind: row.met ? 'met' : 'missed', title, goal: 1 })}</li>`;
  });
  return html`<section><h2>Against the targets</h2><p>To the right of the line the target is met; so many times better or worse than it.</p><ul class="strips">${strips}</ul>${scale(axis, 'times better than the target')}</section>`;
}

/** Ours among rivals and limits, one picture for each title. @param {Row[]} rows */
export function rivals(rows) {
  const pictures = groupBy(rows.filter((row) => row.plot && row.spread), (row) => row.plot?.picture);
  return [...pictures].map(([picture, shown]) => {
    const axis = logAxis(shown.flatMap(({ spread }) => [Number(spread?.q1), Number(spread?.median), Number(spread?.q3)]));
    const groups = [...groupBy(shown, (row) => row.plot?.group)].map(
      ([group, members]) => html`<h3>${group}</h3><ul class="strips">${members.map((row) => mark(row, axis))}</ul>`,
    );
    const ratio = shown.some((row) => row.ratio) ? html`<span class="quiet">n × [a, b]: ours is so many times as fast, with its 95 % interval</span>` : '';
    return html`<section><h2>${capital(String(picture))}</h2><p class="legend"><span class="ours">ours</span> <span class="rival">rivals</span> <span class="limit">limits</span> ${ratio}</p>${groups}${scale(axis, shown[0].unit)}<p class="quiet">${shown[0].how}</p></section>`;
  });
}

/** @param {Row} row  @param {import('./axis.mjs').Axis} axis */
function mark({ figure, unit, spread, plot, ratio }, axis) {
  const value = `${number(Number(figure))} ${unit}`;
  const beside = ratio ? html` <span class="quiet">${number(ratio.figure)} × [${ratio.interval.map(number).join(', ')}]</span>` : '';
  return html`<li><p><span>${plot?.line}</span> <b>${value}</b>${beside}</p>${strip(axis, /** @type {Spread} */ (spread), { kind: String(plot?.kind), title: `${plot?.line}, ${plot?.group}: ${value}` })}</li>`;
}

/** @param {Row} row */
export const badge = (row) => (row.target === null ? '' : html`<span class="badge ${row.met === null ? 'open' : row.met ? 'met' : 'missed'}">${verdict(row)}</span>`);

/** What a row's target is about. @param {Row} row */
export const subjectOf = ({ name, ratio }) => (ratio ? `${name.split(': ')[0]}: ${ratio.of}` : name);

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** As Map.groupBy, which Node 18 has not. @template T, K  @param {T[]} items  @param {(item: T) => K} key  @returns {Map<K, T[]>} */
function groupBy(items, key) {
  /** @type {Map<K, T[]>} */
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
