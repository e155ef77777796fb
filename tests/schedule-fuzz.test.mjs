/**
 * Links of schedules, damaged in every way that a seed can think of: each is a list of moves, or is refused in a sentence.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { packSchedule, scheduleIn, stepIn } from '../www/page/prove-link.js';
import { damageText, random } from './support/damage.mjs';

const ROUNDS = 20_000;
/** Of an error's words for the visitor. */
const LONGEST = 200;

/** @param {ReturnType<typeof random>} rng  @returns {[number, number][]} */
function valid({ below }) {
  return Array.from({ length: below(60) }, () => [below(below(5) ? 4 : 1000), below(8) ? 0 : below(32)]);
}

/** Opens the link: whether it asks for a schedule that is one. @param {string} hash */
function opens(hash) {
  let schedule;
  try {
    schedule = scheduleIn(hash);
  } catch (error) {
    const { constructor, message } = /** @type {Error} */ (error);
    assert.equal(constructor, Error, `${error}`);
    assert.ok(/schedule/.test(message) && message.length < LONGEST && !/[<>]/.test(message), message);
    return false;
  }
  const step = stepIn(hash);
  assert.ok(step === null || (Number.isInteger(step) && step >= 0 && step < 1e6), `${step}`);
  if (schedule === undefined) return false;
  assert.ok(schedule.length <= 4096);
  for (const move of schedule) {
    assert.equal(move.length, 2);
    const [thread, way] = move;
    assert.ok(Number.isInteger(thread) && thread >= 0 && thread < 1000 && Number.isInteger(way) && way >= 0 && way < 32, `${move}`);
  }
  assert.deepEqual(scheduleIn(`#schedule=${packSchedule(schedule)}`), schedule);
  return true;
}

describe('damaged links of schedules', () => {
  /** @param {(hash: string, rng: ReturnType<typeof random>) => string} damage */
  const fuzz = (damage) => {
    let [opened, refused] = [0, 0];
    for (let seed = 0; seed < ROUNDS; seed++) {
      const rng = random(seed);
      const hash = damage(`#schedule=${packSchedule(valid(rng))}&step=${rng.below(70)}`, rng);
      try {
        if (opens(hash)) opened++;
        else refused++;
      } catch (error) {
        throw new Error(`seed ${seed}: ${hash.slice(0, 2000)}`, { cause: error });
      }
    }
    return [opened, refused];
  };

  test('undamaged ones come back as they were', () => {
    for (let seed = 0; seed < ROUNDS; seed++) {
      const schedule = valid(random(seed));
      assert.deepEqual(scheduleIn(`#schedule=${packSchedule(schedule)}&step=3`), schedule, `seed ${seed}`);
    }
  });

  test('characters of the link', () => {
    const [opened, refused] = fuzz((hash, rng) => damageText(hash, [...'09.-=&#%<x\0é🙂'], rng));
    assert.ok(opened > ROUNDS / 20 && refused > ROUNDS / 20, `${opened} opened, ${refused} refused`);
  });

  test('numbers of its moves', () => {
    const odd = ['', '-0', '1e3', '0x1', '999', '1000', '9'.repeat(400), '1.32', '1.31', '1.999', '1..2', '.5', ' 1', 'NaN', 'Infinity', '١', '__proto__'];
    const [opened, refused] = fuzz((hash, rng) => {
      const [, before, moves, after] = /** @type {RegExpExecArray} */ (/^(#schedule=)([^&]*)(.*)$/.exec(hash));
      const list = moves.split('-');
      list[rng.below(list.length)] = rng.one(odd);
      return before + list.join('-') + after;
    });
    assert.ok(opened > ROUNDS / 20 && refused > ROUNDS / 2, `${opened} opened, ${refused} refused`);
  });

  test('lengths', () => {
    for (const moves of [0, 1, 4095, 4096]) assert.equal(opens(`#schedule=${Array(moves).fill('0').join('-')}`), true, `${moves}`);
    for (const moves of [4097, 40_000, 400_000]) assert.equal(opens(`#schedule=${Array(moves).fill('0').join('-')}`), false, `${moves}`);
  });
});
