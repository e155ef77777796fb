/**
 * A Worker whose pool of threads is started by the page on its behalf, seen from within; pool.js says why.
 *
 *     → hire, tell   ← told
 *
 * @module
 */
import { post } from './in-worker.js';

/** @typedef {import('./peer.js').Message} Message */

/** @type {PagesWorker[]} */
const hired = [];

/** As much of a `Worker` as rayon's pool asks for. */
class PagesWorker extends EventTarget {
  #index = hired.push(this) - 1;

  /** @param {string | URL} url  Its type is the page's choice: a module. */
  constructor(url) {
    super();
    post({ type: 'hire', url: String(url) });
  }

  /** @param {unknown} message */
  postMessage(message) {
    post({ type: 'tell', index: this.#index, message });
  }
}

/** From here on whoever makes a Worker in here has it made by the page. */
export function leaveWorkersToThePage() {
  Object.assign(self, { Worker: PagesWorker });
}

/** What one of them said. @param {Message} message */
export function hear({ index, message }) {
  hired[index]?.dispatchEvent(new MessageEvent('message', { data: message }));
}
