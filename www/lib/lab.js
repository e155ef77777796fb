/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The laboratory: loads the wasm once and runs races in it.
 *
 * @module
 */
import { checkConfig } from './config.js';
import { Engine } from './engine.js';
import { LabBusyError, LabDisposedError, LabError, NotIsolatedError } from './errors.js';
import { Run } from './run.js';

/**
 * Loads the wasm in a Worker and asks it what it can do. Works without cross-origin isolation too: then `lab.isolated` is false
 * and `lab.run` throws.
 *
 * @param {import('./types.js').LabOptions} [options]
 * @returns {Promise<Lab>} Rejects with `LoadError` (names the address), `WorkerCrashedError`, or the signal's reason.
 */
export async function createLab({ wasmUrl, workerUrl, signal } = {}) {
  signal?.throwIfAborted();
  if (typeof Worker === 'undefined') throw new LabError('there are no Web Workers here; call createLab in a browser');
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const source = {
    wasmUrl: wasmUrl === undefined ? undefined : new URL(wasmUrl, base).href,
    workerUrl: workerUrl === undefined ? undefined : new URL(workerUrl, base),
  };
  return new Lab(source, await Engine.start(source, signal));
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
  /** @type {Engine | null} */
  #engine;
  /** @type {Run | null} */
  #run = null;
  /** Gives up an engine that is still starting. */
  #disposal = new AbortController();
  /** @type {Promise<void> | null} */
  #disposed = null;
  #description;

  /**
   * @param {import('./engine.js').Source} source
   * @param {Engine} engine
   */
  constructor(source, engine) {
    super();
    const { description } = engine;
    this.#source = source;
    this.#engine = engine;
    this.#description = description;
    this.version = description.version;
    this.protocols = deepFreeze(description.protocols);
    this.scenarios = deepFreeze(description.scenarios);
    this.fields = deepFreeze(description.fields);
    this.parts = deepFreeze(description.parts);
    this.kinds = deepFreeze(description.kinds);
    this.isolated = typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated === true && engine.memory !== undefined;
  }

  /**
   * Starts a run on real threads, one Worker each. Returns at once; the Workers need some ten milliseconds each to start.
   *
   * @param {import('./types.js').RunConfig} config
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
    if (this.#run && this.#run.state !== 'ended') throw new LabBusyError();
    const kinds = this.kinds.map((kind) => kind.name);
    const run = new Run(used, signal, kinds, () => this.#wholeEngine());
    this.#run = run;
    this.#tell('run', run);
    run.report.then(
      (report) => this.#tell('report', report),
      (error) => this.#tell('crash', error),
    );
    return run;
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

  async #dispose() {
    this.#disposal.abort(new LabDisposedError());
    this.#run?.abort();
    await this.#run?.report.catch(() => {});
    this.#run = null;
    this.#engine?.destroy(new LabDisposedError());
    this.#engine = null;
  }

  /** The engine, or a new one if it broke. */
  async #wholeEngine() {
    if (!this.#engine || this.#engine.broken) {
      this.#engine = null;
      this.#engine = await Engine.start(this.#source, this.#disposal.signal);
    }
    return this.#engine;
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
 * @template T
 * @param {T} value
 * @returns {Readonly<T>}
 */
function deepFreeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
