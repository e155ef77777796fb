/** What a small lab knows, for comparisons without a browser; and comparisons that it could have made. */
import { Comparison } from '../../www/lib/comparison.js';
import { METRICS, allAtOnce } from '../fake/compare/results.js';

const integer = (/** @type {string} */ name, /** @type {number} */ min, /** @type {number} */ max, /** @type {number} */ usual) =>
  ({ name, label: name === 'pace' ? 'Migration pace' : name, help: '', unit: null, type: /** @type {const} */ ('integer'), min, max, default: usual });
const choice = (/** @type {string} */ name, /** @type {string[]} */ ...values) =>
  ({ name, label: name, help: '', unit: null, type: /** @type {const} */ ('choice'), default: values[0] ?? '', choices: values.map((value) => ({ value, label: value })) });

/** Two parts are enough to have some that are known to break it, and some that nobody has searched. @type {import('../../www/lib/types-compare.js').Catalogue & { version: string }} */
export const LAB = {
  version: '0.1.0',
  protocols: [
    { name: 'linux-3.12', correct: false, parts: { ringLock: 'none', identityCheck: false } },
    { name: 'tang-gu', correct: false, parts: { ringLock: 'spin', identityCheck: true } },
    { name: 'v4', correct: true, parts: { ringLock: 'try', identityCheck: true } },
  ],
  parts: [
    { name: 'ringLock', type: 'choice', default: 'try', choices: ['none', 'block', 'try', 'spin'].map((value) => ({ value, label: value })) },
    { name: 'identityCheck', type: 'boolean', default: true },
  ],
  scenarios: [{ brokenBy: [
    { label: '', outcome: 'broken', reason: '', parts: { ringLock: 'none', identityCheck: true } },
    { label: '', outcome: 'holds', reason: '', parts: { ringLock: 'block', identityCheck: true } },
  ] }],
  comparing: {
    fields: [
      integer('readers', 1, 64, 1), integer('migrators', 0, 64, 1), integer('batch', 1, 1024, 8), integer('pace', 0, 1_000_000, 1000), choice('page', 'random', 'in-turn'),
      integer('rounds', 5, 200, 20), integer('trialMs', 10, 2000, 100), choice('control', 'untimed', 'none'), integer('seed', 0, 2 ** 32 - 1, 1),
    ],
    sweeps: [{ field: 'batch', values: [1, 8] }, { field: 'pace', values: [0, 100] }],
    metrics: METRICS.map(({ of: _, ...metric }) => /** @type {any} */ (metric)),
    most: { protocols: 8, values: 16, trials: 4000, seconds: 900, overheadMs: 15 },
  },
};

/**
 * A comparison of trials that never were.
 *
 * @param {any[]} protocols
 * @param {{ field: string, values: number[] } | null} [sweep]
 * @param {Record<string, number | string>} [fields] Those that are not as usual.
 * @returns {any} Plain data.
 */
export function comparisonOf(protocols, sweep = null, fields = {}) {
  const usual = Object.fromEntries(LAB.comparing.fields.map((field) => [field.name, field.default]));
  return allAtOnce(LAB, { protocols, sweep, fields: { ...usual, ...fields } });
}

/** Comparisons as they are exported, of each kind that there is. */
export const FILES = [
  comparisonOf(['linux-3.12', 'v4'], null, { rounds: 6 }),
  comparisonOf(['v4', { ringLock: 'none', identityCheck: true }, 'tang-gu'], { field: 'batch', values: [1, 4] }, { rounds: 5, control: 'none' }),
  comparisonOf([{ ringLock: 'block', identityCheck: false }, 'v4'], { field: 'pace', values: [100, 0] }, { rounds: 7, page: 'in-turn' }),
].map((data) => Comparison.fromJSON(data, LAB).toJSON());
