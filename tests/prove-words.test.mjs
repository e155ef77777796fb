/** What the Prove and Matrix views say, and how they lay a trace out: without a browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { LEGEND, cellInWords, cellsAsCsv, cellsInWords, columnOf, faceOf } from '../www/page/matrix-cells.js';
import { wrap } from '../www/page/prove-drawing.js';
import { optionsOf, SEARCH_DEFAULTS } from '../www/page/prove-fields.js';
import { cycleMisfit, misfits } from '../www/page/prove-fit.js';
import { cycleIn, packCycle, packSchedule, scheduleIn, stepIn } from '../www/page/prove-link.js';
import { counterparts } from '../www/page/prove-nearest.js';
import { subjectInWords } from '../www/page/prove-subject.js';
import { Timeline } from '../www/page/prove-timeline.js';
import { boundInWords, countedBy, detectionInWords, estimateInWords, numbersOf, verdictInWords, verdictWord } from '../www/page/prove-words.js';
import { sourceLink } from '../www/page/source.js';

/** @typedef {import('../www/lib/types-prove.js').Verdict} Verdict */
/** @typedef {import('../www/page/prove-types.js').Lab} Lab */
/** @typedef {import('../www/lib/types-prove.js').StateView} StateView */
/** @typedef {[number, number]} Move */

/**
 * As much of something as is looked at.
 *
 * @template T
 * @param {object} some
 * @returns {T}
 */
const like = (some) => /** @type {T} */ (some);

/** @type {(more: Partial<Verdict>) => Verdict} */
const verdict = (more) => like({ depth: 7, seconds: 0.5, bytes: 2048, overlooked: 0, covers: '', config: {}, ...more });

describe('verdicts', () => {
  const bounds = /** @type {const} */ (['steps', 'preemptions', 'count', 'memory', 'time', 'cancelled']);
  const all = [verdict({ outcome: 'proved' }), verdict({ outcome: 'violated' }), ...bounds.map((bound) => verdict({ outcome: 'bound-reached', bound }))];

  test('the words of one outcome are never those of another', () => {
    const words = all.map(verdictWord);
    assert.equal(new Set([words[0], words[1], words[2]]).size, 3);
    for (const [i, word] of words.entries()) {
      assert.equal(/proved/i.test(word), i === 0, word);
      assert.equal(/violated/i.test(word), i === 1, word);
      assert.equal(/not decided/i.test(word), i > 1, word);
    }
  });

  test('a bound says which one, and that it is no proof', () => {
    const said = all.map(boundInWords);
    assert.deepEqual(said.slice(0, 2), ['', '']);
    assert.equal(new Set(said.slice(2)).size, bounds.length);
    for (const words of said.slice(2)) assert.match(words, /no proof/);
  });

  test('numbers that were not counted are not shown, and 0 is', () => {
    const labels = (/** @type {Partial<Verdict>} */ more) => numbersOf(verdict({ outcome: 'proved', ...more })).map(({ label, value }) => `${label}: ${value}`);
    assert.deepEqual(labels({ states: 26 }), ['states: 26', 'longest: 7 steps', 'time: 500 ms', 'memory: 2.0 KiB']);
    assert.ok(labels({ traces: 23, brokenTraces: 0 }).includes('of them broken: 0'));
    assert.ok(labels({ overlooked: 3.2e-9 }).some((text) => text.endsWith('at most 3 × 10⁻⁹')));
  });

  test('the status line counts what the engine counts', () => {
    const titleOf = (/** @type {string} */ name) => `<${name}>`;
    assert.equal(verdictInWords(verdict({ outcome: 'proved', states: 1234 }), titleOf), 'Proved for this bound. 1,234 states, 500 ms.');
    assert.equal(verdictInWords(verdict({ outcome: 'proved', traces: 1 }), titleOf), 'Proved for this bound. 1 execution, 500 ms.');
    /** @type {NonNullable<Verdict['violation']>} */
    const violation = like({ invariant: 'staleHead', text: '', trace: { steps: [1, 2, 3] } });
    assert.equal(verdictInWords(verdict({ outcome: 'violated', states: 9, violation }), titleOf), 'Violated: <staleHead>, after 3 steps. 9 states, 500 ms.');
  });

  test('PCT says what it promises, and what it does not', () => {
    const words = detectionInWords({ runs: 1000, depth: 3, perRun: 0.00041, inAll: 0.336 });
    assert.match(detectionInWords({ runs: 1e6, depth: 1, perRun: 0.5, inAll: 0.99999999 }), /at least 99\.9 %/);
    assert.match(words, /3 ordered steps.*at least 4 × 10⁻⁴.*1,000 runs together with at least 34 %.*deeper may have been missed/);
  });

  test('an estimate of any size is readable', () => {
    const estimate = (/** @type {number} */ schedulesLog10) => estimateInWords({ probes: 300, schedulesLog10, spread: 0.05, steps: { mean: 13.7, most: 20 }, statesSeen: 60, states: 64.2 });
    assert.match(estimate(Math.log10(3003)), /about 3,003 schedules \(± 5\.0 %\) of 14 steps in the mean and 20 at the most; at least about 64 states/);
    assert.match(estimate(400.3), /about 2 × 10⁴⁰⁰ schedules/);
  });
});

