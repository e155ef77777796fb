/** Workers that the page starts for another one, with Workers that only say what is asked of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PoolPeer } from '../www/lib/pool.js';

class FakeWorker {
  /** @type {FakeWorker[]} */
  static all = [];
  /** @type {unknown[]} */
  heard = [];
  terminated = false;
  onmessage = (/** @type {{ data: unknown }} */ _) => {};

  constructor() {
    FakeWorker.all.push(this);
  }

  /** @param {unknown} message */
  postMessage(message) {
    this.heard.push(message);
  }

  terminate() {
    this.terminated = true;
  }

  /** @param {unknown} data */
  say(data) {
    this.onmessage({ data });
  }
}

test('what they say to each other is handed on, and with whoever asked for them they end; none comes after', () => {
  globalThis.Worker = /** @type {any} */ (FakeWorker);
  const peer = new PoolPeer('explorer', new URL('http://a/b.js'));
  const [leader] = FakeWorker.all;
  for (const _ of [1, 2]) leader.say({ type: 'hire', url: 'http://a/c.js' });
  const [, first, second] = FakeWorker.all;
  leader.say({ type: 'tell', index: 1, message: 'begin' });
  assert.deepEqual([first.heard, second.heard], [[], ['begin']]);
  second.say({ type: 'begun' });
  assert.deepEqual(leader.heard, [{ type: 'told', index: 1, message: { type: 'begun' } }]);
  peer.terminate(new Error('enough'));
  leader.say({ type: 'hire', url: 'http://a/c.js' });
  assert.deepEqual(FakeWorker.all.map(({ terminated }) => terminated), [true, true, true]);
});
