/**
 * Exported comparisons, damaged in every way that a seed can think of: each is imported as a comparison that is whole, or is
 * refused with a ComparisonError that names a field. Nothing else comes of it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ComparisonError } from '../www/lib/errors.js';
import { Comparison } from '../www/lib/comparison.js';
import { damageData, damageText, random } from './support/damage.mjs';

/** Damaged files of each kind. */
const ROUNDS = 4_000;

/** A figure around a median. @param {number} median */
const figure = (median) => ({ median, low: median * 0.9, high: median * 1.1, min: median * 0.5, max: median * 2 });

/** A valid comparison. @param {ReturnType<typeof random>} rng */
export function valid({ below, one }) {
  const protocols = Array.from({ length: 2 + below(3) }, () => one(['v4', 'linux-3.12', { ringLock: 'none', identityCheck: true }]));
  const values = Array.from({ length: 1 + below(3) }, (_, i) => 1 << i);
  const sweep = one([null, { field: 'batch', values }]);
  const fields = { readers: 1 + below(16), page: 'random', seed: below(2 ** 32) };
  const trial = () => ({
    seconds: 0.1, events: below(1e6), calls: below(1e6), nsPerCall: one([null, 51.5]), migrations: below(1000), refused: below(1000),
    longestWaitMs: one([null, 3.25]), longestRefusedMs: one([null, 0, 17.5]), hung: below(9) === 0,
  });
  const ratio = (/** @type {number} */ protocol) => ({
    protocol, metric: 'nsPerCall', ratio: 1, low: 0.95, high: 1.05, rounds: 20, verdict: one(['higher', 'lower', 'no-difference']), text: 'v4 against linux-3.12: no difference seen; 5 % < x.',
  });
  return {
    kind: 'aio-ring-lab comparison',
    format: 2,
    machine: { engine: 'Chromium 156.0', cores: 2, isolated: true, clockStepNs: 5000, date: '2026-11-26T11:00:00.000Z', version: '0.1.0' },
    config: { protocols, sweep, fields },
    seconds: 9.5,
    points: (sweep?.values ?? [null]).map((value) => ({
      settings: { ...fields, batch: value ?? 8 },
      value,
      measured: protocols.map((protocol) => ({
        protocol,
        name: typeof protocol === 'string' ? protocol : 'v4 with ringLock none',
        correct: one([true, false, null]),
        metrics: { eventsPerSecond: figure(1e6), refusedShare: null },
        callTimes: one([null, { count: 5, p50: 0, p90: 5000, p99: 5000, p999: 10_000, max: 20_000, stepNs: 5000 }]),
        trials: Array.from({ length: 1 + below(3) }, trial),
      })),
      ratios: protocols.slice(1).map((_, i) => ratio(i + 1)),
      control: one([null, ratio(0)]),
    })),
    text: ['linux-3.12 is wrong: its speed is a yardstick, nothing more.'],
  };
}

/** Imports it: whether it was a comparison. @param {string} text */
function imports(text) {
  let comparison;
  try {
    comparison = Comparison.parse(text);
  } catch (error) {
    assert.ok(error instanceof ComparisonError, `${error}\n${text.slice(0, 2000)}`);
    assert.ok(error.message.length < 600 && typeof error.field === 'string' && error.range.length > 0, error.message);
    assert.ok(!/<[a-z!/?]/i.test(error.field), error.field);
    return false;
  }
  const again = Comparison.parse(JSON.stringify(comparison));
  assert.deepEqual(again.toJSON(), comparison.toJSON());
  const { config, points } = comparison;
  for (const { measured, ratios } of points) {
    assert.equal(measured.length, config.protocols.length);
    for (const { protocol } of ratios) assert.ok(protocol >= 1 && protocol < measured.length);
  }
  assert.ok(!/<[a-z!/?]/i.test(JSON.stringify(comparison)));
  assert.equal(comparison.toCSV().split('\r\n').length, 2 + points.flatMap(({ measured }) => measured.flatMap(({ trials }) => trials)).length);
  return true;
}

/** @param {(data: any, rng: ReturnType<typeof random>) => string} damage */
function fuzz(damage) {
  const anywhere = Object.getOwnPropertyNames(Object.prototype).sort();
  let [imported, refused] = [0, 0];
  for (let seed = 0; seed < ROUNDS; seed++) {
    const rng = random(seed);
    const damaged = damage(valid(rng), rng);
    try {
      if (imports(damaged)) imported++;
      else refused++;
    } catch (error) {
      throw new Error(`seed ${seed}: ${damaged.slice(0, 2000)}`, { cause: error });
    }
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), anywhere);
  return [imported, refused];
}

