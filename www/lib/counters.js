/**
 * Reads a run's counters straight from shared memory, while its threads write them. Nothing here waits or calls wasm.
 *
 * @module
 */

/** @typedef {import('./types-wasm.js').View} View */

/** An entry of `ring_pages[]` without a page. */
const NULL_PAGE = 0xffff_ffff;

export class Counters {
  #memory;
  #view;
  /** Views of the memory as it was when last looked at; a memory that grew has a new buffer. */
  #u32 = new Uint32Array(0);
  #i32 = new Int32Array(0);
  /** By thread and counter: the word as last seen, and the total since the start. @type {{ seen: Uint32Array, total: Float64Array }[]} */
  #threads;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {View} view
   */
  constructor(memory, view) {
    this.#memory = memory;
    this.#view = view;
    this.#threads = view.threads.map(() => ({
      seen: new Uint32Array(view.counters.length),
      total: new Float64Array(view.counters.length),
    }));
    this.#look();
  }

  /** Asks every thread to finish what it does and end. */
  stop() {
    this.#set(this.#view.stop);
  }

  /** Makes every wait give up. For threads that did not end when asked. */
  abort() {
    this.#set(this.#view.abort);
  }

  /**
   * Totals by counter name over all threads. The words wrap at 2^32, so call it at least every few minutes while threads run.
   *
   * @param {number} timeMs
   * @returns {import('./types-run.js').Sample}
   */
  sample(timeMs) {
    this.#add();
    const { counters, kinds } = this.#view;
    /** @param {string} name */
    const sum = (name) => {
      const at = counters.indexOf(name);
      return at < 0 ? 0 : this.#threads.reduce((all, { total }) => all + (total[at] ?? 0), 0);
    };
    return {
      timeMs,
      events: sum('events'),
      migrations: sum('migrations'),
      refused: sum('refused'),
      setups: sum('setups'),
      teardowns: sum('teardowns'),
      corruptions: Object.fromEntries(kinds.map((kind) => [kind, sum(kind)])),
    };
  }

  /**
   * Totals by thread, as of the last sample.
   *
   * @returns {import('./types-run.js').ThreadReport[]}
   */
  threads() {
    const { threads, counters } = this.#view;
    return threads.map(({ name, role }, i) => ({
      .../** @type {Record<string, number>} */ (
        Object.fromEntries(counters.map((counter, at) => [counter, this.#threads[i]?.total[at] ?? 0]))
      ),
      name,
      role,
    }));
  }

  /** @returns {import('./types-run.js').FrameMap} */
  frameMap() {
    const words = this.#look();
    const { frames, touched } = this.#view;
    const rings = this.#view.rings.map(({ ringPages, pages, state }) => {
      const word = Atomics.load(words, state / 4);
      return {
        live: word >>> 31 === 1,
        generation: (word >>> 8) & 0x7fffff,
        pages: Array.from({ length: pages }, (_, k) => ringPage(Atomics.load(words, ringPages / 4 + k))),
      };
    });
    return {
      pages: rings[0]?.pages ?? [],
      rings,
      frames: Array.from({ length: frames.count }, (_, f) => {
        const word = Atomics.load(words, (frames.table + f * frames.stride) / 4);
        return {
          refs: word & 0xfff,
          free: (word & 0x1000) !== 0,
          generation: word >>> 13,
          touched: Atomics.load(words, touched / 4 + f),
        };
      }),
    };
  }

  /** Takes in what was counted since the last look. */
  #add() {
    const words = this.#look();
    this.#view.threads.forEach((thread, i) => {
      const { seen, total } = /** @type {{ seen: Uint32Array, total: Float64Array }} */ (this.#threads[i]);
      for (let at = 0; at < seen.length; at++) {
        const now = Atomics.load(words, thread.counters / 4 + at);
        total[at] = /** @type {number} */ (total[at]) + ((now - /** @type {number} */ (seen[at])) >>> 0);
        seen[at] = now;
      }
    });
  }

  #look() {
    const { buffer } = this.#memory;
    if (this.#u32.buffer !== buffer) {
      this.#u32 = new Uint32Array(buffer);
      this.#i32 = new Int32Array(buffer);
    }
    return this.#u32;
  }

  /** @param {number} offset */
  #set(offset) {
    this.#look();
    Atomics.store(this.#i32, offset / 4, 1);
    Atomics.notify(this.#i32, offset / 4);
  }
}

/**
 * @param {number} word
 * @returns {import('./types-run.js').RingPage}
 */
function ringPage(word) {
  return word === NULL_PAGE ? null : { frame: word & 0xfff, generation: word >>> 12 };
}
