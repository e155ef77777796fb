/** Damage to data and texts, for fuzzers; everything random is from a seed. */

/** Random numbers from a seed (mulberry32). @param {number} seed */
export function random(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  /** @param {number} limit */
  const below = (limit) => Math.floor(next() * limit);
  /** @template T @param {readonly T[]} list @returns {T} */
  const one = (list) => list[below(list.length)];
  return { below, one };
}

/** @type {unknown[]} */
const HOSTILE = [
  null, true, false, 0, -0, -1, 1, 1.5, 255, 256, 4095, 4096, 2 ** 31, 2 ** 53, 1e308, '', 'x', '0', '__proto__', 'constructor', 'length',
  '<img src=x onerror=alert(1)>', '</script>', 'javascript:alert(1)', '\u0000', '\u202e', '\ud800', 'x'.repeat(401), [], {}, [[]], [[[[[[]]]]]],
  { length: 3 }, { toString: 1 }, { __proto__: null, valueOf: 1 }, Array(300).fill(0), Array(5000).fill([0, 0]),
];

/** @typedef {ReturnType<typeof random>} Rng */

/** Puts something odd somewhere into plain data, or takes something away. @param {any} data  @param {Rng} rng  @returns {any} */
export function damageData(data, rng) {
  const { below, one } = rng;
  if (typeof data !== 'object' || data === null || below(5) === 0) return one(HOSTILE);
  const keys = Object.keys(data);
  const copy = Array.isArray(data) ? [...data] : { ...data };
  const key = keys.length > 0 ? one(keys) : undefined;
  switch (below(6)) {
    case 0:
      if (Array.isArray(copy)) copy.splice(below(copy.length + 1), below(3));
      else delete copy[key ?? 'x'];
      return copy;
    case 1:
      if (Array.isArray(copy)) copy.splice(below(copy.length + 1), 0, one(HOSTILE));
      else Object.defineProperty(copy, one(['__proto__', 'constructor', 'a', '<b>']), { value: one(HOSTILE), enumerable: true });
      return copy;
    case 2:
      if (Array.isArray(copy) && copy.length > 1) copy.reverse();
      return copy;
    default:
      if (key !== undefined) copy[key] = damageData(copy[key], rng);
      return copy;
  }
}

/** Changes, takes away, doubles or adds characters. @param {string} text  @param {readonly string[]} letters  @param {Rng} rng */
export function damageText(text, letters, { below, one }) {
  let damaged = text;
  for (let times = 1 + below(4); times > 0; times--) {
    const [from, to] = [below(damaged.length + 1), below(damaged.length + 1)].sort((a, b) => a - b);
    const [before, middle, after] = [damaged.slice(0, from), damaged.slice(from, to), damaged.slice(to)];
    damaged = [
      () => damaged.slice(0, from) + one(letters) + damaged.slice(from + 1),
      () => before + one(letters) + middle + after,
      () => before + after,
      () => before + middle + middle + after,
      () => before,
      () => after + before,
    ][below(6)]();
  }
  return damaged;
}
