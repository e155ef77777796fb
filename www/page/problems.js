/** What went wrong, said calmly, with a way out. */

import { button, h } from './dom.js';
import { isolationBox } from './isolation.js';

/**
 * @typedef {object} WaysOut
 * @property {() => void} [again]  runs again
 * @property {() => void} [renew]  loads the lab anew
 * @property {string} [after]  what became of the rest when a Worker crashed
 */

const RUN_OVER = 'The other Workers were stopped. The numbers below are those read until then. The next run starts with fresh memory and fresh Workers.';
/** The same of a search. */
export const SEARCH_OVER = 'The search ended there, and nothing is decided. The next one starts with fresh memory and fresh Workers.';

/** One place for the problem of the moment. */
export class Problems {
  element = h('div', { id: 'problem', class: 'stack', role: 'group', 'aria-label': 'Problem' });

  constructor() {
    this.clear();
  }

  clear() {
    this.element.replaceChildren();
    this.element.hidden = true;
  }

  /**
   * @param {unknown} error
   * @param {WaysOut} waysOut
   */
  show(error, waysOut) {
    this.element.replaceChildren(boxFor(error, waysOut));
    this.element.hidden = false;
  }
}

/**
 * @param {unknown} error
 * @param {WaysOut} waysOut
 */
function boxFor(error, { again, renew, after = RUN_OVER }) {
  const e = /** @type {Error & Partial<Record<'thread' | 'place' | 'url' | 'reason', string | null>>} */ (
    error instanceof Error ? error : new Error(String(error))
  );
  const runAgain = again && button('Run again', again);
  const loadAgain = renew && button('Load the lab again', renew);
  const reload = button('Reload the page', () => location.reload());
  switch (e.name) {
    case 'NotIsolatedError':
      return isolationBox();
    case 'WorkerCrashedError': {
      return box(e.thread ? `A Worker crashed: ${e.thread}` : 'A Worker crashed', [
        h('pre', {}, e.reason ?? e.message),
        e.place ? h('p', {}, 'at ', h('code', {}, e.place)) : null,
        h('p', {}, after),
      ], [runAgain]);
    }
    case 'LoadError':
      return box('The lab could not be loaded', [
        h('p', {}, e.message),
        e.url && !e.message.includes(e.url) ? h('p', {}, h('code', {}, e.url)) : null,
        h('p', {}, 'If the network was away for a moment, loading again will do. Otherwise a file of the site is missing; ',
          h('code', {}, './build.sh build'), ' makes all of them.'),
      ], [loadAgain ?? reload]);
    case 'ConfigError':
      return box('A setting cannot be used', [h('p', {}, `${e.message}. Nothing was started.`)], []);
    case 'LabBusyError':
      return box('A run is on already', [h('p', {}, 'A lab runs one race at a time. Stop that run first, or wait for its end.')], [runAgain]);
    case 'LabDisposedError':
      return box('This lab was put away', [h('p', {}, e.message)], [loadAgain ?? reload]);
    default:
      return box('Something went wrong', [h('pre', {}, `${e.name}: ${e.message}`)], [runAgain ?? loadAgain, runAgain || loadAgain ? null : reload]);
  }
}

/**
 * @param {string} title
 * @param {(Node | null)[]} body
 * @param {(Node | null | undefined)[]} waysOut
 */
function box(title, body, waysOut) {
  return h('section', { class: 'box bad' }, h('h2', {}, title), ...body, h('div', { class: 'row' }, ...waysOut));
}
