/**
 * Figures of a comparison, completed by what the lab itself says of them.
 *
 * @module
 */
import { isCorrect, protocolName } from './comparison-protocols.js';
import { controlInWords, ratioInWords, sentences } from './comparison-words.js';

/** @typedef {import('./types-compare.js').Catalogue} Catalogue */
/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */
/** @typedef {import('./types-compare.js').ComparisonPoint} ComparisonPoint */

/**
 * What protocols are called, which are wrong, and sentences.
 *
 * @param {any} data A comparison; without these, or with those of somebody else.
 * @param {Catalogue} lab
 * @returns {ComparisonData}
 */
export function completed(data, lab) {
  const { comparing } = lab;
  const points = data.points.map((/** @type {ComparisonPoint} */ point) => {
    const measured = point.measured.map((each) => ({ ...each, name: protocolName(each.protocol, lab), correct: isCorrect(each.protocol, lab) }));
    const ratios = point.ratios.map((ratio) => {
      const metric = comparing.metrics.find(({ name }) => name === ratio.metric);
      const [ours, first] = [measured[ratio.protocol], measured[0]];
      return { ...ratio, text: metric && ours && first ? ratioInWords([ours, first], metric, ratio, comparing) : '' };
    });
    return { ...point, measured, ratios, control: point.control && { ...point.control, text: controlInWords(point.control, comparing) } };
  });
  return { ...data, points, text: sentences({ config: data.config, points }, comparing) };
}
