/** What goes through the rings of JavaScript: records of 32 bytes, as many as the other rings hold. */

/** Numbers in a record. Of all typed arrays ringbuf.js is fastest with this one. */
export const NUMBERS = 4;

/** Records that a ring holds at the most: as many as `ours::CAPACITY` of crate/bench. */
export const CAPACITY = 504;

/** Room for so many records. @param {number} count */
export const records = (count) => new Float64Array(count * NUMBERS);

/** Numbers the records from `next` on; the number after the last. @param {Float64Array} batch  @param {number} next */
export function number(batch, next) {
  for (let i = 0; i < batch.length; i += NUMBERS) {
    batch[i] = next;
    next += 1;
  }
  return next;
}
