/**
 * One Worker, seen from the page: what it is asked, what it answers, and how it fails.
 *
 * @module
 */
import { LoadError, WorkerCrashedError } from './errors.js';

/** How long a Worker may take for one step of its start: to load its script, to load and start the wasm. */
export const START_MS = 30_000;

/** @typedef {'worker' | 'explorer-worker' | 'compare-worker'} Script */
/** @typedef {{ type: string, [key: string]: any }} Message */
/** @typedef {{ resolve: (message: Message) => void, reject: (error: Error) => void, timer: ReturnType<typeof setTimeout> | undefined }} Waiter */

export class Peer {
  /** @type {Worker} */
  #worker;
  /** @type {string} */
  #url;
  /** @type {Map<string, Waiter>} */
  #waiting = new Map();
  #greeted = false;

  /** What went wrong, once something has. @type {Error | null} */
  failure = null;
  /** Called once, at the first failure. @type {(error: Error) => void} */
  onfailure = () => {};
  /** Called for messages that nobody asked for. @type {(message: Message) => void} */
  onmessage = () => {};

  /**
   * Starts a Worker. It says `hello` when its script runs; await that with `next` at once.
   *
   * @param {string} name For error messages.
   * @param {URL | undefined} url The Worker's script, if it is not the one beside this file.
   * @param {Script} [script] Which of those.
   * @throws {LoadError} If the browser refuses the address outright.
   */
  constructor(name, url, script = 'worker') {
    this.name = name;
    // A variable, for bundlers take `new URL('…', import.meta.url)` outside `new Worker` for a file to copy.
    const here = import.meta.url;
    this.#url = String(url ?? new URL(`${script}.js`, here));
    try {
      // Bundlers look for exactly these words, `new URL` and options included.
      if (url) this.#worker = new Worker(url, { type: 'module' });
      else if (script === 'worker') this.#worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
      else if (script === 'compare-worker') this.#worker = new Worker(new URL('./compare-worker.js', import.meta.url), { type: 'module' });
      else this.#worker = new Worker(new URL('./explorer-worker.js', import.meta.url), { type: 'module' });
    } catch (cause) {
      throw new LoadError(this.#url, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    this.#worker.onmessage = (event) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.fail(this.#error(event));
    };
    this.#worker.onmessageerror = () => {
      // The one message that a browser may refuse to hand over is the shared memory: then there is none.
      if (this.#waiting.has('shared')) this.#receive({ type: 'shared' });
      else this.fail(new WorkerCrashedError(name, 'it sent a message that cannot be read here', null));
    };
  }

  /**
   * @param {Message} message
   * @throws {DataCloneError} If the message holds what cannot be sent.
   */
  post(message) {
    this.#worker.postMessage(message);
  }

  /**
   * The next message of that type. Call it before the message can have come.
   *
   * @param {string} type
   * @param {number} [withinMs] After that long the Worker counts as failed; without it, wait for as long as it takes.
   * @returns {Promise<Message>} Rejects when the Worker fails or is terminated.
   */
  next(type, withinMs) {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      const timer =
        withinMs === undefined
          ? undefined
          : setTimeout(() => {
              const late = `no answer (“${type}”) within ${withinMs / 1000} s`;
              this.fail(this.#greeted ? new WorkerCrashedError(this.name, late, null) : new LoadError(this.#url, late));
            }, withinMs);
      this.#waiting.set(type, { resolve, reject, timer });
    });
  }

  /** @param {Error} error */
  fail(error) {
    if (this.failure) return;
    this.failure = error;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
    this.onfailure(error);
  }

  /**
   * Ends the Worker now. Whoever still waits for it learns `why`.
   *
   * @param {Error} why
   */
  terminate(why) {
    this.onfailure = () => {};
    this.onmessage = () => {};
    this.#worker.terminate();
    this.fail(why);
  }

  /**
   * What nobody waits for.
   *
   * @protected
   * @param {Message} message
   */
  unasked(message) {
    this.onmessage(message);
  }

  /** @param {Message} message */
  #receive(message) {
    if (message.type === 'hello') this.#greeted = true;
    if (message.type === 'crashed') {
      return this.fail(new WorkerCrashedError(this.name, message.message, message.place));
    }
    if (message.type === 'unloadable') {
      const cause = message.noMemory ? new RangeError(message.message) : undefined;
      return this.fail(new LoadError(message.url, message.message, { cause }));
    }
    const waiter = this.#waiting.get(message.type);
    if (!waiter) return this.unasked(message);
    this.#waiting.delete(message.type);
    clearTimeout(waiter.timer);
    waiter.resolve(message);
  }

  /** @param {ErrorEvent} event A plain `Event`, without any of the fields, when the script could not be loaded. */
  #error(event) {
    const place = event.filename ? `${event.filename}:${event.lineno}:${event.colno}` : null;
    if (this.#greeted) return new WorkerCrashedError(this.name, event.message || 'no message', place);
    return new LoadError(
      this.#url,
      event.message
        ? event.message + (place ? ` (${place})` : '')
        : 'the Worker’s script, or a module that it imports, is missing or may not be loaded',
    );
  }
}
