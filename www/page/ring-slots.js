/** The contexts of the pool, each with its ring pages and the frame of each: a slot may be free, a page may be NULL. */

import { Glow } from './glow.js';

/** @typedef {import('./types.js').FrameMap} FrameMap */
/** @typedef {import('./surface.js').Surface} Surface */

const CELL = { width: 34, height: 24 };
const GAP = 3;
const NAME = 22;
const BETWEEN = 20;
const FONT = 'ui-monospace, "DejaVu Sans Mono", monospace';

/** @param {number} ring  @returns {string} A, B, C … */
export function ringName(ring) {
  return ring < 26 ? String.fromCharCode(65 + ring) : `#${ring}`;
}

/**
 * @param {number} ring
 * @param {number} page
 * @param {number} rings  of one ring the page's number is name enough
 * @returns {string} `3`, `B3`
 */
export function pageName(ring, page, rings) {
  return rings > 1 ? `${ringName(ring)}${page}` : String(page);
}

export class RingSlots {
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
    const { width } = this.#surface;
    if (width === 0) return;
    const places = layOut((map?.rings ?? []).map((ring) => ring.pages.length), width);
    const g = this.#surface.clear(places.height);
    if (!g || !map) return;
    const { ink } = this.#surface;
    map.rings.forEach(({ live, generation, pages }, ring) => {
      const [name, ...cells] = places.rings[ring] ?? [];
      if (!name) return;
      g.font = `600 13px ${FONT}`;
      g.fillStyle = live ? ink.ink : ink.soft;
      if (map.rings.length > 1) g.fillText(ringName(ring), name.x + NAME / 2 - 3, name.y + CELL.height / 2 + 1);
      cells.forEach(({ x, y }, k) => {
        const page = live ? (pages[k] ?? null) : null;
        const glow = this.#glow.of(`${ring}.${k}`, `${live}/${generation}/${page?.frame ?? ''}`, now);
        g.fillStyle = page ? ink.held : ink.free;
        g.fillRect(x, y, CELL.width, CELL.height);
        if (glow > 0) {
          g.globalAlpha = glow * 0.45;
          g.fillStyle = ink.accent;
          g.fillRect(x, y, CELL.width, CELL.height);
          g.globalAlpha = 1;
        }
        g.strokeStyle = page ? ink.line : ink.edge;
        g.setLineDash(page ? [] : [3, 3]);
        g.strokeRect(x + 0.5, y + 0.5, CELL.width - 1, CELL.height - 1);
        g.setLineDash([]);
        g.font = `${page ? 600 : 400} 12px ${FONT}`;
        g.fillStyle = page ? ink.ink : ink.soft;
        const text = page ? String(page.frame) : live ? 'NULL' : k === 0 ? 'free' : '';
        g.fillText(text, x + CELL.width / 2, y + CELL.height / 2 + 1);
      });
    });
  }
}

/**
 * Rings one after the other; one that does not fit into the rest of a line begins the next, and a long one goes on there.
 *
 * @param {number[]} lengths  how many pages each has
 * @param {number} width
 * @returns {{ height: number, rings: { x: number, y: number }[][] }} of each ring: the place of its name, then of its pages
 */
export function layOut(lengths, width) {
  const indent = lengths.length > 1 ? NAME : 0;
  const line = CELL.height + GAP;
  let [x, y] = [0, 0];
  const rings = lengths.map((pages) => {
    if (x > 0 && x + indent + pages * (CELL.width + GAP) > width) [x, y] = [0, y + line];
    const places = [{ x, y }];
    x += indent;
    for (let k = 0; k < pages; k += 1) {
      if (k > 0 && x + CELL.width > width) [x, y] = [indent, y + line];
      places.push({ x, y });
      x += CELL.width + GAP;
    }
    x += BETWEEN;
    return places;
  });
  return { height: y + line, rings };
}
