/**
 * The Prove view's settings in the address, beside what Link does for all views, and the schedule that a cell of the matrix asks for.
 *
 *   ?view=prove&scenario=miniature&protocol=racy&sizes.reads=2&engine=states&bounds.preemptions=1
 *   #trace=…&step=7        a whole trace, at its seventh step
 *   #trace=…&cycle=6       one that repeats for ever what begins with its sixth move
 *   #schedule=0-0-1-2.1    who goes when: thread 0 twice, thread 1, thread 2 by its second way
 */

import { COMMON, CUSTOM, put, putFields, putParts, standard } from './link.js';
import { SEARCH_DEFAULTS, searchFields, sizeFields } from './prove-fields.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').ProofScenario} ProofScenario */
/** @typedef {import('./prove-types.js').Move} Move */
/** @typedef {import('./types.js').PartValues} PartValues */

/** Moves that a link may ask for. A shortest counterexample has some dozens. */
const MOVES = 4096;
/** The ways that a step can go are fewer; so are threads, but how many there are the lab says. */
const WAYS = 32;

/**
 * @typedef {object} ProveSettings
 * @property {string} scenario
 * @property {string} protocol  a name, or `custom`
 * @property {PartValues} parts  what `custom` means
 * @property {Record<string, number | string>} sizes
 * @property {Record<string, number | string>} search
 */

/** @param {Lab} lab  @param {ProofScenario | undefined} scenario */
export function protocolsOf(lab, scenario) {
  return scenario?.protocols ?? lab.protocols;
}

/** @param {ProofScenario | undefined} scenario */
export function usualSizes(scenario) {
  return Object.fromEntries(sizeFields(scenario).map((field) => [field.name, field.default]));
}

/**
 * @param {import('./link.js').Link} link  whose notes say what was ignored
 * @param {Lab} lab
 * @returns {ProveSettings}
 */
export function readSettings(link, lab) {
  const query = new URLSearchParams(location.search);
  link.notes = [];
  const usual = standard(lab, link.readScenario(lab.scenarios, query));
  const scenario = lab.scenarios.find(({ name }) => name === usual.scenario);
  const protocols = protocolsOf(lab, scenario);
  const asked = link.readProtocol(protocols, query);
  const first = protocols[0]?.name ?? CUSTOM;
  const [sizes, search] = [sizeFields(scenario), searchFields(lab)];
  const settings = {
    scenario: usual.scenario,
    protocol: asked === null || (asked === CUSTOM && scenario?.protocols) ? first : asked,
    parts: { ...usual.parts, ...link.readParts(lab, query) },
    sizes: { ...usualSizes(scenario), ...link.readFields(sizes, query) },
    search: { ...SEARCH_DEFAULTS, ...link.readFields(search, query) },
  };
  link.ignoreOthers(query, [...COMMON, ...[...sizes, ...search].map(({ name }) => name)]);
  return settings;
}

/**
 * @param {Lab} lab
 * @param {ProveSettings} settings
 */
export function writeSettings(lab, settings) {
  const url = new URL(location.href);
  url.search = queryOf(lab, settings).toString();
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

/**
 * @param {Lab} lab
 * @param {ProveSettings} settings
 * @returns {URLSearchParams} of a link to the Prove view with these settings; what is as usual is left out
 */
export function queryOf(lab, settings) {
  const query = new URLSearchParams({ view: 'prove' });
  const scenario = lab.scenarios.find(({ name }) => name === settings.scenario);
  put(query, 'scenario', settings.scenario, standard(lab, null).scenario);
  put(query, 'protocol', settings.protocol, protocolsOf(lab, scenario)[0]?.name ?? CUSTOM);
  putParts(query, lab, settings.protocol === CUSTOM ? settings.parts : {});
  putFields(query, sizeFields(scenario), settings.sizes, usualSizes(scenario));
  putFields(query, searchFields(lab), settings.search, SEARCH_DEFAULTS);
  return query;
}

/**
 * @param {readonly Move[]} schedule
 * @returns {string} for a fragment
 */
export function packSchedule(schedule) {
  return schedule.map(([thread, way]) => (way > 0 ? `${thread}.${way}` : String(thread))).join('-');
}

/**
 * @param {string} hash  of an address
 * @returns {Move[] | undefined} undefined: it asks for none
 * @throws {Error} It asks for one, but that is none; in a sentence for the visitor.
 */
export function scheduleIn(hash) {
  const text = /(?:^#|&)schedule=([^&]*)/.exec(hash)?.[1];
  if (text === undefined) return undefined;
  if (text.length > MOVES * 8) throw new Error(`A schedule in a link has at most ${MOVES} moves.`);
  const moves = text === '' ? [] : text.split('-');
  if (moves.length > MOVES || !moves.every((move) => /^\d{1,3}(\.\d{1,3})?$/.test(move))) {
    throw new Error('The schedule in this link is damaged: it is no list of moves.');
  }
  return moves.map((move, i) => {
    const [thread = 0, way = 0] = move.split('.').map(Number);
    if (way >= WAYS) throw new Error(`The schedule in this link is damaged: move ${i + 1} goes way ${way}, and no step has more than ${WAYS} ways.`);
    return /** @type {Move} */ ([thread, way]);
  });
}

/**
 * @param {string} hash
 * @returns {number | null} the step at which the trace is to be opened, counted from 1
 */
export function stepIn(hash) {
  const text = /(?:^#|&)step=(\d{1,6})(?:&|$)/.exec(hash)?.[1];
  return text === undefined ? null : Number(text);
}

/**
 * @param {number | undefined} cycle  a move, counted from 0
 * @returns {string} for a fragment that holds a trace already
 */
export function packCycle(cycle) {
  return cycle === undefined ? '' : `&cycle=${cycle + 1}`;
}

/**
 * @param {string} hash  of an address
 * @param {number} moves  of the trace in it
 * @returns {number | undefined} the move from which on all is repeated for ever, counted from 0; undefined: nothing is
 * @throws {Error} It names one that is not there; in a sentence for the visitor.
 */
export function cycleIn(hash, moves) {
  const text = /(?:^#|&)cycle=([^&]*)/.exec(hash)?.[1];
  if (text === undefined) return undefined;
  const cycle = /^[1-9]\d{0,5}$/.test(text) ? Number(text) - 1 : moves;
  if (cycle >= moves) throw new Error(`The cycle in this link is damaged: it begins with none of the ${moves} moves of the trace.`);
  return cycle;
}
