/**
 * Steps that happened, as data: to print, to send, to put into a link.
 *
 * @module
 */
import { TraceError } from './errors.js';
import { textFlaw } from './hostile.js';

/** @typedef {import('./types-run.js').Step} Step */
/** @typedef {import('./types-run.js').TraceData} TraceData */

/** Version of the link's format, and the parameter that carries it. */
const VERSION = 2;
const PARAMETER = 'trace';

/** Columns of text for one thread in the picture; longer lines wrap. */
const WIDTH = 46;

/** What a trace may hold when it comes from outside. Far above what the lab records. */
const MAX = { link: 200_000, threads: 256, steps: 4_096, moves: 4_096, ways: 256, text: 400, parts: 64, size: 1_000_000 };

/** A recorded interleaving. Immutable. */
export class Trace {
  /** @readonly @type {string} */
  scenario;
  /** The protocol's name, or the parts of a custom one. @readonly @type {string | Readonly<import('./types.js').Parts>} */
  protocol;
  /** Names of the threads; steps point into it. @readonly @type {readonly string[]} */
  threads;
  /** By thread: the kernel function that it is in, empty if that is not known. @readonly @type {readonly string[]} */
  functions;
  /** In the order in which they happened. @readonly @type {readonly Readonly<Step>[]} */
  steps;
  /** Of a searched scenario: how large it was made, by name. @readonly @type {Readonly<Record<string, number>>} */
  sizes;
  /** Of a searched scenario: who goes when, from its beginning; empty for what threads have recorded. @readonly @type {readonly (readonly [number, number])[]} */
  schedule;
  /** Whether the record reaches back to the start of the operations shown. @readonly @type {boolean} */
  complete;
  /** Of a searched scenario: the name of what is broken at its end; empty if nothing is, or if that is not known. @readonly @type {string} */
  breaks;

  /** @param {TraceData} data */
  constructor({ scenario, protocol, sizes = {}, schedule = [], threads, functions, steps, complete, breaks = '' }) {
    this.scenario = scenario;
    this.protocol = typeof protocol === 'string' ? protocol : Object.freeze({ ...protocol });
    this.sizes = Object.freeze({ ...sizes });
    this.schedule = Object.freeze(schedule.map(([thread, way]) => Object.freeze(/** @type {[number, number]} */ ([thread, way]))));
    this.threads = Object.freeze([...threads]);
    this.functions = Object.freeze(threads.map((_, thread) => functions?.[thread] ?? ''));
    this.steps = Object.freeze(steps.map((step) => Object.freeze(withoutNothing(step))));
    this.complete = complete;
    this.breaks = breaks;
    Object.freeze(this);
  }

  /**
   * The interleaving as in the commit's message: one column for each thread, time runs down.
   *
   * @returns {string}
   */
  toText() {
    return picture(this);
  }

  /** Plain data, for `JSON.stringify` and for `Trace.fromJSON`. */
  toJSON() {
    const { scenario, protocol, sizes, schedule, threads, functions, steps, complete, breaks } = this;
    return { scenario, protocol, sizes, schedule, threads, functions, steps, complete, breaks };
  }

  /**
   * A link that holds the whole trace, in its fragment.
   *
   * @param {string | URL} [base] The page's address; without it, this page's, or a bare fragment where there is none.
   * @returns {string}
   * @throws {TraceError} If it would be a link that `fromURL` refuses.
   */
  toURL(base = globalThis.location?.href ?? '') {
    const link = `${String(base).split('#')[0]}#${PARAMETER}=${VERSION}.${toBase64(JSON.stringify(pack(this)))}`;
    Trace.fromURL(link);
    return link;
  }

  /**
   * @param {string | URL} url A link made by `toURL`, or only its fragment.
   * @returns {Trace}
   * @throws {TraceError} For anything else: no trace in it, another version, too long, out of range, markup.
   */
  static fromURL(url) {
    const text = String(url);
    check(text.length <= MAX.link, `the link is longer than ${MAX.link} characters`);
    const value = new RegExp(`[#?&]${PARAMETER}=([^&#]*)`).exec(text)?.[1];
    check(value !== undefined, 'the link holds none');
    const [, version, payload] = /^(\d{1,4})\.([\w-]*)$/.exec(value) ?? [];
    check(payload !== undefined, 'the link is damaged');
    check(Number(version) >= VERSION, `the link was made by an earlier version of the lab (format ${Number(version)}, now ${VERSION})`);
    check(Number(version) === VERSION, `version ${Number(version)} is not known here`);
    return Trace.fromJSON(unpack(parse(fromBase64(payload))));
  }

