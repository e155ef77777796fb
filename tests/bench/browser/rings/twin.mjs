/**
 * The protocol in plain JavaScript with Atomics, on a SharedArrayBuffer laid out as the lab's ring: `aio_read_events_ring`, and
 * `aio_complete` for a batch, as in crate/src/aio, with the same atomic accesses in the same order. What a lock guards is loaded and
 * stored plainly there (`load_locked`, `store_locked`), and so it is here: the lock's exchanges order it.
 *
 * Its locks do not rest or park: whoever finds one taken looks until it is free. A page is the place of its words, not a frame and
 * its generation.
 */
import { copy } from './copy.mjs';
import { lock, unlock, wakeUp } from './locking.mjs';
import { NUMBERS } from './record.mjs';

const PAGES = 4;
const PAGE_WORDS = 1024;
/** Of 32 bytes, as `struct aio_ring` at the beginning of page 0, which therefore takes the place of one. */
const EVENTS_PER_PAGE = 128;
const EVENT_SHIFT = 7;
const HEADER_EVENTS = 1;
/** Words of `struct aio_ring`. */
const [HEADER_HEAD, HEADER_TAIL] = [2, 3];

/** Words of a cache line. */
export const LINE = 16;
/** What `struct kioctx` has on a line of its own each, before the pages. */
export const LINES = ['ring_lock', 'completion_lock', 'wait', 'slots', 'tail', 'reqs_available', 'ring_pages'];
const [RING_LOCK, COMPLETION_LOCK, WAIT, SLOTS, TAIL, REQS_AVAILABLE, RING_PAGES] = LINES.map((_, line) => line * LINE);
const FIRST_PAGE = PAGE_WORDS;

/** Event slots, of which one always stays empty. */
const NR = PAGES * EVENTS_PER_PAGE - 1;
/** Slots that move between the pool and a thread's cache at a time; as on two cpus. */
const REQ_BATCH = Math.floor((NR - 1) / (2 * 4));

/** Shared memory for a ring, empty. */
export function storage() {
  const memory = new SharedArrayBuffer((FIRST_PAGE + PAGES * PAGE_WORDS) * 4);
  const words = new Int32Array(memory);
  for (let page = 0; page < PAGES; page += 1) words[RING_PAGES + page] = FIRST_PAGE + page * PAGE_WORDS;
  words[REQS_AVAILABLE] = NR - 1;
  return memory;
}

// `| 0` after a division makes it one of integers, to the engine too.

/** One thread's view of a ring. */
export class Ring {
  /** @type {Int32Array} */
  #words;
  /** @type {Float64Array} */
  #events;
  /** The thread's slot cache, `kcpu->reqs_available`, which is nobody else's. */
  #cached = 0;

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#words = new Int32Array(memory);
    this.#events = new Float64Array(memory);
  }

  /**
   * Completes the records of the batch from number `from` on, as many as there are slots for, in one critical section; how many.
   *
   * @param {Float64Array} batch
   * @param {number} from
   */
  push(batch, from) {
    const slots = this.#takeSlots(((batch.length / NUMBERS) | 0) - from);
    if (slots > 0) this.#complete(batch, from * NUMBERS, slots);
    return slots;
  }

  /** `aio_read_events_ring`. @param {Float64Array} into */
  pop(into) {
    const words = this.#words;
    lock(words, RING_LOCK);
    const read = this.#readLocked(into);
    const pooled = read > 0 && this.#putSlots(read);
    unlock(words, RING_LOCK);
    if (pooled) wakeUp(words, SLOTS);
    return read;
  }

  /** Makes a ring full again that was full and has been read empty from its beginning. */
  rewind() {
    const words = this.#words;
    words[words[RING_PAGES] + HEADER_HEAD] = 0;
    words[REQS_AVAILABLE] = 0;
    this.#cached = 0;
  }

  /** `aio_read_events_ring` under ring_lock. @param {Float64Array} into */
  #readLocked(into) {
    const words = this.#words;
    const ring = words[RING_PAGES];
    let head = words[ring + HEADER_HEAD];
    // Acquires the events up to it: completers hold another lock.
    const tail = Atomics.load(words, ring + HEADER_TAIL);
    if (head >>> 0 >= NR || tail >>> 0 >= NR) return 0;

    const room = (into.length / NUMBERS) | 0;
    let read = 0;
    while (read < room && head !== tail) {
      const position = head + HEADER_EVENTS;
      const index = position & (EVENTS_PER_PAGE - 1);
      // From a head behind the tail, to the page's end: the ring's end is that of its last page.
      const toTail = head <= tail ? tail - head : EVENTS_PER_PAGE;
      const count = Math.min(toTail, room - read, EVENTS_PER_PAGE - index);
      const page = words[RING_PAGES + (position >> EVENT_SHIFT)];
      copy(this.#events, numberAt(page, index), into, read * NUMBERS, count);
      read += count;
      head += count;
      if (head >= NR) head = 0;
    }
    if (read > 0) words[words[RING_PAGES] + HEADER_HEAD] = head;
    return read;
  }

  /**
   * `complete_batch`. Of one record it has the accesses of `aio_complete`.
   *
   * @param {Float64Array} batch
   * @param {number} at
   * @param {number} count
   */
  #complete(batch, at, count) {
    const words = this.#words;
    lock(words, COMPLETION_LOCK);
    let slot = words[TAIL];
    for (let left = count; left > 0; ) {
      const position = slot + HEADER_EVENTS;
      const index = position & (EVENTS_PER_PAGE - 1);
      const now = Math.min(left, EVENTS_PER_PAGE - index);
      const page = words[RING_PAGES + (position >> EVENT_SHIFT)];
      copy(batch, at, this.#events, numberAt(page, index), now);
      at += now * NUMBERS;
      left -= now;
      slot += now;
      if (slot === NR) slot = 0;
    }
    words[TAIL] = slot;
    // Releases the events before it.
    Atomics.store(words, words[RING_PAGES] + HEADER_TAIL, slot);
    unlock(words, COMPLETION_LOCK);
    wakeUp(words, WAIT);
  }

  /** `get_reqs_available_upto`: takes slots; how many. @param {number} most */
  #takeSlots(most) {
    let cached = this.#cached;
    if (cached < most) {
      const words = this.#words;
      let available = Atomics.load(words, REQS_AVAILABLE);
      for (;;) {
        const wanted = ((most - cached + REQ_BATCH - 1) / REQ_BATCH) | 0;
        const more = Math.min(wanted, (available / REQ_BATCH) | 0) * REQ_BATCH;
        if (more === 0) break;
        const found = Atomics.compareExchange(words, REQS_AVAILABLE, available, available - more);
        if (found === available) {
          cached += more;
          break;
        }
        available = found;
      }
    }
    const taken = Math.min(cached, most);
    this.#cached = cached - taken;
    return taken;
  }

  /** `put_reqs_available`: gives slots back; whether some went to the pool. @param {number} count */
  #putSlots(count) {
    let cached = this.#cached + count;
    const pooled = cached >= REQ_BATCH * 2;
    if (pooled) {
      const back = (((cached / REQ_BATCH) | 0) - 1) * REQ_BATCH;
      Atomics.add(this.#words, REQS_AVAILABLE, back);
      cached -= back;
    }
    this.#cached = cached;
    return pooled;
  }
}

/** The place of an event's first number, of which a word is half. @param {number} page  @param {number} index */
const numberAt = (page, index) => (page >> 1) + index * NUMBERS;
