/** What more cores would do for readers of one ring: not measured, but between what was. */
import { project } from '../scaling.mjs';
import { interval, median } from '../stats.mjs';
import { eventRate, timeOfCall, trials } from './comparing.mjs';
import { notMeasured } from './row.mjs';

/** Numbers of readers, with a core each. */
const READERS = [1, 2, 4, 8, 16];

/** What is read while somebody is in a read call. @param {import('./comparing.mjs').Trial} trial */
const rateInCalls = (trial) => (1e9 * trial.events) / (trial.calls * timeOfCall(trial));

/**
 * The most and the least, with a curve of both.
 *
 * @param {import('./comparing.mjs').Comparison} comparison  v4 first, readers swept
 * @param {number} cores
 * @param {string} how
 * @returns {import('./row.mjs').Row[]}
 */
export function projections({ points }, cores, how) {
  const most = READERS[READERS.length - 1];
  const readers = cores < most ? READERS : [...READERS, 2 * cores];
  const rates = new Map(points.map((/** @type {any} */ point) => [point.value, trials(point).map(eventRate)]));
  const one = points.find((/** @type {any} */ { value }) => value === 1);
  const inCalls = one ? trials(one).map(rateInCalls).filter(Number.isFinite) : [];
  const { atMost, atLeast, missing } = project({ rates, inCalls }, cores, readers);

  const lacking = missing.length > 0 ? `. Of ${missing.join(', ')} readers no rate was measured, so the least is not known there` : '';
  const said = `no law, but a bracket around what was measured on ${cores} cores (${how}). At most what one reader reads while it is in read calls: all of a call is under ring_lock, so calls pass one after the other on any number of cores; no more than as many times what one reads in all, and no less than any trial had. At least the lowest rate of any trial of as many readers, who took turns on ${cores} cores; that takes for granted that more readers running at once lose no more at the lock than those did by taking turns, since who meets another one there rests${lacking}`;
  const beyond = readers[readers.length - 1];
  const bound = (/** @type {string} */ side, /** @type {(number | null)[]} */ bounds, /** @type {string} */ why) => {
    const name = `projected, not measured: v4, ${beyond} readers on ${beyond} cores, ${side}`;
    const figure = bounds[bounds.length - 1];
    return figure === null
      ? notMeasured({ name, unit: 'events/s', why: `nothing to project from: ${why}` })
      : { name, figure, unit: 'events/s', target: null, met: null, spread: null, how: said };
  };
  const ofEach = (/** @type {(values: number[]) => number} */ of) => readers.map((n) => (missing.includes(n) ? null : of(/** @type {number[]} */ (rates.get(n)))));
  const none = readers.map(() => null);
  const drawn = {
    title: 'Readers of one ring with a core each: a projection',
    label: 'readers',
    unit: 'events/s',
    x: readers,
    series: [
      { name: `measured on ${cores} cores`, values: ofEach(median), low: ofEach((values) => interval(values)[0]), high: ofEach((values) => interval(values)[1]) },
      { name: 'projected with a core each, at most', projected: true, values: atMost, low: none, high: none },
      { name: 'projected with a core each, at least', projected: true, values: atLeast, low: none, high: none },
    ],
  };
  return [
    { ...bound('at most', atMost, 'one reader alone was not timed'), curves: [drawn] },
    bound('at least', atLeast, `no rate of ${beyond} readers was measured`),
  ];
}
