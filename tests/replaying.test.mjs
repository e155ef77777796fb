/** The page's half of a forced replay, over followers that have good days and bad ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ConfigError, NotIsolatedError, WorkerCrashedError } from '../www/lib/errors.js';
import { Replaying, replayConfig } from '../www/lib/replay.js';

const AT = { abort: 0, done: 4, followed: 8, broke: 12 };
const REPORT = { times: 3, broke: 3, followed: 3, findings: {}, seconds: 0, aborted: false };
const CONFIG = { scenario: 'lost-head', schedule: [[0, 0]], times: 3 };

/** @typedef {import('../www/lib/replay.js').Stage} Stage */
/** @typedef {import('../www/lib/peer.js').Message} Message */

/** A follower that does as `day` says once it is told to go. */
class Follower {
  /** @type {Map<string, { resolve: (message: Message) => void, reject: (error: Error) => void }>} */
  waiting = new Map();
  /** @type {Message[]} */
  said = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /** @param {string} name  @param {string} day  @param {Int32Array} words  @param {Set<Follower>} living */
  constructor(name, day, words, living) {
    this.name = name;
    this.day = day;
    this.words = words;
    this.living = living;
    living.add(this);
    setTimeout(() => this.say('hello'));
  }
  /** @param {string} type  @returns {Promise<Message>} */
  next(type) {
    return new Promise((resolve, reject) => this.waiting.set(type, { resolve, reject }));
  }
  /** @param {string} type */
  say(type) {
    this.waiting.get(type)?.resolve({ type });
    this.waiting.delete(type);
  }
  /** @param {Error} error */
  fail(error) {
    this.waiting.forEach(({ reject }) => reject(error));
    this.waiting.clear();
  }
  /** @param {Message} message */
  post(message) {
    this.said.push(message);
    if (message.type === 'init') setTimeout(() => (this.day === 'unloadable' ? this.fail(new WorkerCrashedError(this.name, 'no wasm', null)) : this.say('ready')));
    if (message.type === 'go') this.go();
  }
  go() {
    if (this.day === 'crash') return void setTimeout(() => this.fail(new WorkerCrashedError(this.name, 'boom', null)), 20);
    if (this.day === 'quick') {
      for (const at of [AT.done, AT.followed, AT.broke]) Atomics.store(this.words, at / 4, 3);
      return void setTimeout(() => this.say('ended'));
    }
    // `endless` listens to the abort word, `deaf` does not.
    this.timer = setInterval(() => {
      if (this.day !== 'endless' || Atomics.load(this.words, AT.abort / 4) === 0) return;
      clearInterval(this.timer);
      this.say('ended');
    }, 5);
  }
  /** @param {Error} why */
  terminate(why) {
    clearInterval(this.timer);
    this.living.delete(this);
    this.fail(why);
  }
}

/**
 * Two followers with these days, and what became of the stage.
 *
 * @param {string[]} days
 * @param {{ memory?: WebAssembly.Memory | null }} [options]
 */
function stage(days, { memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }) } = {}) {
  /** @type {{ asked: [string, unknown][], givenUp: Error | null, living: Set<Follower>, hired: Follower[] }} */
  const seen = { asked: [], givenUp: null, living: new Set(), hired: [] };
  const words = new Int32Array(memory?.buffer ?? new ArrayBuffer(0));
  const names = days.map((_, i) => `reader ${i + 1}`);
  /** @type {Stage} */
  const set = {
    memory: memory ?? undefined,
    module: undefined,
    async ask(type, config) {
      seen.asked.push([type, config]);
      if (type === 'replay') return { handle: 77, view: { threads: names, ...AT } };
      return { ...REPORT, aborted: Atomics.load(words, 0) !== 0 };
    },
    hire(name) {
      const follower = new Follower(name, days[names.indexOf(name)], words, seen.living);
      seen.hired.push(follower);
      return /** @type {import('../www/lib/peer.js').Peer} */ (/** @type {unknown} */ (follower));
    },
    giveUp(why) {
      seen.givenUp = why;
    },
  };
  /** @type {ConstructorParameters<typeof Replaying>[0]} */
  const alone = (work) => work(set);
  return { seen, alone };
}