describe('search fields', () => {
  test('what is counted has its name for each engine', () => {
    assert.deepEqual(['states', 'persistent', 'traces', 'random', 'pct', 'starvation'].map((engine) => countedBy(engine).label), ['States', 'States', 'Trace classes', 'Executions', 'Executions', 'States']);
  });

  test('what an engine does not know is not sent, and no bound is said to be none', () => {
    assert.deepEqual(optionsOf(SEARCH_DEFAULTS), { engine: 'states', whole: false, bounds: { milliseconds: 60_000 } });
    const pct = optionsOf({ ...SEARCH_DEFAULTS, engine: 'pct', depth: 5, seed: 9, 'bounds.preemptions': '2', 'bounds.mebibytes': 3, 'bounds.milliseconds': 0, threads: 2 });
    assert.deepEqual(pct, { engine: 'pct', depth: 5, seed: 9, bounds: { count: 10_000, bytes: 3 * 2 ** 20, milliseconds: null } });
    const bounded = (/** @type {string} */ engine) => optionsOf({ ...SEARCH_DEFAULTS, engine, 'bounds.preemptions': '0', whole: 'on' });
    assert.deepEqual(bounded('states'), { engine: 'states', whole: true, bounds: { preemptions: 0, milliseconds: 60_000 } });
    assert.deepEqual(bounded('traces'), { engine: 'traces', whole: true, bounds: { milliseconds: 60_000 } });
    const long = (/** @type {string} */ engine) => optionsOf({ ...SEARCH_DEFAULTS, engine, 'bounds.steps': 9 }).bounds?.steps;
    assert.deepEqual(['states', 'persistent', 'traces'].map(long), [9, undefined, 9]);
    assert.deepEqual(bounded('random'), { engine: 'random', seed: 1, bounds: { count: 10_000, milliseconds: 60_000 } });
    // Only the search of states shares its work among threads.
    assert.equal(optionsOf({ ...SEARCH_DEFAULTS, threads: 2 }).threads, 2);
    for (const engine of ['persistent', 'traces', 'random', 'pct', 'starvation']) assert.equal(optionsOf({ ...SEARCH_DEFAULTS, engine, threads: 2 }).threads, undefined, engine);
  });
});

describe('what is searched', () => {
  /** @type {Lab} */
  const lab = like({
    engines: [{ name: 'states', label: 'Every state' }], protocols: [{ name: 'v4', title: 'v4' }],
    scenarios: [{ name: 'trylock', title: 'Trylock', sizes: [{ name: 'reads', label: 'Reads', min: 1, max: 4 }, { name: 'endless', label: 'Without end', min: 0, max: 1 }] }],
  });
  const words = (/** @type {object} */ more) => subjectInWords(lab, { scenario: 'trylock', protocol: 'v4', engine: 'states', sizes: { reads: 2, endless: 0 }, ...more });

  test('is told in words, each number with its plural', () => {
    assert.equal(words({}), 'Trylock · v4 · reads: 2 · every state');
    assert.equal(words({ sizes: { reads: 1, endless: 1 } }), 'Trylock · v4 · reads: 1, without end · every state');
    assert.match(words({ bounds: { steps: 1, preemptions: 1, count: 1 } }), /at most 1 step · at most 1 preemption · at most 1 state or execution$/);
    assert.match(words({ bounds: { steps: 2, preemptions: 0, count: 10_000, milliseconds: 60_000 } }), /at most 2 steps · at most 0 preemptions · at most 10,000 states or executions · at most 60,000 ms$/);
  });
});

