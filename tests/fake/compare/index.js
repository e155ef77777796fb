/** The module, with comparisons whose outcome is known beforehand. */
import { createLab as createReal } from './real-index.js';
import * as real from './real-index.js';
import { Comparison } from './compare/comparison.js';
import { dress } from './compare/lab.js';

export * from './real-index.js';
export { Comparison };

/** @param {any} options */
export async function createLab(options) {
  return (globalThis.fakeLab = dress(await createReal(options), real));
}
