/**
 * Cells that change glow, and fade over half a second. With thousands of changes a second they glow steadily: brightness never
 * jumps back and forth.
 */

import { calm } from './dom.js';

const FADE_MS = 500;

export class Glow {
  /** What each cell showed, and when that changed last. @type {Map<string | number, { face: string, changed: number }>} */
  #cells = new Map();

  clear() {
    this.#cells.clear();
  }

  /**
   * @param {string | number} cell
   * @param {string} face  what it shows
   * @param {number} now  Infinity: nothing glows any more
   * @returns {number} from 0 to 1
   */
  of(cell, face, now) {
    const before = this.#cells.get(cell);
    if (!before) this.#cells.set(cell, { face, changed: -Infinity });
    else if (before.face !== face) Object.assign(before, { face, changed: now });
    const changed = this.#cells.get(cell)?.changed ?? -Infinity;
    return calm() || now === Infinity ? 0 : Math.max(0, 1 - (now - changed) / FADE_MS);
  }
}
