/**
 * A figure as a strip along an axis: the figure as a dot, the middle half as a bar, minimum and maximum as whiskers. Positions are in
 * percent, so a strip is as wide as there is room.
 */
import { axisInWords } from './axis.mjs';
import { html } from './html.mjs';

const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;

/** @typedef {{ min: number, q1: number, median: number, q3: number, max: number }} Spread */

/**
 * @param {import('./axis.mjs').Axis} axis
 * @param {Spread} spread
 * @param {{ kind: string, title: string, figure?: number, wrong?: boolean | undefined, goal?: number, limit?: number | undefined }} about figure: what counts, if not the median; goal, limit: where the target and the limit are
 */
export function strip(axis, { min, q1, median, q3, max }, { kind, title, figure = median, wrong = false, goal, limit }) {
  const at = (/** @type {number} */ value) => `${axis.at(value).toFixed(2)}%`;
  const line = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) => html`<line class="${name}" x1="${at(from)}" x2="${at(to)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`;
  const across = (/** @type {string} */ name, /** @type {number | undefined} */ value) => value !== undefined && html`<line class="${name}" x1="${at(value)}" x2="${at(value)}" y1="0" y2="${HEIGHT}"/>`;
  return html`<svg class="strip ${kind}" width="100%" height="${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title>
${axis.ticks.map((tick) => html`<line class="tick" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="${HEIGHT}"/>`)}${gap(axis, (percent) => ({ x1: `${percent}%`, x2: `${percent}%`, y1: 0, y2: HEIGHT }))}
${across('goal', goal)}${across('bound', limit)}
${line('whisker', min, max)}${line('half', q1, q3)}${mark(at(figure), MIDDLE, wrong)}</svg>`;
}

/**
 * The mark of a measured value: a disc, or a cross for a protocol that is wrong.
 *
 * @param {string} x  @param {number | string} y  @param {boolean} wrong  @param {number} [r]
 */
export function mark(x, y, wrong, r = 4.5) {
  // A cross is in a box of its own, so that the place may be in per cent.
  return wrong
    ? html`<svg x="${x}" y="${y}"><path class="cross" d="M-${r} -${r} L${r} ${r} M-${r} ${r} L${r} -${r}"/></svg>`
    : html`<circle cx="${x}" cy="${y}" r="${r}"/>`;
}

/** Where an axis is broken, across it. @param {import('./axis.mjs').Axis} axis  @param {(percent: number) => Record<'x1' | 'x2' | 'y1' | 'y2', string | number>} line  of its length */
export function gap(axis, line) {
  if (axis.gap === null) return '';
  const { x1, x2, y1, y2 } = line(axis.gap);
  return html`<line class="gap" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`;
}

/** @param {number} tick  two digits at the most and a power of ten, or 0 */
const tickText = (tick) => (tick !== 0 && (tick >= 1e5 || tick < 1e-3) ? Number(tick.toPrecision(2)).toExponential() : String(Number(tick.toPrecision(2))));

/** The numbers under strips. @param {import('./axis.mjs').Axis} axis  @param {string} unit */
export function scale(axis, unit) {
  return html`<svg class="scale" width="100%" height="32" aria-hidden="true">
${axis.ticks.map((tick) => html`<text x="${axis.at(tick).toFixed(2)}%" y="12">${tickText(tick)}</text>`)}<text class="unit" x="50%" y="28">${[unit, axisInWords(axis)].filter(Boolean).join(', ')}</text></svg>`;
}
