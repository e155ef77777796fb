/**
 * A stand-in for the generated wasm bindings: the same exports over real shared memory, with a choice of bad days. It lets the
 * module be tested without a browser and without the crate.
 *
 * The field `day` says what happens:
 *   calm       every thread counts until it is asked to stop
 *   panic      the second thread panics
 *   trap       the second thread traps without a panic
 *   stuck      all threads wait; the leader's watch finds out and breaks the waits off
 *   deaf       threads hear the abort word only, not the stop word
 *   dead       threads hear neither
 *   odd        the wasm itself refuses the configuration
 *   leader     the leader panics in its watch
 *   wrap       counters start just below 2^32
 *   late       threads take two seconds to start
 */
const PAGE = 65_536;
/** A word that stays 0. */
const NOBODY = 1020;
const AT = { stop: 0, abort: 4, living: 8, day: 12, runs: 16, began: 24, ringPages: 64, states: 96, frames: 128, touched: 256, threads: 1024 };
const DAYS = ['calm', 'panic', 'trap', 'stuck', 'deaf', 'dead', 'odd', 'leader', 'wrap', 'late'];
const COUNTERS = ['events', 'calls', 'migrations', 'refused', 'setups', 'teardowns', 'duplicate', 'lost'];
const ROLES = { readers: 'reader', migrators: 'migrator', completers: 'completer', setups: 'setup', teardowns: 'teardown', addressSpaces: 'address-space' };

/** @type {WebAssembly.Memory} */
let memory;
let words = new Int32Array(0);
let first = false;

/** @param {{ module_or_path: unknown, memory?: WebAssembly.Memory, thread_stack_size?: number }} from */
export default async function init({ module_or_path, memory: given, thread_stack_size }) {
  if (!(module_or_path instanceof WebAssembly.Module)) throw new TypeError('no module');
  first = !given;
  if (!first && thread_stack_size !== PAGE) throw new Error('a follower with a large stack');
  memory = given ?? new WebAssembly.Memory({ initial: 2, maximum: 4, shared: true });
  words = new Int32Array(memory.buffer, PAGE);
  if (!first) Atomics.add(words, AT.living / 4, 1);
  if (!first && DAYS[Atomics.load(words, AT.day / 4)] === 'late') Atomics.wait(words, NOBODY / 4, 0, 2_000);
  return {
    memory,
    __wbindgen_thread_destroy() {
      if (first) throw new Error('destroyed the first instance');
      Atomics.sub(words, AT.living / 4, 1);
    },
  };
}

export function install_panic_hook() {}

export function describe() {
  const integer = (/** @type {string} */ name, /** @type {number} */ min, /** @type {number} */ max, /** @type {number} */ value, /** @type {string | null} */ unit = null) => ({ name, label: name, help: '', unit, type: 'integer', min, max, default: value });
  const scenario = (/** @type {string} */ name, /** @type {object} */ changes) => ({
    name, title: `The ${name}`, summary: '', invariants: [], shows: [], onThreads: true, note: null, settings: {}, expected: {}, brokenBy: [], ...changes,
  });
  return {
    version: '0.0.0-fake',
    protocols: [{ name: 'linux-3.12', title: '', date: '', author: '', summary: '', argument: '', flaw: '', correct: false, parts: {} }],
    scenarios: [
      scenario('lost-head', { invariants: [{ name: 'I2', text: 'head never goes back' }], shows: ['duplicate'] }),
      scenario('abba', { shows: ['deadlock'], settings: { setups: 2, migrators: 3, day: 'stuck' } }),
      scenario('starvation', { onThreads: false, note: 'it needs an unfair schedule' }),
    ],
    fields: [
      integer('readers', 1, 64, 1),
      integer('migrators', 1, 64, 1),
      integer('completers', 0, 64, 0),
      integer('setups', 0, 16, 0),
      integer('teardowns', 0, 16, 0),
      integer('addressSpaces', 0, 16, 0),
      integer('durationMs', 0, 3_600_000, 200, 'ms'),
      { name: 'day', label: 'day', help: '', unit: null, type: 'choice', default: 'calm', choices: DAYS.map((value) => ({ value, label: value, help: '' })) },
    ],
    parts: [
      { name: 'ringLock', label: '', sentence: '', type: 'choice', choices: [{ value: 'none', label: '' }, { value: 'try', label: '' }], default: 'try', role: 'migration', mutant: false },
      { name: 'identityCheck', label: '', role: 'migration', sentence: '', type: 'boolean', default: true, mutant: false },
    ],
    prove: { sizes: {}, engines: [], columns: [], covers: {}, miniature: scenario('miniature', { onThreads: false, note: 'it is for searches' }) },
    kinds: [
      { name: 'duplicate', label: '', help: '' },
      { name: 'lost', label: '', help: '' },
    ],
  };
}

/** @param {string} message  @returns {never} */
function panic(message) {
  globalThis.aioRingLabPanic = { message, place: 'crate/src/lab/mod.rs:7:9' };
  throw new WebAssembly.RuntimeError('unreachable');
}

/** @typedef {Record<keyof typeof ROLES, number> & { day: string }} Config */

