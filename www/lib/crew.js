/**
 * The followers of one run, one Worker a thread: hired together, let go together, and gone within bounded time.
 *
 * @module
 */
import { deferred } from './deferred.js';
import { WorkerCrashedError } from './errors.js';

/** How long threads may take to end when asked; then their waits are broken off. */
const STOP_MS = 3_000;
/** How long they may take after that; then they are terminated. */
const ABORT_MS = 2_000;
/** How long the others may take to end after one has crashed. */
const CRASH_MS = 1_000;

export class Crew {
  #engine;
  #counters;
  /** Who has not ended yet. @type {Set<import('./peer.js').Peer>} */
  #inside = new Set();
  /** @type {import('./deferred.js').Deferred<void>} */
  #over = deferred();
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = [];

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {import('./counters.js').Counters} counters
   */
  constructor(engine, counters) {
    this.#engine = engine;
    this.#counters = counters;
  }

  /** Resolves when every thread has ended by itself; rejects when one crashed, or did not end in time. */
  get over() {
    return this.#over.promise;
  }

  /**
   * Starts the Workers. They wait for `go`.
   *
   * @param {string[]} names
   * @param {number} handle
   */
  async hire(names, handle) {
    const peers = await this.#engine.followers(names, handle);
    peers.forEach((peer) => this.#inside.add(peer));
    // From here on each either ends or fails.
    for (const peer of peers) peer.next('ended').then(() => this.#leave(peer), this.#over.reject);
  }

  go() {
    this.#inside.forEach((peer) => peer.post({ type: 'go' }));
    if (this.#inside.size === 0) this.#over.resolve();
  }

  /** Asks every thread to end, and sees to it that they do. */
  stop() {
    this.#counters.stop();
    this.#timers.push(
      setTimeout(() => this.#counters.abort(), STOP_MS),
      setTimeout(() => {
        const names = [...this.#inside].map((peer) => peer.name).join(', ');
        const late = `did not end within ${(STOP_MS + ABORT_MS) / 1000} s of being asked to, and was terminated`;
        this.fail(new WorkerCrashedError(names, late, null));
      }, STOP_MS + ABORT_MS),
    );
  }

  /** @param {Error} error Makes `over` reject. */
  fail(error) {
    this.#over.reject(error);
  }

  /** After a crash: gives the others a moment to end. The engine's end is theirs if they do not. */
  async breakOff() {
    this.#counters.stop();
    this.#counters.abort();
    const until = performance.now() + CRASH_MS;
    while ([...this.#inside].some((peer) => !peer.failure) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Forgets all timers. */
  release() {
    this.#timers.forEach((timer) => clearTimeout(timer));
  }

  /** @param {import('./peer.js').Peer} peer */
  #leave(peer) {
    this.#inside.delete(peer);
    this.#engine.dismiss(peer);
    if (this.#inside.size === 0) this.#over.resolve();
  }
}
