/**
 * A lost head in a dozen steps, executed for real: a reader takes one event while a migrator moves the page. Enough of a world
 * to test the page with: it has locks, pages, references, a refused trylock, and a write that is lost.
 */

const TITLES = { reader: 'aio_read_events_ring()', migrator: 'aio_migratepage()' };

/** @typedef {{ label: string, source: string, reads?: string, writes?: string, role: string, thread: number, move: number, lost?: boolean }} Step */

/**
 * A thread's steps in order: what it says, whether it can happen, what it does.
 *
 * @param {Record<string, any>} w the world
 * @param {number} me
 * @param {boolean} locks whether the migrator tries the lock
 */
const READER = (w, me) => [
  { label: 'lock(ring_lock)', can: () => w.lock === null, do: () => { w.lock = me; } },
  { label: 'load ring_pages[0]', do: () => { w.local[me] = { page: w.page }; return { reads: `frame ${w.page}` }; } },
  { label: 'load ring->head in frame', do: () => { w.local[me].head = w.heads[w.local[me].page]; return { reads: String(w.local[me].head) }; } },
  { label: 'copy 1 event(s) to the user', do: () => ({ reads: `#${w.local[me].head}` }) },
  { label: 'store ring->head in frame', do: () => { const { page, head } = w.local[me]; w.heads[page] = head + 1; w.delivered += 1; return { writes: String(head + 1), wrote: page }; } },
  { label: 'unlock(ring_lock)', do: () => { w.lock = null; } },
];
const MIGRATOR = (w, me) => [
  { label: 'allocate a page', do: () => { w.fresh = w.refs.findIndex((refs) => refs === 0); w.refs[w.fresh] = 1; return { writes: `frame ${w.fresh}` }; } },
  { label: 'load ring_pages[0]', do: () => { w.old = w.page; return { reads: `frame ${w.page}` }; } },
  { label: 'copy a page to another', do: () => { w.heads[w.fresh] = w.heads[w.old]; w.copied = w.heads[w.old]; return { reads: `head ${w.heads[w.old]}`, writes: `head ${w.heads[w.old]}` }; } },
  { label: 'store ring_pages[0]', do: () => { w.page = w.fresh; return { writes: `frame ${w.fresh}` }; } },
  { label: 'put_page', do: () => { w.refs[w.old] = 0; return { writes: '0 reference(s)' }; } },
];
/** The fix: the migrator tries the lock first, and goes away when it is refused. */
const TRYING = (w, me) => [
  { label: 'trylock(ring_lock)', do: () => { if (w.lock === null) { w.lock = me; return {}; } w.gone[me] = true; return { reads: 'reader 1 holds it', label: 'trylock(ring_lock): refused' }; } },
  ...MIGRATOR(w, me),
  { label: 'unlock(ring_lock)', do: () => { w.lock = null; } },
];

export class World {
  /** @param {{ protocol: any, sizes?: Record<string, number> }} subject */
  constructor({ protocol, sizes }) {
    const fixed = protocol === 'v4' || (typeof protocol === 'object' && protocol.ringLock === 'try');
    this.w = { lock: null, page: 0, heads: [0, 0, 0], refs: [1, 0, 0], delivered: 0, local: {}, gone: {}, old: 0, fresh: 0, copied: 0 };
    const readers = Array.from({ length: sizes?.readers ?? 1 }, (_, i) => ({ name: `reader ${i + 1}`, role: 'reader', program: READER(this.w, i) }));
    const me = readers.length;
    this.threads = [...readers, { name: 'migrator 1', role: 'migrator', program: (fixed ? TRYING : MIGRATOR)(this.w, me) }];
    this.at = this.threads.map(() => 0);
    /** @type {Step[]} */
    this.steps = [];
    this.writes = [];
  }

  intent(thread) {
    return this.w.gone[thread] ? undefined : this.threads[thread]?.program[this.at[thread]];
  }

  can(thread) {
    const intent = this.intent(thread);
    return intent !== undefined && (intent.can?.() ?? true);
  }

  moves() {
    return this.threads.flatMap((_, thread) => (this.can(thread) ? [{ thread, way: 0, label: this.intent(thread).label, source: source(this.threads[thread].role, this.at[thread]) }] : []));
  }

  step(thread, move) {
    const intent = this.intent(thread);
    const { role } = this.threads[thread];
    const { wrote, ...values } = intent.do() ?? {};
    const step = { label: intent.label, source: source(role, this.at[thread]), role, thread, move, ...values };
    // A head that is stored into the old frame after it was copied.
    if (wrote !== undefined && this.steps.some((other) => other.label === 'copy a page to another') && wrote === this.w.old) this.writes.push(step);
    this.steps.push(step);
    this.at[thread] += 1;
  }

  get standing() {
    const over = this.threads.every((_, thread) => this.intent(thread) === undefined);
    if (over && this.w.heads[this.w.page] !== this.w.delivered) return 'broken';
    if (over) return 'finished';
    return this.moves().length === 0 ? 'stuck' : 'going';
  }

  view() {
    const { w } = this;
    return {
      threads: this.threads.map((_, thread) => {
        const next = this.intent(thread);
        const holds = w.lock === thread ? ['ring_lock'] : [];
        const source_ = next && { label: next.label, source: source(this.threads[thread].role, this.at[thread]) };
        if (!next) return { standing: 'ended', holds };
        if (this.can(thread)) return { standing: 'ready', next: source_, holds };
        return { standing: 'waiting', next: source_, waitsFor: 'ring_lock', heldBy: this.threads[w.lock].name, holds };
      }),
      contexts: [{ slot: 0, live: true, users: 1, ringPages: [{ frame: w.page, generation: 1 }, null], filePages: [{ frame: w.page, generation: 1 }, null], tail: 1, reqsAvailable: 2, connected: true }],
      frames: w.refs.map((refs, i) => ({ refs, generation: 1, free: refs === 0, ...(refs > 0 && { head: w.heads[i], tail: 1 }), touched: 0 })),
      locks: [{ name: 'ring_lock', owner: w.lock === null ? null : this.threads[w.lock].name }, { name: 'completion_lock', owner: null }],
    };
  }

  finding() {
    if (this.standing !== 'broken') return undefined;
    for (const step of this.writes) step.lost = true;
    return { invariant: 'I1', text: `${this.w.delivered} event was delivered, but the head of frame ${this.w.page} says ${this.w.heads[this.w.page]}` };
  }

  lanes() {
    return { threads: this.threads.map(({ name }) => name), functions: this.threads.map(({ role }) => TITLES[role]) };
  }
}

/** @param {string} role @param {number} at */
function source(role, at) {
  return `crate/src/aio/${role === 'reader' ? 'read' : 'migrate'}.rs:${40 + 3 * at}`;
}
