/** Where one is in a trace: buttons, a slider, keys, and the present step in a sentence. */

import { button, enable, h, setText } from './dom.js';

/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/** Steps of Page Up and Page Down. */
const PAGE = 10;

/** Dispatches `change` when one goes elsewhere. */
export class Player extends EventTarget {
  /** @type {Timeline | null} */
  #timeline = null;
  #position = 0;
  #slider = h('input', { type: 'range', min: '0', max: '0', step: '1', value: '0', 'aria-label': 'Step of the trace', id: 'trace-slider' });
  #words = h('p', { id: 'trace-step', class: 'player-words', 'aria-live': 'polite' });
  #buttons;

  constructor() {
    super();
    const to = (/** @type {string} */ face, /** @type {string} */ label, /** @type {() => number} */ where) =>
      button(face, () => this.goTo(where()), { 'aria-label': label, title: label });
    this.#buttons = {
      first: to('|◀', 'Before the first step', () => 0),
      back: to('◀', 'One step back', () => this.#position - 1),
      forward: to('▶', 'One step forward', () => this.#position + 1),
      last: to('▶|', 'After the last step', () => this.#timeline?.length ?? 0),
    };
    this.#slider.addEventListener('input', () => this.goTo(Number(this.#slider.value)));
    // The slider says its value by itself; it would be heard twice.
    this.#slider.addEventListener('focus', () => this.#words.setAttribute('aria-live', 'off'));
    this.#slider.addEventListener('blur', () => this.#words.setAttribute('aria-live', 'polite'));
    const { first, back, forward, last } = this.#buttons;
    this.element = h('div', { class: 'player' }, h('div', { class: 'player-line' }, first, back, this.#slider, forward, last), this.#words);
  }

  get position() {
    return this.#position;
  }

  /**
   * @param {Timeline} timeline
   * @param {number} position
   */
  show(timeline, position) {
    this.#timeline = timeline;
    this.#slider.max = String(timeline.length);
    this.#position = Math.min(Math.max(0, position), timeline.length);
    this.#describe();
  }

  /** @param {number} position */
  goTo(position) {
    const length = this.#timeline?.length ?? 0;
    const next = Math.min(Math.max(0, position), length);
    if (next === this.#position) return;
    this.#position = next;
    this.#describe();
    this.dispatchEvent(new Event('change'));
  }

  /** @param {KeyboardEvent} event  from anywhere in the trace's panel */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {Element} */ (event.target);
    if (target !== this.#slider && target.closest('input, select, textarea, pre, summary, .table-scroll, .lanes-scroll')) return;
    const here = this.#position;
    const places = {
      ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1,
      PageDown: here + PAGE, PageUp: here - PAGE, Home: 0, End: this.#timeline?.length ?? 0,
    };
    const to = places[/** @type {keyof typeof places} */ (event.key)];
    if (to === undefined) return;
    event.preventDefault();
    this.goTo(to);
  }

  #describe() {
    const [timeline, position] = [this.#timeline, this.#position];
    if (!timeline) return;
    const words = timeline.sentence(position);
    this.#slider.value = String(position);
    this.#slider.setAttribute('aria-valuetext', words);
    setText(this.#words, position < timeline.length ? `Next: ${words.charAt(0).toLowerCase()}${words.slice(1)}` : words);
    const { first, back, forward, last } = this.#buttons;
    for (const element of [first, back]) enable(element, position > 0);
    for (const element of [forward, last]) enable(element, position < timeline.length);
  }
}