describe('two schedules beside each other', () => {
  test('a thread’s third move is its third move in both', () => {
    const [one, other] = [[0, 1, 0, 0, 1], [1, 0, 1, 0]].map((threads) => threads.map((thread) => /** @type {Move} */ ([thread, 0])));
    assert.deepEqual([...counterparts(new Set([0, 1, 4]), one, other)], [1, 0, 2]);
    // The other one ends before its third move of the first thread.
    assert.deepEqual([...counterparts(new Set([3, 9]), one, other)], []);
  });
});

describe('schedules in links', () => {
  test('come back as they were', () => {
    for (const schedule of /** @type {Move[][]} */ ([[], [[0, 0]], [[0, 0], [1, 2], [12, 0], [3, 14]]])) assert.deepEqual(scheduleIn(`#schedule=${packSchedule(schedule)}`), schedule);
    assert.equal(scheduleIn('#trace=1.x&step=3'), undefined);
  });

  for (const [name, text] of Object.entries({
    words: 'a-b', negative: '0--1', holes: '0--', fraction: '1.2.3', markup: '<img>', 'huge numbers': '99999', 'too many': Array(5000).fill('0').join('-'), 'too long': '0'.repeat(1e6),
  })) {
    test(`${name} are refused in a sentence`, () => assert.throws(() => scheduleIn(`#schedule=${text}`), /schedule/));
  }

  test('a cycle is a move of the trace, nothing, or refused in a sentence', () => {
    for (const cycle of [undefined, 0, 6]) assert.equal(cycleIn(`#trace=2.x${packCycle(cycle)}&step=3`, 7), cycle);
    for (const text of ['0', '8', '-1', '1e0', '1.5', '07', '', '99999999', 'NaN', '<img>', '2%00']) {
      assert.throws(() => cycleIn(`#trace=2.x&cycle=${text}`, 7), /^Error: The cycle in this link is damaged: it begins with none of the 7 moves/, text);
    }
  });

  test('a step is a number or nothing', () => {
    assert.equal(stepIn('#trace=2.x&step=7'), 7);
    for (const hash of ['#step=', '#step=-1', '#step=1e3', '#step=1234567', '#trace=2.step=7', '']) assert.equal(stepIn(hash), null, hash);
  });
});

describe('a trace that is opened again', () => {
  const step = (/** @type {object} */ more = {}) => ({ thread: 0, role: 'reader', move: 0, label: 'load head', source: 'crate/src/aio/read.rs:41', reads: '0', ...more });
  /** @typedef {ReturnType<typeof step>} Step */
  /** @type {(steps: Step[], more?: object) => import('../www/lib/trace.js').Trace} */
  const trace = (steps, more) => like({ threads: ['reader 1'], steps, breaks: '', ...more });
  /** @type {(steps: Step[], more?: object) => import('../www/lib/types-prove.js').Examined} */
  const now = (steps, more) => like({ trace: trace(steps), ...more });

  test('fits if it does what it did, whatever has become of the lines of its source', () => {
    assert.deepEqual(misfits(undefined, now([step()])), []);
    assert.deepEqual(misfits(trace([step()]), now([step()])), []);
    assert.deepEqual(misfits(trace([step()]), now([step({ source: 'crate/src/aio/read.rs:97' })])), []);
    assert.deepEqual(misfits(trace([step()], { breaks: 'I1' }), now([step()], { finding: { invariant: 'I1' } })), []);
    // A link without steps says nothing of them.
    assert.deepEqual(misfits(trace([]), now([step()])), []);
  });

  for (const [name, change] of Object.entries({
    label: { label: 'load tail' }, reads: { reads: '1' }, writes: { writes: '1' }, source: { source: 'crate/src/aio/free.rs:41' }, thread: { thread: 1 }, move: { move: 1 }, lost: { lost: true },
  })) {
    test(`says at which step its ${name} is another one`, () => {
      const said = misfits(trace([step(), step(change)]), now([step(), step()]));
      assert.equal(said.length, 1);
      assert.match(said[0], /^Step 2, of reader 1, was recorded as “load/);
    });
  }

  test('says how many steps there were', () => {
    assert.deepEqual(misfits(trace([step(), step()]), now([step()])), ['It was recorded with 2 steps; the same schedule makes 1 step now.']);
    assert.deepEqual(misfits(trace([step()]), now([step(), step()])), ['It was recorded with 1 step; the same schedule makes 2 steps now.']);
  });

  test('says that what broke breaks no more, or breaks otherwise', () => {
    assert.match(misfits(trace([step()], { breaks: 'deadlock' }), now([step()]))[0], /Now nothing is/);
    assert.match(misfits(trace([step()], { breaks: 'deadlock' }), now([step()], { finding: { invariant: 'I1' } }))[0], /something else/);
  });

  test('cut short by a move that is refused, its end is not missed', () => {
    const refused = { move: 1, thread: 'reader 1', reason: 'it waits' };
    assert.deepEqual(misfits(trace([step({ lost: true }), step()], { breaks: 'I1' }), now([step()], { refused })), ['Move 2, of reader 1, cannot be made: It waits. Everything up to it is shown.']);
    assert.equal(misfits(trace([step({ label: 'x' }), step()]), now([step()], { refused })).length, 2);
  });
});

