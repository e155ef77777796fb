/** A lab without a browser: its Workers run on Node's threads, over the stand-in for the wasm in `fake/`. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { living } from '../fake/web-worker.mjs';

/** An empty wasm module: the fake bindings need one to pass on. */
export const wasmUrl = 'data:application/wasm;base64,AGFzbQEAAAA=';

/** Longer than anything takes on a busy machine. */
const LONG = 30_000;

/** Fails instead of hanging. @template T  @param {Promise<T>} promise */
export const within = (promise) => Promise.race([promise, sleep(LONG, null, { ref: false }).then(() => assert.fail(`nothing within ${LONG} ms`))]);

/** Until every Worker is gone; threads of Node take a moment to end. */
export async function noWorkers(expected = 0) {
  for (let i = 0; i < 3000 && living.size > expected; i++) await sleep(10);
  assert.equal(living.size, expected);
}
