/**
 * The shapes that cross the module's border, as types only. Nothing here exists at run time.
 *
 * Times are in milliseconds unless a name says otherwise; totals count from the start of the run.
 *
 * @module
 */

/** @import { CompareInfo } from './types-compare.js' */

/**
 * @typedef {object} LabOptions
 * @property {string | URL} [wasmUrl] Where `aio_ring_lab_bg.wasm` is, when it does not lie beside the Worker's script in `wasm/`.
 * @property {string | URL} [workerUrl] Where `worker.js` is, for bundlers that leave `new URL(…, import.meta.url)` alone.
 *   Relative addresses are relative to the document.
 * @property {string | URL} [explorerWasmUrl] Where `explorer_bg.wasm` is, which searches.
 * @property {string | URL} [explorerWorkerUrl] Where `explorer-worker.js` is.
 * @property {string | URL} [compareWasmUrl] Where `compare_bg.wasm` is, which compares.
 * @property {string | URL} [compareWorkerUrl] Where `compare-worker.js` is.
 * @property {AbortSignal} [signal] Gives up loading: `createLab` rejects with `signal.reason`.
 */

/** @typedef {'reader' | 'migrator' | 'completer' | 'setup' | 'teardown' | 'address-space'} Role What a thread of a run does. */

/** @typedef {Record<string, string | boolean>} Parts A protocol taken apart: part name to its setting. */

/**
 * One of the protocols in the history of the fix.
 *
 * @typedef {object} ProtocolInfo
 * @property {string} name For `RunConfig.protocol`, e.g. `linux-3.12`.
 * @property {string} title
 * @property {string} date
 * @property {string} author
 * @property {string} summary
 * @property {string} argument Why its author thought it right.
 * @property {string | null} flaw What is wrong with it; `null` if nothing is known to be.
 * @property {boolean} correct
 * @property {Parts} parts All of its parts.
 */

/**
 * @typedef {object} PartInfo
 * @property {string} name
 * @property {string} label
 * @property {'migration' | 'setup' | 'teardown' | 'reader' | 'mutant'} role Whose code it changes; `mutant` for deliberate mistakes.
 * @property {string} sentence What the commit says about it.
 * @property {'choice' | 'boolean'} type
 * @property {{ value: string, label: string }[]} [choices] For `type: 'choice'`.
 * @property {string | boolean} default
 * @property {boolean} mutant A deliberate mistake, there to test the detectors.
 */

/** @typedef {'holds' | 'broken' | 'deadlock' | 'not-applicable'} Outcome Of a scenario under a protocol. */

/**
 * Who does what, and what must hold meanwhile. Each shows one claim about the fix.
 *
 * @typedef {object} ScenarioInfo
 * @property {string} name For `RunConfig.scenario`, e.g. `lost-head`.
 * @property {string} title
 * @property {string} summary One sentence.
 * @property {{ name: string, text: string }[]} invariants What must hold.
 * @property {string[]} shows What a breach looks like: kinds of corruption, `deadlock`, `hang`.
 * @property {boolean} onThreads Whether `lab.run` can run it; otherwise it is for the model only.
 * @property {string | null} note Why threads cannot show it, or a hint.
 * @property {Record<string, number | string>} settings The fields that it sets; all others keep their default.
 * @property {Record<string, Expectation>} expected By protocol: what the table of truth says.
 * @property {({ label: string, parts: Partial<Parts> } & Expectation)[]} brokenBy What breaks it if it is changed in v4.
 * @property {SizeInfo[]} sizes How large a search of it can be.
 * @property {{ name: string, title: string, correct: boolean }[]} [protocols] Its own, if it has its own.
 */

/**
 * What is expected, which is not what was observed.
 *
 * @typedef {object} Expectation
 * @property {Outcome} outcome
 * @property {string} reason
 */

/**
 * One knob of a run: its name in `RunConfig`, what it means, its range.
 *
 * @typedef {object} FieldInfo
 * @property {string} name
 * @property {string} label
 * @property {string} help One sentence.
 * @property {string | null} unit E.g. `ms`; `null` for plain numbers and choices.
 * @property {'integer' | 'choice'} type
 * @property {number} [min] For integers.
 * @property {number} [max] For integers.
 * @property {number | string} default
 * @property {{ value: string, label: string, help?: string }[]} [choices] For choices.
 */

/**
 * @typedef {object} KindInfo A kind of corruption that the detectors tell apart.
 * @property {string} name The key in `Sample.corruptions`.
 * @property {string} label
 * @property {string} help
 */

/**
 * @typedef {object} SizeInfo How large a search is, in one respect.
 * @property {string} name The key in `ExploreConfig.sizes`.
 * @property {string} label
 * @property {string} help One sentence.
 * @property {number} min
 * @property {number} max
 * @property {number} default
 */

/** @typedef {{ name: string, label: string, help: string }} EngineInfo A way to search. */

/**
 * @typedef {object} ColumnInfo A part taken out of `v4`, or a mistake put in.
 * @property {string} name E.g. `ringLock=none`.
 * @property {string} part
 * @property {string} label
 * @property {boolean} mistake
 * @property {string} sentence
 */

/**
 * @typedef {object} ProveInfo
 * @property {Record<string, SizeInfo[]>} sizes By scenario.
 * @property {EngineInfo[]} engines
 * @property {ColumnInfo[]} columns
 * @property {Record<string, string>} covers By scenario: what a cell of the matrix covers.
 * @property {Omit<ScenarioInfo, 'sizes'>} miniature
 */

/**
 * What the wasm says about itself. The only definition of names, ranges and defaults.
 *
 * @typedef {object} Description
 * @property {string} version
 * @property {ProtocolInfo[]} protocols
 * @property {ScenarioInfo[]} scenarios
 * @property {FieldInfo[]} fields
 * @property {PartInfo[]} parts
 * @property {KindInfo[]} kinds
 * @property {ProveInfo} prove
 * @property {CompareInfo} compare
 */

export {};
