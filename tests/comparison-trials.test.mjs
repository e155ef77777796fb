/** What trials come to, worked out again; held against a bootstrap of its own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { intervalBounds, median, metricOf, quantile, ratiosOf } from '../www/lib/comparison-trials.js';
import { random } from './support/damage.mjs';

const trial = (/** @type {any} */ changes) => ({ turn: 1, seconds: 0.5, events: 100, calls: 10, nsPerCall: 40, migrations: 10, refused: 30, longestWaitMs: 2, longestRefusedMs: 3, hung: false, ...changes });

describe('trials', () => {
  test('what each metric is of', () => {
    const values = ['eventsPerSecond', 'nsPerCall', 'migrationsPerSecond', 'refusedShare', 'triesPerMigration', 'longestWaitMs', 'longestRefusedMs', 'speed', 'constructor'].map((name) => metricOf(trial({}), name));
    assert.deepEqual(values.slice(0, 8), [200, 40, 20, 0.75, 4, 2, 3, null]);
    assert.equal(metricOf(trial({ migrations: 0, refused: 0 }), 'refusedShare'), null);
    assert.equal(metricOf(trial({ migrations: 0 }), 'triesPerMigration'), null);
    assert.equal(metricOf(trial({ hung: true }), 'nsPerCall'), null);
  });

  test('a ratio is taken within a round, where both have a value and the first is not 0', () => {
    const [ours, first] = [[2, 4, 6, null, 8], [1, 0, 3, 4, null]].map((values) => values.map((nsPerCall) => trial({ nsPerCall })));
    assert.deepEqual(ratiosOf(ours, first, 'nsPerCall'), [2, 2]);
    assert.deepEqual(ratiosOf(ours, first.slice(0, 1), 'nsPerCall'), [2]);
  });

  test('medians and quantiles', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([7]), quantile([0, 1], 0.25)], [2, 2.5, 7, 0.25]);
    assert.ok(Number.isNaN(median([])));
  });

  test('every bootstrap’s interval is within the bounds, and they are not wide', () => {
    const draws = 2_000;
    for (const n of [1, 2, 3, 5, 6, 7, 20, 21, 60, 200]) {
      for (let seed = 0; seed < (n > 50 ? 3 : 20); seed++) {
        const { below } = random(1_000 * n + seed);
        const values = Array.from({ length: n }, () => below(10_000));
        const medians = Array.from({ length: draws }, () => median(Array.from({ length: n }, () => values[below(n)]))).sort((a, b) => a - b);
        const [low, high] = [medians[draws / 40], medians[draws - 1 - draws / 40]];
        const { low: [least, most], high: [from, to] } = intervalBounds(values);
        assert.ok(least <= low && low <= most && from <= high && high <= to, `${n} values, seed ${seed}: ${low} to ${high}, of ${least} to ${most} and ${from} to ${to}`);
        // A fifth of the values lie between, of many; of few it is two of them.
        const rank = (/** @type {number} */ value) => values.filter((each) => each < value).length;
        assert.ok(rank(most) - rank(least) <= Math.max(2, n / 6), `${n} values: ${rank(least)} to ${rank(most)}`);
      }
    }
  });
});
