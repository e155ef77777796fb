/** The nearest schedule that breaks nothing, beside the one that does: what is done in another order is marked in both. */

import { Cancelling } from './cancelling.js';
import { button, enable, h, setText } from './dom.js';
import { plural } from './format.js';
import { LanePicture } from './prove-lanes.js';
import { Problems } from './problems.js';
import { Timeline } from './prove-timeline.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').Subject} Subject */
/** @typedef {import('./prove-types.js').Examined} Examined */
/** @typedef {import('./prove-types.js').NearestGood} NearestGood */

/** @typedef {{ subject: Subject, trace: Examined['trace'], end: string }} Bad  a schedule that breaks something, and what it breaks */

export class NearestPanel {
  #lab;
  #button = button('Find the nearest good schedule', () => void this.#find(), { id: 'nearest' });
  #cancelling = new Cancelling('nearest-cancel');
  #said = h('p', { role: 'status', id: 'nearest-words' });
  #problems = new Problems();
  #bad = new LanePicture('The schedule that breaks something, a lane for each thread, time downward');
  #good = new LanePicture('The nearest good schedule, a lane for each thread, time downward');
  #pair = h('div', { class: 'nearest-pair', hidden: true },
    h('section', { id: 'nearest-bad', 'aria-labelledby': 'nearest-bad-title' }, h('h3', { id: 'nearest-bad-title' }, 'This one breaks'), this.#bad.element),
    h('section', { id: 'nearest-good', 'aria-labelledby': 'nearest-good-title' }, h('h3', { id: 'nearest-good-title' }, 'The nearest that does not'), this.#good.element));
  element;
  /** @type {Bad | null} */
  #asked = null;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
    this.element = h('section', { class: 'panel nearest', id: 'nearest-panel', 'aria-labelledby': 'nearest-title', hidden: true },
      h('div', { class: 'panel-head' }, h('h2', { id: 'nearest-title' }, 'Nearest good schedule'),
        h('p', { class: 'small soft' }, 'The one that departs from it in the fewest places, and breaks nothing.')),
      h('div', { class: 'row' }, this.#button, this.#cancelling.button), this.#said, this.#problems.element, this.#pair);
    this.#bad.scrollsWith(this.#good);
    this.#good.scrollsWith(this.#bad);
  }

  leave() {
    this.cancel();
    this.#bad.leave();
    this.#good.leave();
  }

  /** The search for it, if one is on. */
  cancel() {
    this.#cancelling.cancel();
  }

  /** @param {Bad | null} bad */
  show(bad) {
    this.cancel();
    this.#asked = bad;
    this.element.hidden = bad === null;
    this.#pair.hidden = true;
    this.#problems.clear();
    setText(this.#said, '');
  }

  async #find() {
    const bad = this.#asked;
    if (!bad || this.#cancelling.on) return;
    this.#problems.clear();
    setText(this.#said, 'Searching …');
    enable(this.#button, false);
    await this.#cancelling.during(async (signal) => {
      try {
        const found = await this.#lab.nearestGood({ ...bad.subject, schedule: [...bad.trace.schedule], signal });
        if (this.#asked === bad) this.#found(bad, found);
      } catch (error) {
        if (this.#asked !== bad) return;
        setText(this.#said, signal.aborted ? 'Cancelled: there may be one.' : '');
        if (!signal.aborted) this.#problems.show(error, {});
      }
    }, this.#button);
    enable(this.#button, true);
  }

  /**
   * @param {Bad} bad
   * @param {NearestGood} found
   */
  #found(bad, { trace, switches, outcome, departures = [], outOfTurn = [] }) {
    if (!trace) {
      setText(this.#said, outcome === 'none' ? 'There is none: every schedule of this scenario breaks something.' : 'Not found before a bound was reached: there may be one.');
      return;
    }
    const moved = new Set([...departures, ...outOfTurn]);
    const [before, after] = [new Timeline({ trace: bad.trace }), new Timeline({ trace })];
    const marked = after.stepsOfMoves(moved);
    setText(this.#said, `It departs in ${plural(switches ?? departures.length, 'place')}; ${plural(marked.size, 'step')} out of turn, marked. Nothing is broken at its end.`);
    this.#pair.hidden = false;
    this.#bad.show(before, { small: true, marked: before.stepsOfMoves(counterparts(moved, trace.schedule, bad.trace.schedule)), end: bad.end }, before.length);
    this.#good.show(after, { small: true, marked, end: 'Nothing is broken.', calm: true }, after.length);
    // Until then both are the same.
    const first = marked.size > 0 ? Math.min(...marked) : 0;
    this.#good.reveal(first);
    this.#bad.reveal(Math.min(first, before.length - 1));
  }
}

/**
 * The same moves in another schedule: a thread's third move is its third move in both.
 *
 * @param {ReadonlySet<number>} moves  indexes into `from`
 * @param {readonly (readonly [number, number])[]} from
 * @param {readonly (readonly [number, number])[]} to  may end before some of them
 * @returns {Set<number>} indexes into `to`
 */
export function counterparts(moves, from, to) {
  const places = (/** @type {readonly (readonly [number, number])[]} */ schedule, /** @type {number} */ thread) => schedule.flatMap(([who], i) => (who === thread ? [i] : []));
  return new Set([...moves].flatMap((move) => {
    const thread = from[move]?.[0];
    if (thread === undefined) return [];
    return places(to, thread)[places(from, thread).indexOf(move)] ?? [];
  }));
}
