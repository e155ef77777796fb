/** What the soak was asked: `[--minutes N]`. */
import { parseArgs } from 'node:util';

const MINUTES = 10;
/** Less says nothing about growth; more than a day is a slip of the finger. */
const [LEAST, MOST] = [0.5, 24 * 60];

/**
 * @param {string[]} args
 * @returns {{ minutes: number, check: boolean }} check: whether the arguments are all right is all that was asked
 * @throws {Error} that says what is wrong
 */
export function parseArguments(args) {
  const options = /** @type {const} */ ({ minutes: { type: 'string' }, check: { type: 'boolean', default: false } });
  const { minutes = String(MINUTES), check } = parseArgs({ args, options }).values;
  const asked = minutes.trim() === '' ? NaN : Number(minutes);
  if (!(asked >= LEAST && asked <= MOST)) throw new Error(`--minutes is '${minutes}'; it must be a number from ${LEAST} to ${MOST}`);
  return { minutes: asked, check };
}
