/**
 * The JS module without a browser: its Workers run on Node's threads, over a stand-in for the wasm (`fake/`).
 * What only a browser can show is in the browser tests.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { installWorkers, living } from './fake/web-worker.mjs';
import { describe as describeFake } from './fake/wasm.mjs';

const globalsBefore = Object.getOwnPropertyNames(globalThis).sort().join();
const module = await import('../www/lib/index.js');
const globalsAfter = Object.getOwnPropertyNames(globalThis).sort().join();
const { checkConfig } = await import('../www/lib/config.js');
const { Counters } = await import('../www/lib/counters.js');
const { createLab, Trace } = module;
const { ConfigError, LabBusyError, LabDisposedError, LabError, LoadError, NotIsolatedError, TraceError, WorkerCrashedError } = module;

/** An empty wasm module: the fake bindings need one to pass on. */
const wasmUrl = 'data:application/wasm;base64,AGFzbQEAAAA=';

/** Fails instead of hanging. */
const within = (ms, promise) => Promise.race([promise, sleep(ms, null, { ref: false }).then(() => assert.fail(`nothing within ${ms} ms`))]);

/** Until every Worker is gone; threads of Node take a moment to end. */
async function noWorkers(expected = 0) {
  for (let i = 0; i < 200 && living.size > expected; i++) await sleep(10);
  assert.equal(living.size, expected);
}