describe('damaged comparisons', () => {
  test('undamaged ones come back as they were', { timeout: 120_000 }, () => {
    for (let seed = 0; seed < ROUNDS / 10; seed++) {
      const data = valid(random(seed));
      assert.deepEqual(Comparison.parse(JSON.stringify(data)).toJSON(), data, `seed ${seed}`);
    }
  });

  test('characters', { timeout: 120_000 }, () => {
    const [imported, refused] = fuzz((data, rng) => damageText(JSON.stringify(data), [...'[]{}",:019-e.tfn\\u<\u202e'], rng));
    assert.ok(imported > ROUNDS / 100 && refused > ROUNDS / 2, `${imported} imported, ${refused} refused`);
  });

  test('data', { timeout: 120_000 }, () => {
    const [imported, refused] = fuzz((data, rng) => JSON.stringify(damageData(data, rng)) ?? 'undefined');
    assert.ok(imported > ROUNDS / 100 && refused > ROUNDS / 2, `${imported} imported, ${refused} refused`);
  });
});

describe('an import', () => {
  const good = () => valid(random(5));
  /** @param {(data: any) => void} change @param {string} field */
  const refused = (change, field) => {
    const data = structuredClone(good());
    change(data);
    assert.throws(() => Comparison.parse(JSON.stringify(data)), (error) => error instanceof ComparisonError && (assert.equal(error.field, field), true));
  };

  /** @type {[string, (data: any) => void, string][]} */
  const cases = [
    ['another kind', (d) => (d.kind = 'aio-ring-lab trace'), 'kind'],
    ['an earlier format', (d) => (d.format = 1), 'format'],
    ['a field too many', (d) => (d.more = 1), 'more'],
    ['a field with markup for a name', (d) => (d['<b>'] = 1), '?'],
    ['a field too few', (d) => delete d.machine.engine, 'machine.engine'],
    ['markup', (d) => (d.text[0] = '<img src=x onerror=alert(1)>'), 'text[0]'],
    ['markup in a name', (d) => (d.points[0].measured[1].name = '<script>'), 'points[0].measured[1].name'],
    ['letters that turn the reading direction', (d) => (d.machine.engine = '\u202egnp.exe'), 'machine.engine'],
    ['a verdict that is none', (d) => (d.points[0].ratios[0].verdict = 'better'), 'points[0].ratios[0].verdict'],
    ['a ratio of the first protocol', (d) => (d.points[0].ratios[0].protocol = 0), 'points[0].ratios[0].protocol'],
    ['a ratio of a protocol that is not there', (d) => (d.points[0].ratios[0].protocol = d.config.protocols.length), 'points[0].ratios[0].protocol'],
    ['an interval that is none', (d) => (d.points[0].ratios[0].low = 2), 'points[0].ratios[0]'],
    ['figures out of order', (d) => (d.points[0].measured[0].metrics.eventsPerSecond.low = 1e9), 'points[0].measured[0].metrics.eventsPerSecond'],
    ['a negative count', (d) => (d.points[0].measured[0].trials[0].events = -1), 'points[0].measured[0].trials[0].events'],
    ['half an event', (d) => (d.points[0].measured[0].trials[0].events = 0.5), 'points[0].measured[0].trials[0].events'],
    ['too many trials', (d) => (d.points[0].measured[0].trials = Array(201).fill(d.points[0].measured[0].trials[0])), 'points[0].measured[0].trials'],
    ['one protocol', (d) => d.config.protocols.splice(1), 'config.protocols'],
    ['points that are not in the sweep', (d) => d.points.push(d.points[0]), 'points'],
    ['a name that every object has', (d) => (d.config.fields.constructor = 1), 'config.fields.?'],
  ];
  for (const [what, change, field] of cases) test(`${what} is refused, and named`, () => refused(change, field));

  test('text that is too long is not even read', () => {
    assert.throws(() => Comparison.parse(' '.repeat(5_000_001)), (error) => error instanceof ComparisonError && error.range.includes('characters'));
    for (const bad of [null, 7, undefined, {}]) assert.throws(() => Comparison.parse(/** @type {any} */ (bad)), ComparisonError);
  });

  test('a table has no formulas, and quotes what needs it', () => {
    const data = good();
    data.points[0].measured[0].name = '=1+1, "x"';
    const [head, row] = new Comparison(/** @type {any} */ (data)).toCSV().split('\r\n');
    assert.ok(head.split(',').includes('machine.engine') && head.split(',').includes('setting.batch'), head);
    assert.ok(row.includes('"\'=1+1, ""x"""'), row);
  });
});
