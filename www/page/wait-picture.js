/**
 * Waits as pictures. A deadlock is a ring: each thread wants what the next one holds, clockwise, until the last one wants what
 * the first one holds. Any other hang is a row for each waiter. Boxes are text that wraps, in two columns, so that names stay
 * readable on any screen. The pictures are for eyes only: what they say stands beside them as text.
 */

import { breakable, h } from './dom.js';

/** @typedef {import('./types.js').WaitForCycle} WaitForCycle */
/** @typedef {{ thread: string, wants: string }} Party  wants what the next one holds */

/** @param {string | null} heldBy  a semaphore has several holders, listed with commas  @returns {string[]} */
export function holdersOf(heldBy) {
  return heldBy ? heldBy.split(', ') : [];
}

/**
 * @param {WaitForCycle['waits']} waits
 * @returns {Party[]} the shortest circle among them; empty if there is none
 */
export function cycleOf(waits) {
  const byName = new Map(waits.map((wait) => [wait.thread, wait]));
  /** @type {string[]} */
  let best = [];
  for (const { thread: start } of waits) {
    // By breadth: the first way back to the start is a shortest one.
    /** @type {Map<string, string | null>} */
    const from = new Map([[start, null]]);
    const queue = [start];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const holders = holdersOf(byName.get(name)?.heldBy ?? null);
      if (holders.includes(start)) {
        const path = [];
        for (let step = /** @type {string | null} */ (name); step !== null; step = from.get(step) ?? null) path.unshift(step);
        if (best.length === 0 || path.length < best.length) best = path;
        break;
      }
      for (const holder of holders) {
        if (!byName.has(holder) || from.has(holder)) continue;
        from.set(holder, name);
        queue.push(holder);
      }
    }
  }
  return best.map((thread) => ({ thread, wants: byName.get(thread)?.wants ?? '' }));
}

/** @param {Party[]} parties  @returns {HTMLElement} */
export function waitRing(parties) {
  const rows = parties.length;
  const nodes = parties.flatMap(({ thread, wants }) => [h('span', { class: 'wait-thread' }, thread), h('span', { class: 'wait-thing' }, h('span', {}, ...breakable(wants)))]);
  const ring = h('div', { class: 'wait-picture', 'aria-hidden': 'true' });
  nodes.forEach((node, i) => {
    const [from, to] = [placeOf(i, rows), placeOf((i + 1) % nodes.length, rows)];
    place(node, from.row, from.column);
    const direction = from.row === to.row ? (from.column < to.column ? 'right' : 'left') : from.row < to.row ? 'down' : 'up';
    // Of one party, both edges are in the same place.
    const edge = edgeTo(`${direction}${rows === 1 ? ' beside' : ''}`, i % 2 === 0 ? 'wants' : 'held by');
    place(edge, (from.row + to.row) / 2, (from.column + to.column) / 2);
    ring.append(node, edge);
  });
  return ring;
}

/**
 * @param {{ name: string, wants: string, heldBy: string[] }[]} waiters
 * @returns {HTMLElement}
 */
export function waitRows(waiters) {
  const picture = h('div', { class: 'wait-picture rows', 'aria-hidden': 'true' });
  waiters.forEach(({ name, wants, heldBy }, i) => {
    const thing = h('span', { class: 'wait-thing' }, h('span', {}, ...breakable(wants)), heldBy.length > 0 ? h('span', { class: 'wait-holder' }, `held by ${heldBy.join(', ')}`) : null);
    const nodes = [h('span', { class: 'wait-thread' }, name), edgeTo('right', 'wants'), thing];
    nodes.forEach((node, k) => place(node, i + 1, k + 1));
    picture.append(...nodes);
  });
  return picture;
}

/**
 * @param {string} direction
 * @param {'wants' | 'held by'} word
 */
function edgeTo(direction, word) {
  return h('span', { class: `wait-edge ${direction}${word === 'wants' ? ' wants' : ''}` }, h('span', {}, word));
}

/**
 * Clockwise from the top left: one to the right, down the right column, back up the left one. The nodes have the odd rows and
 * columns of the grid, what leads from one to the next is between them.
 *
 * @param {number} i  of 2 · rows nodes
 * @param {number} rows
 */
function placeOf(i, rows) {
  if (i === 0) return { row: 1, column: 1 };
  return i <= rows ? { row: 2 * i - 1, column: 3 } : { row: 2 * (2 * rows - i) + 1, column: 1 };
}

/**
 * @param {HTMLElement} element
 * @param {number} row
 * @param {number} column
 */
function place(element, row, column) {
  element.style.gridArea = `${row} / ${column}`;
}
