/**
 * The frame map: every frame of the pool, which ring page it backs now, and whether it was touched while free.
 * A canvas, because it changes at every frame of the screen; its twin in words stands below it.
 *
 * A cell that changes glows and fades over half a second. With thousands of migrations a second it glows steadily:
 * brightness never jumps back and forth.
 */

import { calm, colour, h, setText } from './dom.js';
import { count, plural } from './format.js';
import { TableOnDemand } from './table.js';
import { themeChanges } from './theme.js';

/** @typedef {import('./types.js').FrameMap} Map_ */

const CELL = 34;
const SMALL_CELL = 20;
const GAP = 3;
const FADE_MS = 500;
/** More frames than this are drawn small and without their numbers. */
const MANY = 160;

export class FrameMapPanel {
  #canvas = h('canvas', { role: 'img', 'aria-labelledby': 'frames-title', 'aria-describedby': 'frames-words' });
  #words = h('p', { id: 'frames-words', class: 'small num' }, 'No run yet.');
  #table = new TableOnDemand('Ring pages as a table', () => this.#content());
  /** @type {Map_ | null} */
  #map = null;
  /** @type {string[]} what each cell showed, to see that it changed */
  #before = [];
  /** @type {number[]} when each cell changed last */
  #changed = [];
  /** @type {Record<string, string>} */
  #ink = {};
  #gone = new AbortController();
  // A frame later: drawing sets the canvas's height, and browsers call that a loop (an `error` event) while they observe.
  #resizing = new ResizeObserver(() => requestAnimationFrame(() => this.#draw(Infinity)));

  constructor() {
    const key = (/** @type {string} */ kind, /** @type {string} */ text) => h('span', { class: `frame-key ${kind}` }, text);
    this.element = h(
      'section', { class: 'panel frames', 'aria-labelledby': 'frames-title' },
      h('div', { class: 'panel-head' },
        h('h2', { id: 'frames-title' }, 'Frame map'),
        h('p', { class: 'small soft' }, 'Which 4 KiB frame of the pool backs which ring page; cells glow as pages move.')),
      this.#canvas,
      h('p', { class: 'frame-legend small' }, key('backs', 'backs the ring page of that number'), key('held', 'held, not in the ring'),
        key('free', 'free'), key('touched', 'touched while free')),
      this.#words,
      this.#table.element,
    );
    themeChanges.addEventListener('change', () => {
      this.#ink = {};
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
    this.#before = [];
    this.#changed = [];
    setText(this.#words, 'No frames yet.');
  }

  /**
   * @param {Map_} map
   * @param {number} now
   */
  show(map, now) {
    this.#map = map;
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
    const free = map.frames.filter((frame) => frame.free).length;
    const touched = map.frames.filter((frame) => frame.touched > 0).length;
    const touches = map.frames.reduce((sum, frame) => sum + frame.touched, 0);
    setText(this.#words, `${plural(map.pages.length, 'ring page')} in ${plural(map.frames.length, 'frame')}; ${count(free)} free; ` +
      (touched > 0 ? `${plural(touched, 'frame')} touched while free, ${plural(touches, 'time')}.` : 'no freed frame was touched.'));
    this.#table.refresh();
  }

  #content() {
    const map = this.#map;
    if (!map) return null;
    const rows = map.pages.map((page, k) => {
      const frame = map.frames[page.frame];
      const state = frame ? [count(frame.refs), count(frame.touched)] : ['–', '–'];
      return [count(k), String(page.frame), count(page.generation), ...state];
    });
    return { heads: ['ring page', 'frame', 'generation', 'references', 'touched while free'], rows };
  }

  /** @param {number} now */
  #draw(now) {
    const map = this.#map;
    const frames = map?.frames ?? [];
    const cell = frames.length > MANY ? SMALL_CELL : CELL;
    const width = this.#canvas.parentElement ? this.#canvas.clientWidth : 0;
    if (width === 0) return;
    const columns = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
    const rows = Math.max(1, Math.ceil(frames.length / columns));
    const g = this.#prepare(width, rows * (cell + GAP));
    if (!g || !map) return;
    const ink = this.#colours();

    const pageOf = new Map(map.pages.map((page, k) => [page.frame, k]));
    const still = calm();
    g.font = `600 ${cell === CELL ? 13 : 10}px ui-monospace, "DejaVu Sans Mono", monospace`;
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    frames.forEach((frame, i) => {
      const x = (i % columns) * (cell + GAP);
      const y = Math.floor(i / columns) * (cell + GAP);
      const page = pageOf.get(i);
      const face = `${page ?? ''}/${frame.generation}/${frame.touched}`;
      if (this.#before[i] !== face) {
        if (this.#before[i] !== undefined) this.#changed[i] = now;
        this.#before[i] = face;
      }
      const glow = still || now === Infinity ? 0 : Math.max(0, 1 - (now - (this.#changed[i] ?? -Infinity)) / FADE_MS);
      const backs = page !== undefined;

      g.fillStyle = backs ? ink['accent'] ?? '' : frame.free ? ink['sunk'] ?? '' : ink['held'] ?? '';
      g.fillRect(x, y, cell, cell);
      if (glow > 0 && !backs) {
        g.globalAlpha = glow * 0.45;
        g.fillStyle = ink['accent'] ?? '';
        g.fillRect(x, y, cell, cell);
        g.globalAlpha = 1;
      }
      if (backs) {
        g.fillStyle = ink['accentInk'] ?? '';
        g.fillText(String(page), x + cell / 2, y + cell / 2 + 1);
      }
      if (frame.touched > 0) {
        g.strokeStyle = ink['wrong'] ?? '';
        g.lineWidth = 3;
        g.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
        g.fillStyle = ink['wrong'] ?? '';
        g.beginPath();
        g.moveTo(x + cell, y);
        g.lineTo(x + cell, y + 11);
        g.lineTo(x + cell - 11, y);
        g.fill();
      } else if (!backs) {
        g.strokeStyle = ink['line'] ?? '';
        g.lineWidth = 1;
        g.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      }
    });
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #prepare(width, height) {
    const ratio = globalThis.devicePixelRatio || 1;
    const [w, t] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== w || this.#canvas.height !== t) {
      this.#canvas.width = w;
      this.#canvas.height = t;
      this.#canvas.style.height = `${height}px`;
    }
    const g = this.#canvas.getContext('2d');
    g?.setTransform(ratio, 0, 0, ratio, 0, 0);
    g?.clearRect(0, 0, width, height);
    return g;
  }

  #colours() {
    if (!this.#ink['accent']) {
      this.#ink = {
        accent: colour('--accent'), accentInk: colour('--accent-ink'), sunk: colour('--panel'), held: colour('--held'),
        line: colour('--line'), wrong: colour('--wrong'),
      };
    }
    return this.#ink;
  }
}
