/**
 * Searches, the matrix, and schedules forced on threads. Types only.
 *
 * @module
 */

/** @import { Parts } from './types.js' */
/** @import { RingPage, WaitForCycle } from './types-run.js' */

/**
 * What to search. Everything but the scenario has a default. What an engine cannot keep to (`bounds.preemptions`,
 * `bounds.steps`, `whole`) it refuses; what it has no use for (`seed`, `depth`, `fairness`, `threads`) is not in the verdict's
 * `config`.
 *
 * @typedef {object} ExploreConfig
 * @property {string} scenario A name from `lab.scenarios`.
 * @property {string | Partial<Parts>} [protocol] For `miniature` one of its own.
 * @property {Record<string, number>} [sizes] By name from the scenario's `sizes`.
 * @property {string} [engine] A name from `lab.engines`.
 * @property {Bounds} [bounds] How far.
 * @property {number} [depth] Steps whose order matters, for `pct`.
 * @property {'weak' | 'strong'} [fairness] For `starvation`.
 * @property {number} [threads] That share the search of `states`; all that there are, if left out. Other engines run on one.
 * @property {number} [seed] For whatever is random.
 * @property {boolean} [whole] For `states` and `traces`: search on when something is broken, so that everything is counted.
 * @property {AbortSignal} [signal] Cancels: the promise rejects with its reason.
 * @property {(progress: Progress & { rate: number }) => void} [onProgress] `rate`: states or executions a second.
 */

/**
 * How far a search goes; `null`, or left out: as far as it takes, but for a minute at the most if `milliseconds` is left out.
 *
 * @typedef {object} Bounds
 * @property {number | null} [steps] Of one execution.
 * @property {number | null} [preemptions] For `states`: turns away from a thread that could have gone on.
 * @property {number | null} [count] States, or executions.
 * @property {number | null} [bytes] Memory.
 * @property {number | null} [milliseconds]
 */

/** @typedef {{ states: number, traces: number, transitions: number, depth: number, bytes: number, milliseconds: number }} Progress */

/** @typedef {{ scenario: string, protocol: string | Parts, sizes: Record<string, number> } & Record<string, any>} UsedExploreConfig Complete. */

/**
 * What a search has found. `proved`: everything was searched, and nothing is broken. `violated`: something is, see `violation`.
 * `bound-reached`: nothing is broken as far as the search went.
 *
 * @typedef {object} Verdict
 * @property {'proved' | 'violated' | 'bound-reached'} outcome
 * @property {'steps' | 'preemptions' | 'count' | 'memory' | 'time' | 'cancelled'} [bound] Which one was reached.
 * @property {number} [states] Distinct states.
 * @property {number} [transitions]
 * @property {number} [traces] Mazurkiewicz classes, or executions where classes are not told apart.
 * @property {number} [brokenTraces]
 * @property {number} [blockedTraces] Executions begun in vain; an optimal search has none.
 * @property {number} depth Steps to the state farthest from the start.
 * @property {number} seconds
 * @property {number} bytes That it took.
 * @property {number} overlooked Probability that two states were taken for one; an upper bound.
 * @property {{ runs: number, depth: number, perRun: number, inAll: number }} [detection] What `pct` promises.
 * @property {string} covers What exactly was searched, in a sentence.
 * @property {UsedExploreConfig} config
 * @property {Violation} [violation]
 */

/**
 * @typedef {object} Violation
 * @property {string} invariant The name of what does not hold.
 * @property {string} text What was found, in a sentence.
 * @property {WaitForCycle} [deadlock]
 * @property {number} [cycle] Where the moves begin that can be repeated for ever.
 * @property {import('./trace.js').Trace} trace
 */

/**
 * @typedef {object} Estimate
 * @property {number} probes
 * @property {number} schedulesLog10
 * @property {number} spread Standard error of the number of schedules, divided by it.
 * @property {{ mean: number, most: number }} steps
 * @property {number} statesSeen
 * @property {number} states At least so many, on the average.
 */

/** @typedef {readonly [thread: number, way: number]} Move Who goes; and which way, where a step can go several ways. */

