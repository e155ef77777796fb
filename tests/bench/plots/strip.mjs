/**
 * A figure as a strip along an axis: the median as a dot, the middle half as a bar, minimum and maximum as whiskers. Positions
 * are in percent, so a strip is as wide as there is room.
 */
import { html } from './html.mjs';

const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;

/** @typedef {{ min: number, q1: number, median: number, q3: number, max: number }} Spread */

/**
 * @param {import('./axis.mjs').Axis} axis
 * @param {Spread} spread
 * @param {{ kind: string, title: string, goal?: number }} about goal: where the target is
 */
export function strip(axis, { min, q1, median, q3, max }, { kind, title, goal }) {
  const at = (/** @type {number} */ value) => `${axis.at(value).toFixed(2)}%`;
  const line = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) => html`<line class="${name}" x1="${at(from)}" x2="${at(to)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`;
  return html`<svg class="strip ${kind}" width="100%" height="${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title>
${axis.ticks.map((tick) => html`<line class="tick" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="${HEIGHT}"/>`)}
${goal === undefined ? '' : html`<line class="goal" x1="${at(goal)}" x2="${at(goal)}" y1="0" y2="${HEIGHT}"/>`}
${line('whisker', min, max)}${line('half', q1, q3)}<circle cx="${at(median)}" cy="${MIDDLE}" r="4.5"/></svg>`;
}

/** @param {number} tick  one digit and a power of ten */
const tickText = (tick) => (tick >= 1e5 || tick < 1e-3 ? tick.toExponential(0) : String(Number(tick.toPrecision(1))));

/** The numbers under strips. @param {import('./axis.mjs').Axis} axis  @param {string} unit */
export function scale(axis, unit) {
  return html`<svg class="scale" width="100%" height="32" aria-hidden="true">
${axis.ticks.map((tick) => html`<text x="${axis.at(tick).toFixed(2)}%" y="12">${tickText(tick)}</text>`)}<text class="unit" x="50%" y="28">${unit}</text></svg>`;
}
