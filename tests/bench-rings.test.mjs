/** The protocol in plain JavaScript, which the bench measures against: every record once, in order, around the ring's end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { FEW } from './bench/browser/rings/copy.mjs';
import { consume, draining, passing } from './bench/browser/rings/loops.mjs';
import { CAPACITY, NUMBERS, number, records } from './bench/browser/rings/record.mjs';
import { Ring, storage } from './bench/browser/rings/twin.mjs';

const numbers = (/** @type {Float64Array} */ batch, /** @type {number} */ count) => Array.from({ length: count }, (_, i) => batch[i * NUMBERS]);

test('records come out as they went in, whatever the batches, many times around', () => {
  const ring = new Ring(storage());
  let [pushed, popped] = [0, 0];
  for (let round = 0; popped < 5 * CAPACITY; round += 1) {
    const batch = records(1 + (round % 97));
    number(batch, pushed);
    pushed += ring.push(batch, 0);
    const into = records(1 + ((round * 31) % 89));
    const count = ring.pop(into);
    assert.deepEqual(numbers(into, count), Array.from({ length: count }, (_, i) => popped + i));
    popped += count;
  }
});

test('records come out whole, in pieces that are copied by either way, over each page’s end and the ring’s', () => {
  for (const size of [1, 2, FEW - 1, FEW, FEW + 1, 2 * FEW + 1, 127, 128, 129, 200, CAPACITY]) {
    const ring = new Ring(storage());
    const [batch, into] = [records(size), records(size)];
    for (let [next, begun] = [1, 0]; begun < 5 * CAPACITY; begun += size) {
      for (let i = 0; i < batch.length; i += 1) batch[i] = next++;
      assert.equal(ring.push(batch, 0), size);
      into.fill(0);
      assert.equal(ring.pop(into), size);
      assert.deepEqual(into, batch, `${size} from record ${begun} on`);
    }
  }
});

test('a full ring takes no more, an empty one has none', () => {
  const ring = new Ring(storage());
  const batch = records(CAPACITY + 1);
  assert.equal(ring.pop(batch), 0);
  assert.equal(ring.push(batch, 0), CAPACITY);
  assert.equal(ring.push(batch, CAPACITY), 0);
  assert.equal(ring.pop(batch), CAPACITY);
});

test('the rest of a batch goes in where it was left off', () => {
  const ring = new Ring(storage());
  const batch = records(CAPACITY + 3);
  number(batch, 0);
  const pushed = ring.push(batch, 0);
  const into = records(200);
  assert.equal(ring.pop(into), 200);
  assert.equal(ring.push(batch, pushed), 3);
  const rest = records(CAPACITY);
  assert.equal(ring.pop(rest), CAPACITY + 3 - 200);
  assert.equal(rest[(CAPACITY + 2 - 200) * NUMBERS], CAPACITY + 2);
});

test('the loops move what they count', () => {
  for (const batch of [1, 8, 32, 128]) {
    assert.ok(passing(new Ring(storage()), batch)(0) > 0);
    assert.ok(draining(new Ring(storage()), batch)(0) > 0);
  }
});

test('a ring that loses a record is noticed', () => {
  class Lossy extends Ring {
    /** @param {Float64Array} into */
    pop(into) {
      return super.pop(into) - 1;
    }
  }
  assert.throws(() => passing(new Lossy(storage()), 8)(0), /8 in, 7 out/);
  assert.throws(() => draining(new Lossy(storage()), 1)(0), /empty too early/);
});

/** A Worker that pushes numbered records until it is told to stop; when it has ended. @param {{ ring: SharedArrayBuffer, stop: Int32Array }} memory  @param {number} batch */
function producing(memory, batch) {
  const url = (/** @type {string} */ name) => JSON.stringify(new URL(`./bench/browser/rings/${name}.mjs`, import.meta.url).href);
  const source = `
    const { workerData: { ring, stop, batch } } = await import('node:worker_threads');
    const { Ring } = await import(${url('twin')});
    const { produce } = await import(${url('loops')});
    produce(new Ring(ring), batch, stop);`;
  const far = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: { ...memory, batch } });
  return new Promise((resolve, reject) => far.once('exit', resolve).once('error', reject));
}

const betweenTwo = () => ({ ring: storage(), stop: new Int32Array(new SharedArrayBuffer(64)) });

test('two threads move every record, and the far one stops when told', { timeout: 60_000 }, async () => {
  for (const batch of [1, 8, 32]) {
    const memory = betweenTwo();
    const ended = producing(memory, batch);
    // Throws when records are lost or come twice.
    assert.ok(consume(new Ring(memory.ring), batch, memory.stop, 5) > 0);
    assert.equal(await ended, 0);
  }
});

test('between two threads each record comes once and in its turn', { timeout: 240_000 }, async () => {
  for (const batch of [1, 8, FEW + 1, 200]) {
    const memory = betweenTwo();
    const ended = producing(memory, batch);
    const [ring, into] = [new Ring(memory.ring), records(batch)];
    const patience = performance.now() + 50_000;
    let next = 0;
    try {
      while (next < 100 * CAPACITY && performance.now() < patience) {
        const count = ring.pop(into);
        for (let i = 0; i < count; i += 1, next += 1) if (into[i * NUMBERS] !== next) assert.fail(`batch ${batch}: ${into[i * NUMBERS]} came where ${next} was due`);
      }
    } finally {
      Atomics.store(memory.stop, 0, 1);
    }
    assert.equal(await ended, 0);
    assert.ok(next >= 100 * CAPACITY, `batch ${batch}: only ${next} came`);
  }
});
