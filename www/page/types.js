/**
 * The names under which the page speaks of the module's types; nothing here runs.
 *
 * @typedef {import('../lib/index.js').Lab} Lab
 * @typedef {import('../lib/index.js').Run} Run
 * @typedef {import('../lib/index.js').RunConfig} RunConfig
 * @typedef {import('../lib/index.js').Sample} Sample
 * @typedef {import('../lib/index.js').Report} Report
 * @typedef {import('../lib/index.js').Trace} Trace
 * @typedef {import('../lib/index.js').ProtocolInfo} ProtocolInfo
 * @typedef {import('../lib/index.js').ScenarioInfo} ScenarioInfo
 * @typedef {import('../lib/index.js').Expectation} Expectation
 * @typedef {import('../lib/index.js').Outcome} Outcome
 * @typedef {import('../lib/index.js').FieldInfo} FieldInfo
 * @typedef {import('../lib/index.js').PartInfo} PartInfo
 * @typedef {import('../lib/index.js').KindInfo} KindInfo
 * @typedef {import('../lib/index.js').WaitForCycle} WaitForCycle
 * @typedef {ReturnType<Run['frameMap']>} FrameMap
 * @typedef {typeof import('../lib/index.js')} LabModule
 */

/** @typedef {{ events: number, migrations: number, setups: number, teardowns: number }} Rates  a second */

/**
 * @typedef {Record<string, string | boolean>} PartValues  a value for each part, by name
 */

/**
 * What a view is given to live with.
 *
 * @typedef {object} Bench
 * @property {Lab} lab
 * @property {LabModule} module
 * @property {import('./link.js').Link} link  the settings in the address
 * @property {() => void} renew  throws the lab away and loads it anew
 * @property {(href: string) => void} go  opens a link to this page without loading it again
 */

export {};
