/** What the bench says of many threads and of more cores than there are, against rates that are known beforehand. No browser, and nothing is timed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { picture } from './bench/plots/curves.mjs';
import { ofMigrators, ofReaderBesideMigrators, ofReaders, ofReadersBesideMigrators } from './bench/rows/projecting.mjs';
import { callOverPages, collapse, migrationsOverPages, overCrowding } from './bench/rows/scale.mjs';
import { fairShare, project } from './bench/scaling.mjs';
import { median } from './bench/stats.mjs';

const READERS = [1, 2, 4, 8, 16];

/** Events of 1 ns to read and 3 to complete; 100,000 migrations a second. */
const MACHINE = { least: { batch: 8, read: 1, complete: 3, locks: { read: 2, complete: 3 } }, most: { name: 'a copy', figure: 1e5 }, cores: 2 };
const PLENTY = { name: 'a copy and 3 locks', figure: 1e9 };

/** @param {Record<number, number[]>} rates */
const ofRates = (rates) => new Map(Object.entries(rates).map(([readers, values]) => [Number(readers), values]));

/** Readers of whom each could come to `one` if nobody were in its way. @param {ReturnType<typeof ofRates>} rates  @param {number} serial  @param {number} cores  @param {number[]} readers */
const projected = (rates, serial, cores, readers, one = median(rates.get(1) ?? [])) => project({ rates, serial, apart: (n) => n * one }, (n) => n <= cores, readers);

test('a projection holds all that was measured of more readers than cores, and is what was measured of fewer', () => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < 200; i += 1) {
    // From quadratic collapse to many that are faster than one: whatever it is, it was measured.
    const rates = ofRates(Object.fromEntries(READERS.map((n) => [n, Array.from({ length: 5 }, () => 1e6 * (0.1 + 30 * random()))])));
    const cores = [1, 2, 3, 4, 8, 16][i % 6];
    const { atMost, atLeast, missing } = projected(rates, 1e6 * (1 + 30 * random()), cores, READERS);
    assert.deepEqual(missing, []);
    READERS.forEach((n, k) => {
      const values = /** @type {number[]} */ (rates.get(n));
      if (n <= cores) assert.deepEqual([atMost[k], atLeast[k]], [median(values), median(values)]);
      else assert.ok(Number(atLeast[k]) <= Math.min(...values) && Math.max(...values) <= Number(atMost[k]), `${n} on ${cores}`);
    });
  }
});

test('no number of cores gives more than what passes one lock', () => {
  const rates = ofRates({ 1: [30], 2: [8], 4: [10], 8: [15], 16: [20] });
  assert.deepEqual(projected(rates, 30, 2, READERS), { atMost: [30, 8, 30, 30, 30], atLeast: [30, 8, 10, 15, 20], missing: [] });
  // Half of the time outside of calls: two readers can take turns at the lock.
  assert.deepEqual(projected(rates, 60, 2, READERS).atMost, [30, 8, 60, 60, 60]);
  // A lock that is hardly ever taken: no more than each of them can.
  assert.deepEqual(projected(rates, 150, 2, READERS).atMost, [30, 8, 120, 150, 150]);
  // A rate that was measured can be had by others, too.
  assert.deepEqual(projected(ofRates({ 1: [30], 2: [33], 4: [31] }), 30, 2, [1, 2, 4, 8]).atMost, [30, 33, 33, 33]);
});

test('what was not measured is projected from nothing, and said to be missing', () => {
  const { atMost, atLeast, missing } = projected(ofRates({ 1: [30], 2: [29], 8: [], 16: [20] }), 40, 2, READERS);
  assert.deepEqual([atMost, atLeast, missing], [[30, 29, 40, 40, 40], [30, 29, null, null, 20], [4, 8]]);
  assert.deepEqual(projected(ofRates({ 1: [], 2: [29], 4: [28] }), NaN, 2, [1, 2, 4], NaN), { atMost: [null, 29, null], atLeast: [null, 29, 28], missing: [1] });
});

/**
 * A comparison in which trials of half a second had these rates.
 *
 * @param {Record<number, number[]>} rates  by what was swept  @param {Set<number>} [hung]  where all trials hung  @param {number} [readers]
 */
