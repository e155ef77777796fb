/**
 * As much of the browser's `Worker` as the module needs, on Node's worker threads, with the fake wasm in the real one's place.
 *
 * `living` counts the Workers that have not ended, so that a test can see a leak.
 */
import * as threads from 'node:worker_threads';

/** @type {Set<WebWorker>} */
export const living = new Set();

export class WebWorker {
  #thread;
  onmessage = (/** @type {{ data: unknown }} */ _event) => {};
  onerror = (/** @type {{ preventDefault: () => void, message?: string }} */ _event) => {};
  onmessageerror = (/** @type {object} */ _event) => {};

  /** @param {unknown} url  @param {{ type: string }} options */
  constructor(url, { type }) {
    if (!(url instanceof URL) || type !== 'module') throw new TypeError('give me a URL object and a module');
    this.#thread = new threads.Worker(new URL('./worker-scope.mjs', import.meta.url), { workerData: { url: url.href } });
    living.add(this);
    this.#thread.on('message', (data) => this.onmessage({ data }));
    this.#thread.on('messageerror', () => this.onmessageerror({}));
    // A script that cannot be loaded gives an event without a message, as in browsers.
    this.#thread.on('error', (/** @type {Error & { unloadable?: boolean }} */ { message, unloadable }) => this.onerror({ preventDefault() {}, ...(!unloadable && { message }) }));
    this.#thread.on('exit', () => living.delete(this));
  }
  /** @param {unknown} message */
  postMessage(message) {
    this.#thread.postMessage(message);
  }
  terminate() {
    this.#thread.terminate();
  }
}

/** Puts the browser's globals where the module looks for them; returns a function that takes them away again. */
export function installWorkers({ isolated = true } = {}) {
  Object.assign(globalThis, { Worker: WebWorker, crossOriginIsolated: isolated });
  // Node 18, which Debian 12 has, keeps its own behind a flag.
  globalThis.CustomEvent ??= /** @type {typeof globalThis.CustomEvent} */ (/** @type {unknown} */ (class CustomEvent extends Event {
    /** @param {string} type  @param {{ detail: unknown }} options */
    constructor(type, { detail }) {
      super(type);
      this.detail = detail;
    }
  }));
  return () => {
    const scope = /** @type {{ Worker?: unknown, crossOriginIsolated?: boolean }} */ (globalThis);
    delete scope.Worker;
    delete scope.crossOriginIsolated;
  };
}
