/**
 * Everything that this module throws on purpose is a `LabError`, so `instanceof LabError` tells it from a bug.
 *
 * @module
 */

/** The base of all errors of this module. */
export class LabError extends Error {
  /**
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(message, options) {
    super(message, options);
    // Written out in each class, so that it survives a minifier.
    this.name = 'LabError';
  }
}

/** The two response headers without which browsers give a page no shared memory. */
export const ISOLATION_HEADERS = Object.freeze({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
});

/** The page is not cross-origin isolated, or the browser has no shared memory; threads cannot run here. */
export class NotIsolatedError extends LabError {
  /** The response headers that the page needs, by name. @readonly */
  headers = ISOLATION_HEADERS;

  constructor() {
    const headers = Object.entries(ISOLATION_HEADERS)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' and ');
    super(
      `This page has no shared memory, so threads cannot run. Serve it over HTTPS or from localhost with the headers ${headers}. ` +
        'If it has them already, this browser does not share WebAssembly memory.',
    );
    this.name = 'NotIsolatedError';
  }
}

/** A value in a `RunConfig` that cannot be used. Nothing was started. */
export class ConfigError extends LabError {
  /** The field of the configuration; `protocol.<part>` for a part of a protocol. @readonly @type {string} */
  field;
  /** @readonly @type {unknown} */
  value;
  /** What would have been right, for people: `an integer from 1 to 64`. @readonly @type {string} */
  range;

  /**
   * @param {string} field
   * @param {unknown} value
   * @param {string} range
   */
  constructor(field, value, range) {
    super(`${field} must be ${range}, not ${show(value)}`);
    this.name = 'ConfigError';
    this.field = field;
    this.value = value;
    this.range = range;
  }
}

/** A Worker panicked, trapped, threw, or could not be made to end. Its memory was thrown away; the lab can run again. */
export class WorkerCrashedError extends LabError {
  /** Which one: `reader 1`, or `leader` for the Worker that lays memory out. @readonly @type {string} */
  thread;
  /** Where: `crate/src/lab/mod.rs:12:5`, or an address in a script; `null` if unknown. @readonly @type {string | null} */
  place;
  /** The Worker's own message, without the thread's name and the place. @readonly @type {string} */
  reason;

  /**
   * @param {string} thread
   * @param {string} message What it said.
   * @param {string | null} place
   */
  constructor(thread, message, place) {
    super(`${thread} crashed: ${message}${place ? ` (${place})` : ''}`);
    this.name = 'WorkerCrashedError';
    this.thread = thread;
    this.place = place;
    this.reason = message;
  }
}

/** A lab runs one thing at a time; the earlier run has not ended yet. */
export class LabBusyError extends LabError {
  constructor() {
    super('this lab is still running; await the report of the earlier run first');
    this.name = 'LabBusyError';
  }
}

/** The lab was disposed of. */
export class LabDisposedError extends LabError {
  constructor() {
    super('this lab has been disposed of');
    this.name = 'LabDisposedError';
  }
}

/** A script or the wasm could not be loaded or started. */
export class LoadError extends LabError {
  /** What could not be loaded. @readonly @type {string} */
  url;

  /**
   * @param {string} url
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(url, message, options) {
    super(`cannot load ${url}: ${message}`, options);
    this.name = 'LoadError';
    this.url = url;
  }
}

/** Text that was to be a trace, in a link or as JSON, is none. */
export class TraceError extends LabError {
  /** @param {string} message */
  constructor(message) {
    super(`not a trace: ${message}`);
    this.name = 'TraceError';
  }
}

/** Text or data that was to be an exported comparison is none. */
export class ComparisonError extends LabError {
  /** Where: `points[0].measured[1].name`; empty for all of it. @readonly @type {string} */
  field;
  /** What would have been right, for people. @readonly @type {string} */
  range;

  /**
   * @param {string} field
   * @param {unknown} value
   * @param {string} range
   */
  constructor(field, value, range) {
    super(`not a comparison: ${field || 'it'} must be ${range}, not ${show(value)}`);
    this.name = 'ComparisonError';
    this.field = field;
    this.range = range;
  }
}

/**
 * A value that the wasm refused, which tells it as JSON.
 *
 * @param {unknown} json
 */
export function valueOf(json) {
  try {
    return JSON.parse(String(json));
  } catch {
    return json;
  }
}

/**
 * A value in a message: short, and never a way to make trouble.
 *
 * @param {unknown} value
 */
function show(value) {
  const type = typeof value;
  if (type === 'function' || type === 'symbol') return `a ${type}`;
  if (type === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  const text = type === 'string' ? JSON.stringify(value) : type === 'bigint' ? `${value}n` : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
