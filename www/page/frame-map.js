/**
 * The frame map: the contexts with the frame of each of their ring pages, and every frame of the pool with the ring page that it
 * backs now. Canvases, because they change at every frame of the screen; their twin in words stands below them.
 */

import { h, setText } from './dom.js';
import { count, plural } from './format.js';
import { FrameCells } from './frame-cells.js';
import { pageName, ringName, RingSlots } from './ring-slots.js';
import { Surface } from './surface.js';
import { TableOnDemand } from './table.js';
import { themeChanges } from './theme.js';

/** @typedef {import('./types.js').FrameMap} Map_ */

export class FrameMapPanel {
  #surfaces = ['rings-caption', 'cells-caption'].map((caption) => new Surface({ 'aria-labelledby': caption, 'aria-describedby': 'frames-words' }));
  #slots = new RingSlots(/** @type {Surface} */ (this.#surfaces[0]));
  #cells = new FrameCells(/** @type {Surface} */ (this.#surfaces[1]));
  #ringsCaption = h('p', { id: 'rings-caption', class: 'small soft' });
  #words = h('p', { id: 'frames-words', class: 'small num' }, 'No run yet.');
  #table = new TableOnDemand('Ring pages as a table', () => this.#content());
  /** @type {Map_ | null} */
  #map = null;
  #gone = new AbortController();
  // A frame later: drawing sets the canvases' height, and browsers call that a loop (an `error` event) while they observe.
  #resizing = new ResizeObserver(() => requestAnimationFrame(() => this.#draw(Infinity)));

  constructor() {
    const key = (/** @type {string} */ kind, /** @type {string} */ text) => h('span', { class: `frame-key ${kind}` }, text);
    const [slots, cells] = this.#surfaces.map((surface) => surface.element);
    this.element = h(
      'section', { class: 'panel frames', 'aria-labelledby': 'frames-title' },
      h('div', { class: 'panel-head' },
        h('h2', { id: 'frames-title' }, 'Frame map'),
        h('p', { class: 'small soft' }, 'Which 4 KiB frame of the pool backs which ring page; cells glow as pages move.')),
      this.#ringsCaption,
      slots,
      h('p', { id: 'cells-caption', class: 'small soft' }, 'The pool: the ring page that each frame backs'),
      cells,
      h('p', { class: 'frame-legend small' }, key('backs', 'backs the ring page of that name'), key('held', 'held, not in a ring'),
        key('free', 'free'), key('touched', 'touched while free'), key('null', 'no page (NULL), or no context')),
      this.#words,
      this.#table.element,
    );
    this.#caption(1);
    themeChanges.addEventListener('change', () => {
      for (const surface of this.#surfaces) surface.forgetColours();
      this.#draw(Infinity);
    }, { signal: this.#gone.signal });
    this.#resizing.observe(this.element);
  }

  leave() {
    this.#gone.abort();
    this.#resizing.disconnect();
  }

  clear() {
    this.#map = null;
    this.#slots.clear();
    this.#cells.clear();
    setText(this.#words, 'No frames yet.');
  }

  /**
   * @param {Map_} map
   * @param {number} now
   */
  show(map, now) {
    this.#map = map;
    this.#caption(map.rings.length);
    this.#draw(now);
  }

  /** The run is over: nothing glows any more. */
  settle() {
    this.#draw(Infinity);
    this.describe();
  }

  /** Brings words and table up to date; a few times a second is enough. */
  describe() {
    const map = this.#map;
    if (!map || map.frames.length === 0) return;
    const live = map.rings.filter((ring) => ring.live);
    const pages = live.flatMap((ring) => ring.pages);
    const nulls = pages.filter((page) => page === null).length;
    const free = map.frames.filter((frame) => frame.free).length;
    const touched = map.frames.filter((frame) => frame.touched > 0).length;
    const touches = map.frames.reduce((sum, frame) => sum + frame.touched, 0);
    const contexts = map.rings.length > 1 ? `${count(live.length)} of ${plural(map.rings.length, 'context')} in use; ` : '';
    setText(this.#words, `${contexts}${plural(pages.length, 'ring page')}${nulls > 0 ? `, ${count(nulls)} of them NULL,` : ''} in ${plural(map.frames.length, 'frame')}; ${count(free)} free; ` +
      (touched > 0 ? `${plural(touched, 'frame')} touched while free, ${plural(touches, 'time')}.` : 'no freed frame was touched.'));
    this.#table.refresh();
  }

  /** @param {number} rings */
  #caption(rings) {
    setText(this.#ringsCaption, rings > 1 ? 'The contexts, which come and go: the frame of each of their ring pages' : 'The ring: the frame of each of its pages');
  }

  #content() {
    const map = this.#map;
    if (!map) return null;
    const rows = map.rings.flatMap(({ live, generation, pages }, ring) => {
      const name = map.rings.length > 1 ? `${ringName(ring)} ` : '';
      if (!live) return [[`${name}free`, '–', '–', '–', '–']];
      return pages.map((page, k) => {
        const title = map.rings.length > 1 ? `${pageName(ring, k, map.rings.length)} (context ${count(generation)})` : count(k);
        const frame = page && map.frames[page.frame];
        return [title, page ? String(page.frame) : 'NULL', page ? count(page.generation) : '–', frame ? count(frame.refs) : '–', frame ? count(frame.touched) : '–'];
      });
    });
    return { heads: ['ring page', 'frame', 'generation', 'references', 'touched while free'], rows };
  }

  /** @param {number} now */
  #draw(now) {
    this.#slots.draw(this.#map, now);
    this.#cells.draw(this.#map, now);
  }
}
