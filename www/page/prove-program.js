/** What each thread does, one after the other in its own order, with the place of each step in the source; the present one is lit. */

import { button, h } from './dom.js';
import { sourceNode } from './source.js';

/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/** Dispatches `step` (a `CustomEvent` whose detail is the position) when a step is chosen. */
export class Programs extends EventTarget {
  #lists = h('div', { class: 'programs' });
  element = h('section', { class: 'proof-programs', 'aria-labelledby': 'programs-title' }, h('h3', { id: 'programs-title' }, 'What each thread does'), this.#lists);
  /** By position. @type {HTMLElement[]} */
  #items = [];
  /** By thread: what it stands before at the end. @type {(HTMLElement | null)[]} */
  #rests = [];
  /** @type {Timeline | null} */
  #timeline = null;
  /** @type {HTMLElement[]} */
  #lit = [];

  /** @param {Timeline} timeline */
  show(timeline) {
    this.#timeline = timeline;
    this.#items = [];
    this.#rests = [];
    this.#lit = [];
    // Beside the picture they share its height.
    this.#lists.style.setProperty('--lists', String(timeline.lanes.length));
    const last = timeline.viewAt(timeline.length);
    this.#lists.replaceChildren(...timeline.lanes.map(({ name, does }, thread) => {
      const items = timeline.stepsOf(thread).map((position) => this.#item(position));
      const next = last?.threads[thread]?.next;
      const rest = next ? h('li', { class: 'program-rest' }, h('span', { class: 'program-label' }, next.label), sourceNode(next.source)) : null;
      this.#rests.push(rest);
      const id = `program-${thread}`;
      return h('div', { class: 'program' }, h('h4', { id }, name, does ? h('code', { class: 'lane-function' }, does) : null),
        h('ol', { 'aria-labelledby': id, class: 'program-steps' }, ...items, rest));
    }));
  }

  /** @param {number} position */
  goTo(position) {
    const timeline = this.#timeline;
    if (!timeline) return;
    for (const item of this.#lit) {
      item.classList.remove('now', 'stands');
      item.removeAttribute('aria-current');
    }
    // Each thread stands before the first of its steps that has not been done.
    this.#lit = timeline.lanes.flatMap((_, thread) => {
      const next = timeline.stepsOf(thread).find((k) => k >= position);
      const item = next === undefined ? this.#rests[thread] : this.#items[next];
      if (!item) return [];
      item.classList.add(next === position ? 'now' : 'stands');
      if (next === position) item.setAttribute('aria-current', 'step');
      const list = item.parentElement;
      if (list && list.scrollHeight > list.clientHeight) list.scrollTop = item.offsetTop - list.clientHeight / 3;
      return [item];
    });
  }

  /** @param {number} position */
  #item(position) {
    const step = /** @type {Timeline['steps'][number]} */ (this.#timeline?.steps[position]);
    const go = button(step.label, () => this.dispatchEvent(new CustomEvent('step', { detail: position })), { class: 'program-label', title: `Go to step ${position + 1}` });
    const item = h('li', { value: position + 1, class: step.lost ? 'lost' : null }, go, step.source ? sourceNode(step.source) : null);
    this.#items[position] = item;
    return item;
  }
}
