/**
 * What is expected of a scenario under a protocol, as a word and a mark. Expectations are outlined; what was observed is
 * filled (tiles, boxes), and says so in other words.
 */

import { h, s } from './dom.js';

/** @typedef {import('./types.js').Outcome} Outcome */

/** @type {Readonly<Record<Outcome, string>>} */
const WORDS = { holds: 'holds', broken: 'broken', deadlock: 'deadlock', 'not-applicable': 'does not apply' };

/** In a square of 12. The shapes differ, so that the colour is not all there is. @type {Readonly<Record<Outcome, string>>} */
const SHAPES = {
  holds: 'M2.5 6.5 L5 9 L9.5 3.5',
  broken: 'M3 3 L9 9 M9 3 L3 9',
  deadlock: 'M3 4.5 A3.8 3.8 0 0 1 9.4 4 M9.7 1.6 L9.5 4.2 L6.9 4 M9 7.5 A3.8 3.8 0 0 1 2.6 8 M2.3 10.4 L2.5 7.8 L5.1 8',
  'not-applicable': 'M3.5 6 L8.5 6',
};

/** @param {Outcome | null} outcome  null: not known  @returns {string} */
export function outcomeWord(outcome) {
  return outcome ? WORDS[outcome] : 'not known';
}

/** @param {Outcome | null} outcome  @returns {SVGElement} the mark alone; its word must be near it, to be seen or to be heard */
export function mark(outcome) {
  return s('svg', { viewBox: '0 0 12 12', class: 'mark', 'data-outcome': outcome ?? 'unknown', 'aria-hidden': 'true' },
    s('path', { d: outcome ? SHAPES[outcome] : 'M6 5.9 L6 6.1' }));
}

/** @param {Outcome | null} outcome  @returns {HTMLElement} mark and word */
export function badge(outcome) {
  return h('strong', { class: 'outcome', 'data-outcome': outcome ?? 'unknown' }, mark(outcome), outcomeWord(outcome));
}

/** @param {boolean | null} correct  null: nobody has searched it  @returns {HTMLElement | null} what stands beside the name of a protocol, or beside its speed, unless it is right */
export function rightness(correct) {
  if (correct === null) return h('span', { class: 'unsearched-word' }, 'not searched');
  return correct ? null : h('strong', { class: 'wrong-word' }, 'wrong');
}

/** @param {{ name: string, correct: boolean | null }} protocol  @returns {string} its name with the same, where there is only text */
export function plainName({ name, correct }) {
  return correct === true ? name : `${name} (${correct === null ? 'not searched' : 'wrong'})`;
}
