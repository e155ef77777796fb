/** What is searched, in words: so that a verdict always says what it is the verdict of. */

import { CUSTOM } from './link.js';
import { searchFields, sizeFields } from './prove-fields.js';
import { protocolsOf } from './prove-link.js';
import { count } from './format.js';
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
  const sizes = sizeFields(scenario).map(({ name, label }) => `${label.toLowerCase()}: ${config.sizes?.[name.replace(/^sizes\./, '')] ?? '?'}`);
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
  const atMost = (/** @type {number | null | undefined} */ n, /** @type {string} */ of) => (n === undefined || n === null ? [] : [`at most ${count(n)} ${of}`]);
  return [
    ...atMost(steps, 'steps'), ...atMost(preemptions, 'preemptions'), ...atMost(most, 'states or executions'),
    ...atMost(bytes && bytes / 2 ** 20, 'MiB'), ...atMost(milliseconds, 'ms'),
  ];
}
