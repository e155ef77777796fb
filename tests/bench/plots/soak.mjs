/** What a page holds over minutes, as the soak has seen it. */
import { picture } from './curves.mjs';
import { html } from './html.mjs';

/** @typedef {import('../../soak/verdict.mjs').Point} Point */

const HELD = { heap: 'JavaScript’s heap', dom: 'the DOM’s heap', wasm: 'wasm memory' };

/** @param {import('../../soak/verdict.mjs').Soak} soak */
export function soaked({ machine, minutes, long, many, wrong, bounds }) {
  const how = `./build.sh soak, ${minutes} min in ${machine.browser}, ${machine.date}, built from ${machine.commit?.slice(0, 12) ?? 'no commit'}; sizes after the collector has been. Bounds of growth: ${bounds}`;
  const verdict = wrong.length > 0 ? html`<ul>${wrong.map((sentence) => html`<li><span class="badge missed">MISSED</span> ${sentence}</li>`)}</ul>` : html`<p><span class="badge met">met</span> no damage, no crash, no growth</p>`;
  return html`<section><h2>The page over ${minutes} minutes</h2>${verdict}${picture(memory('One run of v4: what the page holds', 'seconds', long), how)}${picture(memory('Runs begun and ended: what the page holds', 'runs', many), how)}${picture(events(long), how)}</section>`;
}

/** @param {string} title  @param {string} label  @param {Point[]} points  @returns {import('../rows/row.mjs').Curve} */
const memory = (title, label, points) => ({
  title, label, unit: 'MB', even: true,
  x: points.map(({ at }) => at),
  series: Object.entries(HELD).map(([name, words]) => series(words, points.map(({ held }) => held[/** @type {keyof typeof HELD} */ (name)] / 1e6))),
});

/** @param {Point[]} points  @returns {import('../rows/row.mjs').Curve} */
const events = (points) => ({
  title: 'One run of v4: how fast events are read', label: 'seconds', unit: 'events/s', even: true,
  x: points.slice(1).map(({ at }) => at),
  series: [series('v4', points.slice(1).map(({ at, events }, i) => (events - points[i].events) / (at - points[i].at)))],
});

/** @param {string} name  @param {number[]} values */
function series(name, values) {
  const none = values.map(() => null);
  return { name, values, low: none, high: none };
}
