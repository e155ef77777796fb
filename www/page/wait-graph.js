/** A run in which nobody could go on: who waits for whom, in words and as a picture. */

import { h } from './dom.js';
import { sentence } from './format.js';
import { cycleOf, holdersOf, waitRing, waitRows } from './wait-picture.js';

/** @typedef {import('./types.js').WaitForCycle} WaitForCycle */
/** @typedef {{ name: string, many: boolean, wants: string, heldBy: string[], holds: string[] }} Waiter  one thread, or several in the same state */

/** The lab's own sentence names each thread; of more than these it would be a wall of text, and the list says it too. */
const SHORT = 4;
/** Rows of the picture of a hang; the list has all of them. */
const DRAWN = 6;

/** What became of a run on threads. */
const UNWOUND = 'The waits were broken off and the run was unwound: the lab can run again.';

/**
 * @param {WaitForCycle} deadlock
 * @param {string} [after]  what became of it
 */
export function waitPanel(deadlock, after = UNWOUND) {
  const parties = deadlock.cycle ? cycleOf(deadlock.waits) : [];
  const inCycle = (/** @type {WaitForCycle['waits'][number]} */ wait) => parties.some(({ thread }) => thread === wait.thread);
  // In the picture's order.
  const circle = grouped(parties.flatMap(({ thread }) => deadlock.waits.filter((wait) => wait.thread === thread)), true);
  const others = grouped(deadlock.waits.filter((wait) => !inCycle(wait)), false);
  return h(
    'section', { id: 'deadlock', class: 'box bad', 'aria-labelledby': 'deadlock-title' },
    h('h2', { id: 'deadlock-title' }, deadlock.cycle ? titleOf(parties.length) : 'Hang: nobody can go on'),
    deadlock.waits.length <= SHORT ? h('p', {}, sentence(deadlock.text)) : null,
    h('div', { class: 'waits' },
      parties.length > 0
        ? h('figure', {}, waitRing(parties), h('figcaption', { class: 'small soft' }, parties.length > 1 ? 'Clockwise: each thread wants what the next one holds.' : 'It wants what it holds.'))
        : h('figure', {}, waitRows(others.slice(0, DRAWN))),
      h('div', { class: 'waits-words' },
        circle.length > 0 ? list(circle) : null,
        others.length > 0 && circle.length > 0 ? h('p', { class: 'small soft' }, 'Waiting too, but not in the circle:') : null,
        others.length > 0 ? list(others) : null)),
    h('p', { class: 'small' }, after),
  );
}

/** @param {number} parties */
function titleOf(parties) {
  return parties === 1 ? 'Deadlock: a thread waits for itself' : `Deadlock: ${parties > 0 ? parties : 'the'} threads wait for each other`;
}

/** @param {Waiter[]} waiters */
function list(waiters) {
  return h('ul', {}, ...waiters.map((waiter) => h('li', {},
    h('strong', {}, waiter.name),
    waiter.holds.length > 0 ? ` ${waiter.many ? 'hold' : 'holds'} ${waiter.holds.join(', ')} and` : '',
    ` ${waiter.many ? 'wait' : 'waits'} for ${waiter.wants}`,
    waiter.heldBy.length > 0 ? `, held by ${waiter.heldBy.map((name) => (name === waiter.name ? 'itself' : name)).join(', ')}.` : ', which nobody is left to provide.')));
}

/**
 * Threads that hold nothing and wait for the same thing are one waiter.
 *
 * @param {WaitForCycle['waits']} waits
 * @param {boolean} singly  each by itself
 * @returns {Waiter[]}
 */
function grouped(waits, singly) {
  const holders = new Set(waits.flatMap((wait) => holdersOf(wait.heldBy)));
  /** @type {Map<string, { threads: string[], wait: WaitForCycle['waits'][number] }>} */
  const groups = new Map();
  for (const wait of waits) {
    const alone = singly || wait.holds.length > 0 || holders.has(wait.thread);
    const key = alone ? wait.thread : JSON.stringify([roleOf(wait.thread), wait.wants, wait.heldBy]);
    const group = groups.get(key) ?? { threads: [], wait };
    group.threads.push(wait.thread);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ threads, wait }) => ({
    name: nameOf(threads), many: threads.length > 1, wants: wait.wants, heldBy: holdersOf(wait.heldBy), holds: wait.holds,
  }));
}

/** @param {string} thread  @returns {string} `reader` of `reader 3` */
function roleOf(thread) {
  return thread.replace(/ \d+$/, '');
}

/** @param {string[]} threads  of one role; @returns {string} `reader 3`, `readers 1–8`, `readers 1, 3, 4` */
function nameOf(threads) {
  const [first = ''] = threads;
  if (threads.length === 1) return first;
  const numbers = threads.map((thread) => Number(/\d+$/.exec(thread)?.[0])).sort((a, b) => a - b);
  const [from = 0] = numbers;
  const dense = numbers.every((n, i) => n === from + i);
  return `${roleOf(first)}s ${dense ? `${from}–${from + numbers.length - 1}` : numbers.join(', ')}`;
}
