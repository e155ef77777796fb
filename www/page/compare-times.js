/** How long read calls took, as percentiles; the clock's step is said, for what is shorter it cannot tell apart. */

import { h } from './dom.js';
import { nameOf } from './compare-series.js';
import { nanoseconds, timed } from './compare-words.js';
import { count } from './format.js';

/** @typedef {import('./compare-types.js').CallTimes} CallTimes */
/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').Series} Series */

/** @type {readonly (readonly [keyof CallTimes, string])[]} */
const COLUMNS = [['p50', 'half'], ['p90', '90 %'], ['p99', '99 %'], ['p999', '99.9 %'], ['max', 'longest']];

/**
 * @param {ComparisonPoint} point
 * @param {readonly Series[]} series
 */
export function callTimes({ measured }, series) {
  const step = measured.find(({ callTimes: times }) => times)?.callTimes?.stepNs;
  if (step === undefined) return h('p', { class: 'small soft' }, 'No read call was timed.');
  const rows = measured.map(({ callTimes: times }, k) => h('tr', {},
    h('th', { scope: 'row' }, ...(series[k] ? [nameOf(series[k])] : [])),
    ...COLUMNS.map(([name]) => h('td', { class: times && times[name] < times.stepNs ? 'soft' : null }, times ? timed(times[name], times.stepNs) : '–')),
    h('td', { class: 'soft' }, times ? count(times.count) : '–')));
  return h('div', {},
    h('table', { class: 'metric times num', id: 'call-times' },
      h('caption', {}, h('strong', {}, 'Time of a read call'), h('span', { class: 'small soft' }, 'the share of calls that took no longer')),
      h('thead', {}, h('tr', {}, ...['protocol', ...COLUMNS.map(([, label]) => label), 'calls timed'].map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, ...rows)),
    h('p', { class: 'small soft' }, `The clock of this browser steps by ${nanoseconds(step)}: what is shorter than a step is not told apart, and says so.`));
}
