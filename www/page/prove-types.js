/**
 * The names under which the Prove and Matrix views speak of the module's types; nothing here runs.
 *
 * @typedef {import('../lib/types-prove.js').Move} Move
 * @typedef {import('../lib/types-prove.js').Verdict} Verdict
 * @typedef {Verdict['outcome']} VerdictOutcome
 * @typedef {NonNullable<Verdict['bound']>} BoundName
 * @typedef {import('../lib/types-prove.js').Violation} Violation
 * @typedef {import('../lib/types-prove.js').Estimate} Estimate
 * @typedef {import('../lib/types-prove.js').Progress & { rate: number }} Progress
 * @typedef {import('../lib/types-prove.js').ExploreConfig} ExploreConfig
 * @typedef {import('../lib/types-prove.js').Bounds} Bounds
 * @typedef {import('../lib/types-prove.js').Examined} Examined
 * @typedef {import('../lib/types-prove.js').StateView} StateView
 * @typedef {StateView['threads'][number]} ThreadView
 * @typedef {NonNullable<StateView['contexts']>[number]} ContextView
 * @typedef {import('../lib/types-run.js').RingPage} RingPage
 * @typedef {Examined['moves'][number]} Way
 * @typedef {NonNullable<Examined['finding']>} Finding
 * @typedef {import('../lib/types-prove.js').NearestGood} NearestGood
 * @typedef {import('../lib/types-prove.js').MatrixCell} Cell
 * @typedef {Cell['outcome']} CellOutcome
 * @typedef {import('../lib/types-prove.js').MatrixResult} MatrixResult
 * @typedef {import('../lib/types.js').ScenarioInfo} ProofScenario
 * @typedef {import('./types.js').PartValues} PartValues
 * @typedef {import('./types.js').Lab} Lab
 *
 * @typedef {object} Subject  what is asked about
 * @property {string} scenario
 * @property {string | Partial<PartValues>} protocol
 * @property {Record<string, number>} [sizes]
 * @property {string} [engine]  `starvation`, where readers read without end: only then does it matter
 *
 * @typedef {import('../lib/types-prove.js').ReplayReport} ReplayReport
 */

export {};