describe('a schedule that is said to repeat for ever', () => {
  /** @type {(head: number, ...standings: string[]) => StateView} */
  const view = (head, ...standings) => like({ threads: standings.map((standing) => ({ standing, holds: [] })), words: [{ name: 'head', value: head }] });
  const [both, waits] = [view(0, 'ready', 'ready'), view(1, 'ready', 'waiting')];
  const said = (/** @type {number[]} */ schedule, /** @type {StateView[]} */ views, /** @type {number} */ cycle) =>
    cycleMisfit(cycle, like({ trace: { threads: ['reader 1', 'migrator 1'], schedule: schedule.map((thread) => [thread, 0]) }, views }));

  test('does, if all is as it was and everybody who can goes on', () => {
    assert.equal(said([0, 0, 1], [waits, both, waits, both], 1), '');
    // It waits at times: weak fairness asks for no more.
    assert.equal(said([0, 0, 0], [waits, both, waits, both], 1), '');
  });

  test('does not, if its end is elsewhere, or is not reached', () => {
    assert.match(said([0, 0, 1], [both, both, both, waits], 1), /^It is said to repeat for ever from move 2 on; but at its end things are not as they were there\.$/);
    for (const views of [[], [both], [both, both]]) assert.match(said([0, 0, 1], views, 1), /not as they were/);
  });

  test('is not fair, if somebody who always can never goes on', () => {
    assert.match(said([1, 0, 0], [both, both, both, both], 1), /but migrator 1 could go on all the time, and never does\.$/);
  });
});

describe('timelines', () => {
  /** @type {(...holds: string[][]) => StateView} */
  const view = (...holds) => like({ threads: holds.map((each) => ({ standing: 'ready', holds: each })), locks: [] });
  const step = (/** @type {number} */ thread, /** @type {number} */ move, /** @type {object} */ more = {}) => ({ thread, move, role: '', label: `${thread}.${move}`, source: '', ...more });
  /** @type {(schedule: Move[], steps: object[]) => import('../www/lib/trace.js').Trace} */
  const trace = (schedule, steps) => like({ schedule, steps, threads: ['a', 'b'], functions: ['f()', ''], scenario: '', protocol: '', complete: true });

  test('a lock is a bar from the step that takes it to the step that gives it back', () => {
    const timeline = new Timeline({
      trace: trace([[0, 0], [1, 0], [0, 0], [1, 0]], [step(0, 0), step(1, 1), step(0, 2), step(1, 3)]),
      views: [view([], []), view(['x'], []), view(['x'], ['y']), view([], ['y']), view([], ['y'])],
    });
    assert.deepEqual(timeline.held, [
      { thread: 0, lock: 'x', from: 0, to: 2, slot: 0 },
      { thread: 1, lock: 'y', from: 1, to: null, slot: 0 },
    ]);
    assert.deepEqual(timeline.locks, ['x', 'y']);
    assert.deepEqual(timeline.lanes, [{ name: 'a', does: 'f()' }, { name: 'b', does: '' }]);
  });

  test('two locks of one thread have bars beside each other, and a slot is used again', () => {
    const timeline = new Timeline({
      trace: trace([[0, 0], [0, 0], [0, 0], [0, 0]], [0, 1, 2, 3].map((move) => step(0, move))),
      views: [['x'], ['x', 'y'], ['y'], ['y', 'z'], ['y', 'z']].map((holds) => view(holds, [])),
    });
    assert.deepEqual(timeline.held.map(({ lock, from, to, slot }) => [lock, from, to, slot]), [['x', -1, 1, 0], ['y', 0, null, 1], ['z', 2, null, 0]]);
  });

  test('a move of several steps has one state before all of them', () => {
    const views = [view([]), view([]), view([])];
    const timeline = new Timeline({ trace: trace([[0, 0], [1, 0]], [step(0, 0), step(0, 0), step(1, 1)]), views });
    assert.deepEqual([0, 1, 2, 3].map((position) => timeline.moveAt(position)), [0, 0, 1, 2]);
    assert.deepEqual([0, 1, 2].map((move) => timeline.positionOf(move)), [0, 2, 3]);
    assert.equal(timeline.viewBefore(0), undefined);
    assert.equal(timeline.viewAt(3), views[2]);
    assert.deepEqual([0, 1, 2].map((position) => timeline.turnsAt(position)), [false, false, true]);
    assert.deepEqual(timeline.stepsOf(0), [0, 1]);
  });

  test('a step is told with what it reads and writes, and a lost write says so', () => {
    const timeline = new Timeline({ trace: trace([[0, 0]], [step(0, 0, { label: 'store head', writes: '1', lost: true })]) });
    assert.equal(timeline.sentence(0), 'Step 1 of 1, a: store head; writes 1; this write is lost.');
    assert.equal(timeline.sentence(1), 'The end, after 1 step.');
  });

  test('long labels are broken where they have joints', () => {
    assert.deepEqual(wrap('load ring_pages[0]', 11), ['load ring_', 'pages[0]']);
    assert.deepEqual(wrap('unlock(ring_lock)', 12), ['unlock(ring_', 'lock)']);
    assert.deepEqual(wrap('aaaaaaaaaaaa', 5), ['aaaaa', 'aaaaa', 'aa']);
    for (const text of ['', 'a', 'copy frame 0 to frame 2', 'x'.repeat(50)]) {
      const lines = wrap(text, 10);
      assert.ok(lines.every((line) => line.length <= 10), lines.join('|'));
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    }
  });
});

