/**
 * Links of traces, damaged in every way that a seed can think of: each opens as a trace that is whole, or is refused with a
 * TraceError. Nothing else comes of it, and nothing is left behind.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Trace } from '../www/lib/trace.js';
import { TraceError } from '../www/lib/errors.js';
import { damageData, damageText, random } from './support/damage.mjs';

/** Damaged links of each kind. */
const ROUNDS = 6_000;

const TEXTS = ['load ring->head', 'ring_pages[0] = frame 3', 'a < b', '— “naïve” 🙂', '', '17', 'lock(mmap_sem)', 'x'.repeat(400)];
const SOURCES = ['crate/src/aio/read.rs:41', 'crate/src/aio/migrate.rs:7', ''];

/** A valid trace. @param {ReturnType<typeof random>} rng  @returns {import('../www/lib/index.js').TraceData} */
function valid({ below, one }) {
  const threads = Array.from({ length: 1 + below(4) }, (_, i) => `reader ${i + 1}`);
  const schedule = Array.from({ length: below(2) * below(30) }, () => /** @type {const} */ ([below(threads.length), below(10) ? 0 : below(256)]));
  const moves = schedule.length > 0 ? schedule.map((_, move) => move) : Array.from({ length: below(20) }, () => undefined);
  return {
    scenario: one(['lost-head', 'miniature']),
    protocol: one(['v4', { ringLock: 'try', identityCheck: false }]),
    sizes: one([{}, { reads: 2, migrations: below(1_000_001) }]),
    schedule,
    threads,
    functions: threads.map(() => one(['aio_read_events_ring()', ''])),
    complete: below(2) === 0,
    breaks: one(['', 'staleHead', 'deadlock']),
    steps: moves.map((move) => ({
      thread: move === undefined ? below(threads.length) : schedule[move][0],
      role: 'reader',
      label: one(TEXTS),
      source: one(SOURCES),
      ...(below(2) && { reads: one(TEXTS) }),
      ...(below(2) && { writes: one(TEXTS), note: one(TEXTS) }),
      ...(below(8) === 0 && { lost: true }),
      ...(move !== undefined && { move }),
    })),
  };
}

/** @param {string} json */
const link = (json) => `#trace=2.${Buffer.from(json).toString('base64url')}`;
/** @param {string} url */
const payload = (url) => Buffer.from(url.slice(url.indexOf('.') + 1), 'base64url').toString();

/** Opens the link: whether it was a trace. @param {string} url */
function opens(url) {
  let trace;
  try {
    trace = Trace.fromURL(url);
  } catch (error) {
    assert.ok(error instanceof TraceError, `${error}\n${url.slice(0, 2000)}`);
    assert.ok(error.message.length < 200, error.message);
    return false;
  }
  const data = trace.toJSON();
  assert.deepEqual(Trace.fromJSON(data).toJSON(), data);
  assert.deepEqual(Trace.fromURL(trace.toURL('')).toJSON(), data);
  assert.ok(!/<[a-z!/?]/i.test(trace.toText()));
  for (const { thread, move } of trace.steps) {
    assert.ok(trace.threads[thread] !== undefined);
    assert.ok(move === undefined || trace.schedule[move][0] === thread);
  }
  for (const [thread, way] of trace.schedule) assert.ok(trace.threads[thread] !== undefined && Number.isInteger(way));
  for (const size of Object.values(trace.sizes)) assert.ok(Number.isInteger(size) && size >= 0);
  return true;
}

describe('damaged links of traces', () => {
  /** @param {(url: string, rng: ReturnType<typeof random>) => string} damage */
  const fuzz = (damage) => {
    const anywhere = Object.getOwnPropertyNames(Object.prototype).sort();
    let [opened, refused] = [0, 0];
    for (let seed = 0; seed < ROUNDS; seed++) {
      const rng = random(seed);
      const url = new Trace(valid(rng)).toURL('');
      const damaged = damage(url, rng);
      try {
        if (opens(damaged)) opened++;
        else refused++;
      } catch (error) {
        throw new Error(`seed ${seed}: ${damaged.slice(0, 2000)}`, { cause: error });
      }
    }
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), anywhere);
    return [opened, refused];
  };

  test('undamaged ones open, and bring everything back', { timeout: 120_000 }, () => {
    for (let seed = 0; seed < ROUNDS; seed++) {
      const data = valid(random(seed));
      const trace = Trace.fromURL(new Trace(data).toURL(''));
      assert.deepEqual(trace.toJSON(), JSON.parse(JSON.stringify(data)), `seed ${seed}`);
    }
  });

  test('characters of the link', { timeout: 120_000 }, () => {
    const [opened, refused] = fuzz((url, rng) => damageText(url, [...'Aa0_-.#=&%<\0é🙂'], rng));
    assert.ok(opened > 0 && refused > ROUNDS / 2, `${opened} opened, ${refused} refused`);
  });

  test('characters of what it holds', { timeout: 120_000 }, () => {
    const [opened, refused] = fuzz((url, rng) => link(damageText(payload(url), [...'[]{}",:019-e.tfn\\u<\u202e'], rng)));
    assert.ok(opened > ROUNDS / 100 && refused > ROUNDS / 2, `${opened} opened, ${refused} refused`);
  });

  test('the data that it holds', { timeout: 120_000 }, () => {
    const [opened, refused] = fuzz((url, rng) => link(JSON.stringify(damageData(JSON.parse(payload(url)), rng))));
    assert.ok(opened > ROUNDS / 100 && refused > ROUNDS / 2, `${opened} opened, ${refused} refused`);
  });

  test('its version', () => {
    const { one, below } = random(1);
    const url = new Trace(valid(random(2))).toURL('');
    for (let i = 0; i < 500; i++) {
      const version = one(['', '1', '3', '02', '-2', '2e0', '99999', ' 2', '٢', String(below(10_000) + 3)]);
      const opened = opens(url.replace('=2.', `=${version}.`));
      assert.equal(opened, Number(version) === 2 && /^\d{1,4}$/.test(version), version);
    }
  });
});