/**
 * @typedef {object} ExamineConfig
 * @property {string} scenario
 * @property {string} [engine] `starvation` for a schedule that this engine has found: its readers have no end. Others change nothing.
 * @property {string | Partial<Parts>} protocol
 * @property {Record<string, number>} [sizes]
 * @property {readonly Move[]} schedule
 */

/**
 * @typedef {object} Examined
 * @property {import('./trace.js').Trace} trace
 * @property {StateView[]} views One before each move, and one at the end.
 * @property {{ thread: number, way: number, label: string, source: string }[]} moves What can come next.
 * @property {'going' | 'finished' | 'stuck' | 'broken' | 'beside'} standing
 * @property {{ invariant: string, text: string, deadlock?: WaitForCycle }} [finding]
 * @property {{ move: number, thread: string, reason: string }} [refused] Where the schedule does not fit.
 */

/**
 * @typedef {object} StateView
 * @property {{ standing: 'ready' | 'waiting' | 'ended', next?: { label: string, source: string }, waitsFor?: string, heldBy?: string, holds: string[] }[]} threads
 * @property {{ slot: number, live: boolean, users: number, ringPages: RingPage[], filePages: RingPage[], tail: number, reqsAvailable: number, connected: boolean }[]} [contexts]
 * @property {{ refs: number, generation: number, free: boolean, head?: number, tail?: number, touched: number }[]} [frames]
 * @property {{ name: string, owner: string | null, readers?: number }[]} locks
 * @property {{ name: string, value: number }[]} [words] Of the miniature, which has neither contexts nor frames.
 */

/**
 * @typedef {object} NearestGood
 * @property {'found' | 'none' | 'bound-reached'} outcome
 * @property {import('./trace.js').Trace | null} trace
 * @property {number | null} switches Places where it departs.
 * @property {number[]} [departures] Moves of its schedule where departures begin.
 * @property {number[]} [outOfTurn] Moves of its schedule that are out of turn.
 */

/**
 * @typedef {object} MatrixConfig
 * @property {boolean} [pairs] Parts are taken out in pairs, too.
 * @property {number} [threads]
 * @property {Bounds} [bounds] Of each cell.
 * @property {AbortSignal} [signal]
 * @property {(cell: MatrixCell) => void} [onCell]
 */

/**
 * @typedef {object} MatrixCell
 * @property {number} index
 * @property {string} scenario
 * @property {string[]} parts Names from `lab.columns`.
 * @property {'proved' | 'broken' | 'deadlock' | 'bound-reached' | 'not-applicable'} outcome
 * @property {number} states
 * @property {number} [length] Moves of the shortest trace.
 * @property {number} seconds
 * @property {ExamineConfig} config What opens it; with a schedule if something is broken.
 */

/**
 * @typedef {object} MatrixResult
 * @property {MatrixCell[]} cells
 * @property {{ parts: string[], scenarios: string[] }[]} needed
 * @property {string[]} redundant
 * @property {{ parts: string[], scenarios: string[] }[]} together What breaks only together.
 * @property {string[]} text
 */

/**
 * @typedef {object} ReplayOptions
 * @property {number} [times] How often; once, unless it says otherwise.
 * @property {string | Partial<Parts>} [protocol] What to force the schedule on; the trace's own, if left out.
 * @property {AbortSignal} [signal] Ends it; the report then says `aborted`, and tells of the rounds until then.
 * @property {(progress: ReplayProgress) => void} [onProgress] Called about ten times a second.
 */

/**
 * @typedef {object} ReplayProgress
 * @property {number} times Rounds that there are to be.
 * @property {number} done Rounds that are over.
 * @property {number} followed
 * @property {number} broke
 */

/**
 * What became of a schedule that was forced on real threads.
 *
 * @typedef {object} ReplayReport
 * @property {number} times Rounds that are over.
 * @property {number} broke In how many of them something was broken.
 * @property {number} followed How many were followed to the end of the schedule, and what it breaks there.
 * @property {{ move: number, thread: string, step: string, reason: string }} [refused] Where the first one that was not followed was
 *   given up. `move` is an index into the schedule; as many as it has moves, if all were made and what it breaks is not broken.
 * @property {Record<string, number>} findings What was broken, and in how many rounds.
 * @property {{ invariant: string, text: string, deadlock?: WaitForCycle }} [first] The first of it.
 * @property {number} seconds
 * @property {boolean} aborted
 */

export {};
