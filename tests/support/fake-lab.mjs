/** A lab without a browser: its Workers run on Node's threads, over the stand-in for the wasm in `fake/`. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { living } from '../fake/web-worker.mjs';

/** An empty wasm module: the fake bindings need one to pass on. */
export const wasmUrl = 'data:application/wasm;base64,AGFzbQEAAAA=';

/** Fails instead of hanging. */
export const within = (ms, promise) => Promise.race([promise, sleep(ms, null, { ref: false }).then(() => assert.fail(`nothing within ${ms} ms`))]);

/** Until every Worker is gone; threads of Node take a moment to end. */
export async function noWorkers(expected = 0) {
  for (let i = 0; i < 200 && living.size > expected; i++) await sleep(10);
  assert.equal(living.size, expected);
}
