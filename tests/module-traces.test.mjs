/** Traces as text, JSON and links; hostile links. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Trace, TraceError } from '../www/lib/index.js';

describe('traces', () => {
  /** @type {import('../www/lib/index.js').TraceData} */
  const data = {
    scenario: 'lost-head',
    protocol: 'linux-3.12',
    sizes: {},
    schedule: [],
    threads: ['reader 1', 'reader 2', 'migrator 1'],
    functions: ['aio_read_events_ring()', '', 'aio_migratepage()'],
    complete: true,
    breaks: '',
    steps: [
      { thread: 2, role: 'migrator', label: 'copy ring_pages[0]', source: 'crate/src/aio/migrate.rs:41' },
      { thread: 0, role: 'reader', label: 'ring_pages[0]->head = 17 — “naïve” 🙂', source: 'crate/src/aio/read.rs:41', reads: '9', writes: '17', note: 'head < tail', lost: true },
      { thread: 2, role: 'migrator', label: 'ring_pages[0] = frame 3', source: '' },
    ],
  };
  const change = (/** @type {Partial<typeof data>} */ changes) => ({ ...data, ...changes });
  const step = (/** @type {object} */ changes) => change({ steps: [{ ...data.steps[0], ...changes }] });

  /** As somebody has it who does not look at types. @param {Trace} trace  @returns {any} */
  const open = (trace) => trace;

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

  test('a link brings sizes, schedule, the moves of the steps, and what is broken back', () => {
    const schedule = /** @type {[number, number][]} */ ([[2, 0], [0, 3], [1, 0], [2, 0]]);
    const searched = change({ sizes: { reads: 2, migrations: 1 }, schedule, breaks: 'staleHead', steps: data.steps.map((step, i) => ({ ...step, move: [0, 1, 3][i] })) });
    assert.deepEqual(Trace.fromURL(new Trace(searched).toURL('')).toJSON(), searched);
    const { schedule: [move], sizes } = open(new Trace(searched));
    assert.throws(() => move.push(1), TypeError);
    assert.throws(() => (sizes.reads = 3), TypeError);
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
    const trace = open(new Trace(data));
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

  const encode = (/** @type {unknown} */ value, version = 2) => `#trace=${version}.${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
  const row = [0, 0, 1, 2, -1, -1, -1, 0, 0];
  /** @type {unknown[]} */
  const good = ['s', 'p', { reads: 2 }, [[0, 0]], ['t'], ['f()'], 1, ['reader', 'label', 'a.rs:1'], [row]];
  const rows = (/** @type {unknown[]} */ ...steps) => encode([...good.slice(0, 8), steps]);
  const texts = (/** @type {unknown[]} */ ...table) => encode([...good.slice(0, 7), table, good[8]]);
  const sizes = (/** @type {unknown} */ value) => encode([...good.slice(0, 2), value, ...good.slice(3)]);
  const schedule = (/** @type {unknown[]} */ ...moves) => encode([...good.slice(0, 3), moves, ...good.slice(4)]);

  test('the hostile links below differ from a good one', () => assert.equal(Trace.fromURL(encode(good)).steps.length, 1));

  test('a link that does not say yet what is broken opens', () => {
    assert.equal(Trace.fromURL(encode(good)).breaks, '');
    assert.equal(Trace.fromURL(encode([...good, 'deadlock'])).breaks, 'deadlock');
  });

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
    'markup in what is broken': encode([...good, '<script>']),
    'what is broken as a list': encode([...good, ['deadlock']]),
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
