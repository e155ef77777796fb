/** Counters and frames, read from shared memory. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Counters } from '../www/lib/counters.js';

describe('counters', () => {
  /** @type {import('../www/lib/types-wasm.js').View} */
  const view = {
    base: 0,
    stop: 0,
    abort: 4,
    threads: [
      { name: 'reader 1', role: 'reader', counters: 64 },
      { name: 'migrator 1', role: 'migrator', counters: 128 },
    ],
    counters: ['events', 'migrations', 'refused', 'setups', 'teardowns', 'duplicate'],
    kinds: ['duplicate'],
    rings: [
      { ringPages: 256, pages: 2, state: 320 },
      { ringPages: 264, pages: 1, state: 324 },
      { ringPages: 268, pages: 1, state: 328 },
    ],
    frames: { table: 512, stride: 64, count: 3 },
    touched: 1024,
  };
  const setUp = () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    return { memory, words: new Uint32Array(memory.buffer), counters: new Counters(memory, view) };
  };

  test('totals are sums over the threads', () => {
    const { words, counters } = setUp();
    words.set([10, 0, 0, 3, 2, 2], 16);
    words.set([0, 5, 7, 4, 2, 1], 32);
    assert.deepEqual(counters.sample(3), { timeMs: 3, events: 10, migrations: 5, refused: 7, setups: 7, teardowns: 4, corruptions: { duplicate: 3 } });
    assert.deepEqual(counters.threads()[1], { name: 'migrator 1', role: 'migrator', events: 0, migrations: 5, refused: 7, setups: 4, teardowns: 2, duplicate: 1 });
  });

  test('a word that wraps goes on counting', () => {
    const { words, counters } = setUp();
    words[16] = 0xffff_fff0;
    counters.sample(0);
    words[16] = 0x10;
    assert.equal(counters.sample(0).events, 2 ** 32 + 0x10);
    words[16] = 0x0f;
    assert.equal(counters.sample(0).events, 2 ** 33 + 0x0f);
  });

  test('frames and ring pages are taken apart to the last bit', () => {
    const { words, counters } = setUp();
    words[64] = 0xabc | (0xfffff << 12);
    words[65] = 0xffff_ffff;
    // The first slot is in its last generation; the second is free, with what its last context left; the third is in its first.
    words[66] = 2 | (4 << 12);
    words[80] = 0xffff_ff00;
    words[82] = 0x8000_0000;
    words[128] = 0xfff;
    words[144] = 0x1000 | (1 << 13);
    words[160] = 0xffff_e001;
    words[257] = 0xffff_ffff;
    assert.deepEqual(counters.frameMap(), {
      pages: [{ frame: 0xabc, generation: 0xfffff }, null],
      rings: [
        { live: true, generation: 0x7fffff, pages: [{ frame: 0xabc, generation: 0xfffff }, null] },
        { live: false, generation: 0, pages: [{ frame: 2, generation: 4 }] },
        { live: true, generation: 0, pages: [{ frame: 0, generation: 0 }] },
      ],
      frames: [
        { refs: 0xfff, free: false, generation: 0, touched: 0 },
        { refs: 0, free: true, generation: 1, touched: 0xffff_ffff },
        { refs: 1, free: false, generation: 0x7ffff, touched: 0 },
      ],
    });
  });

  test('a memory that grew is looked at anew', () => {
    const { memory, counters } = setUp();
    memory.grow(1);
    new Uint32Array(memory.buffer)[16] = 4;
    assert.equal(counters.sample(0).events, 4);
  });

  test('stop and abort are words of their own', () => {
    const { words, counters } = setUp();
    counters.stop();
    assert.deepEqual([...words.subarray(0, 3)], [1, 0, 0]);
    counters.abort();
    assert.deepEqual([...words.subarray(0, 3)], [1, 1, 0]);
  });
});