const comparison = (rates, hung = new Set(), readers = 1) => ({
  config: { fields: { readers } },
  points: Object.entries(rates).map(([value, all]) => ({
    value: Number(value),
    measured: [{
      name: 'v4',
      correct: true,
      metrics: {},
      // Calls of 8 events, in four fifths of one reader's time.
      trials: all.map((rate) => ({ seconds: 0.5, events: rate / 2, migrations: rate / 200, calls: rate / 16, nsPerCall: (0.8 * 8e9) / rate, hung: hung.has(Number(value)) })),
    }],
  })),
});

test('rows of a projection say that it is none, what it takes for granted, and what is missing', () => {
  const rates = { 1: [40e6, 42e6, 38e6], 2: [33e6, 34e6, 32e6], 16: [20e6, 21e6, 19e6] };
  const [most, least] = ofReaders(comparison(rates), PLENTY, 2, 'so');
  assert.deepEqual([most.figure, least.figure, most.target, least.target], [50e6, 19e6, null, null]);
  for (const { name, how } of [most, least]) {
    assert.match(name, /^projected, not measured: v4, 16 readers on 16 cores, at (most|least)$/);
    assert.match(how, /\(so\).*under ring_lock.*takes for granted.*Of 4, 8 readers no rate was measured/);
  }
  // What can be completed may be less than what can be read.
  const [fewer] = ofReaders(comparison(rates), { ...PLENTY, figure: 45e6 }, 2, 'so');
  assert.deepEqual([fewer.figure, /completed, a copy and 3 locks, whichever is less/.test(fewer.how)], [45e6, true]);
  const [drawn] = /** @type {import('./bench/rows/row.mjs').Curve[]} */ (most.curves);
  assert.deepEqual(drawn.series.map(({ projected, values }) => [Boolean(projected), values]), [
    [false, [40e6, 33e6, null, null, 20e6]],
    [true, [40e6, 33e6, 50e6, 50e6, 50e6]],
    [true, [40e6, 33e6, null, null, 19e6]],
  ]);
  assert.match(String(picture(drawn, most.how)), /at most \(not measured\)/);
});

test('a projection from nothing has no figure', () => {
  const rates = { 1: [40e6], 2: [33e6], 16: [20e6] };
  const figures = (/** @type {number[]} */ hung, cores = 2) => ofReaders(comparison(rates, new Set(hung)), PLENTY, cores, '').map(({ figure, how }) => figure ?? how);
  assert.deepEqual(figures([16]), [50e6, 'nothing to project from: no rate of 16 readers was measured']);
  assert.deepEqual(figures([1]), ['nothing to project from: one reader alone was not timed', 20e6]);
  // Where all had cores, it goes on to more.
  assert.deepEqual(figures([], 32), [50e6, 'nothing to project from: no rate of 64 readers was measured']);
});

test('migrators, and readers beside them, are projected between what passes their locks and what as many came to by taking turns', () => {
  const rates = { 1: [40e6, 42e6, 38e6], 2: [33e6, 34e6, 32e6], 8: [20e6, 21e6, 19e6] };
  const swept = comparison(rates);
  /** @type {(rows: import('./bench/rows/row.mjs').Row[]) => unknown[]} */
  const figures = (rows) => rows.map(({ name, figure }) => [name.replace('projected, not measured: v4, ', ''), figure]);
  assert.deepEqual(figures(ofMigrators(swept, { name: 'a copy', figure: 2e6 }, 2, 'so')), [
    ['8 migrators and 1 reader on 9 cores: migrations, at most', 2e6],
    ['8 migrators and 1 reader on 9 cores: migrations, at least', 19e4],
  ]);
  // More than the limit was measured: then so much is possible.
  assert.deepEqual(figures(ofMigrators(swept, { name: 'a copy', figure: 1e5 }, 2, 'so'))[0], ['8 migrators and 1 reader on 9 cores: migrations, at most', 42e4]);
  assert.deepEqual(figures(ofReaderBesideMigrators(swept, { name: 'copies', figure: 90e6 }, 2, 'so')), [
    ['1 reader and 8 migrators on 9 cores: events, at most', 90e6],
    ['1 reader and 8 migrators on 9 cores: events, at least', 19e6],
  ]);
  // As one reader by itself in its calls, whom the readers' own sweep timed.
  const crowd = comparison({ 1: [30e6], 8: [20e6] }, new Set(), 16);
  assert.deepEqual(figures(ofReadersBesideMigrators(crowd, swept, PLENTY, 2, 'so')), [
    ['16 readers and 8 migrators on 24 cores: events, at most', 50e6],
    ['16 readers and 8 migrators on 24 cores: events, at least', 20e6],
  ]);
  // With a core for each it is what was measured, and goes on.
  const [most] = ofReadersBesideMigrators(crowd, swept, PLENTY, 24, 'so');
  assert.deepEqual([most.curves?.[0].x, most.curves?.[0].series[1].values], [[1, 8, 48], [30e6, 20e6, 50e6]]);
  assert.match(most.how, /^no law.*Of 48 migrators no rate was measured/);
});