describe('on a server', () => {
  test('importing does nothing to the globals', () => assert.equal(globalsAfter, globalsBefore));

  test('createLab says what is missing', () => assert.rejects(createLab(), (error) => error instanceof LabError && /Worker/.test(error.message)));

  test('createLab with an aborted signal rejects with its reason', async () => {
    const reason = new Error('no more');
    await assert.rejects(createLab({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  });
});

describe('errors', () => {
  const all = {
    LabError: new LabError('x'),
    NotIsolatedError: new NotIsolatedError(),
    ConfigError: new ConfigError('readers', 0, 'an integer from 1 to 64'),
    WorkerCrashedError: new WorkerCrashedError('reader 1', 'boom', 'crate/src/lab/mod.rs:7:9'),
    LabBusyError: new LabBusyError(),
    LabDisposedError: new LabDisposedError(),
    LoadError: new LoadError('http://127.0.0.1/x.wasm', 'the server answered 404'),
    TraceError: new TraceError('markup'),
  };
  for (const [name, error] of Object.entries(all)) {
    test(`${name} is a LabError and an Error, and knows its name`, () => {
      assert.ok(error instanceof LabError && error instanceof Error && error instanceof module[name]);
      assert.equal(error.name, name);
      assert.match(error.stack, new RegExp(`at .*module.test`));
    });
  }

  test('they carry what a program needs', () => {
    assert.deepEqual(Object.keys(all.NotIsolatedError.headers), ['Cross-Origin-Opener-Policy', 'Cross-Origin-Embedder-Policy']);
    assert.match(all.NotIsolatedError.message, /Opener-Policy: same-origin.*Embedder-Policy: require-corp/);
    assert.deepEqual([all.ConfigError.field, all.ConfigError.value, all.ConfigError.range], ['readers', 0, 'an integer from 1 to 64']);
    assert.equal(all.ConfigError.message, 'readers must be an integer from 1 to 64, not 0');
    assert.deepEqual([all.WorkerCrashedError.thread, all.WorkerCrashedError.place], ['reader 1', 'crate/src/lab/mod.rs:7:9']);
    assert.match(all.WorkerCrashedError.message, /reader 1 crashed: boom \(crate/);
    assert.equal(all.LoadError.url, 'http://127.0.0.1/x.wasm');
  });

  test('a ConfigError can say any value', () => {
    for (const value of [Symbol('s'), 10n, () => 1, { toString: null }, Object.create(null), [], 'x'.repeat(1e6), NaN, undefined, null]) {
      assert.ok(new ConfigError('seed', value, 'a number').message.length < 200);
    }
  });
});

describe('configuration', () => {
  const description = describeFake();
  const used = (config) => checkConfig(config, description).used;
  const refused = (config, field, range) =>
    assert.throws(() => used(config), (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.equal(error.field, field);
      assert.match(error.range, range);
      return true;
    });

  test('what is left out has its default, undefined included', () => {
    const all = {
      scenario: 'lost-head', protocol: 'linux-3.12', readers: 1, migrators: 1, completers: 0, setups: 0, teardowns: 0, addressSpaces: 0, durationMs: 200, day: 'calm',
    };
    assert.deepEqual(used({ protocol: 'linux-3.12' }), all);
    assert.deepEqual(used({ protocol: 'linux-3.12', readers: undefined, signal: undefined }), all);
    assert.deepEqual(used({ protocol: 'linux-3.12', readers: 64, completers: -0 }), { ...all, readers: 64 });
  });

  test('a field given goes before the scenario, and the scenario before the default', () => {
    const config = (changes) => {
      const { scenario, setups, migrators, readers, day } = used({ protocol: 'linux-3.12', ...changes });
      return { scenario, setups, migrators, readers, day };
    };
    assert.deepEqual(config({ scenario: 'abba' }), { scenario: 'abba', setups: 2, migrators: 3, readers: 1, day: 'stuck' });
    assert.deepEqual(config({ scenario: 'abba', setups: 0, day: undefined }), { scenario: 'abba', setups: 0, migrators: 3, readers: 1, day: 'stuck' });
    assert.deepEqual(config({ scenario: 'abba', migrators: 1, readers: 2, day: 'calm' }), { scenario: 'abba', setups: 2, migrators: 1, readers: 2, day: 'calm' });
    assert.deepEqual(config({ scenario: undefined }), { scenario: 'lost-head', setups: 0, migrators: 1, readers: 1, day: 'calm' });
  });

  for (const bad of ['', 'ABBA', 'toString', null, 0, true, ['abba'], {}]) {
    test(`scenario: ${JSON.stringify(bad)} is refused`, () =>
      refused({ protocol: 'linux-3.12', scenario: bad }, 'scenario', /^one of "lost-head", "abba"$/));
  }

  test('a scenario for the model only is refused, and says so', () =>
    refused({ protocol: 'linux-3.12', scenario: 'starvation' }, 'scenario', /"abba"; The starvation is for the model only$/));

  test('a protocol of parts is filled up', () => {
    assert.deepEqual(used({ protocol: {} }).protocol, { ringLock: 'try', identityCheck: true });
    assert.deepEqual(used({ protocol: { ringLock: 'none', identityCheck: undefined } }).protocol, { ringLock: 'none', identityCheck: true });
  });

  for (const bad of [0, 65, 1.5, -1, NaN, Infinity, '1', null, true, [1], {}, 1n]) {
    test(`readers: ${typeof bad === 'bigint' ? '1n' : JSON.stringify(bad) ?? bad} is refused`, () =>
      refused({ protocol: 'linux-3.12', readers: bad }, 'readers', /^an integer from 1 to 64$/));
  }

  test('each refusal names the field and what would be right', () => {
    refused({ protocol: 'linux-3.12', durationMs: 4e6 }, 'durationMs', /0 to 3600000 \(ms\)/);
    refused({ protocol: 'linux-3.12', day: 'toString' }, 'day', /"calm", "panic"/);
    refused({ protocol: 'linux-3.12', readres: 2 }, 'readres', /left out; .*readers/);
    refused({ protocol: 'linux-3.12', signal: 'stop' }, 'signal', /AbortSignal/);
    refused({ protocol: 'linux-2.6' }, 'protocol', /"linux-3.12".*parts/);
    refused({}, 'protocol', /"linux-3.12"/);
    refused({ protocol: [] }, 'protocol', /parts/);
    refused({ protocol: { ringLock: 'maybe' } }, 'protocol.ringLock', /"none", "try"/);
    refused({ protocol: { identityCheck: 1 } }, 'protocol.identityCheck', /true or false/);
    refused({ protocol: { lock: true } }, 'protocol.lock', /ringLock, identityCheck/);
    refused(undefined, 'config', /object/);
    refused('linux-3.12', 'config', /object/);
  });

  test('names from a prototype are no fields', () => {
    refused(JSON.parse('{"protocol": "linux-3.12", "__proto__": 1}'), '__proto__', /left out/);
    refused({ protocol: 'linux-3.12', constructor: 1 }, 'constructor', /left out/);
    refused({ protocol: JSON.parse('{"__proto__": true}') }, 'protocol.__proto__', /left out/);
    assert.equal(used(Object.create({ readers: 9 }, { protocol: { value: 'linux-3.12', enumerable: true } })).readers, 1);
  });
});

describe('counters', () => {
  const view = {
    base: 0,
    stop: 0,
    abort: 4,
    threads: [
      { name: 'reader 1', role: 'reader', counters: 64 },
      { name: 'migrator 1', role: 'migrator', counters: 128 },
    ],
    counters: ['events', 'migrations', 'refused', 'setups', 'teardowns', 'duplicate'],
    kinds: ['duplicate'],
    rings: [
      { ringPages: 256, pages: 2, state: 320 },
      { ringPages: 264, pages: 1, state: 324 },
      { ringPages: 268, pages: 1, state: 328 },
    ],
    frames: { table: 512, stride: 64, count: 3 },
    touched: 1024,
  };
  const setUp = () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    return { memory, words: new Uint32Array(memory.buffer), counters: new Counters(memory, view) };
  };

  test('totals are sums over the threads', () => {
    const { words, counters } = setUp();
    words.set([10, 0, 0, 3, 2, 2], 16);
    words.set([0, 5, 7, 4, 2, 1], 32);
    assert.deepEqual(counters.sample(3), { timeMs: 3, events: 10, migrations: 5, refused: 7, setups: 7, teardowns: 4, corruptions: { duplicate: 3 } });
    assert.deepEqual(counters.threads()[1], { name: 'migrator 1', role: 'migrator', events: 0, migrations: 5, refused: 7, setups: 4, teardowns: 2, duplicate: 1 });
  });

  test('a word that wraps goes on counting', () => {
    const { words, counters } = setUp();
    words[16] = 0xffff_fff0;
    counters.sample(0);
    words[16] = 0x10;
    assert.equal(counters.sample(0).events, 2 ** 32 + 0x10);
    words[16] = 0x0f;
    assert.equal(counters.sample(0).events, 2 ** 33 + 0x0f);
  });

  test('frames and ring pages are taken apart to the last bit', () => {
    const { words, counters } = setUp();
    words[64] = 0xabc | (0xfffff << 12);
    words[65] = 0xffff_ffff;
    // The first slot is in its last generation; the second is free, with what its last context left; the third is in its first.
    words[66] = 2 | (4 << 12);
    words[80] = 0xffff_ff00;
    words[82] = 0x8000_0000;
    words[128] = 0xfff;
    words[144] = 0x1000 | (1 << 13);
    words[160] = 0xffff_e001;
    words[257] = 0xffff_ffff;
    assert.deepEqual(counters.frameMap(), {
      pages: [{ frame: 0xabc, generation: 0xfffff }, null],
      rings: [
        { live: true, generation: 0x7fffff, pages: [{ frame: 0xabc, generation: 0xfffff }, null] },
        { live: false, generation: 0, pages: [{ frame: 2, generation: 4 }] },
        { live: true, generation: 0, pages: [{ frame: 0, generation: 0 }] },
      ],
      frames: [
        { refs: 0xfff, free: false, generation: 0, touched: 0 },
        { refs: 0, free: true, generation: 1, touched: 0xffff_ffff },
        { refs: 1, free: false, generation: 0x7ffff, touched: 0 },
      ],
    });
  });

  test('a memory that grew is looked at anew', () => {
    const { memory, counters } = setUp();
    memory.grow(1);
    new Uint32Array(memory.buffer)[16] = 4;
    assert.equal(counters.sample(0).events, 4);
  });

  test('stop and abort are words of their own', () => {
    const { words, counters } = setUp();
    counters.stop();
    assert.deepEqual([...words.subarray(0, 3)], [1, 0, 0]);
    counters.abort();
    assert.deepEqual([...words.subarray(0, 3)], [1, 1, 0]);
  });
});

describe('traces', () => {
  const data = {
    scenario: 'lost-head',
    protocol: 'linux-3.12',
    sizes: {},
    schedule: [],
    threads: ['reader 1', 'reader 2', 'migrator 1'],
    functions: ['aio_read_events_ring()', '', 'aio_migratepage()'],
    complete: true,
    steps: [
      { thread: 2, role: 'migrator', label: 'copy ring_pages[0]', source: 'crate/src/aio/migrate.rs:41' },
      { thread: 0, role: 'reader', label: 'ring_pages[0]->head = 17 — “naïve” 🙂', source: 'crate/src/aio/read.rs:41', reads: '9', writes: '17', note: 'head < tail', lost: true },
      { thread: 2, role: 'migrator', label: 'ring_pages[0] = frame 3', source: '' },
    ],
  };
  const change = (changes) => ({ ...data, ...changes });
  const step = (changes) => change({ steps: [{ ...data.steps[0], ...changes }] });

  test('a link brings everything back', () => {
    const trace = new Trace(data);
    for (const base of ['http://127.0.0.1:8080/?view=race#old', new URL('https://example.org/lab/'), '']) {
      const link = trace.toURL(base);
      assert.ok(link.startsWith(`${String(base).split('#')[0]}#trace=2.`));
      assert.match(link, /^[\x21-\x7e]*$/);
      assert.deepEqual(Trace.fromURL(link).toJSON(), data);
      assert.equal(Trace.fromURL(new URL(link, 'http://127.0.0.1/')).toText(), trace.toText());
    }
    const custom = change({ protocol: { ringLock: 'try', identityCheck: false }, complete: false });
    assert.deepEqual(Trace.fromURL(new Trace(custom).toURL('')).toJSON(), custom);
  });

  test('a link brings sizes, schedule, and the moves of the steps back', () => {
    const schedule = [[2, 0], [0, 3], [1, 0], [2, 0]];
    const searched = change({ sizes: { reads: 2, migrations: 1 }, schedule, steps: data.steps.map((step, i) => ({ ...step, move: [0, 1, 3][i] })) });
    assert.deepEqual(Trace.fromURL(new Trace(searched).toURL('')).toJSON(), searched);
    assert.throws(() => new Trace(searched).schedule[0].push(1), TypeError);
    assert.throws(() => (new Trace(searched).sizes.reads = 3), TypeError);
  });

  test('JSON brings everything back', () => {
    assert.deepEqual(Trace.fromJSON(JSON.parse(JSON.stringify(new Trace(data)))).toJSON(), data);
  });

  test('a long trace makes a link that still opens', () => {
    const long = change({ steps: Array.from({ length: 2000 }, (_, i) => ({ ...data.steps[i % 3], writes: String(i) })) });
    const link = new Trace(long).toURL('');
    assert.deepEqual(Trace.fromURL(link).toJSON(), long);
    assert.ok(link.length < 200_000, `${link.length}`);
  });

  test('what was empty in the record is left out', () => {
    const trace = new Trace(step({ reads: null, note: undefined, lost: false }));
    assert.deepEqual(Object.keys(trace.steps[0]), ['thread', 'role', 'label', 'source']);
  });

  test('nothing can be changed afterwards', () => {
    const trace = new Trace(data);
    assert.throws(() => (trace.scenario = 'x'), TypeError);
    assert.throws(() => trace.steps.push(data.steps[0]), TypeError);
    assert.throws(() => trace.schedule.push([0, 0]), TypeError);
    assert.throws(() => (trace.steps[0].label = 'x'), TypeError);
  });

  // The same example as in crate/src/trace/picture.rs.
  test('each thread has its column and values stand behind their step', () => {
    const picture = new Trace({
      ...data,
      threads: ['migrator 1', 'reader 1'],
      functions: ['aio_migratepage()', 'aio_read_events_ring()'],
      steps: [
        { thread: 1, role: '', source: '', label: 'load ring->head in frame 3', reads: '17' },
        { thread: 0, role: '', source: '', label: 'copy frame 3 to frame 5' },
        { thread: 1, role: '', source: '', label: 'store ring->head in frame 3', writes: '25', note: 'lost', lost: true },
      ],
    }).toText();
    const blank = ' '.repeat(46);
    assert.deepEqual(picture.split('\n'), [
      'migrator 1: aio_migratepage()'.padEnd(46) + 'reader 1: aio_read_events_ring()',
      `${'-'.repeat(44)}  ${'-'.repeat(44)}`,
      `${blank}load ring->head in frame 3 -> 17`,
      'copy frame 3 to frame 5',
      `${blank}store ring->head in frame 3 = 25   <- lost`,
      '',
    ]);
  });

  test('long sentences wrap and lose nothing; a record that is cut off says so', () => {
    const label = 'a sentence of many words that is longer than the column is wide, twice over if you count it all';
    const [, , cut, ...lines] = new Trace({ ...step({ thread: 0, label }), complete: false }).toText().trimEnd().split('\n');
    assert.match(cut, /^\(the record does not reach back further\)/);
    assert.ok(lines.length > 1 && lines.every((line) => line.length <= 44));
    assert.deepEqual(lines.join(' ').split(/ +/), label.split(' '));
  });

  const encode = (value, version = 2) => `#trace=${version}.${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
  const good = ['s', 'p', { reads: 2 }, [[0, 0]], ['t'], ['f()'], 1, ['reader', 'label', 'a.rs:1'], [[0, 0, 1, 2, -1, -1, -1, 0, 0]]];
  const [row] = good[8];
  const rows = (...steps) => encode([...good.slice(0, 8), steps]);
  const texts = (...table) => encode([...good.slice(0, 7), table, good[8]]);
  const sizes = (value) => encode([...good.slice(0, 2), value, ...good.slice(3)]);
  const schedule = (...moves) => encode([...good.slice(0, 3), moves, ...good.slice(4)]);

  test('the hostile links below differ from a good one', () => assert.equal(Trace.fromURL(encode(good)).steps.length, 1));

  const hostile = {
    'no trace': 'http://127.0.0.1/',
    'nothing in it': '#trace=',
    'no version': '#trace=abc',
    'a later version': encode(good, 3),
    'an earlier version': encode(['s', 'p', ['t'], ['f()'], 1, ['reader', 'label', 'a.rs:1'], [[0, 0, 1, 2, -1, -1, -1, 0]]], 1),
    'too long': `#trace=2.${'A'.repeat(200_001)}`,
    'no base64': '#trace=2.%%%%',
    'no UTF-8': '#trace=2._____w',
    'no JSON': `#trace=2.${Buffer.from('{"a":').toString('base64url')}`,
    'deep JSON': `#trace=2.${Buffer.from('['.repeat(100_000)).toString('base64url')}`,
    'deep JSON that is well-formed': `#trace=2.${Buffer.from('['.repeat(60_000) + ']'.repeat(60_000)).toString('base64url')}`,
    'deep JSON in a good place': `#trace=2.${Buffer.from(`["s",${'['.repeat(50_000)}${']'.repeat(50_000)},{},[],["t"],[],1,[],[]]`).toString('base64url')}`,
    'another shape': encode({}),
    null: encode(null),
    'a step of another shape': rows([0]),
    'a step of the earlier shape': rows(row.slice(0, 8)),
    'a thread out of range': rows([1, ...row.slice(1)]),
    'a thread that is no number': rows(['0', ...row.slice(1)]),
    'a text out of range': rows([0, 0, 9, ...row.slice(3)]),
    'a text from the prototype': rows([0, 0, 'length', ...row.slice(3)]),
    'a text that is a list': texts('reader', ['x'], 'a.rs:1'),
    markup: texts('reader', '<img src=x onerror=alert(1)>', 'a.rs:1'),
    'markup in a thread’s name': encode([...good.slice(0, 4), ['</script>'], ...good.slice(5)]),
    'markup in the scenario’s name': encode(['<script>', ...good.slice(1)]),
    'a script for a source': texts('reader', 'label', 'javascript:1'),
    'a source elsewhere': texts('reader', 'label', '../../etc/passwd:1'),
    'a source on another host': texts('reader', 'label', '//example.org/a.rs:1'),
    'a new line': texts('reader', 'a\nb', 'a.rs:1'),
    'text that runs backwards': texts('reader', 'a\u202eb', 'a.rs:1'),
    'functions of threads that are not there': encode([...good.slice(0, 5), ['f()', 'g()'], ...good.slice(6)]),
    'too many threads': encode([...good.slice(0, 4), Array(257).fill('t'), ...good.slice(5)]),
    'too many steps': rows(...Array(4097).fill(row)),
    'too many moves': schedule(...Array(4097).fill([0, 0])),
    'a long text': texts('reader', 'x'.repeat(401), 'a.rs:1'),
    'a part called __proto__': `#trace=2.${Buffer.from('["s",{"__proto__":true},{},[],["t"],[],1,[],[]]').toString('base64url')}`,
    'a part called toString': encode(['s', { toString: true }, ...good.slice(2)]),
    'a part with a number': encode(['s', { ringLock: 1 }, ...good.slice(2)]),
    'a size called __proto__': `#trace=2.${Buffer.from('["s","p",{"__proto__":1},[],["t"],[],1,[],[]]').toString('base64url')}`,
    'a size called constructor': sizes({ constructor: 1 }),
    'a size with markup for a name': sizes({ '<b>': 1 }),
    'a size that is text': sizes({ reads: '2' }),
    'a size that is no whole number': sizes({ reads: 1.5 }),
    'a size below nothing': sizes({ reads: -1 }),
    'a size out of range': sizes({ reads: 1e9 }),
    'too many sizes': sizes(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`s${i}`, 1]))),
    'sizes that are a list': sizes([2]),
    'a schedule that is none': encode([...good.slice(0, 3), { length: 1 }, ...good.slice(4)]),
    'a move of another shape': schedule([0]),
    'a move of a thread that is not there': schedule([1, 0]),
    'a move that goes no way': schedule([0, -1]),
    'a move that goes too many ways': schedule([0, 256]),
    'a step of a move that is not there': rows([...row.slice(0, 8), 1]),
    'a step of a move that is no number': rows([...row.slice(0, 8), '0']),
    'a step of another thread’s move': encode([...good.slice(0, 3), [[1, 0]], ['t', 'u'], ...good.slice(5)]),
    'steps that run back': encode([...good.slice(0, 3), [[0, 0], [0, 0]], ...good.slice(4, 8), [[...row.slice(0, 8), 1], row]]),
    'steps of moves and steps of none': rows(row, [...row.slice(0, 8), -1]),
  };
  for (const [name, link] of Object.entries(hostile)) {
    test(`refused: ${name}`, () => assert.throws(() => Trace.fromURL(link), TraceError));
  }

  test('an earlier version is said calmly', () => {
    assert.throws(() => Trace.fromURL(hostile['an earlier version']), { name: 'TraceError', message: 'not a trace: the link was made by an earlier version of the lab (format 1, now 2)' });
  });

  test('a good link with any byte changed opens or is refused, and nothing else', () => {
    const link = new Trace(data).toURL('');
    for (let at = 0; at < link.length; at++) {
      for (const letter of ['A', '_', '.', '%', '<', '\0']) {
        try {
          Trace.fromURL(link.slice(0, at) + letter + link.slice(at + 1));
        } catch (error) {
          assert.ok(error instanceof TraceError, `${at} ${letter}: ${error}`);
        }
      }
    }
  });

  test('a trace that would make a refused link says so at once', () => {
    assert.throws(() => new Trace(step({ label: '<b>' })).toURL(''), TraceError);
  });
});

