/** A sweep as small multiples: one small chart for each metric, the same protocols and the same values in all of them. */

import { h, setText } from './dom.js';
import { sweepChart } from './compare-chart.js';
import { nameOf } from './compare-series.js';
import { betterWay, fieldInWords, figureInWords, inOrder, valueInWords } from './compare-words.js';
import { plainName } from './outcome.js';
import { TableOnDemand } from './table.js';

/** @typedef {import('./compare-types.js').CompareInfo} CompareInfo */
/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').MetricInfo} MetricInfo */
/** @typedef {import('./compare-types.js').Series} Series */

/** Before its place is known. */
const WIDTH = 320;

export class SweepCharts {
  #info;
  /** @type {Map<string, SweepChart>} */
  #charts;
  #title = h('h2', { id: 'sweep-title' });
  #legend = h('p', { class: 'sweep-legend small' });
  #resizing = new ResizeObserver(() => this.#draw());

  /** @param {CompareInfo} info */
  constructor(info) {
    this.#info = info;
    this.#charts = new Map(info.metrics.map((metric) => [metric.name, new SweepChart(metric)]));
    const grid = h('div', { class: 'sweep-charts' }, ...[...this.#charts.values()].map(({ element }) => element));
    this.element = h('section', { class: 'panel sweep', id: 'sweep', 'aria-labelledby': 'sweep-title', hidden: true },
      h('div', { class: 'panel-head' }, this.#title, this.#legend), grid,
      h('p', { class: 'small soft' }, 'Lines go through medians; bands and whiskers are 95 % bootstrap intervals. The values stand evenly, not to scale. An interval far above all lines is cut off at the top edge; the tables have it in full.'));
    this.#resizing.observe(grid);
  }

  leave() {
    this.#resizing.disconnect();
  }

  /**
   * @param {string | null} swept
   * @param {readonly ComparisonPoint[]} points
   * @param {readonly Series[]} series
   */
  show(swept, points, series) {
    const [over, unit] = [fieldInWords(this.#info, swept ?? ''), this.#info.fields.find(({ name }) => name === swept)?.unit];
    this.element.hidden = swept === null;
    setText(this.#title, `Over ${over}${unit ? ` (${unit})` : ''}`);
    this.#legend.replaceChildren(...series.map((each) => nameOf(each)));
    const sorted = inOrder(swept, points);
    for (const chart of this.#charts.values()) chart.show({ over, name: swept }, sorted, series);
  }

  #draw() {
    for (const chart of this.#charts.values()) chart.draw();
  }
}

class SweepChart {
  #metric;
  #stage = h('div', { class: 'sweep-stage' });
  #table;
  /** What it goes over: in words, and the field's name. @type {{ over: string, name: string | null }} */
  #sweep = { over: '', name: null };
  /** @type {readonly ComparisonPoint[]} */
  #points = [];
  /** @type {readonly Series[]} */
  #series = [];
  #width = 0;

  /** @param {MetricInfo} metric */
  constructor(metric) {
    this.#metric = metric;
    this.#table = new TableOnDemand(`${metric.label} as a table`, () => ({
      heads: [this.#sweep.over, ...this.#series.map(plainName)],
      rows: this.#points.map(({ value, measured }) => [valueInWords(this.#sweep.name, value), ...measured.map(({ metrics }) => figureInWords(metric, metrics[metric.name]))]),
    }));
    this.element = h('figure', { class: 'sweep-chart', 'data-metric': metric.name },
      h('figcaption', {}, h('strong', {}, metric.label), h('span', { class: 'small soft' }, betterWay(metric))),
      this.#stage, this.#table.element);
  }

  /**
   * @param {{ over: string, name: string | null }} sweep
   * @param {readonly ComparisonPoint[]} points
   * @param {readonly Series[]} series
   */
  show(sweep, points, series) {
    [this.#sweep, this.#points, this.#series] = [sweep, points, series];
    this.#width = 0;
    this.draw();
    this.#table.refresh();
  }

  /** Anew, if its place is another. */
  draw() {
    const width = Math.floor(this.#stage.clientWidth) || WIDTH;
    if (width === this.#width || this.#points.length === 0) return;
    this.#width = width;
    const { svg, words } = sweepChart(this.#metric, this.#sweep.name, this.#points, this.#series, width);
    svg.setAttribute('aria-label', `${this.#metric.label} over ${this.#sweep.over}. ${words}`);
    this.#stage.replaceChildren(svg);
  }
}
