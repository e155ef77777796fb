/**
 * One wasm memory with its leader Worker, and the followers that run in it. It lives until the lab is disposed of or a Worker
 * crashes: nobody knows what state a crashed thread left the memory in.
 *
 * @module
 */
import { ConfigError, LabDisposedError, LoadError, valueOf } from './errors.js';
import { Peer, START_MS } from './peer.js';

/** How long the leader may take to lay a run out or to report on one. */
const ANSWER_MS = 15_000;

/** How often a memory is asked for, when the browser says that there is none. */
const MEMORY_TRIES = 4;

/** @typedef {{ workerUrl: URL | undefined, wasmUrl: string | undefined, script?: import('./peer.js').Script }} Source */

export class Engine {
  #source;
  #leader;
  /** @type {Set<Peer>} */
  #followers = new Set();
  /** @type {WebAssembly.Module | undefined} */
  #module;

  /** The memory that all threads share; `undefined` where the browser does not share it. @type {WebAssembly.Memory | undefined} */
  memory;
  /** Why no further run may use this engine. @type {Error | null} */
  broken = null;
  /** What the leader says unasked: `stuck`, `timeUp`; `progress`, `led`. @type {(message: import('./peer.js').Message) => void} */
  onnews = () => {};
  /** Called once, when the leader fails. @type {(error: Error) => void} */
  onbroken = () => {};

  /**
   * @param {Source} source
   * @param {Peer} leader
   * @param {import('./types.js').Description} description
   */
  constructor(source, leader, description) {
    this.#source = source;
    this.#leader = leader;
    this.description = description;
    leader.onmessage = (message) => this.onnews(message);
    leader.onfailure = (error) => {
      this.broken ??= error;
      this.onbroken(error);
    };
  }

  /**
   * @param {Source} source
   * @param {AbortSignal} [signal]
   * @returns {Promise<Engine>} Rejects with `LoadError`, `WorkerCrashedError` or the signal's reason.
   */
  static async start(source, signal) {
    for (let tries = 1; ; tries++) {
      try {
        return await Engine.#start(source, signal);
      } catch (error) {
        const noMemory = error instanceof LoadError && error.cause instanceof RangeError;
        if (!noMemory || tries === MEMORY_TRIES) throw error;
        await collectMemories();
      }
    }
  }

  /**
   * @param {Source} source
   * @param {AbortSignal} [signal]
   */
  static async #start(source, signal) {
    signal?.throwIfAborted();
    const leader = new Peer('leader', source.workerUrl, source.script);
    const giveUp = () => leader.terminate(signal?.reason);
    signal?.addEventListener('abort', giveUp);
    try {
      await leader.next('hello', START_MS);
      const answers = Promise.all([leader.next('ready', START_MS), leader.next('shared', START_MS)]);
      leader.post({ type: 'init', role: 'leader', wasmUrl: source.wasmUrl });
      const [{ description }, { memory, module }] = await answers;
      const engine = new Engine(source, leader, description);
      engine.memory = memory;
      engine.#module = module;
      return engine;
    } catch (error) {
      leader.terminate(/** @type {Error} */ (error));
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /**
   * Lays a run out in memory.
   *
   * @param {Record<string, unknown>} config Of a run: complete.
   * @returns {Promise<{ handle: number, view: import('./types-wasm.js').View, at: number }>} When that was done is `at`, in ms since 1970. Rejects with `ConfigError` for what only the wasm can tell.
   */
  async open(config) {
    const { refused, handle, view, at } = await this.#ask({ type: 'open', config, durationMs: config.durationMs }, 'opened');
    if (refused) throw new ConfigError(refused.field, valueOf(refused.value), refused.range);
    return { handle, view, at };
  }

  /**
   * Starts one follower Worker a thread, all side by side.
   *
   * @param {string[]} names
   * @param {number} handle
   * @returns {Promise<Peer[]>}
   */
  followers(names, handle) {
    // Each may take the time of all.
    const patience = START_MS + 500 * names.length;
    return Promise.all(
      names.map(async (name, index) => {
        const peer = new Peer(name, this.#source.workerUrl, this.#source.script);
        this.#followers.add(peer);
        await peer.next('hello', patience);
        const ready = peer.next('ready', patience);
        peer.post({ type: 'init', role: 'follower', module: this.#module, memory: this.memory, handle, index });
        await ready;
        return peer;
      }),
    );
  }

  /** Lets the leader's watch and timer begin. */
  go() {
    this.#leader.post({ type: 'go' });
  }

  /** @param {Peer} peer A follower that has ended by itself. */
  dismiss(peer) {
    this.#followers.delete(peer);
    peer.terminate(new LabDisposedError());
  }

  /**
   * Ends a run, after all of its followers have ended, and gives its memory back.
   *
   * @param {import('./types-run.js').Reason} reason
   */
  async close(reason) {
    const { data, stuck, reason: why } = await this.#ask({ type: 'close', reason }, 'report');
    return {
      data: /** @type {import('./types-wasm.js').ReportData} */ (data),
      stuck: /** @type {import('./types-run.js').WaitForCycle | undefined} */ (stuck),
      reason: /** @type {import('./types-run.js').Reason} */ (why),
    };
  }

  /**
   * Terminates every Worker and lets the memory go.
   *
   * @param {Error} why
   */
  destroy(why) {
    this.broken ??= why;
    this.onnews = () => {};
    this.onbroken = () => {};
    this.#leader.terminate(why);
    this.#followers.forEach((peer) => peer.terminate(why));
    this.#followers.clear();
    this.memory = undefined;
    this.#module = undefined;
  }

  /**
   * @param {import('./peer.js').Message} message
   * @param {string} answer
   */
  #ask(message, answer) {
    const answered = this.#leader.next(answer, ANSWER_MS);
    this.#leader.post(message);
    return answered;
  }
}

/**
 * A wasm memory takes gigabytes of address space for its guard pages, so that a browser has room for about a hundred. Those that
 * earlier engines let go are garbage of this page, small to look at, and stay until this page's own collector runs; a Worker
 * that finds no room only starts its own. Asking for a memory here starts the right one.
 */
async function collectMemories() {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  } catch {
    // That there was none is known; that it was asked for is the point.
  }
  // Terminated Workers give theirs back a moment later.
  await new Promise((resolve) => setTimeout(resolve, 100));
}