export class RaceHost {
  /** @param {Config} config */
  constructor(config) {
    if (config.day === 'odd') throw Object.assign(new Error('odd'), { field: 'batch', value: 7, range: 'at most what the ring holds' });
    this.config = config;
    this.looks = 0;
    const roles = /** @type {[keyof typeof ROLES, string][]} */ (Object.entries(ROLES));
    const names = roles.flatMap(([field, role]) =>
      Array.from({ length: config[field] }, (_, i) => ({ name: `${role} ${i + 1}`, role })),
    );
    const size = COUNTERS.length * 4;
    words.fill(0, AT.stop / 4, AT.living / 4);
    words.fill(0, AT.threads / 4, (AT.threads + names.length * size) / 4);
    if (config.day === 'wrap') words.fill(0, AT.threads / 4).fill(-3, AT.threads / 4, AT.threads / 4 + 1);
    words[AT.day / 4] = DAYS.indexOf(config.day);
    words[AT.runs / 4] += 1;
    words.fill(0, AT.began / 4, AT.began / 4 + 2);
    words[AT.ringPages / 4] = 5 | (3 << 12);
    words[AT.ringPages / 4 + 1] = 4094 | (0xfffff << 12);
    words[AT.ringPages / 4 + 2] = -1;
    words[AT.states / 4] = (1 << 31) | (7 << 8);
    words[AT.states / 4 + 1] = 0;
    words[AT.frames / 4] = 1 | (9 << 13);
    words[AT.frames / 4 + 2] = 0x1000 | (0x7ffff << 13);
    words[AT.touched / 4 + 1] = 2;
    this.laidOut = performance.timeOrigin + performance.now();
    this.threads = names.map((thread, i) => ({ ...thread, counters: PAGE + AT.threads + i * size }));
  }
  handle() {
    return PAGE;
  }
  view() {
    return {
      base: PAGE,
      stop: PAGE + AT.stop,
      abort: PAGE + AT.abort,
      threads: this.threads,
      counters: COUNTERS,
      kinds: ['duplicate', 'lost'],
      rings: [
        { ringPages: PAGE + AT.ringPages, pages: 2, state: PAGE + AT.states },
        { ringPages: PAGE + AT.ringPages + 8, pages: 1, state: PAGE + AT.states + 4 },
      ],
      frames: { table: PAGE + AT.frames, stride: 8, count: 2 },
      touched: PAGE + AT.touched,
    };
  }
  watch() {
    if (this.config.day === 'leader') panic('the watch broke');
    if (this.config.day !== 'stuck' || ++this.looks < 2) return undefined;
    Atomics.store(words, AT.abort / 4, 1);
    Atomics.notify(words, AT.abort / 4);
    return { cycle: false, text: 'reader 1 waits for events', waits: [{ thread: 'reader 1', wants: 'events', heldBy: null, holds: [] }] };
  }
  stop() {
    Atomics.store(words, AT.stop / 4, 1);
    Atomics.notify(words, AT.stop / 4);
  }
  report() {
    const living = Atomics.load(words, AT.living / 4);
    if (living !== 0) panic(`${living} threads are still in`);
    return {
      threads: this.threads.map(({ name, role }) => ({ name, role, events: 0, turns: Atomics.load(words, AT.runs / 4) })),
      deadlock: null,
      firstCorruption: {
        kind: 'duplicate',
        // 50 ms after the first thread began, counted as the wasm does: from the laying out.
        timeMs: Number(Atomics.load(new BigInt64Array(memory.buffer, PAGE + AT.began, 1), 0)) - this.laidOut + 50,
        thread: 'reader 1',
        detail: 'event 17 came again',
        trace: {
          scenario: 'lost-head',
          protocol: 'linux-3.12',
          threads: [
            { name: 'reader 1', role: 'reader', function: 'aio_read_events_ring()' },
            { name: 'migrator 1', role: 'migrator', function: 'aio_migratepage()' },
          ],
          complete: true,
          steps: [
            { thread: 1, role: 'migrator', label: 'copy ring_pages[0]', source: 'crate/src/aio/migrate.rs:41', reads: null },
            { thread: 0, role: 'reader', label: 'ring_pages[0]->head = 17', source: 'crate/src/aio/read.rs:41', writes: '17', lost: true },
          ],
        },
        text: '',
      },
    };
  }
  free() {}
}

/** @param {number} handle  @param {number} index */
export function run_thread(handle, index) {
  if (handle !== PAGE) throw new Error('a wrong handle');
  const began = BigInt(Math.round(performance.timeOrigin + performance.now()));
  Atomics.compareExchange(new BigInt64Array(memory.buffer, PAGE + AT.began, 1), 0, 0n, began);
  const day = DAYS[Atomics.load(words, AT.day / 4)];
  const word = { deaf: AT.abort, dead: NOBODY, stuck: AT.abort }[day] ?? AT.stop;
  const counters = (AT.threads + index * COUNTERS.length * 4) / 4;
  for (let turn = 0; Atomics.load(words, word / 4) === 0; turn++) {
    if (day !== 'stuck') Atomics.add(words, counters, 2);
    if (index === 1) Atomics.add(words, counters + 2, 1);
    if (index > 1) Atomics.add(words, counters + 4, 1);
    if (turn === 20 && index === 1 && day === 'panic') panic('index out of bounds');
    if (turn === 20 && index === 1 && day === 'trap') throw new WebAssembly.RuntimeError('memory access out of bounds');
    Atomics.wait(words, word / 4, 0, 1);
  }
}
