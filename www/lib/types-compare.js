/**
 * Comparisons. Types only.
 *
 * @module
 */

/** @import { FieldInfo, PartInfo, Parts, ProtocolInfo, ScenarioInfo } from './types.js' */

/** @typedef {'higher' | 'lower' | null} Better Which way a metric is better; `null` where neither is. */

/** @typedef {{ name: string, label: string, unit: string | null, better: Better, help: string }} MetricInfo What a trial is measured by. */

/**
 * What `lab.compare` can be asked.
 *
 * @typedef {object} CompareInfo
 * @property {FieldInfo[]} fields The knobs: those of a run that matter to cost, and `rounds`, `trialMs`, `warmupMs`.
 * @property {{ field: string, values: number[] }[]} sweeps Which of them can be swept over, with values to begin with.
 * @property {MetricInfo[]} metrics
 * @property {{ protocols: number, values: number, trials: number, seconds: number, overheadMs: number }} most Protocols, values of a sweep, trials in all, and what all of them take
 *   together, at the most; `overheadMs`: about what a trial takes besides the time that it counts.
 */

/**
 * What a lab must know to say something of a comparison; a `Lab` does.
 *
 * @typedef {object} Catalogue
 * @property {readonly Pick<ProtocolInfo, 'name' | 'correct' | 'parts'>[]} protocols
 * @property {readonly Pick<PartInfo, 'name' | 'type' | 'choices' | 'default'>[]} parts
 * @property {readonly Pick<ScenarioInfo, 'brokenBy'>[]} scenarios
 * @property {Readonly<CompareInfo>} comparing
 */

/**
 * What to measure. Everything has a default. The fields of `lab.comparing.fields` are given beside these, by name.
 *
 * @typedef {object} CompareOptions
 * @property {(string | Partial<Parts>)[]} [protocols] Two or more; the first is what the others are compared with.
 * @property {{ field: string, values: number[] }} [sweep] One field takes these values, one after the other in random order.
 * @property {AbortSignal} [signal] Cancels: the promise rejects with its reason.
 * @property {(progress: CompareProgress) => void} [onProgress]
 */

/** @typedef {CompareOptions & Record<string, unknown>} CompareConfig */

/**
 * @typedef {object} CompareProgress
 * @property {number} done Trials that are over.
 * @property {number} trials Trials in all.
 * @property {number} leftMs About how long it still takes.
 * @property {ComparisonData | null} soFar What can be said by now; `null` before the first round is complete. Made about once a second.
 */

/**
 * One short run on real Workers. Totals over all threads.
 *
 * @typedef {object} Trial
 * @property {number | null} turn Its turn among all trials, of all points and with the controls, from 1: this is the order of the
 *   blocks, and within them. `null` in files of versions that did not keep it.
 * @property {number} seconds
 * @property {number} events Delivered by readers.
 * @property {number} calls Of `read_events`.
 * @property {number | null} nsPerCall Mean time of a read call; `null` where none was timed.
 * @property {number} migrations Pages moved.
 * @property {number} refused Tries that were refused (−EAGAIN).
 * @property {number | null} longestWaitMs The longest that any thread waited for one lock.
 * @property {number | null} longestRefusedMs The longest that any migrator tried in vain: from a try that was refused until a page
 *   had moved.
 * @property {boolean} hung Nobody could go on; the trial was given up and its figures are left out.
 */

/** @typedef {{ median: number, low: number, high: number, min: number, max: number }} Figure A median over trials; `low` to `high`: its 95 % bootstrap interval. */

/** @typedef {{ count: number, p50: number, p90: number, p99: number, p999: number, max: number, stepNs: number }} CallTimes Percentiles of timed read calls in ns; what is below `stepNs`, the clock's step, is not told apart. */

/**
 * @typedef {object} Measured One protocol at one point.
 * @property {string | Parts} protocol
 * @property {string} name
 * @property {boolean | null} correct Whether no scenario breaks it; the speed of one that is not is a yardstick and nothing else.
 *   `null` for parts that nobody has searched.
 * @property {Record<string, Figure | null>} metrics By name from `lab.comparing.metrics`; `null` where it cannot be told.
 * @property {CallTimes | null} callTimes
 * @property {Trial[]} trials In the order of the rounds.
 */

/**
 * @typedef {object} Ratio One protocol against the first.
 * @property {number} protocol Index into `measured`.
 * @property {string} metric
 * @property {number} ratio The median over rounds of the ratio within a round.
 * @property {number} low Of its 95 % bootstrap interval.
 * @property {number} high
 * @property {number} rounds How many it rests on.
 * @property {'higher' | 'lower' | 'no-difference'} verdict What the interval supports; `no-difference`: none was seen.
 * @property {string} text The same in a sentence.
 */

/**
 * @typedef {object} ComparisonPoint
 * @property {Record<string, number | string>} settings All fields, as used at this point.
 * @property {number | null} value Of the swept field; `null` without a sweep.
 * @property {Measured[]} measured By protocol, in the order that was asked for.
 * @property {Ratio[]} ratios Of each protocol but the first, by metrics that both have.
 * @property {Ratio | null} control What measuring costs: reader events of the first protocol with the stopwatch, against the
 *   same without; `null` without a control.
 * @property {Trial[] | null} controlTrials Those without it; `null` without a control, and in files of versions that did not keep them.
 */

/**
 * @typedef {object} MachineInfo
 * @property {string} engine With its version.
 * @property {string} system The operating system; `unknown` where the browser does not tell.
 * @property {string} architecture Such as `x86 64-bit`; `unknown` where the browser does not tell.
 * @property {number} cores
 * @property {boolean} isolated
 * @property {number} clockStepNs What is shorter is not told apart.
 * @property {string} date When the comparison ended (ISO 8601, UTC).
 * @property {string} version Of the lab.
 */

/**
 * What `lab.compare` found, as it is exported and imported.
 *
 * @typedef {object} ComparisonData
 * @property {'aio-ring-lab comparison'} kind
 * @property {3} format Files of format 2 are read, too; what they do not have is `null`, or `unknown`.
 * @property {MachineInfo} machine
 * @property {{ protocols: (string | Parts)[], sweep: { field: string, values: number[] } | null, fields: Record<string, number | string> }} config As used.
 * @property {number} seconds
 * @property {ComparisonPoint[]} points
 * @property {string[]} text What the data support, and what they do not, in sentences.
 */

export {};
