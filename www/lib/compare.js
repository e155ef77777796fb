/**
 * One comparison, seen from the page: its Workers start, work through all trials by themselves, and leave.
 *
 * @module
 */
import { completed } from './comparison-completed.js';
import { Comparison } from './comparison.js';
import { deferred } from './deferred.js';
import { ConfigError, WorkerCrashedError } from './errors.js';
import { machineInfo } from './machine-info.js';

/** How long threads may take to leave when the comparison is cancelled, in ms, and each of them besides; a trial is broken off at once. */
const CANCEL_MS = 3_000;
const CANCEL_EACH_MS = 50;

/** How long the leader may say nothing, besides the length of a trial, in ms; what it waits for itself is bounded by less. */
const SILENCE_MS = 20_000;

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./types-compare.js').CompareProgress} CompareProgress */

export class Comparing {
  /** What came out. Rejects with `ConfigError`, `LoadError`, `WorkerCrashedError`, or why it was cancelled. @type {Promise<Comparison>} */
  result;

  #lab;
  #onProgress;
  /** On what it is measured. @type {Awaited<ReturnType<typeof machineInfo>> | null} */
  #machine = null;
  /** Why it is to end. @type {{ reason: unknown } | null} */
  #cancelled = null;
  /** Tells the leader. @type {(() => void) | null} */
  #stop = null;

  /**
   * @param {() => Promise<Engine>} getEngine
   * @param {Record<string, unknown>} config Plain data.
   * @param {{ lab: import('./types-compare.js').Catalogue & { version: string }, signal: AbortSignal | undefined, onProgress: ((progress: CompareProgress) => void) | undefined }} options
   */
  constructor(getEngine, config, { lab, signal, onProgress }) {
    this.#lab = lab;
    this.#onProgress = onProgress;
    const cancel = () => this.cancel(signal?.reason);
    signal?.addEventListener('abort', cancel);
    this.result = this.#drive(getEngine, config).finally(() => signal?.removeEventListener('abort', cancel));
    this.result.catch(() => {});
  }

  /** @param {unknown} reason What `result` rejects with. */
  cancel(reason) {
    this.#cancelled ??= { reason };
    this.#stop?.();
  }

  /**
   * @param {() => Promise<Engine>} getEngine
   * @param {Record<string, unknown>} config
   */
  async #drive(getEngine, config) {
    const [engine, machine] = await Promise.all([getEngine(), machineInfo()]);
    this.#machine = machine;
    this.#throwIfCancelled();
    try {
      const { handle, view } = await engine.open(config);
      const { threads, cancel } = /** @type {{ threads: number, cancel: number }} */ (/** @type {unknown} */ (view));
      await this.#onThreads(engine, handle, threads, cancel);
      const { data } = await engine.close('stopped');
      this.#throwIfCancelled();
      return new Comparison(this.#whole(data));
    } catch (error) {
      // Only of a refused configuration, and of one that ended in order, it is certain that the memory is as it was.
      if (!(error instanceof ConfigError || this.#isReason(error))) engine.destroy(/** @type {Error} */ (error));
      throw error;
    } finally {
      engine.onnews = () => {};
      engine.onbroken = () => {};
    }
  }

  #throwIfCancelled() {
    if (this.#cancelled) throw this.#cancelled.reason;
  }

  /** @param {unknown} error */
  #isReason(error) {
    return this.#cancelled?.reason === error;
  }

  /**
   * @param {Engine} engine
   * @param {number} handle
   * @param {number} threads
   * @param {number} cancel Where the word is that ends it, in bytes.
   */
  async #onThreads(engine, handle, threads, cancel) {
    /** @type {import('./deferred.js').Deferred<void>} */
    const led = deferred();
    engine.onbroken = led.reject;
    const names = Array.from({ length: threads }, (_, i) => `thread ${i + 1}`);
    const peers = await engine.followers(names, handle);
    const ended = Promise.all(
      peers.map(async (peer) => {
        await peer.next('ended');
        engine.dismiss(peer);
      }),
    );
    ended.catch(led.reject);
    /** Rejects when somebody is late. @type {import('./deferred.js').Deferred<never>} */
    const gone = deferred();
    gone.promise.catch(led.reject);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let patience;
    const leavingMs = CANCEL_MS + CANCEL_EACH_MS * threads;
    const wait = (/** @type {number} */ ms, /** @type {string} */ what) => {
      clearTimeout(patience);
      patience = setTimeout(() => gone.reject(new WorkerCrashedError('leader', what, null)), ms);
    };
    engine.onnews = ({ type, progress }) => {
      if (type === 'led') return led.resolve();
      if (type !== 'progress' || this.#cancelled) return;
      wait(progress.nextMs + SILENCE_MS, 'it has not been heard of for too long, and was terminated');
      this.#tell(progress);
    };
    this.#stop = () => {
      const words = new Int32Array(/** @type {WebAssembly.Memory} */ (engine.memory).buffer);
      Atomics.store(words, cancel / 4, 1);
      Atomics.notify(words, cancel / 4);
      wait(leavingMs, `it did not end within ${leavingMs / 1000} s of being asked to, and was terminated`);
    };
    try {
      if (this.#cancelled) this.#stop();
      else wait(SILENCE_MS, 'it did not begin, and was terminated');
      peers.forEach((peer) => peer.post({ type: 'go' }));
      engine.go();
      await led.promise;
      // The leader has let them go.
      wait(leavingMs, 'its followers did not leave, and were terminated');
      await Promise.race([ended, gone.promise]);
    } finally {
      clearTimeout(patience);
      this.#stop = null;
    }
  }

  /** @param {{ done: number, trials: number, leftMs: number, soFar: any }} progress */
  #tell({ done, trials, leftMs, soFar }) {
    // A listener that throws does not end a comparison.
    try {
      this.#onProgress?.({ done, trials, leftMs, soFar: soFar && this.#whole(soFar) });
    } catch (error) {
      console.error(error);
    }
  }

  /**
   * @param {any} report As the wasm tells it.
   * @returns {import('./types-compare.js').ComparisonData}
   */
  #whole({ clockStepNs, ...report }) {
    const machine = { ...this.#machine, clockStepNs, date: new Date().toISOString(), version: this.#lab.version };
    return completed({ kind: 'aio-ring-lab comparison', format: 3, machine, ...report }, this.#lab);
  }
}
