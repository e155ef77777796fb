/**
 * The loops around a ring of JavaScript, the same as those of crate/bench/src/pipe.rs and reading.rs.
 *
 * Import this as `loops.mjs?RING`, once for each ring: an engine compiles a loop for the rings that it has seen there, and would
 * compile one that has seen two of them worse.
 */
import { CAPACITY, NUMBERS, number, records } from './record.mjs';

/** Batches between two looks at the clock. */
const ROUNDS = 64;
/** How often a full ring is read empty between two looks at the clock. */
const DRAINS = 64;
/** Nothing has moved for this long: the other Worker is not there. */
const PATIENCE_MS = 5000;
/** Turns of spinning between two looks at the clock. */
const TURNS = 1 << 14;

/** @typedef {import('./twin.mjs').Ring | import('./ringbuf.mjs').Ring} Ring */

/** Repeats `some` for so long; nanoseconds a unit. @param {number} ms  @param {() => number} some */
function timed(ms, some) {
  const start = performance.now();
  for (let units = 0; ; ) {
    units += some();
    const passed = performance.now() - start;
    if (passed >= ms) return (passed * 1e6) / units;
  }
}

/** Reads a full ring empty, again and again. @param {Ring} ring  @param {number} batch  @returns {(ms: number) => number} */
export function draining(ring, batch) {
  const all = records(CAPACITY);
  number(all, 0);
  if (ring.push(all, 0) !== CAPACITY) throw new Error('a ring of another size');
  const into = records(batch);
  const some = () => {
    let read = 0;
    for (let i = 0; i < DRAINS; i += 1) {
      ring.rewind();
      for (const until = read + CAPACITY; read < until; ) {
        const count = ring.pop(into);
        if (count === 0) throw new Error('the ring is empty too early');
        read += count;
      }
    }
    return read;
  };
  some();
  const last = CAPACITY - 1;
  if (into[(last % batch) * NUMBERS] !== last) throw new Error('another record came out last');
  return (ms) => timed(ms, some);
}

/** Batch by batch in and out again. @param {Ring} ring  @param {number} batch  @returns {(ms: number) => number} */
export function passing(ring, batch) {
  const [out, into] = [records(batch), records(batch)];
  let next = 0;
  const some = () => {
    for (let i = 0; i < ROUNDS; i += 1) {
      next = number(out, next);
      const pushed = ring.push(out, 0);
      const popped = ring.pop(into);
      if (pushed !== batch || popped !== batch) throw new Error(`${pushed} in, ${popped} out`);
    }
    if (into[into.length - NUMBERS] !== next - 1) throw new Error('other records came out than went in');
    return ROUNDS * batch;
  };
  return (ms) => timed(ms, some);
}

/** Turns in vain end after a while. */
class Patience {
  #turns = 0;
  #since = 0;

  renew() {
    this.#turns = 0;
  }

  turn() {
    this.#turns += 1;
    if (this.#turns % TURNS !== 0) return;
    const now = performance.now();
    if (this.#turns === TURNS) this.#since = now;
    if (now - this.#since > PATIENCE_MS) throw new Error('the other Worker did nothing for five seconds');
  }
}

/** Pushes until told to stop: the far half of a pair. @param {Ring} ring  @param {number} batch  @param {Int32Array} stop */
export function produce(ring, batch, stop) {
  const out = records(batch);
  const patience = new Patience();
  for (let next = 0; Atomics.load(stop, 0) === 0; ) {
    next = number(out, next);
    for (let from = 0; from < batch; ) {
      const pushed = ring.push(out, from);
      from += pushed;
      if (pushed > 0) patience.renew();
      else if (Atomics.load(stop, 0) !== 0) return;
      else patience.turn();
    }
  }
}

/**
 * Pops for so long, from the first record on, then tells the far half to stop; nanoseconds a record.
 *
 * @param {Ring} ring
 * @param {number} batch
 * @param {Int32Array} stop
 * @param {number} ms
 */
export function consume(ring, batch, stop, ms) {
  const into = records(batch);
  const patience = new Patience();
  try {
    let before = 0;
    while (before === 0) {
      before = ring.pop(into);
      patience.turn();
    }
    let last = into[(before - 1) * NUMBERS];
    let popped = 0;
    for (const start = performance.now(); ; ) {
      for (let i = 0; i < ROUNDS; i += 1) {
        const count = ring.pop(into);
        if (count > 0) {
          popped += count;
          last = into[(count - 1) * NUMBERS];
          patience.renew();
        } else {
          patience.turn();
        }
      }
      const passed = performance.now() - start;
      if (passed < ms || popped === 0) continue;
      if (last + 1 !== before + popped) throw new Error('records were lost or came twice');
      return (passed * 1e6) / popped;
    }
  } finally {
    Atomics.store(stop, 0, 1);
  }
}
