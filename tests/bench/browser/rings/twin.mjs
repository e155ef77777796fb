/**
 * The protocol in plain JavaScript with Atomics, on a SharedArrayBuffer laid out as the lab's ring: `aio_read_events_ring` and
 * `aio_complete` as in crate/src/aio, with the same atomic accesses in the same order. It has no thread to wake, so nobody
 * parks: a taken lock is tried until it is free.
 *
 *     line 0  ring_lock            line 3  reqs_available
 *     line 1  completion_lock      line 4  ring_pages[]
 *     line 2  tail                 then the pages, 4 KiB each: header of 32 bytes in the first, events of 32 bytes
 */
import { NUMBERS } from './record.mjs';

const PAGES = 4;
const PAGE_WORDS = 1024;
const EVENTS_PER_PAGE = 128;
const LINE = 16;
const [RING_LOCK, COMPLETION_LOCK, TAIL, REQS_AVAILABLE, RING_PAGES] = [0, 1, 2, 3, 4].map((line) => line * LINE);
const FIRST_PAGE = PAGE_WORDS;
/** Words of `struct aio_ring`. */
const [HEADER_HEAD, HEADER_TAIL] = [2, 3];

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

/** One thread's view of a ring. */
export class Ring {
  /** @type {Int32Array} */
  #words;
  /** @type {Float64Array} */
  #events;
  /** The thread's slot cache, `kcpu->reqs_available`. */
  #cached = 0;

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#words = new Int32Array(memory);
    this.#events = new Float64Array(memory);
  }

  /** `aio_complete`, one record after the other, as long as there are slots. @param {Float64Array} batch  @param {number} from */
  push(batch, from) {
    const count = batch.length / NUMBERS;
    for (let i = from; i < count; i += 1) {
      if (!this.#getSlot()) return i - from;
      this.#complete(batch, i * NUMBERS);
    }
    return count - from;
  }

  /** `aio_read_events_ring`. @param {Float64Array} into */
  pop(into) {
    const words = this.#words;
    this.#lock(RING_LOCK);
    const page0 = Atomics.load(words, RING_PAGES);
    let head = Atomics.load(words, page0 + HEADER_HEAD);
    const tail = Atomics.load(words, page0 + HEADER_TAIL);
    const room = into.length / NUMBERS;
    let read = 0;
    while (read < room && head !== tail) {
      const position = head + 1;
      const index = position % EVENTS_PER_PAGE;
      const toEnd = (head <= tail ? tail : NR) - head;
      const count = Math.min(toEnd, room - read, EVENTS_PER_PAGE - index);
      const page = Atomics.load(words, RING_PAGES + Math.floor(position / EVENTS_PER_PAGE));
      // A page's words are pairs, of which an event has NUMBERS.
      const at = page / 2 + index * NUMBERS;
      into.set(this.#events.subarray(at, at + count * NUMBERS), read * NUMBERS);
      read += count;
      head += count;
      if (head >= NR) head = 0;
    }
    if (read > 0) {
      Atomics.store(words, Atomics.load(words, RING_PAGES) + HEADER_HEAD, head);
      this.#putSlots(read);
    }
    this.#unlock(RING_LOCK);
    return read;
  }

  /** Makes a ring full again that was full and has been read empty from its beginning. */
  rewind() {
    const words = this.#words;
    words[words[RING_PAGES] + HEADER_HEAD] = 0;
    words[REQS_AVAILABLE] = 0;
    this.#cached = 0;
  }

  /** @param {Float64Array} batch  @param {number} at */
  #complete(batch, at) {
    const words = this.#words;
    this.#lock(COMPLETION_LOCK);
    const slot = Atomics.load(words, TAIL);
    const tail = slot + 1 >= NR ? 0 : slot + 1;
    const position = slot + 1;
    const page = Atomics.load(words, RING_PAGES + Math.floor(position / EVENTS_PER_PAGE));
    const to = page / 2 + (position % EVENTS_PER_PAGE) * NUMBERS;
    for (let i = 0; i < NUMBERS; i += 1) this.#events[to + i] = batch[at + i];
    Atomics.store(words, TAIL, tail);
    Atomics.store(words, Atomics.load(words, RING_PAGES) + HEADER_TAIL, tail);
    this.#unlock(COMPLETION_LOCK);
  }

  #getSlot() {
    if (this.#cached === 0) {
      for (;;) {
        const available = Atomics.load(this.#words, REQS_AVAILABLE);
        if (available < REQ_BATCH) return false;
        if (Atomics.compareExchange(this.#words, REQS_AVAILABLE, available, available - REQ_BATCH) === available) break;
      }
      this.#cached = REQ_BATCH;
    }
    this.#cached -= 1;
    return true;
  }

  /** @param {number} count */
  #putSlots(count) {
    this.#cached += count;
    if (this.#cached < REQ_BATCH * 2) return;
    const back = (Math.floor(this.#cached / REQ_BATCH) - 1) * REQ_BATCH;
    Atomics.add(this.#words, REQS_AVAILABLE, back);
    this.#cached -= back;
  }

  /** @param {number} at */
  #lock(at) {
    while (Atomics.compareExchange(this.#words, at, 0, 1) !== 0);
  }

  /** @param {number} at */
  #unlock(at) {
    Atomics.exchange(this.#words, at, 0);
  }
}
