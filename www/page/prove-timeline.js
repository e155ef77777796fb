/**
 * A trace with the states between its steps, as numbers to draw by: which step belongs to which state, who held which lock from
 * when to when, where the schedule turned from one thread to another.
 *
 * A position is a step that is about to happen: 0 is before the first one, `length` is the end.
 */

import { plural } from './format.js';

/** @typedef {import('./prove-types.js').Examined} Examined */
/** @typedef {import('./prove-types.js').StateView} StateView */

/** @typedef {{ thread: number, lock: string, from: number, to: number | null, slot: number }} Held  taken by step `from`, given back by step `to` or never */

export class Timeline {
  /** @param {{ trace: Examined['trace'], views?: StateView[] }} examined  without views nobody's locks are known */
  constructor({ trace, views = [] }) {
    this.trace = trace;
    this.views = views;
    this.lanes = trace.threads.map((name, thread) => ({ name, does: trace.functions[thread] ?? '' }));
    this.steps = trace.steps;
    this.schedule = trace.schedule ?? [];
    this.held = heldIn(this);
    /** Locks in the order in which they are first taken: each has its colour. */
    this.locks = [...new Set(this.held.map(({ lock }) => lock))];
  }

  get length() {
    return this.steps.length;
  }

  /** @param {number} position  @returns {number} how many moves have been made there */
  moveAt(position) {
    return this.steps[position]?.move ?? Math.max(this.schedule.length, this.views.length - 1);
  }

  /** @param {number} move  @returns {number} the position before its first step */
  positionOf(move) {
    const position = this.steps.findIndex((step) => (step.move ?? 0) >= move);
    return position < 0 ? this.length : position;
  }

  /** @param {number} position  @returns {StateView | undefined} */
  viewAt(position) {
    return this.views[this.moveAt(position)];
  }

  /** @param {number} position  @returns {StateView | undefined} as it was one step earlier */
  viewBefore(position) {
    return position > 0 ? this.viewAt(position - 1) : undefined;
  }

  /** @param {number} position  @returns {boolean} whether another thread went before */
  turnsAt(position) {
    return position > 0 && this.steps[position]?.thread !== this.steps[position - 1]?.thread;
  }

  /** @param {number} thread  @returns {number[]} the positions of its steps, which is its program's order */
  stepsOf(thread) {
    return this.steps.flatMap((step, i) => (step.thread === thread ? [i] : []));
  }

  /** @param {ReadonlySet<number>} moves  @returns {Set<number>} the positions of their steps */
  stepsOfMoves(moves) {
    return new Set(this.steps.flatMap((step, k) => (moves.has(step.move ?? k) ? [k] : [])));
  }

  /** @param {number} position  @returns {string} the step there in a sentence */
  sentence(position) {
    const step = this.steps[position];
    if (!step) return `The end, after ${plural(this.length, 'step')}.`;
    const values = [step.reads ? `reads ${step.reads}` : '', step.writes ? `writes ${step.writes}` : '', step.lost ? 'this write is lost' : '', step.note ?? ''];
    return `Step ${position + 1} of ${this.length}, ${this.lanes[step.thread]?.name ?? '?'}: ${[step.label, ...values].filter(Boolean).join('; ')}.`;
  }
}

/** @param {Timeline} timeline  @returns {Held[]} */
function heldIn(timeline) {
  /** @type {Held[]} */
  const done = [];
  timeline.lanes.forEach((_, thread) => {
    /** @type {Held[]} */
    let open = [];
    for (let k = 0; k <= timeline.length; k += 1) {
      const now = timeline.viewAt(k)?.threads[thread]?.holds ?? [];
      for (const bar of open) if (!now.includes(bar.lock)) bar.to = k - 1;
      open = open.filter((bar) => bar.to === null);
      for (const lock of now) {
        if (open.some((bar) => bar.lock === lock)) continue;
        const slot = firstFree(open.map((bar) => bar.slot));
        const bar = { thread, lock, from: k - 1, to: null, slot };
        open.push(bar);
        done.push(bar);
      }
    }
  });
  return done;
}

/** @param {number[]} taken */
function firstFree(taken) {
  for (let slot = 0; ; slot += 1) if (!taken.includes(slot)) return slot;
}
