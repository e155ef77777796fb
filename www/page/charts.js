/** The two charts of a run. uPlot draws; the names, the numbers as text and the reading under the pointer are ours. */

import './language.js';
import uPlot from '../vendor/uPlot.esm.js';
import { colour, h, setText } from './dom.js';
import { count, roundUp, short, tick } from './format.js';
import { rightness } from './outcome.js';
import { themeChanges } from './theme.js';
import { lookOf } from './tiles.js';

/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {import('./history.js').History} History */

const HEIGHT = 210;
/** By `lookOf`; the key among the numbers has borders like them. */
const DASHES = [[], [6, 3], [2, 2], [10, 3, 2, 3]];

/** Both charts, sharing the pointer's place in time. */
export class Charts {
  #charts;

  /** @param {readonly KindInfo[]} kinds */
  constructor(kinds) {
    const sync = uPlot.sync('run').key;
    const perSecond = (/** @type {number} */ v) => `${short(v)}/s`;
    this.#charts = [
      new Chart({
        id: 'chart-throughput',
        title: 'Throughput',
        sync,
        series: [
          { label: 'events/s', scale: 'events', colour: '--series-events', format: perSecond },
          { label: 'migrations/s', scale: 'migrations', colour: '--series-migrations', format: perSecond, dash: [6, 3] },
        ],
        axes: [{ scale: 'events', side: 3 }, { scale: 'migrations', side: 1 }],
        data: (history) => history.throughput(),
      }),
      new Chart({
        id: 'chart-corruptions',
        title: 'Corruptions, total by kind',
        sync,
        // Kinds differ by powers of ten; this scale is logarithmic, but has a zero.
        logarithmic: true,
        resting: 'none observed',
        series: kinds.map((kind, k) => {
          const { colour: name, dash } = lookOf(k);
          return { label: kind.label, scale: 'corruptions', colour: `--${name}`, format: count, dash: DASHES[dash] ?? [] };
        }),
        axes: [{ scale: 'corruptions', side: 3 }],
        data: (history) => history.corruptions(),
      }),
    ];
    this.element = h('div', { class: 'charts' }, ...this.#charts.map((chart) => chart.element));
  }

  /** @param {boolean | null} correct  of the protocol that runs: a speed is never shown without that */
  mark(correct) {
    this.#charts[0]?.mark(correct);
  }

