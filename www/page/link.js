/**
 * The settings in the address. A link made here reproduces the view; whatever is not understood in a link made
 * elsewhere is ignored, with a note. Only what differs from what the scenario sets, and from the defaults, is written, so
 * that links stay short.
 *
 *   ?scenario=abba&protocol=v1&readers=2        a scenario under a preset, with a field of one's own
 *   ?protocol=custom&part.ringLock=try          an own set of parts
 */

import { ofTheFix } from './presets.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').PartValues} PartValues */

/**
 * @typedef {object} Settings
 * @property {string} scenario  a scenario's name
 * @property {string} protocol  a protocol's name, or `custom`
 * @property {PartValues} parts  what `custom` means
 * @property {Record<string, number | string>} fields  a value for each field
 */

export const CUSTOM = 'custom';
/** Before the name of a part, of the one own set that most views have. */
const PART = 'part.';
/** What any view with settings may be asked for. */
export const COMMON = ['view', 'scenario', 'protocol', 'trace'];

/** Reads and writes the settings in the address bar. */
export class Link {
  /** @type {string[]} What was ignored, in sentences for the visitor. */
  notes = [];

  /** @returns {string | null} the view that the link asks for */
  get view() {
    return new URLSearchParams(location.search).get('view');
  }

  /**
   * @param {Lab} lab
   * @returns {Settings}
   */
  read(lab) {
    const query = new URLSearchParams(location.search);
    this.notes = [];
    const settings = standard(lab, this.readScenario(ofTheFix(lab), query));
    settings.protocol = this.readProtocol(lab.protocols, query) ?? settings.protocol;
    Object.assign(settings.fields, this.readFields(lab.fields, query));
    Object.assign(settings.parts, this.readParts(lab, query));
    this.ignoreOthers(query, [...COMMON, ...lab.fields.map(({ name }) => name)]);
    return settings;
  }

  /**
   * @param {readonly { name: string }[]} scenarios
   * @param {URLSearchParams} query
   * @returns {string | null} the scenario that is asked for, if there is one of that name
   */
  readScenario(scenarios, query) {
    const scenario = query.get('scenario');
    if (scenario === null || scenarios.some(({ name }) => name === scenario)) return scenario;
    this.ignore('scenario', scenario, 'there is no such scenario here');
    return null;
  }

  /**
   * @param {readonly { name: string }[]} protocols
   * @param {URLSearchParams} query
   * @returns {string | null}
   */
  readProtocol(protocols, query) {
    const protocol = query.get('protocol');
    if (protocol === null || protocol === CUSTOM || protocols.some(({ name }) => name === protocol)) return protocol;
    this.ignore('protocol', protocol, 'there is no such protocol here');
    return null;
  }

  /**
   * @param {readonly FieldInfo[]} fields
   * @param {URLSearchParams} query
   * @returns {Record<string, number | string>} those that are asked for and in range
   */
  readFields(fields, query) {
    /** @type {Record<string, number | string>} */
    const values = {};
    for (const field of fields) {
      const text = query.get(field.name);
      if (text === null) continue;
      const value = parseField(field, text);
      if (value === undefined) this.ignore(field.name, text, `it takes ${rangeOf(field)}`);
      else values[field.name] = value;
    }
    return values;
  }

  /**
   * @param {Lab} lab
   * @param {URLSearchParams} query
   * @param {string} [prefix]  before the name of a part
   * @returns {PartValues}
   */
  readParts(lab, query, prefix = PART) {
    /** @type {PartValues} */
    const values = {};
    for (const part of lab.parts) {
      const text = query.get(prefix + part.name);
      if (text === null) continue;
      const value = parsePart(part, text);
      if (value === undefined) this.ignore(prefix + part.name, text, 'this part has no such setting');
      else values[part.name] = value;
    }
    for (const name of query.keys()) {
      const part = name.startsWith(prefix) && !lab.parts.some((known) => prefix + known.name === name);
      if (part) this.ignore(name, query.get(name) ?? '', 'this lab has no such part');
    }
    return values;
  }

