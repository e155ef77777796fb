/**
 * The names under which the Compare view speaks of the module's types; nothing here runs.
 *
 * @typedef {import('../lib/types-compare.js').CompareInfo} CompareInfo
 * @typedef {import('../lib/types-compare.js').CompareConfig} CompareConfig
 * @typedef {import('../lib/types-compare.js').CompareProgress} CompareProgress
 * @typedef {import('../lib/types-compare.js').ComparisonData} ComparisonData
 * @typedef {import('../lib/types-compare.js').ComparisonPoint} ComparisonPoint
 * @typedef {import('../lib/types-compare.js').CallTimes} CallTimes
 * @typedef {import('../lib/types-compare.js').Figure} Figure
 * @typedef {import('../lib/types-compare.js').Measured} Measured
 * @typedef {import('../lib/types-compare.js').MetricInfo} MetricInfo
 * @typedef {import('../lib/types-compare.js').Ratio} Ratio
 * @typedef {import('./types.js').Lab} Lab
 */

/** @typedef {{ field: string, values: number[] }} Sweep  `field` takes these values, one after the other */

/**
 * @typedef {object} Series  How a protocol looks wherever its figures are shown.
 * @property {string} name
 * @property {boolean | null} correct  null: nobody has searched it
 * @property {string} colour  a custom property of the style sheet, without its dashes
 */

/**
 * @typedef {object} Shown  Results, and where they are from.
 * @property {ComparisonData} data
 * @property {'measured' | 'running' | 'cancelled' | 'failed' | 'imported'} origin
 * @property {string} [note]  the name of the file, or how many trials it is of: some have been made since
 */

export {};
