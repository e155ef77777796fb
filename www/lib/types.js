/**
 * The shapes that cross the module's border, as types only. Nothing here exists at run time.
 *
 * Times are in milliseconds unless a name says otherwise; totals count from the start of the run.
 *
 * @module
 */

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
 * What to search. Everything but the scenario has a default.
 *
 * @typedef {object} ExploreConfig
 * @property {string} scenario A name from `lab.scenarios`.
 * @property {string | Partial<Parts>} [protocol] For `miniature` one of its own.
 * @property {Record<string, number>} [sizes] By name from the scenario's `sizes`.
 * @property {string} [engine] A name from `lab.engines`.
 * @property {Bounds} [bounds] How far.
 * @property {number} [depth] Steps whose order matters, for `pct`.
 * @property {'weak' | 'strong'} [fairness] For `starvation`.
 * @property {number} [threads] All that there are, if left out.
 * @property {number} [seed] For whatever is random.
 * @property {boolean} [whole] Search on when something is broken, so that everything is counted.
 * @property {AbortSignal} [signal] Cancels: the promise rejects with its reason.
 * @property {(progress: Progress & { rate: number }) => void} [onProgress] `rate`: states or executions a second.
 */

/**
 * How far a search goes; `null`, or left out: as far as it takes, but for a minute at the most if `milliseconds` is left out.
 *
 * @typedef {object} Bounds
 * @property {number | null} [steps] Of one execution.
 * @property {number | null} [preemptions] Turns away from a thread that could have gone on.
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

/** @typedef {'higher' | 'lower' | null} Better Which way a metric is better; `null` where neither is. */

/** @typedef {{ name: string, label: string, unit: string | null, better: Better, help: string }} MetricInfo What a trial is measured by. */

/**
 * What `lab.compare` can be asked.
 *
 * @typedef {object} CompareInfo
 * @property {FieldInfo[]} fields The knobs: those of a run that matter to cost, and `rounds`, `trialMs`, `warmupMs`.
 * @property {{ field: string, values: number[] }[]} sweeps Which of them can be swept over, with values to begin with.
 * @property {MetricInfo[]} metrics
 * @property {{ protocols: number, values: number, trials: number, seconds: number }} most Protocols, values of a sweep, trials in all, and what all of them take together, at the most.
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
 * @property {number} seconds
 * @property {number} events Delivered by readers.
 * @property {number} calls Of `read_events`.
 * @property {number | null} nsPerCall Mean time of a read call; `null` where none was timed.
 * @property {number} migrations Pages moved.
 * @property {number} refused Tries that were refused (−EAGAIN).
 * @property {number | null} longestWaitMs The longest that any thread took for one operation, migrators until a page has moved.
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
 */

/** @typedef {{ engine: string, cores: number, isolated: boolean, clockStepNs: number, date: string, version: string }} MachineInfo */

/**
 * What `lab.compare` found, as it is exported and imported.
 *
 * @typedef {object} ComparisonData
 * @property {'aio-ring-lab comparison'} kind
 * @property {1} format
 * @property {MachineInfo} machine
 * @property {{ protocols: (string | Parts)[], sweep: { field: string, values: number[] } | null, fields: Record<string, number | string> }} config As used.
 * @property {number} seconds
 * @property {ComparisonPoint[]} points
 * @property {string[]} text What the data support, and what they do not, in sentences.
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

/**
 * What to run. Ranges and defaults are in `lab.fields`; a field left out (or `undefined`) is as the scenario sets it, or else has
 * its default.
 *
 * @typedef {object} RunConfig
 * @property {string} [scenario] A name from `lab.scenarios`, of one that is `onThreads`; the first one if left out.
 * @property {string | Partial<Parts>} protocol A name from `lab.protocols`, or parts from `lab.parts`; parts left out have their default.
 * @property {number} [readers] Reader Workers.
 * @property {number} [migrators] Migrator Workers.
 * @property {number} [completers] Completer Workers; with 0 readers make their own completions, as inline I/O does.
 * @property {number} [setups] Workers that set contexts up and destroy them, over and over.
 * @property {number} [teardowns] Workers that tear contexts down.
 * @property {number} [addressSpaces] Workers that take mmap_sem, as page faults and move_pages do.
 * @property {number} [ringEvents] Events asked of the ring; the kernel's rule makes it larger.
 * @property {number} [batch] Events per read call, at most.
 * @property {number} [pace] Migrations per second and migrator; 0 is as fast as it can.
 * @property {string} [page] Which ring page migrates next.
 * @property {string} [core] Who calls migration: `compaction`, or `move-pages`, which holds mmap_sem for reading.
 * @property {string} [faults] Whether copying events to the user faults, and takes mmap_sem under ring_lock: `never`, `always`.
 * @property {string} [failures] Whether setup fails: `never`, or at `each-step`, one after the other.
 * @property {string} [allocation] Setup's own allocation: `plain`, or one that `compacts` its own ring.
 * @property {number} [durationMs] How long; 0, where the range allows it, is until stopped.
 * @property {number} [seed] For everything random.
 * @property {number} [widen] Spin turns between copying a page and publishing it. 0, the default, injects nothing.
 * @property {AbortSignal} [signal] Stops the run; its report then says `aborted`.
 */

