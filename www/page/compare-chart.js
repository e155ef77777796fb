/** One metric over a sweep: a line for each protocol through its medians, with its 95 % interval as a band. */

import { topOf } from './compare-axis.js';
import { s } from './dom.js';
import { dot } from './compare-series.js';
import { figureInWords, inUnit, valueInWords } from './compare-words.js';
import { trimmed } from './format.js';
import { plainName } from './outcome.js';

/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').Figure} Figure */
/** @typedef {import('./compare-types.js').MetricInfo} MetricInfo */
/** @typedef {import('./compare-types.js').Series} Series */

const HEIGHT = 168;
/** Around the plot: room for the numbers of the axes. */
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 14, 8, 24];
const TICKS = [0, 0.5, 1];

/**
 * @typedef {object} Curve
 * @property {Series} series
 * @property {(Figure | null)[]} figures  by point
 */

/**
 * @param {MetricInfo} metric
 * @param {string | null} swept
 * @param {readonly ComparisonPoint[]} points
 * @param {readonly Series[]} series
 * @param {number} width  in pixels
 * @returns {{ svg: SVGElement, words: string }} the picture, and what it shows in words
 */
export function sweepChart(metric, swept, points, series, width) {
  /** @type {Curve[]} */
  const curves = series.map((each, k) => ({ series: each, figures: points.map(({ measured }) => measured[k]?.metrics[metric.name] ?? null) }));
  const top = topOf(curves.flatMap(({ figures }) => figures.flatMap((figure) => figure ?? [])));
  const [plot, floor] = [width - LEFT - RIGHT, HEIGHT - BOTTOM];
  // Values stand evenly: they mostly double, and what 0 means is not next to 1.
  const x = (/** @type {number} */ i) => LEFT + ((i + 0.5) * plot) / points.length;
  const y = (/** @type {number} */ n) => floor - (n / top) * (floor - TOP);
  const columns = points.map((point, i) => s('g', { class: 'chart-column' },
    s('rect', { x: LEFT + (i * plot) / points.length, y: TOP, width: plot / points.length, height: floor - TOP },
      s('title', {}, [valueInWords(swept, point.value), ...curves.map(({ series: each, figures }) => `${plainName(each)}: ${figureInWords(metric, figures[i])}`)].join('\n'))),
    s('text', { x: x(i), y: HEIGHT - 7, 'text-anchor': 'middle' }, valueInWords(swept, point.value))));
  const rails = TICKS.flatMap((share) => [
    s('line', { class: share === 0 ? 'floor' : 'rail', x1: LEFT, x2: width - RIGHT, y1: y(share * top), y2: y(share * top) }),
    s('text', { x: LEFT - 7, y: y(share * top) + 4, 'text-anchor': 'end' }, share === 0 ? '0' : trimmed(inUnit(metric, share * top))),
  ]);
  const svg = s('svg', { class: 'sweep-picture', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img' },
    ...rails, ...columns, ...curves.map((curve) => drawn(curve, x, y, width)));
  return { svg, words: curves.map((curve) => inWords(metric, swept, points, curve)).join(' ') };
}

/**
 * What reaches beyond the plot is cut off at its edge.
 *
 * @param {number} width
 * @param {...SVGElement} shapes
 */
function framed(width, ...shapes) {
  const height = HEIGHT - BOTTOM - TOP;
  return s('svg', { class: 'sweep-frame', x: 0, y: TOP, width, height, viewBox: `0 ${TOP} ${width} ${height}`, overflow: 'hidden' }, ...shapes);
}

/**
 * @param {Curve} curve
 * @param {(i: number) => number} x
 * @param {(n: number) => number} y
 * @param {number} width
 */
function drawn({ series, figures }, x, y, width) {
  const parts = stretches(figures).map((stretch) => {
    const path = (/** @type {(figure: Figure) => number} */ of, /** @type {typeof stretch} */ along) => along.map(({ i, figure }) => `${x(i).toFixed(1)},${y(of(figure)).toFixed(1)}`).join(' ');
    return s('g', {},
      framed(width,
        s('polygon', { class: 'series-band', points: `${path(({ high }) => high, stretch)} ${path(({ low }) => low, [...stretch].reverse())}` }),
        ...stretch.map(({ i, figure }) => s('line', { class: 'whisker', x1: x(i), x2: x(i), y1: y(figure.low), y2: y(figure.high) }))),
      s('polyline', { class: 'series-line', points: path(({ median }) => median, stretch) }),
      ...stretch.map(({ i, figure }) => dot(x(i), y(figure.median), series.correct)));
  });
  return s('g', { class: `sweep-curve${series.correct === false ? ' wrong' : ''}`, 'data-colour': series.colour }, ...parts);
}

/**
 * A line does not go through what cannot be told.
 *
 * @param {readonly (Figure | null)[]} figures
 * @returns {{ i: number, figure: Figure }[][]}
 */
function stretches(figures) {
  /** @type {{ i: number, figure: Figure }[][]} */
  const all = [[]];
  figures.forEach((figure, i) => {
    if (figure) all.at(-1)?.push({ i, figure });
    else all.push([]);
  });
  return all.filter((stretch) => stretch.length > 0);
}

/**
 * @param {MetricInfo} metric
 * @param {string | null} swept
 * @param {readonly ComparisonPoint[]} points
 * @param {Curve} curve
 */
function inWords(metric, swept, points, { series, figures }) {
  const told = points.flatMap(({ value }, i) => {
    const figure = figures[i];
    return figure ? [`${inUnit(metric, figure.median)} at ${valueInWords(swept, value)}`] : [];
  });
  return `${plainName(series)}: ${told.join(', ') || 'cannot be told'}.`;
}
