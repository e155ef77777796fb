/** What the threads of a run do: the field that says how many there are, and their name. */

import { plural } from './format.js';

/** @type {readonly { field: string, one: string }[]} */
export const ROLES = [
  { field: 'readers', one: 'reader' },
  { field: 'migrators', one: 'migrator' },
  { field: 'completers', one: 'completer' },
  { field: 'setups', one: 'setup' },
  { field: 'teardowns', one: 'teardown' },
  { field: 'addressSpaces', one: 'address space' },
];

/** @param {Record<string, unknown>} config  @returns {number} */
export function threadsOf(config) {
  return ROLES.reduce((sum, { field }) => sum + Number(config[field] ?? 0), 0);
}

/** @param {Record<string, unknown>} config  @returns {string} such as `1 reader, 2 migrators, readers complete their own requests` */
export function rolesInWords(config) {
  const n = (/** @type {string} */ field) => Number(config[field] ?? 0);
  const parts = ROLES.filter(({ field }) => n(field) > 0).map(({ field, one }) => plural(n(field), one));
  if (n('readers') > 0 && n('completers') === 0) parts.push('readers complete their own requests');
  return parts.join(', ');
}