test('rates that collapse as readers come are MISSED, and those that fall a little are not', () => {
  const judged = (/** @type {Record<number, number[]>} */ rates) => collapse(comparison(rates), MACHINE, '');
  const [fell, collapsed] = [judged({ 1: [30, 31, 29], 2: [34, 33, 35], 16: [20, 21, 19] }), judged({ 1: [30, 31, 29], 2: [8, 9, 8], 16: [10, 11, 9] })];
  assert.deepEqual([fell.met, collapsed.met, collapsed.target], [true, false, '≥ 0.5']);
  // Two cores: completions pass one after the other.
  assert.deepEqual([fell.limit?.figure, fell.curves?.[0].series.at(-1)?.values], [1e9 / 3, [25e7, 1e9 / 3, 1e9 / 3]]);
  // The best of fewer, wherever it was.
  assert.match(String(fell.ratio?.of), /that of 2$/);
  assert.match(String(collapsed.ratio?.of), /that of 1$/);
});

test('rings of all sizes have the same limit', () => {
  const swept = comparison({ 60: [30e6, 31e6, 29e6], 4060: [30e6, 31e6, 29e6] });
  const [call, moved] = [callOverPages(swept, { name: 'a copy', figure: 8 }, ''), migrationsOverPages(swept, MACHINE.most, '')];
  for (const [{ limit, curves }, figure] of /** @type {const} */ ([[call, 8], [moved, 1e5]])) {
    assert.deepEqual([limit?.figure, curves?.[0].x, curves?.[0].series.at(-1)?.values], [figure, [1, 64], [figure, figure]]);
  }
});

test('beside many migrators readers keep their share of the cores, or are MISSED', () => {
  const judged = (/** @type {number} */ kept, cores = 2, readers = 1) => overCrowding(comparison({ 1: [30e6, 31e6, 29e6], 8: [30e6, 31e6, 29e6].map((rate) => kept * rate) }, new Set(), readers), { ...MACHINE, cores }, 'so');
  assert.deepEqual([judged(0.23).met, judged(0.21).met, judged(0.21).target], [true, false, '≥ 0.22']);
  assert.match(judged(1).how, /^so\. The target: .* each of 9 threads 0\.222 of a core, and each of 2 threads 1;/);
  // Sixteen of 17 threads become sixteen of 24: they may lose a third to that, and to locks as much as others.
  assert.deepEqual([judged(0.51, 2, 16).met, judged(0.49, 2, 16).met, judged(1, 2, 16).name], [true, false, 'v4, 8 migrators at full pace: events of 16 readers']);
  // One reader: two copies and what it demands; and as many migrations as pages can be copied.
  assert.deepEqual([judged(1).limit?.figure, judged(1).curves?.map(({ series }) => series.at(-1)?.values)], [25e7, [[25e7, 25e7], [1e5, 1e5]]]);
  // On one core a reader beside one migrator has but half of it.
  assert.deepEqual([1, 2, 4, 8, 9, 64].map((cores) => judged(1, cores).goal), [0.22, 0.22, 0.44, 0.5, 0.5, 0.5]);
  assert.deepEqual([fairShare(9, 2), fairShare(2, 2), fairShare(2, 4)], [2 / 9, 1, 1]);
});