/**
 * The configuration as it was used: complete, without `signal`. With a custom protocol, `protocol` has all parts.
 *
 * @typedef {{ scenario: string, protocol: string | Parts } & Record<string, string | number | Parts>} UsedConfig
 */

/**
 * Totals since the start of the run.
 *
 * @typedef {object} Sample
 * @property {number} timeMs Since every thread was let go.
 * @property {number} events Events delivered by all readers.
 * @property {number} migrations Pages moved.
 * @property {number} refused Migrations refused (−EAGAIN).
 * @property {number} setups Contexts set up.
 * @property {number} teardowns Contexts torn down.
 * @property {Record<string, number>} corruptions By kind; every kind is present.
 */

/**
 * @typedef {{ name: string, role: Role } & Record<string, string | number>} ThreadReport One thread, with its counters by name.
 */

/**
 * Who waits for whom when nobody can go on.
 *
 * @typedef {object} WaitForCycle
 * @property {boolean} cycle Whether the waits close a cycle; otherwise every thread waits for something that nobody will do.
 * @property {string} text For people: `reader 1 waits for events; completer 1 waits for slots`.
 * @property {{ thread: string, wants: string, heldBy: string | null, holds: string[] }[]} waits
 */

/**
 * One access to shared memory or to a lock, as its thread recorded it.
 *
 * @typedef {object} Step
 * @property {number} thread Index into `Trace.threads`.
 * @property {string} role
 * @property {string} label E.g. `ring_pages[0]->head = 17`.
 * @property {string} source Place in this project's source, `crate/src/aio/read.rs:41`; may be empty.
 * @property {string} [reads]
 * @property {string} [writes]
 * @property {string} [note]
 * @property {boolean} [lost] The write that the race threw away.
 * @property {number} [move] Index into `Trace.schedule`.
 */

/**
 * @typedef {object} TraceData
 * @property {string} scenario
 * @property {string | Parts} protocol
 * @property {Readonly<Record<string, number>>} [sizes] Of a searched scenario: how large it was made.
 * @property {readonly (readonly [number, number])[]} [schedule] Of a searched scenario: who goes when, and which way.
 * @property {string[]} threads Their names, one column each.
 * @property {string[]} [functions] By thread: the kernel function that it is in.
 * @property {Step[]} steps In the order in which they happened.
 * @property {boolean} complete Whether the threads' records reach back to the start of the operations shown.
 */

/**
 * The first corruption of a run.
 *
 * @typedef {object} Corruption
 * @property {string} kind
 * @property {number} timeMs Since every thread was let go.
 * @property {string} thread Who noticed.
 * @property {string} detail What was noticed, in a sentence.
 * @property {import('./trace.js').Trace} trace
 */

/**
 * @typedef {'duration' | 'stopped' | 'aborted' | 'deadlock'} Reason Why a run ended: its time was up; `stop()`; its signal or `dispose()`; every thread waited.
 */

/**
 * @typedef {object} ReportOnly
 * @property {number} seconds Length of the run.
 * @property {Reason} reason
 * @property {ThreadReport[]} threads Empty if the run was stopped before it had threads.
 * @property {WaitForCycle} [deadlock] If the reason is `deadlock`.
 * @property {Corruption} [firstCorruption] If there was any.
 * @property {string[]} atRest Invariants found broken when all threads had come to rest, in sentences; empty if there are none, or if the run
 *   ended in a deadlock.
 * @property {UsedConfig} config
 */

/** @typedef {Sample & ReportOnly} Report */

/**
 * A ring page's entry: `generation` is the frame's when the page was published; `null` where there is no page.
 *
 * @typedef {{ frame: number, generation: number } | null} RingPage
 */

/**
 * Which frame backs which ring page now, and what state each frame is in. Words are read one by one while the threads run, so
 * two of them may belong to neighbouring moments.
 *
 * @typedef {object} FrameMap
 * @property {RingPage[]} pages Of the first ring.
 * @property {{ live: boolean, generation: number, pages: RingPage[] }[]} rings By slot of the pool of contexts. What is in a slot
 *   that is not `live` is what its last context left; `generation` tells one context in the slot from the next.
 * @property {{ refs: number, free: boolean, generation: number, touched: number }[]} frames By frame; `touched` counts accesses to it while it was free.
 */

