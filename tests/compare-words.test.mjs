/** Figures of a comparison in words, and the axis that ratios stand on: what needs no browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ratioAxis } from '../www/page/compare-axis.js';
import { parseValues } from '../www/page/compare-link.js';
import { crowdInWords, figureInWords, findingOf, inUnit, nanoseconds, placeInWords, ratio, roundsInWords, timed, trialsInWords, untoldInWords, workloadInWords } from '../www/page/compare-words.js';

const metric = (/** @type {string} */ name, /** @type {string | null} */ unit) => /** @type {any} */ ({ name, unit, label: name, better: 'higher', help: '' });
const FIELDS = /** @type {any} */ ([
  { name: 'readers', label: 'Readers', type: 'integer', min: 1, max: 64, default: 1, unit: null },
  { name: 'batch', label: 'Batch', type: 'integer', min: 1, max: 1024, default: 8, unit: 'events' },
  { name: 'pace', label: 'Migration pace', type: 'integer', min: 0, max: 1_000_000, default: 1000, unit: 'migrations/s' },
  { name: 'rounds', label: 'Rounds', type: 'integer', min: 5, max: 200, default: 20, unit: null },
]);
const INFO = /** @type {any} */ ({ fields: FIELDS, most: { values: 4 } });

describe('figures in words', () => {
  test('each in its unit, with three digits', () => {
    assert.equal(inUnit(metric('eventsPerSecond', 'events/s'), 23_040_000), '23.0 M/s');
    assert.equal(inUnit(metric('nsPerCall', 'ns'), 44.31), '44.3 ns');
    assert.equal(inUnit(metric('nsPerCall', 'ns'), 1_240), '1.24 µs');
    assert.equal(inUnit(metric('refusedShare', null), 0.5512), '55.1 %');
    assert.equal(inUnit(metric('triesPerMigration', null), 2.231), '2.23');
    assert.equal(inUnit(metric('longestWaitMs', 'ms'), 4.71), '4.7 ms');
    assert.equal(inUnit(metric('longestWaitMs', 'ms'), 0.012), '12 µs');
    assert.equal(inUnit(metric('longestWaitMs', 'ms'), 0), '0 ms');
    assert.equal(figureInWords(metric('nsPerCall', 'ns'), null), 'cannot be told');
    assert.equal(figureInWords(metric('nsPerCall', 'ns'), { median: 50, low: 48.4, high: 61, min: 1, max: 99 }), '50 ns (48.4 ns – 61 ns)');
  });

  test('what is shorter than the clock’s step is not told apart, and a few steps are a few steps', () => {
    assert.equal(timed(0, 5000), '< 5 µs');
    assert.equal(timed(4999, 5000), '< 5 µs');
    assert.equal(timed(5020, 5000), '5 µs');
    assert.equal(timed(14_980, 5000), '15 µs');
    assert.equal(timed(2_700_000, 5000), '2.7 ms');
    assert.equal(nanoseconds(100), '100 ns');
  });

  test('ratios keep the third place near 1, where it may be what it is about', () => {
    assert.deepEqual([0.8734, 1.0031, 1.25, 12.43, 0.0004, 0, Number.NaN].map(ratio), ['0.873', '1.003', '1.25', '12.4', '< 0.001', '0.000', '–']);
  });

  test('with fewer rounds than a comparison has, nothing is found', () => {
    const found = /** @type {any} */ ({ rounds: 4, verdict: 'higher' });
    assert.equal(findingOf(INFO, found), 'too-few');
    assert.equal(findingOf(INFO, { ...found, rounds: 5 }), 'higher');
    assert.equal(findingOf({ ...INFO, fields: [] }, found), 'higher');
  });

  test('the workload, the place on a sweep, and the crowd', () => {
    assert.equal(workloadInWords(INFO, { readers: 2, batch: 32, pace: 0, rounds: 20 }, 'batch'), '2 readers, readers complete their own requests · migrations as fast as they go · rounds: 20');
    assert.equal(placeInWords(INFO, 'batch', 1024), 'batch 1,024');
    assert.equal(placeInWords(INFO, 'moons', 3), 'moons 3');
    assert.equal(placeInWords(INFO, null, null), '');
    assert.match(crowdInWords(3, 2), /^Up to 3 Workers share 2 cores:.*its turn/);
    assert.match(crowdInWords(2, 2), /^Up to 2 Workers on 2 cores: each/);
  });

  test('what cannot be told is told in one sentence, with why', () => {
    const metrics = ['Migrations', 'Refused', 'Longest in vain'].map((label) => /** @type {any} */ ({ label }));
    const point = (/** @type {number} */ migrators) => /** @type {any} */ ({ settings: { migrators } });
    assert.deepEqual(untoldInWords(metrics, point(0)), ['Here nothing can be told of “Migrations”, “Refused” and “Longest in vain”, since nobody migrates.']);
    assert.deepEqual(untoldInWords(metrics.slice(0, 1), point(2)), ['Here nothing can be told of “Migrations”.']);
    assert.deepEqual(untoldInWords([], point(0)), []);
  });

  test('rounds are those that were measured, of those that were asked for', () => {
    const data = (/** @type {number[]} */ ...trials) => /** @type {any} */ ({ config: { fields: { rounds: 7 } }, points: trials.map((n) => ({ measured: [{ trials: Array(n) }, { trials: Array(7) }] })) });
    assert.equal(roundsInWords(data(7, 7)), '7 rounds');
    assert.equal(roundsInWords(data(4, 3)), '3 of 7 rounds');
  });

  test('hung trials are counted by protocol', () => {
    const trials = (/** @type {boolean[]} */ ...hung) => hung.map((each) => ({ hung: each }));
    const point = /** @type {any} */ ({ measured: [{ name: 'a', trials: trials(true, false, true) }, { name: 'b', trials: trials(false) }] });
    assert.deepEqual(trialsInWords(point), ['a: nobody could go on in 2 of 3 trials; their figures are left out.']);
  });
});

