/**
 * What this lab itself says of a protocol in a comparison: its name, and whether it is right. Never taken from a file.
 *
 * @module
 */

/** @typedef {import('./types.js').Parts} Parts */
/** @typedef {import('./types-compare.js').Catalogue} Catalogue */

/** The protocol that custom ones are described by. */
const FIXED = 'v4';

/**
 * @param {string | Parts} protocol A preset's name, or all parts.
 * @param {Catalogue} lab
 * @returns {string} Of parts: how they differ from those of `v4`, such as `v4 with ringLock none`.
 */
export function protocolName(protocol, lab) {
  if (typeof protocol === 'string') return protocol;
  const different = lab.parts.filter(({ name, default: fixed }) => protocol[name] !== fixed);
  const said = (/** @type {string | boolean | undefined} */ value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value);
  return different.length > 0 ? `${FIXED} with ${different.map(({ name }) => `${name} ${said(protocol[name])}`).join(', ')}` : `${FIXED} by its parts`;
}

/**
 * What a protocol is called in a sentence that has its figures: a speed is never told without whether it is right. `plainName` of the
 * page says the same, and is no import of this, since the page has to say what is wrong where there is no module.
 *
 * @param {Pick<import('./types-compare.js').Measured, 'name' | 'correct'>} protocol
 */
export function nameWithFigures({ name, correct }) {
  return correct === true ? name : `${name} (${correct === null ? 'not searched' : 'wrong'})`;
}

/**
 * @param {string | Parts} protocol
 * @param {Catalogue} lab
 * @returns {boolean | null} Whether nothing is known to break it; `null` where nothing is known.
 */
export function isCorrect(protocol, lab) {
  const same = (/** @type {Partial<Parts>} */ parts) => typeof protocol !== 'string' && lab.parts.every(({ name, default: fixed }) => (parts[name] ?? fixed) === protocol[name]);
  const preset = lab.protocols.find(({ name, parts }) => name === protocol || same(parts));
  if (preset) return preset.correct;
  const takenApart = lab.scenarios.flatMap(({ brokenBy }) => brokenBy);
  return takenApart.some(({ outcome, parts }) => ['broken', 'deadlock'].includes(outcome) && same(parts)) ? false : null;
}
