/**
 * What is between this module and its wasm, and not for embedders. Types only.
 *
 * @module
 */

/** @import { Description, Role } from './types.js' */
/** @import { CompareProgress } from './types-compare.js' */
/** @import { MatrixCell, Progress, ReplayReport } from './types-prove.js' */
/** @import { ThreadReport, TraceData, UsedConfig, WaitForCycle } from './types-run.js' */

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
