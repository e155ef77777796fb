/** Every frame of the pool as a cell: which ring page it backs, and whether it was touched while free. */

import { Glow } from './glow.js';
import { pageName } from './ring-slots.js';

/** @typedef {import('./types.js').FrameMap} FrameMap */
/** @typedef {import('./surface.js').Surface} Surface */

const CELL = 34;
const SMALL_CELL = 20;
const GAP = 3;
/** More frames than this are drawn small. */
const MANY = 160;

export class FrameCells {
  #surface;
  #glow = new Glow();

  /** @param {Surface} surface */
  constructor(surface) {
    this.#surface = surface;
  }

  clear() {
    this.#glow.clear();
  }

  /**
   * @param {FrameMap | null} map
   * @param {number} now  Infinity: nothing glows any more
   */
  draw(map, now) {
    const frames = map?.frames ?? [];
    const cell = frames.length > MANY ? SMALL_CELL : CELL;
    const { width } = this.#surface;
    if (width === 0) return;
    const columns = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
    const g = this.#surface.clear(Math.max(1, Math.ceil(frames.length / columns)) * (cell + GAP));
    if (!g || !map) return;
    const { ink } = this.#surface;
    const backs = backed(map);
    frames.forEach((frame, i) => {
      const x = (i % columns) * (cell + GAP);
      const y = Math.floor(i / columns) * (cell + GAP);
      const page = backs.get(i);
      const glow = this.#glow.of(i, `${page ?? ''}/${frame.generation}/${frame.touched}`, now);
      g.fillStyle = page !== undefined ? ink.accent : frame.free ? ink.free : ink.held;
      g.fillRect(x, y, cell, cell);
      if (glow > 0 && page === undefined) {
        g.globalAlpha = glow * 0.45;
        g.fillStyle = ink.accent;
        g.fillRect(x, y, cell, cell);
        g.globalAlpha = 1;
      }
      if (page !== undefined) {
        g.font = `600 ${cell === CELL ? (page.length > 3 ? 11 : 13) : page.length > 2 ? 8 : 10}px ui-monospace, "DejaVu Sans Mono", monospace`;
        g.fillStyle = ink.accentInk;
        g.fillText(page, x + cell / 2, y + cell / 2 + 1);
      }
      if (frame.touched > 0) {
        touched(g, ink.wrong, x, y, cell);
      } else if (page === undefined) {
        g.strokeStyle = ink.line;
        g.lineWidth = 1;
        g.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      }
    });
  }
}

/** @param {FrameMap} map  @returns {Map<number, string>} by frame: the page of a live context that it backs */
function backed({ rings }) {
  return new Map(rings.flatMap(({ live, pages }, ring) =>
    live ? pages.flatMap((page, k) => (page ? [/** @type {[number, string]} */ ([page.frame, pageName(ring, k, rings.length)])] : [])) : []));
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {string} wrong
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 */
function touched(g, wrong, x, y, cell) {
  g.strokeStyle = wrong;
  g.lineWidth = 3;
  g.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
  g.fillStyle = wrong;
  g.beginPath();
  g.moveTo(x + cell, y);
  g.lineTo(x + cell, y + cell / 3);
  g.lineTo(x + cell - cell / 3, y);
  g.fill();
}
