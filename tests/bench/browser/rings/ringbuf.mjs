/** ringbuf.js: a ring of one producer and one consumer. Whole batches in and out, by its `push` and `pop` of typed arrays. */
import { RingBuffer } from '../vendor/ringbuf.mjs';

import { CAPACITY, NUMBERS } from './record.mjs';

/** Shared memory for a ring. */
export const storage = () => RingBuffer.getStorageForCapacity(CAPACITY * NUMBERS, Float64Array);

export class Ring {
  #ring;

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#ring = new RingBuffer(memory, Float64Array);
  }

  /**
   * Puts records in, from the one numbered `from` of the batch on, as many as there is room for; how many.
   *
   * @param {Float64Array} batch
   * @param {number} from
   */
  push(batch, from) {
    if (from === 0) return this.#ring.push(batch) / NUMBERS;
    return this.#ring.push(batch, batch.length - from * NUMBERS, from * NUMBERS) / NUMBERS;
  }

  /** Takes as many records out as there are and `into` has room for; how many. @param {Float64Array} into */
  pop(into) {
    return this.#ring.pop(into) / NUMBERS;
  }

  /** Makes a ring full again that was full and has been read empty from its beginning: the records are still there. */
  rewind() {
    Atomics.store(this.#ring.read_ptr, 0, 0);
  }
}