  /**
   * Notes whatever nobody has asked for; of parts that are not there `readParts` says so.
   *
   * @param {URLSearchParams} query
   * @param {readonly string[]} known  names of parameters
   * @param {readonly string[]} [prefixes]  before the names of parts
   */
  ignoreOthers(query, known, prefixes = [PART]) {
    for (const name of new Set(query.keys())) {
      if (!known.includes(name) && !prefixes.some((prefix) => name.startsWith(prefix))) this.ignore(name, query.get(name) ?? '', 'this view has no such parameter');
    }
  }

  /**
   * @param {Lab} lab
   * @param {Settings} settings  values out of range are left out: a link is always good
   */
  write(lab, settings) {
    const url = new URL(location.href);
    const query = url.searchParams;
    const usual = standard(lab, settings.scenario);
    put(query, 'scenario', settings.scenario, standard(lab, null).scenario);
    put(query, 'protocol', settings.protocol, usual.protocol);
    putFields(query, lab.fields, settings.fields, usual.fields);
    putParts(query, lab, settings.protocol === CUSTOM ? settings.parts : {});
    history.replaceState(history.state, '', url);
  }

  /**
   * Notes that something of a link was not taken.
   *
   * @param {string} name
   * @param {string} value
   * @param {string} why  the rest of a sentence
   */
  ignore(name, value, why) {
    const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    this.notes.push(`${name.slice(0, 40)} = “${shown}”: ${why}.`);
  }
}

/**
 * The settings of a scenario that nobody has touched: what it sets, and the defaults.
 *
 * @param {Lab} lab
 * @param {string | null} name  null: the first scenario that runs on threads
 * @returns {Settings}
 */
export function standard(lab, name) {
  const scenario = name === null ? lab.scenarios.find(({ onThreads }) => onThreads) : lab.scenarios.find((known) => known.name === name);
  return {
    scenario: scenario?.name ?? '',
    protocol: lab.protocols[0]?.name ?? CUSTOM,
    parts: Object.fromEntries(lab.parts.map((part) => [part.name, part.default])),
    fields: Object.fromEntries(lab.fields.map((field) => [field.name, scenario?.settings[field.name] ?? field.default])),
  };
}

/**
 * @param {FieldInfo} field
 * @param {string} text
 * @returns {number | string | undefined} undefined if the text is no value of this field
 */
export function parseField(field, text) {
  if (field.type === 'choice') return field.choices?.some((choice) => choice.value === text) ? text : undefined;
  if (!/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= (field.min ?? -Infinity) && value <= (field.max ?? Infinity) ? value : undefined;
}

/**
 * @param {PartInfo} part
 * @param {string} text
 * @returns {string | boolean | undefined}
 */
function parsePart(part, text) {
  if (part.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return part.choices?.some((choice) => choice.value === text) ? text : undefined;
}

/** @param {FieldInfo} field  @returns {string} such as `1 to 64` */
export function rangeOf(field) {
  if (field.type === 'choice') return (field.choices ?? []).map((choice) => choice.label).join(', ');
  const number = new Intl.NumberFormat('en');
  return `${number.format(field.min ?? 0)} to ${number.format(field.max ?? Infinity)}`;
}

/**
 * @param {URLSearchParams} query
 * @param {readonly FieldInfo[]} fields
 * @param {Record<string, number | string>} values  one out of range is left out
 * @param {Record<string, number | string>} usual
 */
export function putFields(query, fields, values, usual) {
  for (const field of fields) {
    const value = values[field.name];
    const good = value !== undefined && parseField(field, String(value)) !== undefined;
    put(query, field.name, good ? String(value) : null, String(usual[field.name] ?? field.default));
  }
}

/**
 * @param {URLSearchParams} query
 * @param {Lab} lab
 * @param {Readonly<Partial<PartValues>>} values
 * @param {string} [prefix]  before the name of a part
 */
export function putParts(query, lab, values, prefix = PART) {
  for (const part of lab.parts) put(query, prefix + part.name, String(values[part.name] ?? part.default), String(part.default));
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {string | null} value
 * @param {string} standard
 */
export function put(query, name, value, standard) {
  if (value === null || value === standard) query.delete(name);
  else query.set(name, value);
}