describe('a lab over the fake wasm', () => {
  let uninstall;
  let lab;
  before(async () => {
    uninstall = installWorkers();
    lab = await createLab({ wasmUrl });
  });
  after(async () => {
    await lab.dispose();
    await noWorkers();
    uninstall();
  });
  const start = (config = {}) => lab.run({ protocol: 'linux-3.12', ...config });

  /** The lab is whole: a short run ends well, and only the leader is left. */
  async function runsOn() {
    const report = await within(5000, start({ durationMs: 30 }).report);
    assert.equal(report.reason, 'duration');
    assert.ok(report.events > 0);
    await noWorkers(1);
  }

  test('it says what it can do, and none of it can be changed', () => {
    assert.equal(lab.isolated, true);
    assert.equal(lab.version, '0.0.0-fake');
    assert.ok(lab.fields.some((field) => field.name === 'readers'));
    assert.throws(() => (lab.fields[0].max = 1e9), TypeError);
    assert.throws(() => lab.kinds.pop(), TypeError);
  });

  test('a run goes through its states, samples rise, the report has it all', async () => {
    const run = start({ durationMs: 350, readers: 2, completers: 1, setups: 1, teardowns: 1, addressSpaces: 1 });
    assert.equal(run.state, 'starting');
    assert.deepEqual(run.sample(), { timeMs: 0, events: 0, migrations: 0, refused: 0, setups: 0, teardowns: 0, corruptions: { duplicate: 0, lost: 0 } });
    assert.deepEqual(run.frameMap(), { pages: [], rings: [], frames: [] });
    const samples = [];
    for await (const sample of run) {
      samples.push(sample);
      if (samples.length === 1) {
        assert.equal(run.state, 'running');
        assert.ok(run.sample().events >= sample.events);
        const pages = [
          { frame: 5, generation: 3 },
          { frame: 4094, generation: 0xfffff },
        ];
        assert.deepEqual(run.frameMap(), {
          pages,
          rings: [
            { live: true, generation: 7, pages },
            { live: false, generation: 0, pages: [null] },
          ],
          frames: [
            { refs: 1, free: false, generation: 9, touched: 0 },
            { refs: 0, free: true, generation: 0x7ffff, touched: 2 },
          ],
        });
      }
    }
    assert.equal(run.state, 'ended');
    assert.ok(samples.length >= 3, `${samples.length} samples`);
    for (let i = 1; i < samples.length; i++) {
      assert.ok(samples[i].timeMs > samples[i - 1].timeMs && samples[i].events >= samples[i - 1].events);
    }
    const report = await run.report;
    const { timeMs, events, migrations, refused, setups, teardowns, corruptions } = report;
    assert.deepEqual(samples.at(-1), { timeMs, events, migrations, refused, setups, teardowns, corruptions });
    assert.ok(setups > 0);
    assert.deepEqual(run.sample(), samples.at(-1));
    assert.equal(run.frameMap().frames.length, 2);
    assert.equal(report.seconds, timeMs / 1000);
    assert.equal(report.reason, 'duration');
    assert.deepEqual(report.threads.map((thread) => thread.name), ['reader 1', 'reader 2', 'migrator 1', 'completer 1', 'setup 1', 'teardown 1', 'address-space 1']);
    assert.equal(report.threads.reduce((sum, thread) => sum + thread.events, 0), events);
    assert.ok(report.threads[0].turns > 0, 'what the wasm adds is kept');
    assert.ok(!('deadlock' in report));
    assert.deepEqual(report.atRest, []);
    const first = report.firstCorruption;
    assert.ok(first.timeMs > 40 && first.timeMs < 60, `50 ms after the start, not ${first.timeMs}`);
    assert.ok(first.trace instanceof Trace);
    assert.deepEqual(first.trace.threads, ['reader 1', 'migrator 1']);
    assert.match(first.trace.toText(), /^reader 1: aio_read_events_ring\(\) +migrator 1: /);
    assert.equal(report.firstCorruption.trace.steps[1].lost, true);
    assert.deepEqual(report.config, {
      scenario: 'lost-head', protocol: 'linux-3.12', readers: 2, migrators: 1, completers: 1, setups: 1, teardowns: 1, addressSpaces: 1, durationMs: 350, day: 'calm',
    });
    await noWorkers(1);
  });

  test('iterators are independent, a slow one gets the newest, leaving early stops nothing, a late one gets the last', async () => {
    const run = start({ durationMs: 500 });
    const all = [];
    const slow = [];
    await Promise.all([
      (async () => {
        for await (const sample of run) all.push(sample);
      })(),
      (async () => {
        for await (const sample of run) {
          slow.push(sample);
          await sleep(250);
        }
      })(),
      (async () => {
        for await (const _ of run) break;
        assert.equal(run.state, 'running');
      })(),
    ]);
    assert.ok(slow.length < all.length);
    assert.equal(slow.at(-1), all.at(-1));
    const late = [];
    for await (const sample of run) late.push(sample);
    assert.deepEqual(late, [all.at(-1)]);
  });

  test('stop, twice, ends an endless run at once', async () => {
    const run = start({ durationMs: 0 });
    for await (const _ of run) {
      if (run.state === 'ended') break;
      run.stop();
      run.stop();
      assert.equal(run.state, 'stopping');
    }
    assert.equal((await run.report).reason, 'stopped');
  });

  test('stopped before it began: a report without events', async () => {
    const run = start();
    run.stop();
    const report = await within(2000, run.report);
    assert.equal(report.reason, 'stopped');
    assert.equal(report.timeMs, 0);
    assert.deepEqual(report.threads, []);
    for await (const sample of run) assert.equal(sample.events, 0);
    await runsOn();
  });

  test('stopped while Workers start: they leave in order', async () => {
    for (const wait of [1, 5, 20, 40]) {
      const run = start({ readers: 4 });
      await sleep(wait);
      run.stop();
      assert.equal((await within(5000, run.report)).reason, 'stopped');
    }
    await runsOn();
  });

  test('a signal aborts, before, while starting, and while running; no listener is left', async () => {
    const reason = new Error('enough');
    assert.throws(() => start({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
    for (const wait of [0, 200]) {
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
      signal.addEventListener = (...args) => (listeners++, add(...args));
      signal.removeEventListener = (...args) => (listeners--, remove(...args));
      const run = start({ durationMs: 0, signal });
      await sleep(wait);
      controller.abort();
      assert.equal((await within(5000, run.report)).reason, 'aborted');
      assert.equal(listeners, 0);
    }
  });

  test('one run at a time', async () => {
    const run = start({ durationMs: 0 });
    assert.throws(() => start(), LabBusyError);
    assert.throws(() => start({ readers: 0 }), ConfigError);
    run.stop();
    assert.throws(() => start(), LabBusyError);
    await run.report;
    await runsOn();
  });

  for (const [day, message, place] of [
    ['panic', 'index out of bounds', 'crate/src/lab/mod.rs:7:9'],
    ['trap', 'memory access out of bounds', null],
  ]) {
    test(`a Worker’s ${day} reaches the report, the iterators and the lab; the others stop; the lab runs on`, async () => {
      const events = [];
      const listen = ({ type, detail }) => events.push([type, detail]);
      for (const type of ['run', 'report', 'crash']) lab.addEventListener(type, listen);
      const run = start({ day, readers: 3, durationMs: 0 });
      const crashed = (error) => {
        assert.ok(error instanceof WorkerCrashedError, String(error));
        assert.equal(error.thread, 'reader 2');
        assert.ok(error.message.includes(message));
        if (place) assert.equal(error.place, place);
        return true;
      };
      await assert.rejects(async () => {
        for await (const _ of run);
      }, crashed);
      await within(5000, assert.rejects(run.report, crashed));
      assert.equal(run.state, 'ended');
      assert.ok(run.sample().events > 0);
      await noWorkers(0);
      for (const type of ['run', 'report', 'crash']) lab.removeEventListener(type, listen);
      assert.deepEqual(events.map(([type]) => type), ['run', 'crash']);
      assert.equal(events[0][1], run);
      await runsOn();
    });
  }

  test('a panic of the leader stops the run too', async () => {
    const run = start({ day: 'leader', durationMs: 0 });
    await within(5000, assert.rejects(run.report, (error) => error instanceof WorkerCrashedError && error.thread === 'leader' && /the watch broke/.test(error.message)));
    await noWorkers(0);
    await runsOn();
  });

  test('a run whose threads all wait is reported and unwound', async () => {
    const run = start({ scenario: 'abba', durationMs: 0 });
    const report = await within(3000, run.report);
    assert.equal(report.reason, 'deadlock');
    assert.equal(report.deadlock.text, 'reader 1 waits for events');
    await runsOn();
  });

  test('threads that are deaf to stop hear abort', async () => {
    const run = start({ day: 'deaf', durationMs: 50 });
    assert.equal((await within(6000, run.report)).reason, 'duration');
    await runsOn();
  });

  test('threads that are deaf to all are terminated, in bounded time', async () => {
    const run = start({ day: 'dead', durationMs: 50 });
    await within(8000, assert.rejects(run.report, (error) => error instanceof WorkerCrashedError && /reader 1, migrator 1/.test(error.thread) && /5 s/.test(error.message)));
    await noWorkers(0);
    await runsOn();
  });

  test('what only the wasm can judge is a ConfigError of the report', async () => {
    const run = start({ day: 'odd' });
    await assert.rejects(run.report, (error) => error instanceof ConfigError && error.field === 'batch' && /ring/.test(error.range));
    await runsOn();
  });

  test('100 runs on one lab leave no Worker and no stack behind', async () => {
    for (let i = 0; i < 100; i++) {
      const run = start({ durationMs: i % 2 ? 1 : 0 });
      if (i % 2 === 0) setTimeout(() => run.stop(), i / 4);
      // The fake’s report panics if a follower did not give its stack back.
      assert.ok(['duration', 'stopped'].includes((await within(5000, run.report)).reason));
    }
    await noWorkers(1);
  });
});

describe('labs come and go', () => {
  let uninstall;
  before(() => (uninstall = installWorkers()));
  after(async () => {
    await noWorkers();
    uninstall();
  });

  test('dispose, twice, during a run: the report says aborted; afterwards nothing goes', async () => {
    const lab = await createLab({ wasmUrl });
    const run = lab.run({ protocol: 'linux-3.12', durationMs: 0 });
    await sleep(150);
    await within(5000, Promise.all([lab.dispose(), lab.dispose()]));
    assert.equal((await run.report).reason, 'aborted');
    await noWorkers();
    assert.throws(() => lab.run({ protocol: 'linux-3.12' }), LabDisposedError);
  });

  test('dispose right after run, and in the middle of a new engine’s start', async () => {
    const lab = await createLab({ wasmUrl });
    const first = lab.run({ protocol: 'linux-3.12', day: 'panic', durationMs: 0 });
    await assert.rejects(first.report, WorkerCrashedError);
    const second = lab.run({ protocol: 'linux-3.12' });
    await sleep(5);
    await within(5000, lab.dispose());
    assert.equal((await second.report).reason, 'aborted');
    await noWorkers();
  });

  test('30 labs leave no Worker behind', async () => {
    for (let i = 0; i < 30; i++) {
      const lab = await createLab({ wasmUrl });
      await lab.dispose();
    }
    await noWorkers();
  });

  test('giving up while loading', async () => {
    const controller = new AbortController();
    const lab = createLab({ wasmUrl, signal: controller.signal });
    controller.abort();
    await assert.rejects(lab, { name: 'AbortError' });
    await noWorkers();
  });

  for (const [what, options, url] of [
    ['a script that is not there', { workerUrl: new URL('./nowhere.js', import.meta.url) }, /nowhere\.js$/],
    ['a wasm that is none', { wasmUrl: 'data:text/html,<p>not%20found' }, /^data:text\/html/],
    ['a wasm that is not there', { wasmUrl: new URL('./nowhere.wasm', import.meta.url) }, /nowhere\.wasm$/],
  ]) {
    test(`LoadError names the address: ${what}`, async () => {
      await within(
        5000,
        assert.rejects(createLab({ wasmUrl, ...options }), (error) => {
          assert.ok(error instanceof LoadError, String(error));
          assert.match(error.url, url);
          return true;
        }),
      );
      await noWorkers();
    });
  }

  test('without isolation the lab says what it can do, and run names the headers', async () => {
    installWorkers({ isolated: false });
    const lab = await createLab({ wasmUrl });
    assert.equal(lab.isolated, false);
    assert.equal(lab.protocols.length, 1);
    assert.throws(() => lab.run({ protocol: 'linux-3.12', readers: 0 }), ConfigError);
    assert.throws(() => lab.run({ protocol: 'linux-3.12' }), NotIsolatedError);
    await lab.dispose();
    installWorkers();
  });
});
