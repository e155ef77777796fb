/**
 * The shapes of what is proved, as the module gives them; nothing here runs.
 *
 * @typedef {readonly [thread: number, way: number]} Move  which thread goes, and which way where it has several
 * @typedef {import('./types.js').PartValues} PartValues
 * @typedef {import('./types.js').WaitForCycle} WaitForCycle
 *
 * @typedef {{ name: string, role: string, function: string }} Lane
 * @typedef {import('./types.js').Trace['steps'][number] & { readonly move?: number }} ProofStep  `move`: the index of its move in the schedule
 *
 * @typedef {object} ProofTrace
 * @property {string} scenario
 * @property {string | Readonly<PartValues>} protocol
 * @property {Readonly<Record<string, number>>} [sizes]
 * @property {readonly Move[]} [schedule]  a record from threads has none
 * @property {readonly (string | Lane)[]} threads
 * @property {readonly string[]} [functions]
 * @property {readonly ProofStep[]} steps
 * @property {boolean} complete
 * @property {(base?: string | URL) => string} toURL
 * @property {() => string} toText
 *
 * @typedef {object} Subject  what is asked about
 * @property {string} scenario
 * @property {string | Readonly<PartValues>} protocol
 * @property {Readonly<Record<string, number>>} [sizes]
 *
 * @typedef {'states' | 'traces' | 'random' | 'pct' | 'starvation'} Engine
 * @typedef {{ steps?: number, preemptions?: number, count?: number, bytes?: number, milliseconds?: number }} Bounds
 *
 * @typedef {object} ExploreOptions
 * @property {Engine} [engine]
 * @property {Bounds} [bounds]
 * @property {number} [depth]
 * @property {'weak' | 'strong'} [fairness]
 * @property {number} [threads]
 * @property {number} [seed]
 * @property {boolean} [whole]
 * @property {AbortSignal} [signal]
 * @property {(progress: Progress) => void} [onProgress]
 * @typedef {Subject & ExploreOptions} ExploreConfig
 *
 * @typedef {{ states: number, traces: number, transitions: number, depth: number, bytes: number, milliseconds: number, rate: number }} Progress
 * @typedef {{ probes: number, schedulesLog10: number, spread: number, steps: { mean: number, most: number }, statesSeen: number, states: number }} Estimate
 *
 * @typedef {'proved' | 'violated' | 'bound-reached'} VerdictOutcome
 * @typedef {'steps' | 'preemptions' | 'count' | 'memory' | 'time' | 'cancelled'} BoundName
 *
 * @typedef {object} Finding
 * @property {string} invariant
 * @property {string} text
 * @property {WaitForCycle} [deadlock]
 * @typedef {Finding & { cycle?: number, trace: ProofTrace }} Violation
 *
 * @typedef {object} Verdict
 * @property {VerdictOutcome} outcome
 * @property {BoundName} [bound]
 * @property {number} [states]
 * @property {number} [transitions]
 * @property {number} [traces]
 * @property {number} [brokenTraces]
 * @property {number} [blockedTraces]
 * @property {number} depth
 * @property {number} seconds
 * @property {number} bytes
 * @property {number} overlooked
 * @property {{ runs: number, depth: number, perRun: number, inAll: number }} [detection]
 * @property {string} covers
 * @property {Subject & Record<string, unknown>} config
 * @property {Violation} [violation]
 *
 * @typedef {import('../lib/types.js').RingPage} RingPage
 *
 * @typedef {object} ThreadView
 * @property {'ready' | 'waiting' | 'ended'} standing
 * @property {{ label: string, source: string }} [next]
 * @property {string} [waitsFor]
 * @property {string} [heldBy]
 * @property {string[]} holds
 *
 * @typedef {object} ContextView
 * @property {number} slot
 * @property {boolean} live
 * @property {number} users
 * @property {RingPage[]} ringPages
 * @property {RingPage[]} filePages
 * @property {number} tail
 * @property {number} reqsAvailable
 * @property {boolean} connected
 *
 * @typedef {{ refs: number, generation: number, free: boolean, head?: number, tail?: number, touched: number | boolean }} FrameView
 *
 * @typedef {object} StateView
 * @property {ThreadView[]} threads
 * @property {ContextView[]} [contexts]
 * @property {FrameView[]} [frames]
 * @property {{ name: string, owner: string | null, readers?: number | string[] }[]} [locks]
 * @property {{ name: string, value: string | number }[]} [words]  in place of contexts and frames
 *
 * @typedef {{ thread: number, way: number, label: string, source: string }} Way
 *
 * @typedef {object} Examined
 * @property {ProofTrace} trace
 * @property {StateView[]} views  one before each move, and one at the end
 * @property {Way[]} moves  possible at the end
 * @property {'going' | 'finished' | 'stuck' | 'broken' | 'beside'} standing
 * @property {Finding} [finding]
 * @property {{ move: number, thread: string, reason: string }} [refused]
 *
 * @typedef {{ trace: ProofTrace | null, switches: number | null, outcome: 'found' | 'none' | 'bound-reached' }} NearestGood
 *
 * @typedef {object} ReplayReport
 * @property {number} times
 * @property {number} broke
 * @property {number} followed
 * @property {{ move: number, thread: string, step: string, reason: string }} [refused]
 * @property {Record<string, number>} findings
 * @property {number} seconds
 * @property {boolean} [aborted]
 *
 * @typedef {'proved' | 'broken' | 'deadlock' | 'bound-reached' | 'not-applicable'} CellOutcome
 *
 * @typedef {object} Cell
 * @property {string} scenario
 * @property {string[]} parts  taken out of v4
 * @property {CellOutcome} outcome
 * @property {number} states
 * @property {number} [length]  of the shortest trace
 * @property {number} seconds
 * @property {Subject & { schedule?: Move[] }} [trace]  to be opened again
 *
 * @typedef {{ cells: Cell[], needed: { part: string, scenarios: string[] }[], redundant: string[], text: string[] }} MatrixResult
 *
 * @typedef {object} MatrixConfig
 * @property {string[]} [scenarios]
 * @property {boolean} [pairs]
 * @property {number} [threads]
 * @property {Bounds} [bounds]
 * @property {AbortSignal} [signal]
 * @property {(cell: Cell) => void} [onCell]
 *
 * @typedef {{ name: string, label: string, help: string, min: number, max: number, default: number }} SizeInfo
 * @typedef {import('./types.js').ScenarioInfo & { sizes?: readonly SizeInfo[], protocols?: readonly import('./protocols.js').ProtocolInfo[] }} ProofScenario
 *
 * @typedef {object} Prover  what a lab can do besides running on threads
 * @property {(config: ExploreConfig) => Promise<Verdict>} explore
 * @property {(config: Subject & { schedule: readonly Move[] }) => Promise<Examined>} examine
 * @property {(config: ExploreConfig) => Promise<Estimate>} estimate
 * @property {(config: Subject & { schedule: readonly Move[] }) => Promise<NearestGood>} nearestGood
 * @property {(config: MatrixConfig) => Promise<MatrixResult>} matrix
 * @property {(trace: ProofTrace, o?: { times?: number, protocol?: string, signal?: AbortSignal, onProgress?: (progress: { done: number, times: number, broke: number }) => void }) => Promise<ReplayReport>} replay
 *
 * @typedef {Omit<import('./types.js').Lab, 'scenarios'> & Prover & { scenarios: readonly ProofScenario[] }} ProofLab
 */

export {};