/**
 * @typedef {'starting' | 'running' | 'stopping' | 'ended'} RunState
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

// What follows is between this module and its wasm, and not for embedders.

/**
 * @typedef {object} View Where a run's counters are; all offsets are in bytes from the start of the memory.
 * @property {number} base
 * @property {number} stop i32: 1 asks every thread to finish what it does and end.
 * @property {number} abort i32: 1 tells every wait to give up.
 * @property {{ name: string, role: Role, counters: number }[]} threads
 * @property {string[]} counters Names of each thread's consecutive u32 words, which wrap.
 * @property {string[]} kinds Which of the counters are corruptions.
 * @property {{ ringPages: number, pages: number, state: number }[]} rings By slot of the pool of contexts: `ring_pages[]`, how many
 *   there are, and the context's state word.
 * @property {{ table: number, stride: number, count: number }} frames
 * @property {number} touched
 */

/**
 * @typedef {object} ReportData
 * @property {ThreadReport[]} threads
 * @property {WaitForCycle | null} [deadlock]
 * @property {CorruptionData | null} [firstCorruption]
 * @property {string[]} [atRest]
 */

/** @typedef {{ name: string, role: string, function: string }} Lane */

/**
 * @typedef {object} CorruptionData
 * @property {string} kind
 * @property {number} timeMs Since the run was laid out, before its Workers started.
 * @property {string} thread
 * @property {string} detail
 * @property {Omit<TraceData, 'threads'> & { threads: Lane[] }} trace
 * @property {string} text The trace as the recorder draws it.
 */

/**
 * @typedef {object} RaceHost
 * @property {() => View} view
 * @property {() => WaitForCycle | undefined} watch
 * @property {() => void} stop
 * @property {(reason: string) => ReportData} report
 * @property {() => number} handle
 * @property {() => void} free
 */

/**
 * The wasm's exports as wasm-bindgen wraps them, and its initialiser.
 *
 * @typedef {object} Bindings
 * @property {(o: { module_or_path: WebAssembly.Module, memory?: WebAssembly.Memory, thread_stack_size?: number }) => Promise<WasmExports>} default
 * @property {() => Description} describe
 * @property {new (config: UsedConfig) => RaceHost} RaceHost
 * @property {(handle: number, index: number) => void} run_thread
 * @property {() => void} install_panic_hook
 */

/**
 * @typedef {object} WasmExports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} __wbindgen_thread_destroy Gives back the calling thread's stack and thread-local memory.
 */

/**
 * @typedef {object} ReplayView Where a replay's words are; offsets in bytes from the start of the memory.
 * @property {string[]} threads Their names.
 * @property {number} abort i32: 1 makes every thread leave.
 * @property {number} done i32: rounds that are over.
 * @property {number} followed i32
 * @property {number} broke i32
 */

/**
 * @typedef {object} ReplayHost
 * @property {() => ReplayView} view
 * @property {() => number} handle
 * @property {() => ReplayReport} report
 * @property {() => void} free
 */

/**
 * @typedef {object} ExplorerBindings The same of the wasm that searches.
 * @property {(o: { module_or_path: WebAssembly.Module, memory?: WebAssembly.Memory, thread_stack_size?: number }) => Promise<WasmExports>} default
 * @property {(threads: number) => Promise<void>} initThreadPool
 * @property {(config: unknown, onProgress: (progress: Progress) => void) => unknown} explore
 * @property {(config: unknown) => unknown} estimate
 * @property {(config: unknown) => unknown} examine
 * @property {(config: unknown) => unknown} nearest
 * @property {(config: unknown, onCell: (cell: MatrixCell) => void) => unknown} search_matrix
 * @property {(record: unknown) => unknown} reproduce
 * @property {new (config: unknown) => ReplayHost} ReplayHost
 * @property {(handle: number, index: number) => void} run_replay_thread
 * @property {() => void} install_panic_hook
 */

/**
 * @typedef {object} CompareHost
 * @property {() => { threads: number, cancel: number }} view Followers that it needs; where the word is that ends it, in bytes.
 * @property {() => number} handle
 * @property {(onProgress: (progress: CompareProgress & { nextMs: number }) => void) => unknown} lead Leads all trials; blocks.
 * @property {() => void} free
 */

/**
 * @typedef {object} CompareBindings The same of the wasm that compares.
 * @property {(o: { module_or_path: WebAssembly.Module, memory?: WebAssembly.Memory, thread_stack_size?: number }) => Promise<WasmExports>} default
 * @property {new (config: unknown) => CompareHost} CompareHost
 * @property {(handle: number, index: number) => void} run_compare_thread
 * @property {() => void} reserve Grows the memory once and for all.
 * @property {() => void} install_panic_hook
 */

export {};
