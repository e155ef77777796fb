/** A run in which nobody could go on: who waits for whom, in words and as a small resource graph. */

import { h, s } from './dom.js';

/** @typedef {import('./types.js').WaitForCycle} WaitForCycle */
/** @typedef {{ name: string, many: boolean, wants: string, heldBy: string[], holds: string[] }} Waiter  one thread, or several in the same state */

const ROW = 46;
const BOX = { width: 130, height: 30 };
const GAP = 120;
/** The lab's own sentence names each thread; of more than these it would be a wall of text, and the list says it too. */
const SHORT = 4;

/** @param {WaitForCycle} deadlock */
export function waitPanel(deadlock) {
  const waiters = grouped(deadlock.waits);
  const items = waiters.map((waiter) => h('li', {},
    h('strong', {}, waiter.name),
    waiter.holds.length > 0 ? ` ${waiter.many ? 'hold' : 'holds'} ${waiter.holds.join(', ')} and` : '',
    ` ${waiter.many ? 'wait' : 'waits'} for ${waiter.wants}`,
    waiter.heldBy.length > 0 ? `, held by ${waiter.heldBy.join(', ')}.` : ', which nobody is left to provide.'));
  return h(
    'section', { id: 'deadlock', class: 'box bad', 'aria-labelledby': 'deadlock-title' },
    h('h2', { id: 'deadlock-title' }, deadlock.cycle ? 'Deadlock: the threads wait for each other' : 'Hang: nobody can go on'),
    deadlock.waits.length <= SHORT ? h('p', {}, deadlock.text) : null,
    h('div', { class: 'waits' }, drawing(waiters, deadlock.cycle), h('ul', {}, ...items)),
    h('p', { class: 'small' }, 'The run was ended and unwound; the lab can run again.'),
  );
}

/**
 * Threads that hold nothing and wait for the same thing are one waiter.
 *
 * @param {WaitForCycle['waits']} waits
 * @returns {Waiter[]}
 */
function grouped(waits) {
  // A semaphore has several holders, listed with commas.
  const holdersOf = (/** @type {string | null} */ heldBy) => (heldBy ? heldBy.split(', ') : []);
  const holders = new Set(waits.flatMap((wait) => holdersOf(wait.heldBy)));
  /** @type {Map<string, { threads: string[], wait: WaitForCycle['waits'][number] }>} */
  const groups = new Map();
  for (const wait of waits) {
    const alone = wait.holds.length > 0 || holders.has(wait.thread);
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

/**
 * Threads at the left, what they wait for or hold at the right.
 *
 * @param {Waiter[]} waiters
 * @param {boolean} cycle
 */
function drawing(waiters, cycle) {
  const things = [...new Set(waiters.flatMap((waiter) => [waiter.wants, ...waiter.holds]))];
  const threads = [...new Set(waiters.flatMap((waiter) => [waiter.name, ...waiter.heldBy]))];
  const height = Math.max(threads.length, things.length) * ROW;
  const width = 2 * BOX.width + GAP;
  const left = BOX.width + 1;
  const right = BOX.width + GAP - 1;
  /** @param {string[]} list @param {string} name  @returns {number} rows share the height evenly */
  const y = (list, name) => ((list.indexOf(name) + 0.5) * height) / list.length;

  const held = new Map(
    waiters
      .flatMap((waiter) => [...waiter.holds.map((thing) => ({ thing, thread: waiter.name })), ...waiter.heldBy.map((thread) => ({ thing: waiter.wants, thread }))])
      .map((edge) => [`${edge.thing}\n${edge.thread}`, edge]),
  );
  const svg = s('svg', { viewBox: `0 0 ${width} ${height}`, class: 'wait-graph', 'aria-hidden': 'true' },
    s('defs', {}, s('marker', { id: 'wait-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerUnits: 'userSpaceOnUse', markerWidth: 11, markerHeight: 11, orient: 'auto' },
      s('path', { d: 'M0 0 L8 4 L0 8 z', class: 'wait-head' }))));
  for (const { name, wants } of waiters) {
    svg.append(s('line', { x1: left, y1: y(threads, name) - 4, x2: right, y2: y(things, wants) - 4, class: 'wait-wants', 'marker-end': 'url(#wait-arrow)' }));
  }
  for (const { thing, thread } of held.values()) {
    svg.append(s('line', { x1: right, y1: y(things, thing) + 5, x2: left, y2: y(threads, thread) + 5, class: 'wait-holds' }));
  }
  for (const name of threads) svg.append(node(name, 0, y(threads, name), cycle ? 'wait-thread stuck' : 'wait-thread'));
  for (const name of things) svg.append(node(name, BOX.width + GAP, y(things, name), 'wait-thing'));
  return h('figure', {}, svg, h('figcaption', { class: 'small soft' }, `Dashed arrow: waits for.${held.size > 0 ? ' Plain line: is held by.' : ''}`));
}

/**
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {string} kind
 */
function node(name, x, y, kind) {
  return s('g', { class: kind },
    s('rect', { x: x + 1, y: y - BOX.height / 2, width: BOX.width - 2, height: BOX.height, rx: kind === 'wait-thing' ? 15 : 4 }),
    s('text', { x: x + BOX.width / 2, y: y + 4, 'text-anchor': 'middle' }, name.length > 18 ? `${name.slice(0, 17)}…` : name));
}
