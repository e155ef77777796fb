/** What each thread of a run did, by its own counters. */

import { count } from './format.js';
import { TableOnDemand } from './table.js';

/** @typedef {import('./types.js').Report} Report */

export class Threads {
  /** @type {Report['threads']} */
  #threads = [];
  #table = new TableOnDemand('Threads as a table', () => this.#content());
  element = this.#table.element;

  /** @param {Report['threads']} threads */
  show(threads) {
    this.#threads = threads;
    this.#table.refresh();
  }

  /** Counters that no thread moved are left out: there are many. */
  #content() {
    const [first] = this.#threads;
    if (!first) return null;
    const counters = Object.keys(first).filter((name) => name !== 'name' && name !== 'role' && this.#threads.some((thread) => thread[name] !== 0));
    return {
      heads: ['thread', ...counters],
      rows: this.#threads.map((thread) => [thread.name, ...counters.map((name) => count(Number(thread[name] ?? 0)))]),
    };
  }
}