  /**
   * @param {History} history
   * @param {number} seconds  how much time the charts span at least
   */
  draw(history, seconds) {
    for (const chart of this.#charts) chart.draw(history, seconds);
  }

  /** @returns {readonly { draw: (history: History, seconds: number) => void }[]} to draw them one by one */
  get each() {
    return this.#charts;
  }

  /** @param {string[]} texts  the charts in words, in their order */
  describe(texts) {
    this.#charts.forEach((chart, k) => chart.describe(texts[k] ?? ''));
  }

  leave() {
    for (const chart of this.#charts) chart.leave();
  }
}

/**
 * @typedef {{ label: string, scale: string, colour: string, format: (v: number) => string, dash?: number[] }} Line
 * @typedef {object} ChartOptions
 * @property {string} id
 * @property {string} title
 * @property {string} sync
 * @property {boolean} [logarithmic]
 * @property {string} [resting]  said while every line is at zero; lines that never left zero are not drawn
 * @property {Line[]} series
 * @property {{ scale: string, side: 1 | 3 }[]} axes
 * @property {(history: History) => Float64Array[]} data
 */

class Chart {
  #options;
  #plot;
  #stage = h('div', { class: 'chart-stage' });
  #words;
  #reading = h('p', { class: 'chart-reading small num', 'aria-hidden': 'true', hidden: true });
  #rest = h('p', { class: 'small soft', 'aria-hidden': 'true' });
  #rightness = h('span');
  /** @type {Map<string, string>} resolved colours, by custom property */
  #colours = new Map();
  #xEnd = 1;
  #gone = new AbortController();
  #resizing;

  /** @param {ChartOptions} options */
  constructor(options) {
    this.#options = options;
    const titleId = `${options.id}-title`;
    const wordsId = `${options.id}-words`;
    this.#words = h('p', { id: wordsId, class: 'unseen-by-eye' }, 'No run yet.');
    this.#stage.setAttribute('role', 'img');
    this.#stage.setAttribute('aria-labelledby', titleId);
    this.#stage.setAttribute('aria-describedby', wordsId);
    this.element = h(
      'figure', { class: 'panel chart', id: options.id },
      h('figcaption', { class: 'panel-head' }, h('h2', { id: titleId }, options.title, ' ', this.#rightness), this.#legend(), h('span', { class: 'spring' }), this.#rest),
      this.#stage,
      this.#reading,
      this.#words,
    );
    this.#plot = new uPlot(this.#uplotOptions(), /** @type {uPlot.AlignedData} */ ([[], ...options.series.map(() => [])]), this.#stage);
    this.#resizing = new ResizeObserver(() => {
      const width = Math.floor(this.#stage.clientWidth);
      if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
    });
    this.#resizing.observe(this.#stage);
    themeChanges.addEventListener('change', () => {
      this.#colours.clear();
      this.#plot.redraw(false);
    }, { signal: this.#gone.signal });
  }

  /** @param {boolean | null} correct */
  mark(correct) {
    this.#rightness.replaceChildren(rightness(correct) ?? '');
  }

  /**
   * @param {History} history
   * @param {number} seconds
   */
  draw(history, seconds) {
    this.#xEnd = Math.max(seconds, history.end, 0.1);
    if (this.#options.resting !== undefined) this.#showSeen(history);
    this.#plot.setData(/** @type {uPlot.AlignedData} */ (/** @type {unknown} */ (this.#options.data(history))));
  }

  /** @param {History} history */
  #showSeen(history) {
    const [, ...columns] = this.#options.data(history);
    let any = false;
    columns.forEach((column, k) => {
      const seen = (column[column.length - 1] ?? 0) > 0;
      any ||= seen;
      if (this.#plot.series[k + 1]?.show !== seen) this.#plot.setSeries(k + 1, { show: seen }, false);
    });
    setText(this.#rest, any || history.length === 0 ? '' : this.#options.resting ?? '');
  }

  /** @param {string} text */
  describe(text) {
    setText(this.#words, text);
  }

  leave() {
    this.#gone.abort();
    this.#resizing.disconnect();
    this.#plot.destroy();
  }

  /** Few lines have a legend here; the kinds have theirs among the numbers below. */
  #legend() {
    if (this.#options.series.length > 3) return null;
    return h('span', { class: 'chart-legend small' }, ...this.#options.series.map((line) =>
      h('span', { class: `key ${line.dash?.length ? 'dashed' : ''}`, 'data-colour': line.colour.slice(2) }, line.label)));
  }

  /** @returns {uPlot.Options} */
  #uplotOptions() {
    const { series, axes, logarithmic, sync } = this.#options;
    const ink = () => this.#colour('--soft');
    const grid = { stroke: () => this.#colour('--line'), width: 1 };
    const ticks = { stroke: () => this.#colour('--line'), width: 1, size: 4 };
    const font = '12px system-ui, sans-serif';
    /** @type {Record<string, uPlot.Scale>} */
    const scales = { x: { time: false, range: () => [0, this.#xEnd] } };
    for (const { scale } of axes) {
      scales[scale] = logarithmic
        ? { distr: 4, asinh: 1, range: (_, __, max) => [0, Math.max(10, 10 ** Math.ceil(Math.log10((max || 1) * 1.05)))] }
        : { range: (_, __, max) => [0, roundUp(max || 1)] };
    }
    return {
      width: 300,
      height: HEIGHT,
      pxAlign: false,
      padding: [8, axes.length > 1 ? 0 : 24, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, sync: { key: sync }, points: { size: 6 } },
      scales,
      series: [
        {},
        ...series.map((line) => ({
          label: line.label, scale: line.scale, stroke: () => this.#colour(line.colour), width: 1.75, dash: line.dash ?? [], points: { show: false },
        })),
      ],
      axes: [
        { stroke: ink, grid, ticks, font, size: 28, values: (_, splits) => splits.map((v) => `${v} s`) },
        ...axes.map(({ scale, side }, k) => ({
          scale, side, stroke: ink, ticks, font, size: 52, grid: k === 0 ? grid : { show: false },
          ...(logarithmic ? { splits: (/** @type {uPlot} */ u) => powers(u.scales[scale]?.max ?? 10), filter: (/** @type {uPlot} */ _, /** @type {number[]} */ splits) => splits } : {}),
          values: (/** @type {uPlot} */ _, /** @type {number[]} */ splits) => splits.map(tick),
        })),
      ],
      hooks: { setCursor: [(u) => this.#read(u)] },
    };
  }

  /** @param {uPlot} u  shows the values under the pointer */
  #read(u) {
    const i = u.cursor.idx;
    const time = typeof i === 'number' ? u.data[0]?.[i] : undefined;
    if (typeof i !== 'number' || time === undefined || (u.cursor.left ?? -1) < 0) {
      this.#reading.hidden = true;
      return;
    }
    const values = this.#options.series.flatMap((line, k) => {
      const value = u.data[k + 1]?.[i];
      // Among many kinds only those that were seen are worth reading out.
      return value === null || value === undefined || (value === 0 && this.#options.series.length > 3) ? [] : [`${line.label.replace('/s', '')} ${line.format(value)}`];
    });
    this.#reading.hidden = false;
    setText(this.#reading, `${time.toFixed(2)} s: ${values.join(', ') || 'none'}`);
  }

  /** @param {string} name */
  #colour(name) {
    let value = this.#colours.get(name);
    if (value === undefined) {
      value = colour(name);
      this.#colours.set(name, value);
    }
    return value;
  }
}

/** @param {number} max  a power of ten; @returns {number[]} 0, 1, 10, 100 … to `max`, every second or third one if they would be many */
export function powers(max) {
  const top = Math.round(Math.log10(max));
  const stride = Math.ceil((top + 1) / 6);
  const list = [];
  for (let k = top; k > 0 || (k === 0 && stride === 1); k -= stride) list.push(10 ** k);
  return [0, ...list.reverse()];
}
