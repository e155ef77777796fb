/** The picture of a trace on the page: its lanes below their names, the step one is at, and a way to it by a click. */

import { h } from './dom.js';
import { LOCK_COLOURS, draw, lanePlaces, widthFor } from './prove-drawing.js';

/** @typedef {import('./prove-timeline.js').Timeline} Timeline */
/** @typedef {Omit<import('./prove-drawing.js').Look, 'width' | 'heads'>} Look */

/** Steps above and below the present one that stay in sight, in pixels. */
const MARGIN = 90;

/** Dispatches `step` (a `CustomEvent` whose detail is the position) when a step is clicked. */
export class LanePicture extends EventTarget {
  #heads = h('div', { class: 'proof-heads', 'aria-hidden': 'true' });
  #stage = h('div', { class: 'proof-stage' });
  #scroll;
  #keys = h('p', { class: 'proof-locks small', hidden: true });
  /** @type {Timeline | null} */
  #timeline = null;
  /** @type {Look} */
  #look = {};
  /** @type {import('./prove-drawing.js').Drawing | null} */
  #drawing = null;
  #position = 0;
  /** What is kept in sight, whatever becomes of the picture's size. */
  #sought = 0;
  #width = 0;
  #watch = new ResizeObserver(() => this.#fit());

  /** @param {string} label  what it is a picture of */
  constructor(label) {
    super();
    this.#scroll = h('div', { class: 'proof-scroll', tabindex: '0', role: 'group', 'aria-label': label }, this.#heads, this.#stage);
    this.element = h('div', { class: 'proof-lanes' }, this.#keys, this.#scroll);
    this.#stage.addEventListener('click', (event) => {
      const row = /** @type {Element} */ (event.target).closest('[data-step]');
      if (row) this.dispatchEvent(new CustomEvent('step', { detail: Number(row.getAttribute('data-step')) }));
    });
    this.#watch.observe(this.#scroll);
  }

  leave() {
    this.#watch.disconnect();
  }

  /** @returns {boolean} whether it has the focus */
  get focused() {
    return document.activeElement === this.#scroll;
  }

  focus() {
    this.#scroll.focus({ preventScroll: true });
  }

  /**
   * @param {Timeline} timeline
   * @param {Look} look
   * @param {number} position
   */
  show(timeline, look, position) {
    this.#timeline = timeline;
    this.#look = look;
    this.#position = position;
    this.#sought = position;
    this.#width = 0;
    this.#keys.hidden = timeline.locks.length === 0;
    this.#keys.replaceChildren('Held: ', ...timeline.locks.map((lock, i) => h('span', { class: `proof-lock lock-${i % LOCK_COLOURS}` }, lock)));
    this.#fit();
  }

  /** @param {number} position */
  goTo(position) {
    const [from, to] = [Math.min(this.#position, position), Math.max(this.#position, position)];
    const rows = this.#drawing?.rows ?? [];
    rows[this.#position]?.classList.remove('now');
    for (let k = from; k < to; k += 1) rows[k]?.classList.toggle('later', k >= position);
    rows[position]?.classList.add('now');
    this.#position = position;
    this.#sought = position;
    this.#keepInSight();
  }

  /** @param {number} position  of a step that is to be in sight, wherever one is */
  reveal(position) {
    this.#sought = position;
    this.#scroll.scrollTop = (this.#drawing?.tops[position] ?? 0) - MARGIN;
  }

  /** Where both stand side by side, the other one goes along when this one is scrolled. @param {LanePicture} other */
  scrollsWith(other) {
    this.#scroll.addEventListener('scroll', () => {
      const [here, there] = [this.#scroll, other.#scroll];
      const beside = here.getBoundingClientRect().top === there.getBoundingClientRect().top;
      // What was set comes back as an event of the other one: rounded, or as far as a shorter one goes.
      const atEnd = here.scrollTop + here.clientHeight >= here.scrollHeight - 1 && there.scrollTop > here.scrollTop;
      if (beside && !atEnd && Math.abs(here.scrollTop - there.scrollTop) > 1) there.scrollTop = here.scrollTop;
    }, { passive: true });
  }

  /** Draws it as wide as there is room; not while it cannot be seen. */
  #fit() {
    const timeline = this.#timeline;
    const room = this.#scroll.clientWidth;
    if (!timeline || room === 0 || room === this.#width) return;
    this.#width = room;
    const width = widthFor(timeline, room);
    this.#drawing = draw(timeline, { ...this.#look, width });
    const { svg, rows } = this.#drawing;
    svg.setAttribute('aria-hidden', 'true');
    rows.forEach((row, k) => row.classList.toggle('later', k >= this.#position));
    rows[this.#position]?.classList.add('now');
    this.#heads.style.width = `${width}px`;
    this.#heads.replaceChildren(...lanePlaces(timeline, width).map((place, i) => {
      const { name, does } = timeline.lanes[i] ?? { name: '', does: '' };
      const head = h('span', { class: 'proof-head' }, name, does ? h('code', {}, does) : null);
      head.style.left = `${place.left}px`;
      head.style.width = `${place.width}px`;
      return head;
    }));
    this.#stage.replaceChildren(svg);
    this.#keepInSight();
  }

  #keepInSight() {
    const drawing = this.#drawing;
    if (!drawing) return;
    const box = this.#scroll;
    const top = drawing.tops[this.#sought] ?? drawing.height;
    const room = box.clientHeight - this.#heads.offsetHeight;
    if (top < box.scrollTop + MARGIN / 2) box.scrollTop = top - MARGIN;
    else if (top > box.scrollTop + room - MARGIN) box.scrollTop = top - room + MARGIN;
  }
}
