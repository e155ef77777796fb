/**
 * One schedule, forced on real threads: one Worker a thread, in the explorer's memory.
 *
 * @module
 */
import { ConfigError, NotIsolatedError, WorkerCrashedError } from './errors.js';
import { asData } from './given.js';
import { START_MS } from './peer.js';

/** How often progress is told, in ms. */
const TELL_MS = 100;

/** How long threads may take to leave when asked; no wait of theirs looks up later than after 50 ms. */
const ABORT_MS = 2_000;

/** @typedef {import('./peer.js').Peer} Peer */
/** @typedef {import('./types-prove.js').ReplayReport} ReplayReport */
/** @typedef {import('./types-wasm.js').ReplayView} ReplayView */

/**
 * What a replay needs of whoever owns wasm and memory. Nobody else uses it meanwhile.
 *
 * @typedef {object} Stage
 * @property {WebAssembly.Memory | undefined} memory The memory that its threads share.
 * @property {WebAssembly.Module | undefined} module
 * @property {(type: string, config: unknown) => Promise<any>} ask Its leader.
 * @property {(name: string) => Peer} hire A new Worker, that says `hello`.
 * @property {(why: Error) => void} giveUp Lets leader and memory go, for nobody knows what state a crashed thread left it in.
 */

export class Replaying {
  #leaving = new AbortController();
  #onProgress;
  /** @type {(() => void) | null} */
  #leave = null;
  /** @type {Set<Peer>} */
  #inside = new Set();

  /**
   * What came of it. Rejects with `ConfigError`, `NotIsolatedError`, `LoadError` or `WorkerCrashedError`.
   *
   * @readonly
   * @type {Promise<ReplayReport>}
   */
  report;

  /**
   * @param {(work: (stage: Stage) => Promise<ReplayReport>, signal: AbortSignal) => Promise<ReplayReport>} alone Does the work when the
   *   stage is free.
   * @param {{ times: number } & Record<string, unknown>} config
   * @param {{ signal?: AbortSignal | undefined, onProgress?: ((progress: import('./types-prove.js').ReplayProgress) => void) | undefined }} options
   */
  constructor(alone, config, { signal, onProgress }) {
    this.#onProgress = onProgress;
    const abort = () => this.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    this.report = alone((stage) => this.#play(stage, config), this.#leaving.signal).finally(() => signal?.removeEventListener('abort', abort));
    this.report.catch(() => {});
  }

  /**
   * Makes the threads leave; the report says `aborted`.
   *
   * @param {Error} why What the report rejects with if there are no threads yet.
   */
  abort(why) {
    this.#leaving.abort(why);
    this.#leave?.();
  }

  /**
   * @param {Stage} stage
   * @param {{ times: number } & Record<string, unknown>} config
   * @returns {Promise<ReplayReport>}
   */
  async #play(stage, config) {
    this.#leaving.signal.throwIfAborted();
    const { memory } = stage;
    if (!memory) throw new NotIsolatedError();
    const { handle, view } = /** @type {{ handle: number, view: ReplayView }} */ (await stage.ask('replay', config));
    try {
      await this.#onThreads({ ...stage, memory }, handle, view, config.times);
    } catch (error) {
      this.#inside.forEach((peer) => peer.terminate(/** @type {Error} */ (error)));
      this.#inside.clear();
      stage.giveUp(/** @type {Error} */ (error));
      throw error;
    }
    return stage.ask('replayed', null);
  }

  /**
   * @param {Stage & { memory: WebAssembly.Memory }} stage
   * @param {number} handle
   * @param {ReplayView} view
   * @param {number} times
   */
  async #onThreads(stage, handle, view, times) {
    const read = (/** @type {number} */ at) => Atomics.load(new Int32Array(stage.memory.buffer, at, 1), 0);
    const peers = await Promise.all(view.threads.map((name, index) => this.#hire(stage, name, handle, index, view.threads.length)));
    const ended = Promise.all(peers.map((peer) => this.#ended(peer)));
    ended.catch(() => {});
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let deadline;
    const late = new Promise((_, reject) => {
      this.#leave = () => {
        Atomics.store(new Int32Array(stage.memory.buffer, view.abort, 1), 0, 1);
        const names = () => [...this.#inside].map((peer) => peer.name).join(', ');
        deadline ??= setTimeout(() => {
          reject(new WorkerCrashedError(names(), `did not leave within ${ABORT_MS / 1000} s of being asked to, and was terminated`, null));
        }, ABORT_MS);
      };
    });
    late.catch(() => {});
    if (this.#leaving.signal.aborted) this.#leave?.();
    peers.forEach((peer) => peer.post({ type: 'go' }));
    const tell = () => this.#onProgress?.({ times, done: read(view.done), followed: read(view.followed), broke: read(view.broke) });
    const ticks = this.#onProgress && setInterval(tell, TELL_MS);
    try {
      await Promise.race([ended, late]);
    } finally {
      clearTimeout(deadline);
      clearInterval(ticks);
      this.#leave = null;
    }
    tell();
  }

  /**
   * @param {Stage} stage
   * @param {string} name
   * @param {number} handle
   * @param {number} index
   * @param {number} crowd How many start at once; each may take the time of all.
   */
  async #hire({ hire, module, memory }, name, handle, index, crowd) {
    const patience = START_MS + 500 * crowd;
    const peer = hire(name);
    this.#inside.add(peer);
    await peer.next('hello', patience);
    const ready = peer.next('ready', patience);
    peer.post({ type: 'init', role: 'follower', module, memory, handle, index });
    await ready;
    return peer;
  }

  /** @param {Peer} peer */
  async #ended(peer) {
    await peer.next('ended');
    this.#inside.delete(peer);
    peer.terminate(new Error('it has ended'));
  }
}

/**
 * What to force on threads, as the wasm takes it.
 *
 * @param {unknown} trace A `Trace` with its schedule, or its plain data.
 * @param {{ times?: unknown, protocol?: unknown }} options
 * @returns {{ times: number } & Record<string, unknown>}
 * @throws {ConfigError}
 */
export function replayConfig(trace, { times = 1, protocol }) {
  const { scenario, protocol: own, sizes, schedule } = /** @type {Record<string, unknown>} */ (trace ?? {});
  if (!Array.isArray(schedule)) throw new ConfigError('trace', trace, 'a trace that has its schedule, as lab.explore finds them');
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1) throw new ConfigError('times', times, 'a whole number from 1');
  return { ...asData({ scenario, protocol: own, sizes, schedule, under: protocol }), times };
}
