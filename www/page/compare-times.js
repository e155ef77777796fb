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
const TIMED = 'calls timed';

/**
 * @param {ComparisonPoint} point
 * @param {readonly Series[]} series
 */
export function callTimes({ measured }, series) {
  const told = measured.flatMap(({ callTimes: times }) => times ?? []);
  const [some] = told;
  if (!some) return h('p', { class: 'small soft' }, 'No read call was timed.');
  const step = nanoseconds(some.stepNs);
  const row = (/** @type {CallTimes | null} */ times, /** @type {Series | undefined} */ each) => h('tr', {},
    h('th', { scope: 'row' }, ...(each ? [nameOf(each)] : [])),
    ...COLUMNS.map(([name, label]) => h('td', { class: times && times[name] < times.stepNs ? 'soft' : null, 'data-head': label }, times ? timed(times[name], times.stepNs) : '–')),
    h('td', { class: 'soft', 'data-head': TIMED }, times ? count(times.count) : '–'));
  return h('div', {},
    // Above the table: whoever reads it without that would take it for a proof that they are alike.
    told.every(({ p90, stepNs }) => p90 < stepNs) ? h('p', { class: 'small', id: 'only-the-tail' },
      `Nearly all calls are shorter than a step of this browser’s clock, ${step}: the table tells protocols apart in the tail only. Their mean, “Time per read call” above, is finer, for it is of many calls at once.`) : null,
    h('table', { class: 'metric times num', id: 'call-times' },
      h('caption', {}, h('strong', {}, 'Time of a read call'), h('span', { class: 'small soft' }, 'the share of calls that took no longer')),
      h('thead', {}, h('tr', {}, ...['protocol', ...COLUMNS.map(([, label]) => label), TIMED].map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, ...measured.map(({ callTimes: times }, k) => row(times, series[k])))),
    h('p', { class: 'small soft' }, `The clock of this browser steps by ${step}: what is shorter than a step is not told apart, and says so.`));
}