describe('a forced replay', () => {
  test('starts a Worker a thread, waits for all of them, and asks what became of it', async () => {
    const { seen, alone } = stage(['quick', 'quick']);
    /** @type {import('../www/lib/types-prove.js').ReplayProgress[]} */
    const told = [];
    const report = await new Replaying(alone, CONFIG, { onProgress: (progress) => told.push(progress) }).report;
    assert.deepEqual(report, REPORT);
    assert.deepEqual(seen.asked.map(([type]) => type), ['replay', 'replayed']);
    assert.equal(seen.asked[0][1], CONFIG);
    assert.deepEqual(seen.hired.map(({ said }) => said.map(({ type, role, handle, index }) => ({ type, role, handle, index }))), [0, 1].map((index) => [
      { type: 'init', role: 'follower', handle: 77, index },
      { type: 'go', role: undefined, handle: undefined, index: undefined },
    ]));
    assert.deepEqual(told.at(-1), { times: 3, done: 3, followed: 3, broke: 3 });
    assert.equal(seen.living.size, 0);
    assert.equal(seen.givenUp, null);
  });

  for (const [day, thread] of [['crash', 'reader 2'], ['unloadable', 'reader 2']]) {
    test(`a Worker that has a bad day (${day}) ends it, and the memory is given up`, async () => {
      const { seen, alone } = stage(['endless', day]);
      const failed = new Replaying(alone, CONFIG, {}).report;
      await assert.rejects(failed, (error) => error instanceof WorkerCrashedError && error.thread === thread);
      assert.equal(seen.living.size, 0);
      assert.ok(seen.givenUp instanceof WorkerCrashedError);
      assert.deepEqual(seen.asked.map(([type]) => type), ['replay']);
    });
  }

  test('a signal makes the threads leave, and the report says so', async () => {
    const { seen, alone } = stage(['endless', 'endless']);
    const controller = new AbortController();
    const replaying = new Replaying(alone, CONFIG, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    assert.equal((await replaying.report).aborted, true);
    assert.equal(seen.living.size, 0);
    assert.equal(seen.givenUp, null);
  });

  test('aborted while Workers start, it ends as soon as they have', async () => {
    const { seen, alone } = stage(['endless', 'endless']);
    const replaying = new Replaying(alone, CONFIG, {});
    replaying.abort(new Error('enough'));
    assert.equal((await replaying.report).aborted, true);
    assert.equal(seen.living.size, 0);
  });

  test('threads that do not leave are terminated, and named', async () => {
    const { seen, alone } = stage(['endless', 'deaf']);
    const replaying = new Replaying(alone, CONFIG, {});
    setTimeout(() => replaying.abort(new Error('enough')), 20);
    await assert.rejects(replaying.report, (error) => error instanceof WorkerCrashedError && error.thread === 'reader 2');
    assert.equal(seen.living.size, 0);
    assert.ok(seen.givenUp);
  });

  test('a signal that is aborted already starts nothing', async () => {
    const { seen, alone } = stage(['quick']);
    const reason = new RangeError('too late');
    await assert.rejects(new Replaying(alone, CONFIG, { signal: AbortSignal.abort(reason) }).report, (error) => error === reason);
    assert.deepEqual(seen.asked, []);
  });

  test('without shared memory there are no threads', async () => {
    const { seen, alone } = stage(['quick'], { memory: null });
    await assert.rejects(new Replaying(alone, CONFIG, {}).report, NotIsolatedError);
    assert.deepEqual(seen.asked, []);
  });
});

describe('what is to be forced', () => {
  const trace = { scenario: 'abba', protocol: 'v1', sizes: { contexts: 1 }, schedule: [[0, 0]], steps: [], threads: [] };

  test('is the trace’s own subject and schedule, once', () => {
    const { scenario, protocol, sizes, schedule } = trace;
    assert.deepEqual(replayConfig(trace, {}), { scenario, protocol, sizes, schedule, times: 1 });
    assert.deepEqual(replayConfig(trace, { times: 9, protocol: 'v4' }), { scenario, protocol, sizes, schedule, times: 9, under: 'v4' });
  });

  for (const [field, bad, options] of /** @type {[string, unknown, { times?: unknown }?][]} */ ([
    ['trace', null], ['trace', 7], ['trace', { ...trace, schedule: undefined }], ['trace', { ...trace, schedule: '0,0' }],
    ['times', trace, { times: 0 }], ['times', trace, { times: 0.5 }], ['times', trace, { times: '3' }], ['times', trace, { times: NaN }], ['times', trace, { times: null }],
  ])) {
    test(`a bad ${field} is named: ${JSON.stringify({ bad: bad === trace ? 'good' : bad, options })}`, () => {
      assert.throws(() => replayConfig(bad, options ?? {}), (error) => error instanceof ConfigError && error.field === field);
    });
  }
});
