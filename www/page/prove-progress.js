/** How far a search is: numbers that move while it runs. */

import { h } from './dom.js';
import { count, duration, short } from './format.js';
import { countedBy, inBytes } from './prove-words.js';
import { Tile } from './tiles.js';

/** @typedef {import('./prove-types.js').Progress} Progress */

/** Numbers that changed at every frame could not be read. */
const NUMBERS_MS = 125;

export class SearchTiles {
  #found = new Tile('found', 'States');
  #rate = new Tile('rate', 'Rate', '/s');
  #depth = new Tile('depth', 'Depth', 'steps');
  #memory = new Tile('memory', 'Memory');
  #time = new Tile('time', 'Time');
  #shownAt = 0;
  #counts = countedBy('states');
  element = h('div', { class: 'tiles', id: 'search-tiles', hidden: true }, ...[this.#found, this.#rate, this.#depth, this.#memory, this.#time].map((tile) => tile.element));

  /** @param {string} engine  that is about to count */
  clear(engine) {
    this.#counts = countedBy(engine);
    this.#found.label = this.#counts.label;
    for (const tile of [this.#found, this.#rate, this.#depth, this.#memory, this.#time]) tile.set('–', '');
    this.element.hidden = false;
    this.#shownAt = 0;
  }

  /** The verdict has these numbers, and more. */
  hide() {
    this.element.hidden = true;
  }

  /** @param {Progress} progress */
  show({ states, traces, transitions, depth, bytes, milliseconds, rate }) {
    const now = performance.now();
    if (now - this.#shownAt < NUMBERS_MS) return;
    this.#shownAt = now;
    const { unit, step, farthest } = this.#counts;
    this.#found.set(short(states || traces), transitions > 0 ? `${count(transitions)} ${step}` : '');
    this.#rate.set(short(rate), unit);
    this.#depth.set(count(depth), farthest);
    this.#memory.set(inBytes(bytes), '');
    this.#time.set(duration(milliseconds), '');
  }
}