  /**
   * @param {unknown} data What `toJSON` gives, from anywhere.
   * @returns {Trace}
   * @throws {TraceError}
   */
  static fromJSON(data) {
    const { scenario, protocol, sizes = {}, schedule = [], threads, functions = [], steps, complete, breaks = '' } = object(data);
    check(Array.isArray(threads) && threads.length <= MAX.threads, `more than ${MAX.threads} threads, or no list of them`);
    check(Array.isArray(functions) && functions.length <= threads.length, 'functions of threads that are not there');
    check(Array.isArray(schedule) && schedule.length <= MAX.moves, `more than ${MAX.moves} moves, or no list of them`);
    check(Array.isArray(steps) && steps.length <= MAX.steps, `more than ${MAX.steps} steps, or no list of them`);
    check(typeof complete === 'boolean', 'complete is neither true nor false');
    const moves = schedule.map((move) => oneMove(move, threads.length));
    const read = steps.map((step) => oneStep(step, threads.length));
    inOrder(read, moves);
    return new Trace({
      scenario: words(scenario),
      protocol: typeof protocol === 'string' ? words(protocol) : someParts(protocol),
      sizes: someSizes(sizes),
      schedule: moves,
      threads: threads.map(words),
      functions: functions.map(words),
      steps: read,
      complete,
      breaks: words(breaks),
    });
  }
}

/**
 * @param {unknown} data
 * @param {number} threads
 * @returns {[number, number]}
 */
function oneMove(data, threads) {
  check(Array.isArray(data) && data.length === 2, 'a move that is none');
  const [thread, way] = data;
  check(isBelow(thread, threads), 'a move of a thread that is not there');
  check(isBelow(way, MAX.ways), 'a move that goes no way');
  return [thread, way];
}

/**
 * Either no step belongs to a move, or all do, each to one of its own thread, one after the other.
 *
 * @param {Step[]} steps
 * @param {[number, number][]} moves
 */
function inOrder(steps, moves) {
  let before = 0;
  for (const { thread, move } of steps) {
    check((move === undefined) === (steps[0]?.move === undefined), 'some steps belong to a move, and some do not');
    if (move === undefined) continue;
    check(moves[move]?.[0] === thread, 'a step of a move that is not its own');
    check(move >= before, 'steps that are not in the order of their moves');
    before = move;
  }
}

/**
 * @param {unknown} data
 * @param {number} threads
 * @returns {Step}
 */
function oneStep(data, threads) {
  const { thread, role, label, source, reads, writes, note, lost, move } = object(data);
  check(isBelow(thread, threads), 'a step of a thread that is not there');
  check(move === undefined || isBelow(move, MAX.moves), 'a step of a move that is not there');
  check(typeof source === 'string' && /^$|^(?!.*\.\.)\w[\w./-]{0,200}\.\w{1,4}:\d{1,6}$/.test(source), 'a step from no place in the source');
  check(lost === undefined || typeof lost === 'boolean', 'lost is neither true nor false');
  return {
    thread,
    role: words(role),
    label: words(label),
    source,
    ...(reads !== undefined && { reads: words(reads) }),
    ...(writes !== undefined && { writes: words(writes) }),
    ...(note !== undefined && { note: words(note) }),
    ...(lost && { lost }),
    ...(move !== undefined && { move }),
  };
}

/** @param {unknown} data */
function someParts(data) {
  return Object.fromEntries(named(data, 'part').map(([name, value]) => [name, typeof value === 'boolean' ? value : words(value)]));
}

/** @param {unknown} data */
function someSizes(data) {
  return Object.fromEntries(
    named(data, 'size').map(([name, value]) => {
      check(isBelow(value, MAX.size + 1), 'a size that is no number, or out of range');
      return [name, value];
    }),
  );
}

/**
 * @param {unknown} data
 * @param {string} what
 */
function named(data, what) {
  const entries = Object.entries(object(data));
  check(entries.length <= MAX.parts, `more than ${MAX.parts} ${what}s`);
  // No name that objects have anyway, such as "constructor".
  for (const [name] of entries) check(/^[A-Za-z][\w-]{0,40}$/.test(name) && !(name in {}), `a ${what} with an odd name`);
  return entries;
}

/**
 * @param {unknown} value
 * @param {number} limit
 * @returns {value is number}
 */
function isBelow(value, limit) {
  return Number.isInteger(value) && Number(value) >= 0 && !Object.is(value, -0) && Number(value) < limit;
}

/**
 * Text for people: short, on one line, and no markup.
 *
 * @param {unknown} value
 * @returns {string}
 */
