/** What takes long and can be cancelled: by its button, which is there while it is on, by Escape, or because it is wanted no more. */

import { button, h } from './dom.js';

export class Cancelling {
  /** @type {AbortController | null} */
  #abort = null;
  button;

  /** @param {string} id  of its button */
  constructor(id) {
    this.button = button('Cancel', () => this.cancel(), { id, class: 'cancel', 'aria-keyshortcuts': 'Escape', hidden: true });
    this.button.append(h('kbd', { 'aria-hidden': 'true' }, 'Esc'));
  }

  /** Whether there is something to cancel. */
  get on() {
    return this.#abort !== null;
  }

  cancel() {
    this.#abort?.abort();
  }

  /**
   * @param {(signal: AbortSignal) => Promise<void>} work  one at a time
   * @param {HTMLElement} starter  what began it; it gets the focus that the button loses when it goes
   */
  async during(work, starter) {
    const [abort, over] = [(this.#abort = new AbortController()), new AbortController()];
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.cancel();
    }, { signal: over.signal });
    this.button.hidden = false;
    try {
      await work(abort.signal);
    } finally {
      over.abort();
      this.#abort = null;
      if (document.activeElement === this.button) starter.focus({ preventScroll: true });
      this.button.hidden = true;
    }
  }
}
