/** What is searched, in words: so that a verdict always says what it is the verdict of. */

import { CUSTOM } from './link.js';
import { SIZES, searchFields, sizeFields } from './prove-fields.js';
import { protocolsOf } from './prove-link.js';
import { plural } from './format.js';
import { presetOf } from './presets.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').ExploreConfig} ExploreConfig */
/** @typedef {import('./types.js').PartValues} PartValues */

/**
 * @param {Lab} lab
 * @param {ExploreConfig} config
 * @returns {string} such as `Lost head · Linux 3.12 · readers: 2, migrators: 1 · every state · at most 60,000 ms`
 */
export function subjectInWords(lab, config) {
  const scenario = lab.scenarios.find(({ name }) => name === config.scenario);
  const sizes = sizeFields(scenario).flatMap(({ name, label, min, max }) => {
    const size = config.sizes?.[name.slice(SIZES.length)] ?? '?';
    // Yes or no: a word, or none.
    if (min === 0 && max === 1) return size === 1 ? [label.toLowerCase()] : [];
    return [`${label.toLowerCase()}: ${size}`];
  });
  const engine = searchFields(lab).find(({ name }) => name === 'engine')?.choices?.find(({ value }) => value === config.engine)?.label ?? '';
  const beside = [
    config.fairness && `${config.fairness} fairness`, config.depth && `depth ${config.depth}`, config.seed !== undefined && `seed ${config.seed}`,
    config.whole && 'counting all that are broken', ...boundsInWords(config.bounds ?? {}),
  ];
  return [scenario?.title ?? config.scenario, protocolInWords(lab, config), sizes.join(', '), engine.toLowerCase().replace('pct', 'PCT'), ...beside].filter(Boolean).join(' · ');
}

/**
 * @param {Lab} lab
 * @param {Pick<ExploreConfig, 'scenario' | 'protocol'>} config
 */
function protocolInWords(lab, { scenario, protocol }) {
  if (typeof protocol !== 'string') return presetOf(lab, /** @type {PartValues} */ (protocol))?.title ?? 'Custom';
  const known = protocolsOf(lab, lab.scenarios.find(({ name }) => name === scenario)).find(({ name }) => name === protocol);
  return known?.title ?? (protocol === CUSTOM ? 'Custom' : protocol);
}

/** @param {NonNullable<ExploreConfig['bounds']>} bounds */
function boundsInWords({ steps, preemptions, count: most, bytes, milliseconds }) {
  const atMost = (/** @type {number | null | undefined} */ n, /** @type {string} */ one, many = one) => (n === undefined || n === null ? [] : [`at most ${plural(n, one, many)}`]);
  return [
    ...atMost(steps, 'step', 'steps'), ...atMost(preemptions, 'preemption', 'preemptions'), ...atMost(most, 'state or execution', 'states or executions'),
    ...atMost(bytes && bytes / 2 ** 20, 'MiB'), ...atMost(milliseconds, 'ms'),
  ];
}
