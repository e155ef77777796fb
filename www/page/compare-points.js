/** The numbers of one point: metric by metric, and how long calls took. In a sweep one chooses the point. */

import { h, setText } from './dom.js';
import { metricTable } from './compare-metric.js';
import { callTimes } from './compare-times.js';
import { fieldInWords, inOrder, placeInWords, trialsInWords, untoldInWords, valueInWords, workloadInWords } from './compare-words.js';

/** @typedef {import('./compare-types.js').CompareInfo} CompareInfo */
/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').Series} Series */

export class PointPanel {
  #info;
  #title = h('h2', { id: 'point-title' });
  #settings = h('p', { class: 'small soft', id: 'point-settings' });
  #chooser = h('fieldset', { class: 'segments', hidden: true });
  #tables = h('div', { class: 'metrics' });
  #times = h('div', { class: 'point-times' });
  #notes = h('ul', { class: 'small', hidden: true });
  /** @type {readonly ComparisonPoint[]} */
  #points = [];
  /** @type {readonly Series[]} */
  #series = [];
  /** @type {string | null} */
  #swept = null;
  /** Which value of the sweep is looked at. @type {number | null} */
  #value = null;

  /** @param {CompareInfo} info */
  constructor(info) {
    this.#info = info;
    this.element = h('section', { class: 'panel point', id: 'point', 'aria-labelledby': 'point-title' },
      h('div', { class: 'panel-head' }, this.#title, this.#chooser, this.#settings),
      this.#scroll('Metrics', this.#tables), this.#notes, this.#scroll('Time of a read call', this.#times));
  }

  /**
   * @param {string | null} swept
   * @param {readonly ComparisonPoint[]} given
   * @param {readonly Series[]} series
   */
  show(swept, given, series) {
    const points = inOrder(swept, given);
    const values = points.map(({ value }) => value);
    const others = swept !== this.#swept || values.join() !== this.#points.map(({ value }) => value).join();
    [this.#swept, this.#points, this.#series] = [swept, points, series];
    if (!values.includes(this.#value)) this.#value = values[0] ?? null;
    // Drawn live: whoever stands on a choice stays there.
    if (others) this.#choices(values);
    this.#draw();
  }

  /** @param {readonly (number | null)[]} values */
  #choices(values) {
    this.#chooser.hidden = this.#swept === null;
    this.#chooser.replaceChildren(h('legend', { class: 'unseen-by-eye' }, `Value of ${fieldInWords(this.#info, this.#swept ?? '')}`), ...values.map((value) => {
      const radio = h('input', { type: 'radio', name: 'point', value: String(value), checked: value === this.#value, 'aria-label': placeInWords(this.#info, this.#swept, value) });
      radio.addEventListener('change', () => {
        this.#value = value;
        this.#draw();
      });
      return h('label', {}, radio, h('span', { class: 'num' }, valueInWords(this.#swept, value)));
    }));
  }

  #draw() {
    const point = this.#points.find(({ value }) => value === this.#value);
    if (!point) return;
    const place = placeInWords(this.#info, this.#swept, point.value);
    setText(this.#title, place ? `The numbers at ${place}` : 'The numbers');
    setText(this.#settings, workloadInWords(this.#info, point.settings, this.#swept));
    const isTold = (/** @type {import('./compare-types.js').MetricInfo} */ { name }) => point.measured.some(({ metrics }) => metrics[name]);
    const told = this.#info.metrics.filter(isTold);
    this.#tables.replaceChildren(...told.map((metric) => metricTable(this.#info, metric, point, this.#series)));
    this.#times.replaceChildren(callTimes(point, this.#series));
    // Without a sweep the text above says it.
    const notes = [...trialsInWords(point), ...untoldInWords(this.#info.metrics.filter((metric) => !isTold(metric)), point), ...(point.control && this.#swept !== null ? [point.control.text] : [])];
    this.#notes.hidden = notes.length === 0;
    this.#notes.replaceChildren(...notes.map((text) => h('li', {}, text)));
  }

  /**
   * @param {string} name
   * @param {HTMLElement} content
   */
  #scroll(name, content) {
    return h('div', { class: 'point-scroll', tabindex: '0', role: 'region', 'aria-label': name }, content);
  }
}
