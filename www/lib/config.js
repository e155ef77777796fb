/**
 * Checks a `RunConfig` against what the wasm says about its fields, and fills in what the scenario sets and the defaults. Names,
 * ranges, settings and defaults are the wasm's; this file only compares.
 *
 * @module
 */
import { ConfigError } from './errors.js';

/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').Parts} Parts */

/** What a configuration has besides the wasm's fields. */
const BESIDE_FIELDS = ['scenario', 'protocol', 'signal'];

/**
 * @param {unknown} config
 * @param {import('./types.js').Description} description
 * @returns {{ used: import('./types-run.js').UsedConfig, signal: AbortSignal | undefined }}
 * @throws {ConfigError} Names the field, the value and what would have been right.
 */
export function checkConfig(config, { scenarios, fields, protocols, parts }) {
  const given = record('config', config, 'an object with at least a protocol');
  for (const name of Object.keys(given)) {
    if (BESIDE_FIELDS.includes(name) || fields.some((field) => field.name === name)) continue;
    const known = [...BESIDE_FIELDS, ...fields.map((field) => field.name)];
    throw new ConfigError(name, given[name], `left out; the fields are ${known.join(', ')}`);
  }
  const { signal } = given;
  if (signal !== undefined && !isSignal(signal)) throw new ConfigError('signal', signal, 'an AbortSignal');
  const scenario = checkScenario(given['scenario'], scenarios);
  /** @type {import('./types-run.js').UsedConfig} */
  const used = { scenario: scenario.name, protocol: checkProtocol(given['protocol'], protocols, parts) };
  for (const field of fields) {
    const value = given[field.name];
    used[field.name] = value === undefined ? (scenario.settings[field.name] ?? field.default) : checkField(field, value);
  }
  return { used, signal };
}

/**
 * @param {unknown} value
 * @param {import('./types.js').ScenarioInfo[]} scenarios
 */
function checkScenario(value, scenarios) {
  const able = scenarios.filter((scenario) => scenario.onThreads);
  const scenario = value === undefined ? able[0] : scenarios.find((known) => known.name === value);
  if (scenario?.onThreads) return scenario;
  const why = scenario ? `; ${scenario.title} is for the model only` : '';
  throw new ConfigError('scenario', value, oneOf(able.map((known) => known.name)) + why);
}

/**
 * @param {FieldInfo} field
 * @param {unknown} value
 * @returns {number | string}
 */
function checkField(field, value) {
  if (field.type === 'choice') {
    const values = (field.choices ?? []).map((choice) => choice.value);
    if (typeof value === 'string' && values.includes(value)) return value;
    throw new ConfigError(field.name, value, oneOf(values));
  }
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = field;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value + 0; // −0 becomes 0
  throw new ConfigError(field.name, value, `an integer from ${min} to ${max}${field.unit ? ` (${field.unit})` : ''}`);
}

/**
 * @param {unknown} value
 * @param {import('./types.js').ProtocolInfo[]} protocols
 * @param {PartInfo[]} parts
 * @returns {string | Parts}
 */
function checkProtocol(value, protocols, parts) {
  const names = protocols.map((protocol) => protocol.name);
  if (typeof value === 'string' && names.includes(value)) return value;
  const range = `${oneOf(names)}, or an object of parts`;
  const given = record('protocol', value, range);
  for (const name of Object.keys(given)) {
    if (!parts.some((part) => part.name === name)) {
      throw new ConfigError(`protocol.${name}`, given[name], `left out; the parts are ${parts.map((part) => part.name).join(', ')}`);
    }
  }
  return Object.fromEntries(parts.map((part) => [part.name, checkPart(part, given[part.name])]));
}

/**
 * @param {PartInfo} part
 * @param {unknown} value
 * @returns {string | boolean}
 */
function checkPart(part, value) {
  if (value === undefined) return part.default;
  if (part.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw new ConfigError(`protocol.${part.name}`, value, 'true or false');
  }
  const values = (part.choices ?? []).map((choice) => choice.value);
  if (typeof value === 'string' && values.includes(value)) return value;
  throw new ConfigError(`protocol.${part.name}`, value, oneOf(values));
}

/**
 * The value's own fields, on an object without a prototype.
 *
 * @param {string} field
 * @param {unknown} value
 * @param {string} range
 * @returns {Record<string, unknown>}
 */
function record(field, value, range) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigError(field, value, range);
  return Object.assign(Object.create(null), value);
}

/**
 * By behaviour, for a signal may come from another realm.
 *
 * @param {unknown} value
 * @returns {value is AbortSignal}
 */
function isSignal(value) {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

/** @param {string[]} values */
function oneOf(values) {
  return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}
