/**
 * Runs on threads: what is asked, what is sampled, what is reported. Types only.
 *
 * @module
 */

/** @import { Parts, Role } from './types.js' */

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
 * @property {string} [breaks] Of a searched scenario: the name of what is broken at its end.
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

export {};
