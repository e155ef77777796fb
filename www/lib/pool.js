/**
 * A Worker whose pool of threads is started by the page on its behalf, seen from the page.
 *
 * rayon's pool starts Workers from within the Worker that searches. In Firefox 153 that one then stood in `new Worker` for ever in
 * one start of sixteen, on an idle machine too; Workers that the page starts have come up each time.
 *
 *     ← hire   ← tell, told →      as pool-in-worker.js has them
 *
 * @module
 */
import { WorkerCrashedError } from './errors.js';
import { Peer } from './peer.js';

/** @typedef {import('./peer.js').Message} Message */

export class PoolPeer extends Peer {
  /** @type {Peer[]} */
  #pool = [];

  /**
   * @param {Error} why
   * @override
   */
  terminate(why) {
    this.#pool.forEach((worker) => worker.terminate(why));
    super.terminate(why);
  }

  /**
   * @param {Message} message
   * @override
   */
  unasked(message) {
    if (message.type === 'hire') this.#hire(message.url);
    else if (message.type === 'tell') this.#pool[message.index]?.post(message.message);
    else super.unasked(message);
  }

  /** @param {string} url */
  #hire(url) {
    // What it asked for before it was ended may still be on its way: nobody would end that one.
    if (this.failure) return;
    const index = this.#pool.length;
    const name = `thread ${index + 1} of the ${this.name}`;
    // One that is missing would be waited for as long as the pool is.
    const fail = (/** @type {unknown} */ error) => this.fail(new WorkerCrashedError(name, error instanceof Error ? error.message : String(error), null));
    try {
      const worker = new Peer(name, new URL(url));
      worker.onmessage = (message) => this.post({ type: 'told', index, message });
      worker.onfailure = () => fail(worker.failure);
      this.#pool.push(worker);
    } catch (error) {
      fail(error);
    }
  }
}
