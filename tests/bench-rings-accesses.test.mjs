/**
 * The protocol in plain JavaScript does the atomic accesses that the lab's own does, and no more: with one too many it would be slower
 * than JavaScript has to be, and ours would look the better for it. What stands here is what crate/src/aio does in `read_events`,
 * `complete_batch` and slots.rs, where `load_locked`, `store_locked` and the slot caches are plain.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { records } from './bench/browser/rings/record.mjs';
import { LINE, LINES, Ring, storage } from './bench/browser/rings/twin.mjs';

const READ = ['compareExchange ring_lock', 'load aio_ring.tail', 'compareExchange ring_lock'];
const COMPLETION = ['compareExchange completion_lock', 'store aio_ring.tail', 'compareExchange completion_lock', 'load wait.waiters'];
/** Before a completion, by who has no slots left. */
const TAKING_SLOTS = ['load reqs_available', 'compareExchange reqs_available'];

/** A ring as one thread has it and as another, each with slots of its own; and its words by their names. */
function ringAndWords() {
  const memory = storage();
  const words = new Int32Array(memory);
  const lines = LINES.flatMap((name, line) => [[name, line * LINE], [`${name}.waiters`, line * LINE + 1], [`${name}.sleepers`, line * LINE + 2]]);
  const at = { ...Object.fromEntries(lines), 'aio_ring.head': 0, 'aio_ring.tail': 0 };
  const page0 = words[at.ring_pages];
  Object.assign(at, { 'aio_ring.head': page0 + 2, 'aio_ring.tail': page0 + 3 });
  return { ring: new Ring(memory), other: new Ring(memory), words, at };
}

/** What is called of Atomics meanwhile, and for which word. @param {Record<string, number>} at  @param {() => unknown} work */
function accesses(at, work) {
  const atomics = /** @type {Record<string, Function>} */ (/** @type {unknown} */ (Atomics));
  const names = Object.getOwnPropertyNames(Atomics);
  const functions = Object.fromEntries(names.map((name) => [name, atomics[name]]));
  /** @type {string[]} */
  const seen = [];
  for (const name of names) {
    atomics[name] = (/** @type {[Int32Array, number]} */ ...args) => {
      seen.push(`${name} ${Object.keys(at).find((word) => at[word] === args[1]) ?? args[1]}`);
      return functions[name](...args);
    };
  }
  try {
    work();
  } finally {
    Object.assign(atomics, functions);
  }
  return seen;
}

test('a read takes ring_lock, loads the tail, and releases ring_lock, however much it reads', () => {
  for (const [before, batch] of [[0, 1], [0, 8], [0, 32], [0, 125], [100, 60]]) {
    const { ring, other, words, at } = ringAndWords();
    other.push(records(200), 0);
    if (before > 0) other.pop(records(before));
    assert.deepEqual(accesses(at, () => assert.equal(ring.pop(records(batch)), batch)), READ, `${batch} from ${before} on`);
    assert.equal(words[at['aio_ring.head']], before + batch);
  }
});

test('so does a read of an empty ring', () => {
  const { ring, at } = ringAndWords();
  assert.deepEqual(accesses(at, () => assert.equal(ring.pop(records(8)), 0)), READ);
});

test('slots go back to the pool before ring_lock is released, and whoever waits for them is looked for afterwards', () => {
  const { ring, other, at } = ringAndWords();
  other.push(records(200), 0);
  const [take, tail, release] = READ;
  // Two batches of 63 are more than a cache keeps.
  assert.deepEqual(accesses(at, () => ring.pop(records(126))), [take, tail, 'add reqs_available', release, 'load slots.waiters']);
});

test('a batch is completed in one critical section, as one record is, and the ring’s tail is its one store', () => {
  for (const batch of [1, 8, 32, 126]) {
    const { ring, words, at } = ringAndWords();
    assert.deepEqual(accesses(at, () => assert.equal(ring.push(records(batch), 0), batch)), [...TAKING_SLOTS, ...COMPLETION]);
    assert.deepEqual([words[at.tail], words[at['aio_ring.tail']]], [batch, batch]);
  }
  const { ring, words, at } = ringAndWords();
  ring.push(records(1), 0);
  assert.deepEqual(accesses(at, () => ring.push(records(62), 0)), COMPLETION, '62 slots were left of 63');
  ring.push(records(63), 0);
  assert.deepEqual(accesses(at, () => ring.push(records(10), 0)), [...TAKING_SLOTS, ...COMPLETION], 'over the end of page 0');
  assert.equal(words[at['aio_ring.tail']], 136);
});

test('without slots nothing is locked', () => {
  const { ring, at } = ringAndWords();
  ring.push(records(504), 0);
  assert.deepEqual(accesses(at, () => assert.equal(ring.push(records(8), 0), 0)), ['load reqs_available']);
});

test('whoever waits is told, and woken if asleep', () => {
  const { ring, words, at } = ringAndWords();
  words[at['wait.waiters']] = 1;
  ring.push(records(1), 0);
  assert.equal(words[at.wait], 1);
  words[at['wait.sleepers']] = 1;
  assert.deepEqual(accesses(at, () => ring.push(records(1), 0)), [...COMPLETION, 'add wait', 'load wait.sleepers', 'notify wait']);
});

test('what is more than a load is what the bench counts as demanded of ours', async () => {
  const limits = await readFile(new URL('../crate/bench/src/limits.rs', import.meta.url), 'utf8');
  /** @type {Record<string, string>} */
  const names = { CompareExchange: 'compareExchange', Store: 'store' };
  // The bench's own tests hold these lists against what ours does.
  const demanded = (/** @type {string} */ name) => {
    const [, list] = limits.match(new RegExp(`const ${name}: [^=]*=\\s*\\[([^\\]]*)\\]`)) ?? assert.fail(`there is no ${name}`);
    return [...list.matchAll(/, (CompareExchange|Store)\)/g)].map(([, access]) => names[access]);
  };
  const kinds = (/** @type {string[]} */ list) => list.map((access) => access.split(' ')[0]).filter((kind) => kind !== 'load');
  assert.deepEqual(kinds(READ), demanded('DEMANDED_BY_READ'));
  assert.deepEqual(kinds(COMPLETION), demanded('DEMANDED_BY_COMPLETING'));
});