function words(value) {
  const flaw = textFlaw(value, MAX.text);
  check(flaw === null, flaw ?? '');
  return /** @type {string} */ (value);
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function object(value) {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), 'something else where an object belongs');
  return Object.assign(Object.create(null), value);
}

/**
 * For the link: texts once in a table, steps as lists of indexes into it, −1 for what is not there.
 *
 * @param {Trace} trace
 */
function pack({ scenario, protocol, sizes, schedule, threads, functions, steps, complete, breaks }) {
  /** @type {Map<string, number>} */
  const table = new Map();
  /** @param {string | undefined} text */
  const index = (text) => {
    if (text === undefined) return -1;
    if (!table.has(text)) table.set(text, table.size);
    return /** @type {number} */ (table.get(text));
  };
  const rows = steps.map(({ thread, role, label, source, reads, writes, note, lost, move = -1 }) => [
    thread,
    ...[role, label, source, reads, writes, note].map(index),
    lost ? 1 : 0,
    move,
  ]);
  return [scenario, protocol, sizes, schedule, threads, functions, complete ? 1 : 0, [...table.keys()], rows, breaks];
}

/** @param {unknown} data */
function unpack(data) {
  // The first links of this version did not say what is broken.
  check(Array.isArray(data) && (data.length === 9 || data.length === 10), 'the link is damaged');
  const [scenario, protocol, sizes, schedule, threads, functions, complete, table, rows, breaks] = data;
  check(Array.isArray(table) && Array.isArray(rows) && rows.length <= MAX.steps, `more than ${MAX.steps} steps, or no list of them`);
  /** @param {unknown} index */
  const text = (index) => {
    if (index === -1) return undefined;
    check(Number.isInteger(index) && Number(index) >= 0 && Number(index) < table.length, 'a text that is not there');
    return table[Number(index)];
  };
  return {
    scenario,
    protocol,
    sizes,
    schedule,
    threads,
    functions,
    complete: complete === 1,
    breaks,
    steps: rows.map((row) => {
      check(Array.isArray(row) && row.length === 9, 'a step that is none');
      const [thread, role, label, source, reads, writes, note, lost, move] = row;
      return {
        thread,
        role: text(role),
        label: text(label),
        source: text(source),
        reads: text(reads),
        writes: text(writes),
        note: text(note),
        lost: lost === 1,
        move: move === -1 ? undefined : move,
      };
    }),
  };
}

/**
 * The same picture as `Trace::to_text` in crate/src/trace/picture.rs, so that a link shows what the lab printed.
 *
 * @param {Trace} trace
 * @returns {string}
 */
function picture({ threads, functions, steps, complete }) {
  /** @param {(thread: number) => string[]} cell */
  const row = (cell) => {
    const cells = threads.map((_, thread) => cell(thread));
    const height = Math.max(0, ...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => cells.map((lines) => (lines[line] ?? '').padEnd(WIDTH)).join('').trimEnd());
  };
  return [
    ...row((thread) => [functions[thread] ? `${threads[thread]}: ${functions[thread]}` : `${threads[thread]}`]),
    ...row(() => ['-'.repeat(WIDTH - 2)]),
    ...(complete ? [] : row(() => ['(the record does not reach back further)'])),
    ...steps.flatMap((step) => row((thread) => (thread === step.thread ? wrap(sentence(step)) : []))),
    '',
  ].join('\n');
}

/** @param {Step} step */
function sentence({ label, reads, writes, note }) {
  const value = writes !== undefined ? ` = ${writes}` : reads !== undefined ? ` -> ${reads}` : '';
  return label + value + (note === undefined ? '' : `   <- ${note}`);
}

/**
 * Breaks at blanks; what is continued is indented.
 *
 * @param {string} text
 */
function wrap(text) {
  /** @type {string[]} */
  const done = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH - 2) {
      done.push(line);
      line = `    ${word}`;
    } else {
      line += (line === '' ? '' : ' ') + word;
    }
  }
  return [...done, line];
}

/**
 * A step says only what there is to say: two equal steps are equal field by field.
 *
 * @param {Step} step
 * @returns {Step}
 */
function withoutNothing(step) {
  return /** @type {Step} */ (Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined && value !== null && value !== false)));
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new TraceError('the link is damaged');
  }
}

/** @param {string} text */
function toBase64(text) {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @param {string} text */
function fromBase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TraceError('the link is damaged');
  }
}

/**
 * @param {unknown} condition
 * @param {string} message
 * @returns {asserts condition}
 */
function check(condition, message) {
  if (!condition) throw new TraceError(message);
}
