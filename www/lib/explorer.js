/**
 * The search, seen from the page: starts its Worker when somebody asks the first question, and ends it when a question is
 * cancelled; the next one gets a new Worker.
 *
 * @module
 */
import { ConfigError, LabDisposedError, WorkerCrashedError, valueOf } from './errors.js';
import { Peer, START_MS } from './peer.js';
import { PoolPeer } from './pool.js';

/** Threads of the pool at the most, whatever the machine has. */
const MOST_THREADS = 16;

/** How long the Worker may take to start its pool; after that, one without a pool is started. */
const POOL_MS = 15_000;

/** @typedef {{ workerUrl: URL | undefined, wasmUrl: string | undefined, isolated: boolean }} ExplorerSource */
/** @typedef {{ peer: Peer, threads: number, memory: WebAssembly.Memory | undefined, module: WebAssembly.Module | undefined }} Started */

export class Explorer {
  #source;
  /** @type {Promise<Started> | null} */
  #started = null;
  /** Questions are asked one after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {Peer | null} */
  #peer = null;
  #disposed = false;

  /** @param {ExplorerSource} source */
  constructor(source) {
    this.#source = source;
  }

  /** @returns {Promise<Started>} */
  start() {
    if (this.#disposed) return Promise.reject(new LabDisposedError());
    this.#started ??= this.#start().catch((error) => {
      this.#started = null;
      throw error;
    });
    return this.#started;
  }

  /**
   * @param {string} type
   * @param {unknown} config
   * @param {{ signal?: AbortSignal | undefined, onnews?: ((message: import('./peer.js').Message) => void) | undefined }} [options]
   * @returns {Promise<any>} Rejects with `ConfigError`, the signal's reason, `LoadError` or `WorkerCrashedError`.
   */
  ask(type, config, { signal, onnews } = {}) {
    return this.#inTurn(() => this.#ask(type, config, signal, onnews), signal);
  }

  /**
   * Does `work` while nobody asks anything else: it has memory and leader for itself.
   *
   * @template T
   * @param {(stage: import('./replay.js').Stage) => Promise<T>} work
   * @param {AbortSignal} signal Until `work` begins; after that, `work` itself has to look at it.
   * @returns {Promise<T>} Rejects with the signal's reason if `work` is not begun.
   */
  alone(work, signal) {
    return this.#inTurn(async () => {
      const { memory, module } = await this.start();
      return work({
        memory,
        module,
        ask: (type, config) => this.#ask(type, config, undefined, undefined),
        hire: (name) => new Peer(name, this.#source.workerUrl, 'explorer-worker'),
        giveUp: (why) => this.#end(why),
      });
    }, signal);
  }

  /** @param {Error} why */
  destroy(why) {
    this.#disposed = true;
    this.#end(why);
  }

  /**
   * Does `work` when all that came before is over. What is cancelled while it waits leaves at once, and is never begun; whoever
   * came later still waits for what came before.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<T>}
   */
  #inTurn(work, signal) {
    const before = this.#last;
    const done = turnAfter(before, signal).then(work);
    this.#last = Promise.allSettled([before, done]);
    return done;
  }

  /**
   * @param {string} type
   * @param {unknown} config
   * @param {AbortSignal | undefined} signal
   * @param {((message: import('./peer.js').Message) => void) | undefined} onnews
   */
  async #ask(type, config, signal, onnews) {
    signal?.throwIfAborted();
    const cancel = () => this.#end(signal?.reason);
    signal?.addEventListener('abort', cancel);
    try {
      const { peer, threads } = await this.start();
      signal?.throwIfAborted();
      peer.onmessage = onnews ?? (() => {});
      const answered = peer.next('answer');
      peer.post({ type, config: withThreads(type, config, threads) });
      const { value, refused } = await answered;
      if (refused) throw new ConfigError(refused.field, valueOf(refused.value), refused.range);
      return value;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** @param {Error} why */
  #end(why) {
    this.#started = null;
    this.#peer?.terminate(why);
    this.#peer = null;
  }

  /** @returns {Promise<Started>} */
  async #start() {
    const threads = this.#source.isolated ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : 1;
    try {
      return await this.#startWith(threads, threads > 1 ? POOL_MS : START_MS);
    } catch (error) {
      // A pool that does not come about is no reason not to search.
      if (threads === 1 || this.#disposed || !(error instanceof WorkerCrashedError)) throw error;
      return this.#startWith(1, START_MS);
    }
  }

  /**
   * @param {number} threads
   * @param {number} patience
   * @returns {Promise<Started>}
   */
  async #startWith(threads, patience) {
    const { workerUrl, wasmUrl } = this.#source;
    const peer = new PoolPeer('explorer', workerUrl, 'explorer-worker');
    this.#peer = peer;
    peer.onfailure = () => {
      if (this.#peer === peer) this.#end(peer.failure ?? new LabDisposedError());
    };
    try {
      await peer.next('hello', START_MS);
      const answers = Promise.all([peer.next('ready', patience), peer.next('shared', patience)]);
      peer.post({ type: 'init', wasmUrl, threads });
      const [{ threads: pool }, { memory, module }] = await answers;
      return { peer, threads: pool, memory, module };
    } catch (error) {
      peer.terminate(/** @type {Error} */ (error));
      throw error;
    }
  }
}

/**
 * @param {Promise<unknown>} before Never rejects.
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>} Rejects with the signal's reason as soon as it aborts.
 */
function turnAfter(before, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const leave = () => reject(signal?.reason);
    signal?.addEventListener('abort', leave);
    void before.then(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    });
  });
}

/**
 * As many threads as there are, unless the question says otherwise; never more.
 *
 * @param {string} type
 * @param {unknown} config
 * @param {number} threads
 */
function withThreads(type, config, threads) {
  if (!['explore', 'matrix'].includes(type) || typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const { threads: asked, ...rest } = /** @type {{ threads?: unknown }} */ (config);
  return { ...rest, threads: typeof asked === 'number' ? Math.min(asked, threads) : (asked ?? threads) };
}
