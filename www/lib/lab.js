/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The laboratory: loads the wasm once and runs races in it.
 *
 * @module
 */
import { Comparing } from './compare.js';
import { checkConfig } from './config.js';
import { Engine } from './engine.js';
import { LabBusyError, LabDisposedError, LabError, NotIsolatedError } from './errors.js';
import { Explorer } from './explorer.js';
import { deepFreeze } from './freeze.js';
import { asData, recordOf, withoutCallbacks } from './given.js';
import { Replaying, replayConfig } from './replay.js';
import { Run } from './run.js';
import { Trace } from './trace.js';

/**
 * Loads the wasm in a Worker and asks it what it can do. Works without cross-origin isolation too: then `lab.isolated` is false
 * and `lab.run` throws.
 *
 * @param {import('./types.js').LabOptions} [options]
 * @returns {Promise<Lab>} Rejects with `LoadError` (names the address), `WorkerCrashedError`, or the signal's reason.
 */
export async function createLab({ signal, ...urls } = {}) {
  signal?.throwIfAborted();
  if (typeof Worker === 'undefined') throw new LabError('there are no Web Workers here; call createLab in a browser');
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const address = (/** @type {string | URL | undefined} */ url) => (url === undefined ? undefined : new URL(url, base));
  /** @type {(wasmUrl?: string | URL, workerUrl?: string | URL) => import('./engine.js').Source} */
  const source = (wasmUrl, workerUrl) => ({ wasmUrl: address(wasmUrl)?.href, workerUrl: address(workerUrl) });
  const race = source(urls.wasmUrl, urls.workerUrl);
  const explorer = source(urls.explorerWasmUrl, urls.explorerWorkerUrl);
  const compare = { ...source(urls.compareWasmUrl, urls.compareWorkerUrl), script: /** @type {const} */ ('compare-worker') };
  return new Lab(race, await Engine.start(race, signal), explorer, compare);
}

/**
 * Made by `createLab`. Events: `run` (a `CustomEvent` whose detail is the `Run`), `report` (the `Report`) and `crash` (the error
 * with which a run's report rejects).
 */
export class Lab extends EventTarget {
  /** Version of the wasm. @readonly @type {string} */
  version;
  /** The history of the fix, in order. @readonly @type {readonly import('./types.js').ProtocolInfo[]} */
  protocols;
  /** What can be shown, and what is expected of it; the first is the default. @readonly @type {readonly import('./types.js').ScenarioInfo[]} */
  scenarios;
  /** The knobs of `RunConfig`: labels, ranges, defaults. @readonly @type {readonly import('./types.js').FieldInfo[]} */
  fields;
  /** What a protocol is made of, for custom ones. @readonly @type {readonly import('./types.js').PartInfo[]} */
  parts;
  /** Ways to search. @readonly @type {readonly import('./types.js').EngineInfo[]} */
  engines;
  /** What the matrix takes out of `v4`. @readonly @type {readonly import('./types.js').ColumnInfo[]} */
  columns;
  /** What `compare` can be asked. @readonly @type {Readonly<import('./types-compare.js').CompareInfo>} */
  comparing;
  /** The kinds of corruption that detectors tell apart. @readonly @type {readonly import('./types.js').KindInfo[]} */
  kinds;
  /**
   * Whether threads can run here: the page is cross-origin isolated, and the browser shares the wasm's memory.
   *
   * @readonly
   * @type {boolean}
   */
  isolated;

  #source;
  #explorer;
  /** @type {Engine | null} */
  #engine;
  #compareSource;
  /** The one that compares, once somebody has asked. @type {Engine | null} */
  #compareEngine = null;
  /** @type {Run | null} */
  #run = null;
  /** @type {Replaying | null} */
  #replaying = null;
  /** @type {Comparing | null} */
  #comparing = null;
  /** Gives up an engine that is still starting. */
  #disposal = new AbortController();
  /** @type {Promise<void> | null} */
  #disposed = null;
  #description;

  /**
   * @param {import('./engine.js').Source} source
   * @param {Engine} engine
   * @param {import('./engine.js').Source} explorer
   * @param {import('./engine.js').Source} compare
   */
  constructor(source, engine, explorer, compare) {
    super();
    const { description } = engine;
    this.#source = source;
    this.#engine = engine;
    this.#description = description;
    this.version = description.version;
    this.protocols = deepFreeze(description.protocols);
    this.scenarios = deepFreeze(withSizes(description));
    this.fields = deepFreeze(description.fields);
    this.parts = deepFreeze(description.parts);
    this.kinds = deepFreeze(description.kinds);
    this.isolated = typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated === true && engine.memory !== undefined;
    this.engines = deepFreeze(description.prove.engines);
    this.columns = deepFreeze(description.prove.columns);
    this.comparing = deepFreeze(description.compare);
    this.#explorer = new Explorer({ ...explorer, isolated: this.isolated });
    this.#compareSource = compare;
  }

