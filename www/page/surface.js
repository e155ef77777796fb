/** A canvas as wide as its place, sharp on any screen, in the colours of the theme. */

import { colour, h } from './dom.js';

/** @typedef {Record<'accent' | 'accentInk' | 'free' | 'held' | 'line' | 'edge' | 'ink' | 'soft' | 'wrong', string>} Ink */

/** @type {Ink} */
const NAMES = {
  accent: '--accent', accentInk: '--accent-ink', free: '--panel', held: '--held', line: '--line', edge: '--edge', ink: '--ink', soft: '--soft', wrong: '--wrong',
};

export class Surface {
  #canvas;
  /** @type {Ink | null} */
  #ink = null;

  /** @param {Record<string, string>} attributes */
  constructor(attributes) {
    this.#canvas = h('canvas', { role: 'img', ...attributes });
  }

  get element() {
    return this.#canvas;
  }

  /** @returns {number} 0 while it is not on the page */
  get width() {
    return this.#canvas.parentElement ? this.#canvas.clientWidth : 0;
  }

  /** The theme changed. */
  forgetColours() {
    this.#ink = null;
  }

  /** @returns {Ink} */
  get ink() {
    this.#ink ??= /** @type {Ink} */ (Object.fromEntries(Object.entries(NAMES).map(([name, property]) => [name, colour(property)])));
    return this.#ink;
  }

  /**
   * @param {number} height
   * @returns {CanvasRenderingContext2D | null} of an empty canvas of that height, text centred in its place
   */
  clear(height) {
    const { width } = this;
    const ratio = globalThis.devicePixelRatio || 1;
    const [w, t] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== w || this.#canvas.height !== t) {
      this.#canvas.width = w;
      this.#canvas.height = t;
      this.#canvas.style.height = `${height}px`;
    }
    const g = this.#canvas.getContext('2d');
    if (!g) return null;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    return g;
  }
}
