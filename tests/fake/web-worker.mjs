/**
 * As much of the browser's `Worker` as the module needs, on Node's worker threads, with the fake wasm in the real one's place.
 *
 * `living` counts the Workers that have not ended, so that a test can see a leak.
 */
import * as threads from 'node:worker_threads';

export const living = new Set();

export class WebWorker {
  #thread;
  onmessage = (_event) => {};
  onerror = (_event) => {};
  onmessageerror = (_event) => {};

  constructor(url, { type }) {
    if (!(url instanceof URL) || type !== 'module') throw new TypeError('give me a URL object and a module');
    this.#thread = new threads.Worker(new URL('./worker-scope.mjs', import.meta.url), { workerData: { url: url.href } });
    living.add(this);
    this.#thread.on('message', (data) => this.onmessage({ data }));
    this.#thread.on('messageerror', () => this.onmessageerror({}));
    // A script that cannot be loaded gives an event without a message, as in browsers.
    this.#thread.on('error', ({ message, unloadable }) => this.onerror({ preventDefault() {}, ...(!unloadable && { message }) }));
    this.#thread.on('exit', () => living.delete(this));
  }
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
  globalThis.CustomEvent ??= class CustomEvent extends Event {
    constructor(type, { detail }) {
      super(type);
      this.detail = detail;
    }
  };
  return () => {
    delete globalThis.Worker;
    delete globalThis.crossOriginIsolated;
  };
}