  /**
   * Searches every interleaving of a scenario, or samples them. Works without isolation too, on one thread.
   *
   * @param {import('./types-prove.js').ExploreConfig} config
   * @returns {Promise<import('./types-prove.js').Verdict>} Rejects with `ConfigError` (names the field), or the signal's reason.
   */
  async explore(config) {
    const { plain, signal, listener } = withoutCallbacks(config, 'onProgress');
    const rate = (/** @type {import('./types-prove.js').Progress} */ p) => ((p.states || p.traces) * 1e3) / Math.max(p.milliseconds, 1);
    const onnews = (/** @type {import('./peer.js').Message} */ { type, progress }) => {
      if (type === 'progress') listener?.({ ...progress, rate: rate(progress) });
    };
    const verdict = await this.#ask('explore', plain, { signal, onnews });
    if (!verdict.violation) return verdict;
    return { ...verdict, violation: { ...verdict.violation, trace: traceOf(verdict.violation.trace) } };
  }

  /**
   * How large a search will be, by some probes.
   *
   * @param {import('./types-prove.js').ExploreConfig} config
   * @returns {Promise<import('./types-prove.js').Estimate>}
   */
  async estimate(config) {
    const { plain, signal } = withoutCallbacks(config, 'onProgress');
    return this.#ask('estimate', plain, { signal });
  }

  /**
   * Executes a schedule in the model: its steps, the state before each, and what could come next.
   *
   * @param {import('./types-prove.js').ExamineConfig & { signal?: AbortSignal | undefined }} config
   * @returns {Promise<import('./types-prove.js').Examined>} A schedule that does not fit is no error: `refused` says where and why.
   */
  async examine(config) {
    const { plain, signal } = withoutCallbacks(config, 'onProgress');
    const examined = await this.#ask('examine', plain, { signal });
    return { ...examined, trace: traceOf(examined.trace) };
  }

  /**
   * The schedule that departs from this one in the fewest places and breaks nothing.
   *
   * @param {import('./types-prove.js').ExamineConfig & { signal?: AbortSignal }} config
   * @returns {Promise<import('./types-prove.js').NearestGood>}
   */
  async nearestGood(config) {
    const { plain, signal } = withoutCallbacks(config, 'onProgress');
    const nearest = await this.#ask('nearest', plain, { signal });
    return { ...nearest, trace: nearest.trace && traceOf(nearest.trace) };
  }

  /**
   * Takes parts out of `v4`, one by one or in pairs too, and searches every scenario without them.
   *
   * @param {import('./types-prove.js').MatrixConfig} [config]
   * @returns {Promise<import('./types-prove.js').MatrixResult>}
   */
  async matrix(config = {}) {
    const { plain, signal, listener } = withoutCallbacks(config, 'onCell');
    const onnews = (/** @type {import('./peer.js').Message} */ { type, cell }) => {
      if (type === 'cell') listener?.(cell);
    };
    const { cells, answer } = await this.#ask('matrix', plain, { signal, onnews });
    return { cells, ...answer };
  }

