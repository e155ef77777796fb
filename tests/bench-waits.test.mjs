/** What the bench makes of comparisons: who starved, which rounds count, what is called wrong. No browser, and nothing is timed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { byName, isWrong, labelOf } from './bench/protocols.mjs';
import { besideLimit, curve, curveOfWorst, eventRate, inRounds, timeOfCall, trials } from './bench/rows/comparing.mjs';
import { copiesOnly, leastCall, limitOf, limitOfRun, mostEvents, mostOver, oneByOne } from './bench/rows/least.mjs';
import { limitsAt } from './bench/rows/migrating.mjs';
import { noSlower } from './bench/rows/spinlock.mjs';
import { longestWaits, nobodyStarved, trialsForWaits } from './bench/rows/waits.mjs';
import { ofValues } from './bench/rows/row.mjs';

const V4 = { name: 'v4', correct: true };
const SPINLOCK = { name: 'tang-gu', correct: false };

/** @param {object} more */
const trial = (more = {}) => ({ seconds: 0.5, events: 100, calls: 10, nsPerCall: 20, migrations: 5, refused: 1, longestWaitMs: 3, longestRefusedMs: 2, hung: false, ...more });

/** @param {object[]} ours trials of v4 at each of two points  @param {number} trialMs */
const comparison = (ours, trialMs = 500) => ({
  config: { fields: { trialMs, rounds: ours.length } },
  points: [1, 2].map((value) => ({ value, measured: [V4, SPINLOCK].map((protocol) => ({ ...protocol, metrics: { nsPerCall: { median: 5, low: 4, high: 6 } }, trials: protocol === V4 ? ours : [trial({ longestWaitMs: 7 })] })) })),
});

test('nobody starved only if trials were long enough to show it; who did, did in any', () => {
  assert.equal(nobodyStarved(99, 500, 0), true);
  assert.equal(nobodyStarved(101, 500, 0), false);
  assert.equal(nobodyStarved(19, 20, 0), null);
  assert.equal(nobodyStarved(120, 199, 0), false);
  assert.equal(nobodyStarved(99, 199, 0), null);
  assert.equal(nobodyStarved(99, 200, 0), true);
  assert.equal(nobodyStarved(0, 500, 1), false);
});

test('the whole bench can judge waits, and the quick one cannot', () => {
  const words = { who: 'all', beside: 'one', label: 'n', how: '' };
  const [whole, quick] = [false, true].map((quick) => longestWaits(comparison([trial()], trialsForWaits(quick).trialMs), words).map(({ met }) => met));
  assert.deepEqual([whole, quick], [[true, true], [null, null]]);
});

test('waiting and trying in vain are judged apart, by the longest of all trials, and drawn so', () => {
  const [waited, inVain] = longestWaits(comparison([trial(), trial({ longestRefusedMs: 433 }), trial({ longestWaitMs: 9 })]), { who: 'all', beside: 'one', label: 'n', how: 'so' });
  assert.deepEqual([waited.figure, waited.met, inVain.figure, inVain.met], [9, true, 433, false]);
  assert.match(inVain.how, /no place in any queue.*starvation.*cut off by it/);
  const [drawn] = /** @type {import('./bench/rows/row.mjs').Curve[]} */ (inVain.curves);
  assert.deepEqual([drawn.goal, drawn.series.map(({ values }) => values)], [100, [[433, 433], [2, 2]]]);
});

test('a trial that hung is no rate, but a starving thread', () => {
  const hung = trial({ hung: true, longestWaitMs: 500, nsPerCall: null });
  const [waited, inVain] = longestWaits(comparison([trial(), hung]), { who: 'all', beside: 'one', label: 'n', how: '' });
  assert.deepEqual([waited.figure, waited.met, inVain.met], [3, false, false]);
  assert.match(waited.how, /of all 2 trials of 500 ms, 2 more hung/);
  assert.equal(trials(comparison([trial(), hung]).points[0]).length, 1);
  const [lost] = longestWaits(comparison([hung]), { who: 'all', beside: 'one', label: 'n', how: '' });
  assert.deepEqual([lost.figure, lost.met], [null, null]);
  assert.match(lost.how, /2 of 2 trials hung/);
});

test('a ratio is of trials of one round, where both have the figure', () => {
  const [ours, theirs] = [[trial({ events: 100 }), trial({ events: 400, hung: true }), trial({ events: 90 })], [trial({ events: 50 }), trial(), trial({ events: 30 })]];
  assert.deepEqual(inRounds(ours, theirs, eventRate).map(({ ratio }) => ratio), [2, 3]);
  for (const nsPerCall of [null, 0]) {
    assert.deepEqual(inRounds([trial({ nsPerCall }), trial()], [trial(), trial({ nsPerCall })], timeOfCall), []);
  }
  assert.deepEqual(inRounds([trial()], [trial({ migrations: 0 })], ({ migrations }) => migrations), []);
});

