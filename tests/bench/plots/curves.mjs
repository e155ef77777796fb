/** What a figure does as something grows: curves, and the same numbers as a table below. */
import { number } from '../number.mjs';
import { axisInWords, evenAxis, logAxis } from './axis.mjs';
import { html } from './html.mjs';
import { gap, mark } from './strip.mjs';

/** @typedef {import('../rows/row.mjs').Curve} Curve */
/** @typedef {import('../rows/row.mjs').Series} Series */
/** @typedef {import('../rows/row.mjs').Row} Row */

const HEIGHT = 200;
/** By a series' place. */
const KINDS = ['ours', 'rival', 'limit'];

/** All curves of all rows. @param {Row[]} rows */
export function curves(rows) {
  const shown = rows.flatMap((row) => (row.curves ?? []).map((curve) => ({ row, curve })));
  if (shown.length === 0) return '';
  return html`<section><h2>As it grows</h2>${shown.map(({ row, curve }) => picture(curve, row.how))}</section>`;
}

/** @param {Series} series  @param {number} k  its place */
const classOf = ({ wrong, projected }, k) => [KINDS[k], wrong && 'wrong', projected && 'projected'].filter(Boolean).join(' ');

/** @param {Curve} curve  @param {string} how */
export function picture(curve, how) {
  const { title, label, unit, x, series, goal, even } = curve;
  const across = (even ? evenAxis : logAxis)(x);
  const values = series.flatMap(({ values, low, high }) => [...values, ...low, ...high]).filter((value) => typeof value === 'number');
  const up = logAxis(goal === undefined ? values : [...values, goal]);
  const left = (/** @type {number} */ value) => `${across.at(value).toFixed(2)}%`;
  const top = (/** @type {number} */ value) => fromTop(up.at(value));
  const line = (/** @type {string} */ kind, /** @type {number[]} */ [x1, y1, x2, y2]) =>
    html`<line class="${kind}" x1="${left(x1)}" x2="${left(x2)}" y1="${top(y1)}" y2="${top(y2)}"/>`;
  const level = (/** @type {string} */ kind, /** @type {number} */ value) => html`<line class="${kind}" x1="0" x2="100%" y1="${top(value)}" y2="${top(value)}"/>`;
  const ticks = x.length > 6 ? across.ticks : x;
  const described = `${title}: ${unit} by ${label}`;
  return html`<figure class="curve"><figcaption><h3>${title}</h3><p class="legend">${series.map((one, k) => html`<span class="${classOf(one, k)}">${nameOf(one)}</span>`)}${goal === undefined ? '' : html`<span class="target">target: at most ${number(goal)} ${unit}</span>`}</p></figcaption>
<div class="axes"><svg class="up" width="58" height="${HEIGHT}" aria-hidden="true">${up.ticks.map((tick) => html`<text x="52" y="${top(tick)}">${short(tick)}</text>`)}</svg>
<svg class="lines" height="${HEIGHT}" role="img" aria-label="${described}"><title>${described}</title>
${ticks.map((tick) => html`<line class="tick" x1="${left(tick)}" x2="${left(tick)}" y1="0" y2="${HEIGHT}"/>`)}
${up.ticks.map((tick) => level('tick', tick))}${gap(up, (percent) => ({ x1: 0, x2: '100%', y1: fromTop(percent), y2: fromTop(percent) }))}
${goal === undefined ? '' : level('goal', goal)}
${series.map((one, k) => {
    const { values, low, high, projected, wrong } = one;
    const points = x.flatMap((at, i) => (typeof values[i] === 'number' ? [{ at, value: Number(values[i]), low: low[i], high: high[i] }] : []));
    return html`<g class="${classOf(one, k)}">${points.slice(1).map((to, i) => line('path', [points[i].at, points[i].value, to.at, to.value]))}
${points.map(({ at, value, low, high }) => html`${typeof low === 'number' && typeof high === 'number' ? line('interval', [at, low, at, high]) : ''}${mark(left(at), top(value), Boolean(wrong), projected ? 2.5 : 4)}`)}</g>`;
  })}</svg></div>
<svg class="scale" height="46" aria-hidden="true">${ticks.map((tick) => html`<text x="${left(tick)}" y="12">${number(tick)}</text>`)}<text class="unit" x="50%" y="28">${label}; up: ${unit}</text><text class="unit" x="50%" y="42">${across.kind === up.kind ? 'both' : 'up:'} ${axisInWords(up)}</text></svg>
${table(curve)}<p class="quiet">${how}</p></figure>`;
}

/** @param {number} percent  of the height */
const fromTop = (percent) => (HEIGHT * (1 - percent / 100)).toFixed(1);

/** @param {Series} series */
const nameOf = ({ name, projected }) => `${name}${projected ? ' (not measured)' : ''}`;

/** Room is scarce beside the axis. @param {number} value */
function short(value) {
  const [size, letter] = value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${Number((value / size).toPrecision(3))}${letter}`;
}

/** @param {Curve} curve */
function table({ label, unit, x, series }) {
  const cell = (/** @type {Series} */ { values, low, high }, /** @type {number} */ i) =>
    typeof values[i] !== 'number' ? '–' : `${number(values[i])}${typeof low[i] === 'number' && typeof high[i] === 'number' ? ` [${number(low[i])}, ${number(high[i])}]` : ''}`;
  return html`<details><summary>the numbers</summary><div class="wide"><table><thead><tr><th scope="col">${label}</th>${series.map((one) => html`<th scope="col">${nameOf(one)}, ${unit}</th>`)}</tr></thead>
<tbody>${x.map((at, i) => html`<tr><th scope="row">${number(at)}</th>${series.map((one) => html`<td>${cell(one, i)}</td>`)}</tr>`)}</tbody></table></div></details>`;
}
