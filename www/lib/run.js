/**
 * One run on real threads, from its first Worker to its report.
 *
 * @module
 */
import { Counters } from './counters.js';
import { Crew } from './crew.js';
import { deferred } from './deferred.js';
import { ConfigError } from './errors.js';
import { Trace } from './trace.js';

/** How often iterators get a sample, in ms. */
const SAMPLE_MS = 100;

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./types-run.js').Sample} Sample */
/** @typedef {import('./types-run.js').Report} Report */
/** @typedef {import('./types-run.js').Reason} Reason */

/**
 * A run in progress, or over. Made by `lab.run`.
 *
 * Iterate over it for samples, one about every 100 ms and a last one at the end:
 *
 *     for await (const sample of run) draw(sample);
 *
 * Any number of iterators may go side by side. One that is slow gets the newest sample next and misses those between; samples are
 * totals, so nothing is lost by it. Leaving the loop early does not stop the run: `run.stop()` does. When a Worker crashes,
 * iterators throw what `report` rejects with.
 *
 * @implements {AsyncIterable<Sample>}
 */
export class Run {
  /** The configuration as used: complete, defaults filled in. @readonly @type {Readonly<import('./types-run.js').UsedConfig>} */
  config;
  /**
   * What came out, once every thread has ended. Rejects with `WorkerCrashedError` when a Worker crashed or had to be terminated,
   * with `LoadError` when one could not be started, with `ConfigError` for values that only together are wrong.
   *
   * @readonly
   * @type {Promise<Report>}
   */
  report;

  /** @type {import('./types-run.js').RunState} */
  #state = 'starting';
  /** Why it ends, once it does. @type {Reason | null} */
  #reason = null;
  /** Both only while there are threads. @type {Counters | null} */
  #counters = null;
  /** @type {Crew | null} */
  #crew = null;
  #startedAt = 0;
  #endedAt = 0;
  /** From the moment when the leader had laid the run out until the threads were let go, in ms. */
  #startup = 0;
  /** The next sample, for all iterators. @type {import('./deferred.js').Deferred<Sample>} */
  #next = deferred();
  /** The newest sample; the final one after the end. @type {Sample} */
  #last;
  /** @type {import('./types-run.js').FrameMap} */
  #frames = { pages: [], rings: [], frames: [] };

  /**
   * @param {import('./types-run.js').UsedConfig} config
   * @param {AbortSignal | undefined} signal
   * @param {string[]} kinds
   * @param {() => Promise<Engine>} getEngine
   */
  constructor(config, signal, kinds, getEngine) {
    this.config = Object.freeze(config);
    const corruptions = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    this.#last = { timeMs: 0, events: 0, migrations: 0, refused: 0, setups: 0, teardowns: 0, corruptions };
    const onabort = () => this.abort();
    signal?.addEventListener('abort', onabort);
    this.report = this.#drive(getEngine).finally(() => signal?.removeEventListener('abort', onabort));
    // Whoever only iterates or draws hears of a crash there, or in the lab's `crash` event.
    this.report.catch(() => {});
  }

  /** `starting`: Workers start; `running`; `stopping`: threads were asked to end; `ended`: `report` is settled. */
  get state() {
    return this.#state;
  }

  /** Ends the run; `report` resolves soon after. Does nothing when it is ending already. */
  stop() {
    this.#end('stopped');
  }

  /**
   * Ends the run as its signal does: for the lab's `dispose`.
   *
   * @internal
   */
  abort() {
    this.#end('aborted');
  }

  /**
   * Totals now, read from shared memory: cheap enough for each animation frame. After the end, the final totals.
   *
   * @returns {Sample}
   */
  sample() {
    if (this.#counters && this.#startedAt) {
      this.#last = this.#counters.sample((this.#endedAt || performance.now()) - this.#startedAt);
    }
    return this.#last;
  }

