/** One metric at one point: a line for each protocol with its figure, its ratio to the baseline, and what the data say. */

import { h } from './dom.js';
import { ratioAxis } from './compare-axis.js';
import { axisHead, ratioPlot } from './compare-ratios.js';
import { nameOf } from './compare-series.js';
import { FINDINGS, betterWay, findingOf, inUnit, intervalInWords, ratio } from './compare-words.js';
import { plainName } from './outcome.js';

/** @typedef {import('./compare-types.js').CompareInfo} CompareInfo */
/** @typedef {import('./compare-types.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./compare-types.js').MetricInfo} MetricInfo */
/** @typedef {import('./compare-types.js').Ratio} Ratio */
/** @typedef {import('./compare-types.js').Series} Series */

/**
 * @param {CompareInfo} info
 * @param {MetricInfo} metric
 * @param {ComparisonPoint} point
 * @param {readonly Series[]} series
 */
export function metricTable(info, metric, point, series) {
  const ratios = point.ratios.filter((each) => each.metric === metric.name);
  // Without a ratio there is nothing to draw it on.
  const axis = ratios.length > 0 ? ratioAxis(ratios) : null;
  const baseline = series[0] ? plainName(series[0]) : '';
  const rows = series.map((each, k) => {
    const found = ratios.find(({ protocol }) => protocol === k) ?? null;
    const finding = found ? findingOf(info, found) : 'too-few';
    return h('tr', { 'data-protocol': each.name, title: found?.text ?? null },
      h('th', { scope: 'row' }, nameOf(each)),
      figureCell(metric, point, k),
      k === 0 ? h('td', { class: 'soft small' }, 'baseline') : ratioCell(found, finding, point.measured[0]?.metrics[metric.name]?.median === 0),
      h('td', { class: 'ratio-cell' }, axis && ratioPlot(axis, found, finding, each)));
  });
  return h('table', { class: 'metric num', 'data-metric': metric.name },
    h('caption', {}, h('strong', {}, metric.label), ' ', h('span', { class: 'small soft' }, betterWay(metric))),
    h('thead', {}, h('tr', {},
      h('th', { scope: 'col' }, 'protocol'), h('th', { scope: 'col' }, 'median', h('span', { class: 'unseen-by-eye' }, ' and its 95 % interval')),
      h('th', { scope: 'col' }, `to ${baseline}`, h('span', { class: 'unseen-by-eye' }, ': ratio, its 95 % interval, and what the data say')),
      h('th', { scope: 'col', class: 'ratio-cell' }, h('span', { class: 'unseen-by-eye' }, 'ratio as a picture'), axis && axisHead(axis)))),
    h('tbody', {}, ...rows));
}

/**
 * @param {MetricInfo} metric
 * @param {ComparisonPoint} point
 * @param {number} k
 */
function figureCell(metric, { measured }, k) {
  const figure = measured[k]?.metrics[metric.name];
  if (!figure) return h('td', { class: 'soft' }, '–', h('span', { class: 'interval' }, 'cannot be told'));
  return h('td', {}, h('strong', {}, inUnit(metric, figure.median)), h('span', { class: 'interval' }, intervalInWords(metric, figure)));
}

/**
 * @param {Ratio | null} found
 * @param {import('./compare-words.js').Finding} finding
 * @param {boolean} toNothing  the baseline is 0
 */
function ratioCell(found, finding, toNothing) {
  if (!found || !Number.isFinite(found.ratio)) return h('td', { class: 'soft' }, '–', h('span', { class: 'interval' }, toNothing ? 'the baseline is 0' : 'cannot be told'));
  const { word, glyph } = FINDINGS[finding];
  return h('td', { 'data-ratio': finding },
    h('strong', {}, `${ratio(found.ratio)}×`), ' ', h('span', { class: 'ratio-word' }, h('span', { 'aria-hidden': 'true' }, `${glyph} `), word),
    h('span', { class: 'interval' }, `${ratio(found.low)} – ${ratio(found.high)}`));
}
