/** The nearest schedule that breaks nothing, beside the one that does: what is done in another order is marked. */

import { button, h, setText } from './dom.js';
import { plural } from './format.js';
import { LanePicture } from './prove-lanes.js';
import { Problems } from './problems.js';
import { Timeline } from './prove-timeline.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').Subject} Subject */
/** @typedef {import('./prove-types.js').Move} Move */

export class NearestPanel {
  #lab;
  #button = button('Find the nearest good schedule', () => void this.#find(), { id: 'nearest' });
  #said = h('p', { role: 'status', id: 'nearest-words' });
  #problems = new Problems();
  #picture = new LanePicture('The nearest good schedule, a lane for each thread, time downward');
  element;
  /** @type {{ subject: Subject, schedule: readonly Move[] } | null} */
  #bad = null;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
    this.#picture.element.hidden = true;
    this.element = h('section', { class: 'panel nearest', id: 'nearest-panel', 'aria-labelledby': 'nearest-title', hidden: true },
      h('div', { class: 'panel-head' }, h('h2', { id: 'nearest-title' }, 'Nearest good schedule'),
        h('p', { class: 'small soft' }, 'The one that departs from it in the fewest places, and breaks nothing.')),
      h('div', { class: 'row' }, this.#button), this.#said, this.#problems.element, this.#picture.element);
  }

  leave() {
    this.#picture.leave();
  }

  /** @param {{ subject: Subject, schedule: readonly Move[] } | null} bad  a schedule that breaks something */
  show(bad) {
    this.#bad = bad;
    this.element.hidden = bad === null;
    this.#picture.element.hidden = true;
    this.#problems.clear();
    setText(this.#said, '');
  }

  async #find() {
    const bad = this.#bad;
    if (!bad || this.#button.getAttribute('aria-disabled') === 'true') return;
    this.#button.setAttribute('aria-disabled', 'true');
    this.#problems.clear();
    setText(this.#said, 'Searching …');
    try {
      const { trace, switches, outcome, departures = [], outOfTurn = [] } = await this.#lab.nearestGood({ ...bad.subject, schedule: [...bad.schedule] });
      if (this.#bad !== bad) return;
      if (!trace) {
        setText(this.#said, outcome === 'none' ? 'There is none: every schedule of this scenario breaks something.' : 'Not found before a bound was reached: there may be one.');
        return;
      }
      const timeline = new Timeline({ trace });
      const moved = new Set([...departures, ...outOfTurn]);
      const marked = new Set(timeline.steps.flatMap((step, k) => (moved.has(step.move ?? k) ? [k] : [])));
      setText(this.#said, `It departs in ${plural(switches ?? departures.length, 'place')}; ${plural(marked.size, 'step')} out of turn, marked. Nothing is broken at its end.`);
      this.#picture.element.hidden = false;
      this.#picture.show(timeline, { small: true, marked }, timeline.length);
      this.#picture.reveal(Math.min(...marked));
    } catch (error) {
      setText(this.#said, '');
      this.#problems.show(error, {});
    } finally {
      this.#button.removeAttribute('aria-disabled');
    }
  }
}
