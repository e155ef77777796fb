/** What protocols are called wherever their speed is shown: as on the page, a wrong one never without that word. */
import { plainName } from '../../www/page/outcome.js';

/** @typedef {{ name: string, correct: boolean | null }} Protocol  as the lab says of it; null: nobody has searched it */

/** @param {Protocol} protocol */
export const labelOf = plainName;

/** Whether it is drawn with a cross and a dashed line. @param {Protocol} protocol */
export const isWrong = ({ correct }) => correct === false;

/**
 * @param {Protocol[]} known
 * @returns {(name: string) => Protocol} of a preset's name
 */
export const byName = (known) => (name) => {
  const found = known.find((protocol) => protocol.name === name);
  if (!found) throw new Error(`the lab has no protocol ${name}`);
  return found;
};
