/** What the bench was asked: `[--quick] [--only ROW,...]`. */
import { parseArgs } from 'node:util';

import { GROUPS } from './rows/index.mjs';

/**
 * @param {string[]} args
 * @returns {{ quick: boolean, check: boolean, names: string[] }} check: whether the arguments are all right is all that was asked
 * @throws {Error} that says what is wrong
 */
export function parseArguments(args) {
  const options = /** @type {const} */ ({ quick: { type: 'boolean', default: false }, check: { type: 'boolean', default: false }, only: { type: 'string' } });
  const { quick, check, only } = parseArgs({ args, options }).values;
  const all = Object.keys(GROUPS);
  const names = only === undefined ? all : only.split(',').filter(Boolean);
  const unknown = names.filter((/** @type {string} */ name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(', ')}; there are ${all.join(', ')}`);
  if (names.length === 0) throw new Error(`--only names no row; there are ${all.join(', ')}`);
  return { quick, check, names };
}
