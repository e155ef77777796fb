/**
 * What is looked for in data that comes from outside.
 *
 * @module
 */

/**
 * What is wrong with a text for people: it is to be short, on one line, and no markup.
 *
 * @param {unknown} value
 * @param {number} most Characters.
 * @returns {string | null} `null`: nothing.
 */
export function textFlaw(value, most) {
  if (typeof value !== 'string') return 'a number or a list where text belongs';
  if (value.length > most) return `text longer than ${most} characters`;
  // Also invisible characters that turn the reading direction, and halves of characters.
  if (/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(value)) return 'text with control characters';
  return /<[a-z!/?]/i.test(value) ? 'markup' : null;
}
