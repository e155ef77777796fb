/**
 * What a caller gives, before it is sent to a Worker: only plain data gets there, and whatever is none is refused by its name.
 *
 * @module
 */
import { ConfigError } from './errors.js';

/**
 * A configuration without what cannot be sent to a Worker.
 *
 * @template {object} C
 * @param {C} config
 * @param {string} callback The name of its listener.
 */
export function withoutCallbacks(config, callback) {
  const given = config === undefined ? {} : fields('config', config, 'an object');
  const { signal, [callback]: listener, ...plain } = given;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new ConfigError('signal', signal, 'an AbortSignal');
  if (listener !== undefined && typeof listener !== 'function') throw new ConfigError(callback, listener, 'a function');
  return { plain, signal: /** @type {AbortSignal | undefined} */ (signal), listener };
}

/**
 * The same as plain data, without what is left open. Of a function remains that it was one: whoever reads the field refuses it by its name.
 *
 * @param {unknown} config
 * @returns {Record<string, unknown>}
 * @throws {ConfigError} Names the first field that is no data: it holds itself, or a BigInt.
 */
export function asData(config) {
  const given = fields('config', config, 'an object');
  const data = Object.entries(given).map(([name, value]) => [name, dataOf(name, value)]);
  return Object.fromEntries(data.filter(([, value]) => value !== undefined));
}

/**
 * @param {string} field
 * @param {unknown} value
 * @returns {unknown}
 */
function dataOf(field, value) {
  try {
    const json = JSON.stringify(value, (_, inner) => (typeof inner === 'function' ? 'a function' : inner));
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    throw new ConfigError(field, value, 'plain data: numbers, texts, lists and objects');
  }
}

/**
 * A corruption as the wasm takes it.
 *
 * @param {unknown} corruption
 * @param {readonly { name: string }[]} kinds Those that there are.
 * @throws {ConfigError} Names what is no part of a run's `firstCorruption`.
 */
export function recordOf(corruption, kinds) {
  const { kind, trace } = fields('corruption', corruption, 'a run’s firstCorruption');
  if (!kinds.some(({ name }) => name === kind)) {
    throw new ConfigError('corruption.kind', kind, `one of ${kinds.map(({ name }) => name).join(', ')}`);
  }
  const { scenario, protocol, threads, steps } = fields('corruption.trace', trace, 'the trace of a run’s firstCorruption');
  if (!Array.isArray(threads)) throw new ConfigError('corruption.trace.threads', threads, 'a list of names');
  if (!Array.isArray(steps)) throw new ConfigError('corruption.trace.steps', steps, 'a list of steps');
  return {
    scenario, protocol, kind,
    threads: threads.map((thread) => (typeof thread === 'string' ? thread : thread?.name)),
    steps: steps.map((step) => ({ thread: step?.thread, source: step?.source, label: step?.label })),
  };
}

/**
 * @param {string} field
 * @param {unknown} value
 * @param {string} range
 * @returns {Record<string, any>}
 */
function fields(field, value, range) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigError(field, value, range);
  return value;
}