describe('values of a sweep', () => {
  const lab = /** @type {any} */ ({ comparing: INFO });
  test('are read with whatever stands between them, and sorted', () => {
    assert.deepEqual(parseValues(lab, 'batch', ' 32, 1;8  '), { values: [1, 8, 32], complaint: '' });
  });
  for (const text of ['', '1', '1, x', '1, 1025', '0, 1', '1, 2, 3, 4, 5', '1.5, 2', '1e2, 2']) {
    test(`“${text}” is refused`, () => assert.match(parseValues(lab, 'batch', text).complaint, /^Takes 2 to 4 whole numbers, 1 to 1,024/));
  }
  test('each once', () => assert.equal(parseValues(lab, 'batch', '2, 2').complaint, 'Each value once.'));
  test('of a field that is not there', () => assert.notEqual(parseValues(lab, 'moons', '1, 2').complaint, ''));
});

describe('the axis of ratios', () => {
  /** @type {Record<string, { low: number, high: number }[]>} */
  const cases = {
    'empty': [], 'all the same': [{ low: 1, high: 1 }], 'close to 1': [{ low: 0.998, high: 1.004 }], 'below': [{ low: 0.55, high: 0.57 }], 'far below': [{ low: 0.01, high: 0.02 }],
    'above': [{ low: 1.4, high: 1.6 }], 'far above': [{ low: 30, high: 11_000 }], 'both ways': [{ low: 0.4, high: 0.5 }, { low: 2, high: 9 }], 'from zero': [{ low: 0, high: 3 }],
    'without an end': [{ low: 0.9, high: Infinity }],
  };
  for (const [name, intervals] of Object.entries(cases)) {
    test(`${name}: 1 is on it, its labels are apart and in order, and nothing lies beyond`, () => {
      const { at, ticks } = ratioAxis(intervals);
      assert.ok(ticks.some(({ value }) => value === 1));
      ticks.forEach(({ value, at: place }, i) => {
        assert.ok(place > 0 && place < 1 && Math.abs(place - at(value)) < 1e-9, `${value} at ${place}`);
        const before = ticks[i - 1];
        if (before) assert.ok(value > before.value && place - before.at >= 0.17 - 1e-9, `${before.value} and ${value}`);
      });
      for (const { low, high } of intervals) {
        assert.ok(at(low) >= 0 && at(high) <= 1 && at(low) <= at(high));
        if (low > 0 && Number.isFinite(high)) assert.ok(at(low) > 0 && at(high) < 1, 'with a margin');
      }
    });
  }
  test('half and twice are equally far from 1', () => {
    const { at } = ratioAxis([{ low: 0.5, high: 2 }]);
    assert.ok(Math.abs(at(1) - at(0.5) - (at(2) - at(1))) < 1e-9);
  });
});