test('a wrong protocol is called wrong, in curves too; one that the lab does not know is an error', () => {
  const protocol = byName([V4, SPINLOCK]);
  assert.deepEqual(['v4', 'tang-gu'].map((name) => [labelOf(protocol(name)), isWrong(protocol(name))]), [['v4', false], ['tang-gu (wrong)', true]]);
  assert.throws(() => protocol('v5'), /no protocol v5/);
  for (const drawn of [curve(comparison([trial()]), 'nsPerCall', { title: '', label: '', unit: '' }), curveOfWorst(comparison([trial()]), 'longestWaitMs', { title: '', label: '', unit: '' })]) {
    assert.deepEqual(drawn.series.map(({ name, wrong }) => [name, wrong]), [['v4', false], ['tang-gu (wrong)', true]]);
    assert.deepEqual(besideLimit(drawn, (figure) => ({ name: 'a copy', figure })).series.map(({ name }) => name), ['v4', 'tang-gu (wrong)', "v4's limit: a copy"]);
  }
});

test('no slower is judged by the interval that is shown, and by that of two that are the same', () => {
  const row = ofValues({ name: 'x', values: [1.02], unit: '', how: '', ratio: { of: '', values: [1.01, 1.02, 1.03] } });
  const of = (/** @type {[number, number]} */ interval) => ({ ...row, ratio: { .../** @type {NonNullable<typeof row.ratio>} */ (row.ratio), interval } });
  assert.equal(noSlower(row, row, 'x (wrong)').target, 'no slower than x (wrong) is than itself');
  const judged = (/** @type {[number, number][]} */ [ours, control]) => noSlower(of(ours), of(control), '').met;
  assert.deepEqual([judged([[1.001, 1.03], [0.99, 0.999]]), judged([[1, 1.03], [0.99, 0.999]]), judged([[0.99, 0.995], [0.98, 0.985]])], [false, true, true]);
  assert.deepEqual([judged([[1.001, 1.03], [0.99, 1.002]]), judged([[1.003, 1.03], [0.99, 1.002]])], [true, false]);
});

test('a limit is copies of each record, and locked instructions of each batch', () => {
  const round = { records: 2, cas: 8, store: 16 };
  const limit = limitOf(2, { cas: 4, store: 1 }, 8);
  assert.deepEqual([limit.name, limit.of(round), copiesOnly(2).of(round)], ['2 plain copies and 5 locked instructions a batch', 2 * 2 + (4 * 8 + 16) / 8, 4]);
  assert.equal(limitOf(1, { cas: 2, store: 0 }, 1).name, 'plain copy and 2 locked instructions a batch');
  assert.deepEqual(oneByOne({ cas: 2, store: 1 }, { cas: 2, store: 0 }, 8), { cas: 18, store: 8 });
});

test('what a run reader takes is the same by whichever way it is added up', () => {
  const [round, complete, read] = [{ records: 2, cas: 8, store: 16 }, { cas: 2, store: 1 }, { cas: 2, store: 0 }];
  const run = limitOfRun(complete, read, 8);
  assert.equal(run.of(round), limitOf(1, read, 8).of(round) + limitOf(1, complete, 1).of(round));
  assert.equal(run.name, mostEvents({ batch: 8, read: 1, complete: 1, locks: { read: 2, complete: 3 } }, 1, 1).name);
});

test('beside a migrator each figure of v4 has the limit of its own kind', () => {
  const leasts = [1, 8].map((batch) => ({ batch, read: 2, complete: 8, locks: { read: 2, complete: 3 } }));
  const limits = limitsAt(leasts, { name: 'a page copy', figure: 5e6 }, 8);
  assert.deepEqual([limits['events/s'].figure, limits.ns.figure, limits['migrations/s'].figure], [1e8, 16, 5e6]);
});

test('readers with a core each are as fast together as all of them apart, until completions pass one after the other', () => {
  const least = { batch: 8, read: 2, complete: 8, locks: { read: 2, complete: 3 } };
  const most = (/** @type {number} */ readers, /** @type {number} */ cores) => mostEvents(least, readers, cores).figure;
  assert.deepEqual([most(1, 1), most(1, 2), most(16, 1)], [1e8, 1e8, 1e8]);
  assert.deepEqual([most(2, 2), most(16, 16)], [1e9 / 8, 1e9 / 8]);
  // Reading is the larger part: two of them are not yet in each other's way all of the time, more are at ring_lock.
  const reading = { ...least, read: 10 };
  assert.deepEqual([2, 3, 16].map((n) => mostEvents({ ...least, read: 8.5, complete: 8 }, n, n).figure), [1e9 / 8.5, 1e9 / 8.5, 1e9 / 8.5]);
  assert.deepEqual([mostEvents(reading, 2, 2).figure, mostEvents(reading, 16, 16).figure, mostEvents(reading, 1, 1).figure], [1e9 / 10, 1e9 / 10, 1e9 / 18]);
  assert.match(mostEvents(reading, 16, 16).name, /^a plain copy and 2 locked instructions a read call, one after the other under ring_lock$/);
  // And on one core nothing is beside anything.
  assert.equal(mostEvents(reading, 16, 1).figure, 1e9 / 18);
  assert.match(mostEvents(least, 1, 2).name, /^2 plain copies, 3 locked instructions to complete an event and 2 a read call$/);
  assert.match(mostEvents(least, 2, 2).name, /one after the other under completion_lock$/);
  // Who takes twice as long as 10 ns could be twice as fast.
  assert.deepEqual([mostOver(least, 20).figure, mostOver(least, 20).name], [2, mostEvents(least, 1, 1).name]);
  assert.deepEqual(leastCall(least), { name: "a full call's plain copy and 2 locked instructions", figure: 16 });
});