  /**
   * Starts a run on real threads, one Worker each. Returns at once; the Workers need some ten milliseconds each to start.
   *
   * @param {import('./types-run.js').RunConfig} config
   * @returns {Run}
   * @throws {ConfigError} A value cannot be used; nothing was started.
   * @throws {NotIsolatedError} There is no shared memory here.
   * @throws {LabBusyError} The earlier run has not ended.
   * @throws {LabDisposedError}
   * @throws The signal's reason, if it is aborted already.
   */
  run(config) {
    if (this.#disposed) throw new LabDisposedError();
    const { used, signal } = checkConfig(config, this.#description);
    signal?.throwIfAborted();
    if (!this.isolated) throw new NotIsolatedError();
    this.#mustBeFree();
    const kinds = this.kinds.map((kind) => kind.name);
    const run = new Run(used, signal, kinds, async () => (this.#engine = await this.#wholeEngine(this.#engine, this.#source)));
    this.#run = run;
    this.#tell('run', run);
    run.report.then(
      (report) => this.#tell('report', report),
      (error) => this.#tell('crash', error),
    );
    return run;
  }

  /**
   * Forces a schedule on real threads, step by step: the same interleaving that the search found, in memory that Workers share.
   *
   * @param {Trace} trace With its schedule, as `lab.explore` finds them.
   * @param {import('./types-prove.js').ReplayOptions} [options]
   * @returns {Promise<import('./types-prove.js').ReplayReport>} A schedule that cannot be followed is no error: `refused` says where and
   *   why. Rejects with `ConfigError`, `NotIsolatedError`, `LabBusyError` while something else runs, `LabDisposedError`,
   *   `WorkerCrashedError`, or the signal's reason if it is aborted before there are threads.
   */
  async replay(trace, options = {}) {
    if (this.#disposed) throw new LabDisposedError();
    const { plain, signal, listener } = withoutCallbacks(options, 'onProgress');
    const config = replayConfig(trace, plain);
    signal?.throwIfAborted();
    if (!this.isolated) throw new NotIsolatedError();
    this.#mustBeFree();
    const replaying = new Replaying((work, free) => this.#explorer.alone(work, free), config, { signal, onProgress: listener });
    this.#replaying = replaying;
    try {
      return await replaying.report;
    } finally {
      this.#replaying = null;
    }
  }

  /**
   * Finds a corruption that threads have recorded again in the model: the recorded steps become a schedule of a small script,
   * which the model checks and makes as small as it can be.
   *
   * @param {import('./types-run.js').Corruption} corruption A run's `firstCorruption`.
   * @param {{ protocol?: string | Partial<import('./types.js').Parts>, signal?: AbortSignal }} [options] The run's protocol, where
   *   it was a custom one: the trace does not have its parts.
   * @returns {Promise<import('./types-prove.js').Examined | null>} `null`: the record does not say enough. Rejects with `ConfigError`
   *   (names the field), or the signal's reason.
   */
  async reproduce(corruption, options = {}) {
    const { plain, signal } = withoutCallbacks(options, 'onProgress');
    const record = recordOf(corruption, this.kinds);
    const found = await this.#ask('reproduce', { ...record, protocol: plain['protocol'] ?? record.protocol }, { signal });
    if (!found) return null;
    const { invariant: _, ...config } = found;
    return this.examine({ ...config, signal });
  }

  /**
   * Measures what protocols cost: one against the other on real Workers, in short trials in random order.
   *
   * @param {import('./types-compare.js').CompareConfig} [config]
   * @returns {Promise<import('./comparison.js').Comparison>} Rejects with `ConfigError` (names the field; nothing was tried),
   *   `NotIsolatedError`, `LabBusyError` while something else runs, `LabDisposedError`, `LoadError`, `WorkerCrashedError`, or the
   *   signal's reason.
   */
  async compare(config = {}) {
    if (this.#disposed) throw new LabDisposedError();
    const { plain, signal, listener } = withoutCallbacks(config, 'onProgress');
    signal?.throwIfAborted();
    if (!this.isolated) throw new NotIsolatedError();
    this.#mustBeFree();
    const getEngine = async () => (this.#compareEngine = await this.#wholeEngine(this.#compareEngine, this.#compareSource));
    const comparing = new Comparing(getEngine, asData(plain), { lab: this, signal, onProgress: listener });
    this.#comparing = comparing;
    try {
      return await comparing.result;
    } finally {
      this.#comparing = null;
    }
  }

  /**
   * Ends what runs (its report resolves with `aborted`), then all Workers, and lets the memory go. Safe to call twice.
   *
   * @returns {Promise<void>}
   */
  dispose() {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  /**
   * For `await using lab = await createLab()`. (Where there is no such symbol yet, this is a method with an odd name.)
   *
   * @returns {Promise<void>}
   */
  [Symbol.asyncDispose]() {
    return this.dispose();
  }

  /**
   * @param {string} type
   * @param {unknown} config
   * @param {Parameters<Explorer['ask']>[2]} [options]
   */
  async #ask(type, config, options) {
    if (this.#disposed) throw new LabDisposedError();
    return this.#explorer.ask(type, asData(config), options);
  }

  /** Threads do one thing at a time. */
  #mustBeFree() {
    if (this.#replaying || this.#comparing || (this.#run && this.#run.state !== 'ended')) throw new LabBusyError();
  }

  async #dispose() {
    this.#disposal.abort(new LabDisposedError());
    this.#run?.abort();
    this.#replaying?.abort(new LabDisposedError());
    this.#comparing?.cancel(new LabDisposedError());
    await Promise.allSettled([this.#run?.report, this.#replaying?.report, this.#comparing?.result]);
    this.#run = null;
    this.#engine?.destroy(new LabDisposedError());
    this.#compareEngine?.destroy(new LabDisposedError());
    this.#explorer.destroy(new LabDisposedError());
    this.#engine = null;
  }

  /**
   * The engine, or a new one if there is none yet, or if it broke.
   *
   * @param {Engine | null} engine
   * @param {import('./engine.js').Source} source
   */
  async #wholeEngine(engine, source) {
    return engine && !engine.broken ? engine : Engine.start(source, this.#disposal.signal);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * The scenarios with the sizes that a search of them can have; and the miniature, which is for searches only.
 *
 * @param {import('./types.js').Description} description
 * @returns {import('./types.js').ScenarioInfo[]}
 */
function withSizes({ scenarios, prove: { sizes, miniature } }) {
  const all = scenarios.map((scenario) => ({ ...scenario, sizes: sizes[scenario.name] ?? [] }));
  return [...all, { ...miniature, sizes: sizes[miniature.name] ?? [] }];
}

/** @param {Omit<import('./types-run.js').TraceData, 'threads'> & { threads: import('./types-wasm.js').Lane[] }} data As the wasm tells it. */
function traceOf({ threads, ...data }) {
  return new Trace({ ...data, threads: threads.map(({ name }) => name), functions: threads.map((lane) => lane.function) });
}
