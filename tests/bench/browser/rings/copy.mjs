/** How records get from one array to another, where one of the two is shared. */
import { NUMBERS } from './record.mjs';

/**
 * So many records at the most are copied by loads and stores, one record a turn. More go by the engine's own copy, which is quicker for
 * each of them, but takes a view of the piece, which is an object to be made, and a call out of compiled code.
 */
export const FEW = 16;

/**
 * Copies `count` records from `source` at `at` to `target` at `to`, both of them places of numbers.
 *
 * @param {Float64Array} source  @param {number} at
 * @param {Float64Array} target  @param {number} to
 * @param {number} count
 */
export function copy(source, at, target, to, count) {
  if (count > FEW) {
    const length = count * NUMBERS;
    // A whole batch is its own view.
    target.set(length === source.length ? source : source.subarray(at, at + length), to);
    return;
  }
  for (const end = at + count * NUMBERS; at < end; at += NUMBERS, to += NUMBERS) {
    target[to] = source[at];
    target[to + 1] = source[at + 1];
    target[to + 2] = source[at + 2];
    target[to + 3] = source[at + 3];
  }
}