  /**
   * Which frame backs which ring page now. After the end, as it was then; before the start, empty.
   *
   * @returns {import('./types-run.js').FrameMap}
   */
  frameMap() {
    if (this.#counters) this.#frames = this.#counters.frameMap();
    return this.#frames;
  }

  /** @returns {AsyncGenerator<Sample, void, void>} */
  async *[Symbol.asyncIterator]() {
    /** @type {Sample | undefined} */
    let given;
    while (this.#state !== 'ended') yield (given = await this.#next.promise);
    await this.report;
    if (given !== this.#last) yield this.#last;
  }

  /** @param {Reason} reason */
  #end(reason) {
    if (this.#reason) return;
    this.#reason = reason;
    this.#state = 'stopping';
    this.#endedAt = performance.now();
    this.#crew?.stop();
  }

  /**
   * @param {() => Promise<Engine>} getEngine
   * @returns {Promise<Report>}
   */
  async #drive(getEngine) {
    try {
      const report = await this.#onEngine(getEngine);
      this.#next.resolve(this.#last);
      return report;
    } catch (error) {
      this.#next.reject(error);
      throw error;
    } finally {
      this.#state = 'ended';
    }
  }

  /** @param {() => Promise<Engine>} getEngine */
  async #onEngine(getEngine) {
    /** @type {Engine} */
    let engine;
    try {
      engine = await getEngine();
    } catch (error) {
      if (this.#reason) return this.#summary({ threads: [] });
      throw error;
    }
    // Stopped before it had begun.
    if (this.#reason) return this.#summary({ threads: [] });
    engine.onnews = ({ type }) => this.#end(type === 'stuck' ? 'deadlock' : 'duration');
    engine.onbroken = (error) => this.#crew?.fail(error);
    try {
      await this.#onThreads(engine);
      // Every thread has ended. If nobody asked them to, their waits were broken off, and the leader knows why.
      this.#end('stopped');
      const threads = this.#keep();
      const { data, stuck, reason } = await engine.close(this.#reason ?? 'stopped');
      this.#reason = reason;
      return this.#summary({
        ...data,
        deadlock: data.deadlock ?? stuck ?? null,
        threads: threads.map((thread, i) => ({ ...data.threads[i], ...thread })),
      });
    } catch (error) {
      this.#keep();
      this.#end('aborted');
      // Only of a refused configuration it is certain that the memory is as it was.
      if (!(error instanceof ConfigError)) engine.destroy(/** @type {Error} */ (error));
      throw error;
    } finally {
      engine.onnews = () => {};
      engine.onbroken = () => {};
    }
  }

  /**
   * Starts the threads and waits until they have ended.
   *
   * @param {Engine} engine
   */
  async #onThreads(engine) {
    const { handle, view, at } = await engine.open(this.config);
    const counters = new Counters(/** @type {WebAssembly.Memory} */ (engine.memory), view);
    const crew = new Crew(engine, counters);
    await crew.hire(
      view.threads.map((thread) => thread.name),
      handle,
    );
    this.#counters = counters;
    this.#crew = crew;
    this.#startedAt = performance.now();
    this.#startup = performance.timeOrigin + this.#startedAt - at;
    if (this.#reason) {
      // Stopped while Workers started: they still go, see the stop word, and leave in order.
      this.#endedAt = this.#startedAt;
      crew.stop();
    } else {
      this.#state = 'running';
    }
    engine.go();
    crew.go();
    const { durationMs } = this.config;
    const timer = typeof durationMs === 'number' && durationMs > 0 ? setTimeout(() => this.#end('duration'), durationMs) : undefined;
    const ticks = setInterval(() => this.#tick(), SAMPLE_MS);
    try {
      await crew.over;
    } catch (error) {
      await crew.breakOff();
      throw error;
    } finally {
      clearTimeout(timer);
      clearInterval(ticks);
      crew.release();
      this.#crew = null;
    }
  }

  #tick() {
    // The run is over for whoever looks at it: what its threads still do is in the last sample, which has that time.
    if (this.#endedAt) return;
    const { resolve } = this.#next;
    this.#next = deferred();
    resolve(this.sample());
  }

  /** Takes the last look at memory before it goes; returns the threads' totals. */
  #keep() {
    this.sample();
    this.frameMap();
    const threads = this.#counters?.threads() ?? [];
    this.#counters = null;
    return threads;
  }

  /**
   * @param {import('./types-wasm.js').ReportData} data
   * @returns {Report}
   */
  #summary({ threads, deadlock, firstCorruption, atRest }) {
    return {
      ...this.#last,
      seconds: this.#last.timeMs / 1000,
      reason: this.#reason ?? 'stopped',
      threads,
      config: this.config,
      atRest: atRest ?? [],
      ...(deadlock && { deadlock }),
      ...(firstCorruption && { firstCorruption: this.#corruption(firstCorruption) }),
    };
  }

  /**
   * @param {import('./types-wasm.js').CorruptionData} data
   * @returns {import('./types-run.js').Corruption}
   */
  #corruption({ kind, timeMs, thread, detail, trace }) {
    return {
      kind,
      timeMs: Math.max(0, timeMs - this.#startup),
      thread,
      detail,
      trace: new Trace({
        ...trace,
        threads: trace.threads.map((lane) => lane.name),
        functions: trace.threads.map((lane) => lane.function),
      }),
    };
  }
}
