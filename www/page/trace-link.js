/** Traces in the address: whether there is one, how it is let go, and what is said when it cannot be read. */

import { button, h } from './dom.js';

/** @param {string} href  @returns {boolean} whether the address carries a trace, good or not */
export function hasTrace(href) {
  const url = new URL(href);
  return /(^#|&)trace=/.test(url.hash) || url.searchParams.has('trace');
}

/** @param {string} href */
export function withoutTrace(href) {
  const url = new URL(href);
  url.searchParams.delete('trace');
  url.hash = '';
  return url.href;
}

/** The trace in the address is let go. */
export function forgetTrace() {
  history.replaceState(history.state, '', withoutTrace(location.href));
}

/**
 * @param {unknown} error  why it cannot be shown
 * @param {...Node} more  what else there is to say, or to do
 */
export function traceProblem(error, ...more) {
  const box = h('section', { class: 'box', id: 'trace-problem', role: 'status' },
    h('h2', {}, 'The trace in this link cannot be shown'),
    h('p', {}, error instanceof Error ? error.message : String(error)),
    ...(more.length > 0 ? more : [h('p', {}, `${error instanceof Error && error.name === 'TraceError' ? 'Links of traces are long; a mail program may have cut it. ' : ''}Everything else on this page works.`)]),
    h('div', { class: 'row' }, button('Close', () => {
      forgetTrace();
      box.remove();
    })));
  return box;
}
