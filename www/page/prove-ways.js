/** The steps that can happen next, as buttons: one's own way through the interleavings, with undo. */

import { button, enable, h, setText } from './dom.js';
import { sourceNode } from './source.js';

/** @typedef {import('./prove-types.js').Way} Way */
/** @typedef {import('./prove-types.js').Move} Move */
/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/** Dispatches `way` (a `CustomEvent` whose detail is the Move), `undo` and `redo`. */
export class Ways extends EventTarget {
  #words = h('p', { class: 'small soft' });
  #list = h('ul', { class: 'way-list', id: 'ways' });
  #undo = button('Undo', () => this.dispatchEvent(new Event('undo')), { id: 'undo', 'aria-keyshortcuts': 'Control+Z' });
  #redo = button('Redo', () => this.dispatchEvent(new Event('redo')), { id: 'redo', 'aria-keyshortcuts': 'Control+Shift+Z' });
  element = h('section', { class: 'state-part', 'aria-labelledby': 'ways-title' },
    h('div', { class: 'panel-head' }, h('h3', { id: 'ways-title' }, 'Go another way'), h('span', { class: 'spring' }), this.#undo, this.#redo),
    this.#words, this.#list);

  /** Until it is known what can happen. */
  wait() {
    this.#list.setAttribute('aria-busy', 'true');
    for (const element of this.#list.querySelectorAll('button')) enable(element, false);
  }

  /**
   * @param {readonly Way[]} ways
   * @param {Timeline} timeline
   * @param {Move | undefined} taken  by the trace
   */
  show(ways, timeline, taken) {
    this.#list.removeAttribute('aria-busy');
    setText(this.#words, ways.length === 0 ? 'No thread can go on here.'
      : taken ? 'What can happen here. Another step than that of the trace ends the trace here, and goes on from it.' : 'What can happen next.');
    this.#list.replaceChildren(...ways.map(({ thread, way, label, source }) => {
      const name = timeline.lanes[thread]?.name ?? String(thread);
      const same = taken?.[0] === thread && taken[1] === way;
      const go = button('', () => this.dispatchEvent(new CustomEvent('way', { detail: [thread, way] })), { 'data-move': `${thread}.${way}`, class: same ? 'way same' : 'way' });
      go.append(h('strong', {}, name), ' ', h('code', {}, label), same ? h('span', { class: 'soft' }, ' as in the trace') : '');
      return h('li', {}, go, source ? sourceNode(source) : null);
    }));
  }

  /** @param {string} reason  why it is not known what can happen */
  fail(reason) {
    this.#list.removeAttribute('aria-busy');
    this.#list.replaceChildren();
    setText(this.#words, reason);
  }

  /** @param {boolean} undo  @param {boolean} redo */
  able(undo, redo) {
    enable(this.#undo, undo);
    enable(this.#redo, redo);
  }
}
