/**
 * Exported comparisons, damaged in every way that a seed can think of: each is imported as a comparison that is whole, or is
 * refused with a ComparisonError that names a field. Nothing else comes of it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ComparisonError } from '../www/lib/errors.js';
import { Comparison } from '../www/lib/comparison.js';
import { FILES, LAB } from './support/catalogue.mjs';
import { damageData, damageText, random } from './support/damage.mjs';

/** Damaged files of each kind. */
const ROUNDS = 4_000;

/** Of a version that kept less, as `format` tells. @param {any} data */
function earlier(data) {
  const { system: _, architecture: __, ...machine } = data.machine;
  const without = (/** @type {any[]} */ trials) => trials.map(({ turn: _, ...trial }) => trial);
  const points = data.points.map((/** @type {any} */ { controlTrials: _, ...point }) => ({ ...point, measured: point.measured.map((/** @type {any} */ each) => ({ ...each, trials: without(each.trials) })) }));
  return { ...data, format: 2, machine, points };
}

/** @param {ReturnType<typeof random>} rng */
const valid = ({ one }) => structuredClone(one([...FILES, ...FILES.map(earlier)]));

/** Imports it: whether it was a comparison. @param {string} text */
function imports(text) {
  let comparison;
  try {
    comparison = Comparison.parse(text, LAB);
  } catch (error) {
    assert.ok(error instanceof ComparisonError, `${error}\n${text.slice(0, 2000)}`);
    assert.ok(error.message.length < 600 && typeof error.field === 'string' && error.range.length > 0, error.message);
    assert.ok(!/<[a-z!/?]/i.test(error.field), error.field);
    return false;
  }
  const again = Comparison.parse(JSON.stringify(comparison), LAB);
  assert.deepEqual(again.toJSON(), comparison.toJSON());
  const { config, points } = comparison;
  for (const { measured, ratios } of points) {
    assert.equal(measured.length, config.protocols.length);
    for (const { protocol } of ratios) assert.ok(protocol >= 1 && protocol < measured.length);
  }
  assert.ok(!/<[a-z!/?]/i.test(JSON.stringify(comparison)));
  assert.equal(comparison.toCSV().split('\r\n').length, 2 + points.flatMap(({ measured, controlTrials }) => [...measured.flatMap(({ trials }) => trials), ...(controlTrials ?? [])]).length);
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
  test('undamaged ones come back as they were', () => {
    for (const data of FILES) assert.deepEqual(Comparison.parse(JSON.stringify(data), LAB).toJSON(), data);
  });

  test('those of a version that kept less come back with what they have', () => {
    for (const data of FILES) {
      const { format, machine, points, text } = Comparison.parse(JSON.stringify(earlier(data)), LAB).toJSON();
      assert.deepEqual([format, machine.system, machine.architecture], [3, 'unknown', 'unknown']);
      assert.deepEqual(text, data.text);
      assert.ok(points.every(({ controlTrials, measured }) => controlTrials === null && measured.every(({ trials }) => trials.every(({ turn }) => turn === null))));
    }
  });

  test('characters', { timeout: 120_000 }, () => {
    const [imported, refused] = fuzz((data, rng) => damageText(JSON.stringify(data), [...'[]{}",:019-e.tfn\\u<\u202e'], rng));
    // Few characters can change without consequence.
    assert.ok(imported > ROUNDS / 400 && refused > ROUNDS / 2, `${imported} imported, ${refused} refused`);
  });

  test('data', { timeout: 120_000 }, () => {
    const [imported, refused] = fuzz((data, rng) => JSON.stringify(damageData(data, rng)) ?? 'undefined');
    assert.ok(imported > ROUNDS / 100 && refused > ROUNDS / 2, `${imported} imported, ${refused} refused`);
  });
});