describe('cells of the matrix', () => {
  /** @type {Lab} */
  const lab = like({ scenarios: [{ name: 'lost-head', title: 'Lost head' }], columns: [{ name: 'ringLock=none', label: 'ring_lock: not at all' }] });
  /** @type {(more: Partial<import('../www/lib/types-prove.js').MatrixCell>) => import('../www/lib/types-prove.js').MatrixCell} */
  const cell = (more) => like({ index: 0, scenario: 'lost-head', parts: ['ringLock=none'], states: 1200, seconds: 0.25, config: {}, ...more });

  test('each outcome has a sign and a word of its own', () => {
    const faces = LEGEND.map(([outcome]) => faceOf(outcome));
    assert.equal(new Set(faces.map(({ glyph }) => glyph)).size, 5);
    assert.equal(new Set(faces.map(({ word }) => word)).size, 5);
  });

  test('are told in a sentence', () => {
    assert.equal(cellInWords(lab, cell({ outcome: 'broken', length: 11 })), 'Lost head, v4 with “ring_lock: not at all”: broken in 11 steps, the shortest there is; 1,200 states, 250 ms.');
    assert.equal(cellInWords(lab, cell({ outcome: 'proved' })), 'Lost head, v4 with “ring_lock: not at all”: proved for its bound; 1,200 states, 250 ms.');
    assert.equal(cellInWords(lab, cell({ outcome: 'not-applicable' })), 'Lost head, v4 with “ring_lock: not at all”: does not apply.');
    assert.equal(cellsInWords([cell({ outcome: 'proved' }), cell({ outcome: 'proved' }), cell({ outcome: 'deadlock' })]), '3 cells: 2 proved, 1 deadlocked');
  });

  test('are a file', () => {
    assert.equal(cellsAsCsv([cell({ outcome: 'broken', length: 11, parts: ['a', 'b'] })]), 'scenario,changes,outcome,states,shortestTrace,seconds\r\nlost-head,a+b,broken,1200,11,0.25\r\n');
  });

  test('the order of changes does not matter to their column', () => assert.equal(columnOf(['b', 'a']), columnOf(['a', 'b'])));
});

describe('places in the source', () => {
  test('are links only where somebody says where the source is, and only to it', () => {
    assert.equal(sourceLink('crate/src/aio/read.rs:41', 'https://example.org/tree/main'), 'https://example.org/tree/main/crate/src/aio/read.rs#L41');
    for (const [place, base] of [
      ['crate/src/aio/read.rs:41', ''], ['crate/src/aio/read.rs:41', 'javascript:alert(1)//'], ['crate/src/aio/read.rs:41', 'http://example.org/'],
      ['../../x.rs:1', 'https://example.org/'], ['javascript:alert(1)', 'https://example.org/'], ['crate/src/aio/read.rs', 'https://example.org/'], ['', 'https://example.org/'],
    ]) assert.equal(sourceLink(place, base), null, `${place} ${base}`);
  });
});
