/**
 * Links of traces, damaged in every way that a seed can think of: each opens as a trace that is whole, or is refused with a
 * TraceError. Nothing else comes of it, and nothing is left behind.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Trace } from '../www/lib/trace.js';
import { TraceError } from '../www/lib/errors.js';

/** Damaged links of each kind. */
const ROUNDS = 6_000;

/** Random numbers from a seed (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  /** @param {number} limit */
  const below = (limit) => Math.floor(next() * limit);
  /** @template T @param {readonly T[]} list @returns {T} */
  const one = (list) => list[below(list.length)];
  return { below, one };
}

const TEXTS = ['load ring->head', 'ring_pages[0] = frame 3', 'a < b', '— “naïve” 🙂', '', '17', 'lock(mmap_sem)', 'x'.repeat(400)];
const SOURCES = ['crate/src/aio/read.rs:41', 'crate/src/aio/migrate.rs:7', ''];

/** A valid trace. @param {ReturnType<typeof random>} rng */
function valid({ below, one }) {
  const threads = Array.from({ length: 1 + below(4) }, (_, i) => `reader ${i + 1}`);
  const schedule = Array.from({ length: below(2) * below(30) }, () => [below(threads.length), below(10) ? 0 : below(256)]);
  const moves = schedule.length > 0 ? schedule.map((_, move) => move) : Array.from({ length: below(20) }, () => undefined);
  return {
    scenario: one(['lost-head', 'miniature']),
    protocol: one(['v4', { ringLock: 'try', identityCheck: false }]),
    sizes: one([{}, { reads: 2, migrations: below(1_000_001) }]),
    schedule,
    threads,
    functions: threads.map(() => one(['aio_read_events_ring()', ''])),
    complete: below(2) === 0,
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

const HOSTILE = [
  null, true, false, 0, -0, -1, 1, 1.5, 255, 256, 4095, 4096, 2 ** 31, 2 ** 53, 1e308, '', 'x', '0', '__proto__', 'constructor', 'length',
  '<img src=x onerror=alert(1)>', '</script>', 'javascript:alert(1)', '\u0000', '\u202e', '\ud800', 'x'.repeat(401), [], {}, [[]], [[[[[[]]]]]],
  { length: 3 }, { toString: 1 }, { __proto__: null, valueOf: 1 }, Array(300).fill(0), Array(5000).fill([0, 0]),
];

/** Puts something odd somewhere into plain data, or takes something away. */
function damageData(data, rng) {
  const { below, one } = rng;
  if (typeof data !== 'object' || data === null || below(5) === 0) return one(HOSTILE);
  const keys = Object.keys(data);
  const copy = Array.isArray(data) ? [...data] : { ...data };
  const key = keys.length > 0 ? one(keys) : undefined;
  switch (below(6)) {
    case 0:
      if (Array.isArray(copy)) copy.splice(below(copy.length + 1), below(3));
      else delete copy[key ?? 'x'];
      return copy;
    case 1:
      if (Array.isArray(copy)) copy.splice(below(copy.length + 1), 0, one(HOSTILE));
      else Object.defineProperty(copy, one(['__proto__', 'constructor', 'a', '<b>']), { value: one(HOSTILE), enumerable: true });
      return copy;
    case 2:
      if (Array.isArray(copy) && copy.length > 1) copy.reverse();
      return copy;
    default:
      if (key !== undefined) copy[key] = damageData(copy[key], rng);
      return copy;
  }
}

/** Changes, takes away, doubles or adds characters. */
function damageText(text, letters, { below, one }) {
  let damaged = text;
  for (let times = 1 + below(4); times > 0; times--) {
    const [from, to] = [below(damaged.length + 1), below(damaged.length + 1)].sort((a, b) => a - b);
    const [before, middle, after] = [damaged.slice(0, from), damaged.slice(from, to), damaged.slice(to)];
    damaged = [
      () => damaged.slice(0, from) + one(letters) + damaged.slice(from + 1),
      () => before + one(letters) + middle + after,
      () => before + after,
      () => before + middle + middle + after,
      () => before,
      () => after + before,
    ][below(6)]();
  }
  return damaged;
}

/** @param {string} json */
const link = (json) => `#trace=2.${Buffer.from(json).toString('base64url')}`;
/** @param {string} url */
const payload = (url) => Buffer.from(url.slice(url.indexOf('.') + 1), 'base64url').toString();

/** Opens the link: whether it was a trace. */
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
