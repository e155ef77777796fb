/**
 * What is to be compared, in the address:
 *
 *   ?view=compare&protocols=v4,linux-3.12&batch=32                  the first is what the others are compared with
 *   ?view=compare&protocols=v4,custom&part.ringLock=block           with an own set of parts
 *   ?view=compare&protocols=custom,custom-2&part-2.ringLock=block   one own set against another
 *   ?view=compare&sweep=batch&values=1,8,32                         a field that takes several values
 */

import { CUSTOM, parseField, putFields, putParts, put, rangeOf, standard } from './link.js';

/** @typedef {import('./compare-types.js').Lab} Lab */
/** @typedef {import('./compare-types.js').Sweep} Sweep */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types.js').PartValues} PartValues */

/**
 * @typedef {object} CompareSettings
 * @property {string[]} protocols  names, or those of own sets; the first is what the others are compared with
 * @property {Record<string, PartValues>} parts  what each of the {@link OWN} sets means, by its name
 * @property {Record<string, number | string>} fields
 * @property {{ field: string, text: string } | null} sweep  its values as they were written
 */

/** The commit's own claim: no other spinlock for readers. Those that are not there are left out. */
const FIRST = ['linux-3.12', 'tang-gu', 'v4'];
/** Sets of parts of one's own: a name, a title, and what stands before the name of a part in the address. */
export const OWN = [{ name: CUSTOM, title: 'Custom', prefix: 'part.' }, { name: `${CUSTOM}-2`, title: 'Custom 2', prefix: 'part-2.' }];
/** A comparison has two sides. */
export const FEWEST = 2;

/** @param {Lab} lab  @returns {string[]} what is compared if nobody says otherwise */
export function usualProtocols(lab) {
  return FIRST.filter((name) => lab.protocols.some((protocol) => protocol.name === name));
}

/** @param {Lab} lab  @param {string} field  @returns {number[]} values to begin with */
export function usualValues(lab, field) {
  return lab.comparing.sweeps.find((sweep) => sweep.field === field)?.values ?? [];
}

/**
 * @param {import('./link.js').Link} link  whose notes say what was ignored
 * @param {Lab} lab
 * @returns {CompareSettings}
 */
export function readCompare(link, lab) {
  const query = new URLSearchParams(location.search);
  link.notes = [];
  link.ignoreOthers(query, ['view', 'protocols', 'sweep', 'values', ...lab.comparing.fields.map(({ name }) => name)], OWN.map(({ prefix }) => prefix));
  return {
    protocols: readProtocols(link, lab, query) ?? usualProtocols(lab),
    parts: Object.fromEntries(OWN.map(({ name, prefix }) => [name, { ...standard(lab, null).parts, ...link.readParts(lab, query, prefix) }])),
    fields: { ...usualFields(lab), ...link.readFields(lab.comparing.fields, query) },
    sweep: readSweep(link, lab, query),
  };
}

/**
 * @param {Lab} lab
 * @param {CompareSettings} settings  values out of range are left out: a link is always good
 * @returns {string}
 */
export function compareQuery(lab, { protocols, parts, fields, sweep }) {
  const query = new URLSearchParams({ view: 'compare' });
  put(query, 'protocols', protocols.length < FEWEST ? null : protocols.join(), usualProtocols(lab).join());
  for (const { name, prefix } of OWN) putParts(query, lab, (protocols.includes(name) && parts[name]) || {}, prefix);
  putFields(query, lab.comparing.fields, fields, usualFields(lab));
  if (sweep) {
    query.set('sweep', sweep.field);
    const { values, complaint } = parseValues(lab, sweep.field, sweep.text);
    put(query, 'values', complaint ? null : values.join(), usualValues(lab, sweep.field).join());
  }
  // Lists are to be read by people, too; a comma needs no escape there.
  return query.toString().replaceAll('%2C', ',');
}

/**
 * @param {Lab} lab
 * @param {string} field
 * @param {string} text  numbers with commas or spaces between them
 * @returns {{ values: number[], complaint: string }} what is wrong with them, or nothing
 */
export function parseValues(lab, field, text) {
  const { fields, most } = lab.comparing;
  const info = fields.find(({ name }) => name === field);
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const values = words.map((word) => (info ? parseField(info, word) : undefined));
  const good = values.filter((value) => typeof value === 'number');
  const range = `Takes ${FEWEST} to ${most.values} whole numbers, ${info ? rangeOf(info) : ''}, with commas between them.`;
  if (good.length < words.length || good.length < FEWEST || good.length > most.values) return { values: good, complaint: range };
  if (new Set(good).size < good.length) return { values: good, complaint: 'Each value once.' };
  return { values: good.sort((a, b) => a - b), complaint: '' };
}

/**
 * @param {import('./link.js').Link} link
 * @param {Lab} lab
 * @param {URLSearchParams} query
 * @returns {string[] | null}
 */
function readProtocols(link, lab, query) {
  const text = query.get('protocols');
  if (text === null) return null;
  const known = [...lab.protocols.map(({ name }) => name), ...OWN.map(({ name }) => name)];
  /** @type {string[]} */
  const good = [];
  // A link that is nothing but commas should not fill the page with notes.
  for (const name of text.split(',', known.length + 1)) {
    if (!known.includes(name)) link.ignore('protocols', name, 'there is no such protocol here');
    else if (!good.includes(name)) good.push(name);
  }
  const { protocols: most } = lab.comparing.most;
  if (good.length > most) link.ignore('protocols', text, `it takes ${most} of them at the most`);
  if (good.length >= FEWEST) return good.slice(0, most);
  link.ignore('protocols', text, `a comparison takes at least ${FEWEST} of them`);
  return null;
}

/**
 * @param {import('./link.js').Link} link
 * @param {Lab} lab
 * @param {URLSearchParams} query
 * @returns {CompareSettings['sweep']}
 */
function readSweep(link, lab, query) {
  const [field, text] = [query.get('sweep'), query.get('values')];
  if (field === null) return null;
  if (!lab.comparing.sweeps.some((sweep) => sweep.field === field)) {
    link.ignore('sweep', field, 'there is no such sweep here');
    return null;
  }
  const usual = usualValues(lab, field).join(', ');
  if (text === null) return { field, text: usual };
  const { values, complaint } = parseValues(lab, field, text.slice(0, 500));
  if (!complaint) return { field, text: values.join(', ') };
  link.ignore('values', text, complaint.replace(/^T/, 't').replace(/\.$/, ''));
  return { field, text: usual };
}

/** @param {Lab} lab  @returns {Record<string, number | string>} */
function usualFields(lab) {
  return Object.fromEntries(lab.comparing.fields.map((field) => [field.name, field.default]));
}
