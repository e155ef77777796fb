/** What the bench makes of its samples: medians, intervals, ratios, verdicts, tables. No browser, and nothing is timed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseArguments } from './bench/arguments.mjs';
import { number } from './bench/number.mjs';
import { progress } from './bench/progress.mjs';
import { isDecided } from './bench/rows/broken-cells.mjs';
import { GROUPS } from './bench/rows/index.mjs';
import { besideRivals, limitsOfPairs } from './bench/rows/rings.mjs';
import { ofValues, ofWorst, undecided } from './bench/rows/row.mjs';
import { WHOLE_SECONDS, roundsAt, shareOfRounds } from './bench/share.mjs';
import { interval, ratios, shuffledRounds, spread } from './bench/stats.mjs';
import { table } from './bench/table.mjs';
import { lockedVersion } from './bench/versions.mjs';

/** Random numbers that are the same each time. @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a spread holds the quartiles of its values, in whatever order they came', () => {
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { n: 5, min: 1, q1: 2, median: 3, q3: 4, max: 5 });
  assert.deepEqual(spread([7]), { n: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7 });
});

test('ratios are taken round by round, so what was slow for both is slow for neither', () => {
  const rounds = [{ a: 2, b: 1 }, { a: 20, b: 10 }, { a: 3, b: 2 }];
  assert.deepEqual(ratios(rounds, 'a', 'b'), [2, 2, 1.5]);
});

test('an interval holds the median, and is narrower the more values there are', () => {
  const random = seeded(1);
  const values = (/** @type {number} */ count) => Array.from({ length: count }, () => 1 + random());
  for (const count of [11, 61, 401]) {
    const some = values(count);
    const [low, high] = interval(some, random);
    assert.ok(low <= spread(some).median && spread(some).median <= high);
    assert.ok(low >= 1 && high <= 2);
  }
  const width = (/** @type {number} */ count) => interval(values(count), random).reduce((low, high) => high - low);
  assert.ok(width(1001) < width(15) / 2);
  assert.deepEqual(interval([3, 3, 3], random), [3, 3]);
});

test('of a hundred intervals about 95 hold the true median', () => {
  const random = seeded(7);
  let held = 0;
  for (let i = 0; i < 100; i += 1) {
    const [low, high] = interval(Array.from({ length: 41 }, random), random);
    held += Number(low <= 0.5 && 0.5 <= high);
  }
  assert.ok(held >= 85, `${held} of 100`);
});

test('rounds hold each subject once, in orders that differ', () => {
  const rounds = shuffledRounds(['a', 'b', 'c'], 60);
  assert.ok(rounds.every((round) => [...round].sort().join('') === 'abc'));
  assert.ok(new Set(rounds.map((round) => round.join(''))).size > 3);
});

test('a target is met on its own side only, by the median; a ratio is what it is about where there is one', () => {
  const row = (/** @type {object} */ more) => ofValues({ name: 'x', values: [1, 2, 3], unit: 's', how: '', ...more });
  assert.deepEqual([row({ atMost: 2 }).met, row({ atMost: 1.9 }).met, row({ atLeast: 2 }).met, row({ atLeast: 2.1 }).met], [true, false, true, false]);
  assert.deepEqual([row({}).met, row({}).target], [null, null]);
  const beside = row({ atLeast: 5, ratio: { of: 'a over b', values: [4, 6, 6] } });
  assert.deepEqual([beside.met, beside.figure, beside.ratio?.figure, beside.target], [true, 2, 6, '≥ 5']);
});

test('a few rounds give no verdict where the target lies within their interval', () => {
  const row = (/** @type {number[]} */ values, /** @type {object} */ more) => ofValues({ name: 'x', values, unit: 's', how: 'so', ...more });
  const wide = [1, 1, 1, 3, 3, 3, 3];
  const few = (/** @type {import('./bench/rows/row.mjs').Row} */ row) => undecided(row, '--quick');
  const open = few(row(wide, { atLeast: 2 }));
  assert.equal(row(wide, { atLeast: 2 }).met, true);
  assert.equal(open.met, null);
  assert.match(open.how, /^so; --quick: the target lies within the interval of 1 to 3,/);
  assert.equal(few(row(wide, { atMost: 2 })).met, null, 'missed by luck is not missed');
  assert.deepEqual([few(row(wide, { atLeast: 4 })).met, few(row(wide, { atLeast: 0.5 })).met, few(row(wide, {})).met], [false, true, null]);
  // The interval is that of what is judged.
  assert.equal(few(row([9, 9], { atLeast: 2, ratio: { of: 'over y', values: wide } })).met, null);
  assert.equal(few(row(wide, { atLeast: 2, ratio: { of: 'over y', values: [5, 5] } })).met, true);
  // One that is too long is too long, however few there were.
  assert.equal(few(ofWorst({ name: 'x', values: wide, unit: 'ms', how: '', atMost: 2 })).met, false);
});

test('ours is divided by the rival as rates, so that more is better', () => {
  const rounds = [{ 'read/machine': 2, 'read/ringbuf.js': 12, records: 1 }, { 'read/machine': 2, 'read/ringbuf.js': 16, records: 1 }];
  const common = { picture: 'p', batch: 32, ours: 'read/machine', rivals: ['read/ringbuf.js'], limits: [{ name: 'copy', of: (/** @type {Record<string, number>} */ { records }) => records / 2 }], versions: { 'ringbuf.js': 'ringbuf.js 9' }, how: 'so' };
  const [ours, rival, limit] = besideRivals({ ...common, rounds, atLeast: { 'read/ringbuf.js': 5 } });
  assert.equal(ours.figure, 500);
  assert.deepEqual([rival.ratio?.figure, rival.met], [7, true]);
  assert.match(rival.how, /so; does less: no lock/);
  assert.match(rival.name, /batch 32: ringbuf\.js 9$/);
  assert.deepEqual([limit.figure, limit.ratio?.figure], [2000, 0.25]);
  const [, missing] = besideRivals({ ...common, rivals: ['kernel/mapped'], rounds: rounds.map((round) => ({ ...round, 'kernel/mapped': { lacks: 'io_setup: refused' } })) });
  assert.deepEqual([missing.figure, missing.met, missing.how], [null, null, 'skipped: io_setup: refused']);
});

test('a table says MISSED, and why a figure is missing', () => {
  const rows = [
    ofValues({ name: 'slow', values: [3], unit: 's', how: '', atMost: 2 }),
    { name: 'gone', figure: null, unit: '', target: null, met: null, spread: null, how: 'skipped: io_setup: not permitted' },
  ];
  const [, slow, gone] = table(rows).split('\n');
  assert.match(slow, /^slow +3 s .*≤ 2 +MISSED$/);
  assert.match(gone, /^gone +skipped: io_setup: not permitted$/);
});

test('a figure stands beside its limit, which is named below its table', () => {
  const row = (/** @type {number} */ value, /** @type {string} */ name) => ofValues({ name: 'x', values: [value], unit: 's', how: '', limit: { name, figure: 4 } });
  const without = ofValues({ name: 'y', values: [1], unit: 's', how: '' });
  const [head, first, second, below] = table([row(3, 'a copy'), without]).split('\n');
  assert.match(head, /its limit/);
  assert.equal(below, 'limit: a copy');
  assert.match(first, /^x +3 s .* 0\.750 × 4$/);
  assert.doesNotMatch(second, /×/);
  assert.match(table([row(6, 'a copy'), row(3, 'two')]), / its limit +target\n.* 1\.500 × 4 \(a\)\n.* 0\.750 × 4 \(b\)\n\(a\) a copy\n\(b\) two$/);
  assert.doesNotMatch(table([without]), /limit/);
});

test('between two threads the limit is the end that completes; a hop a batch is shown beside it', () => {
  const round = { records: 2, cas: 8, store: 16, bounce: 160 };
  const limits = limitsOfPairs({ cas: 2, store: 1 }, 8);
  assert.deepEqual(limits.map(({ of }) => of(round)), [2 + (2 * 8 + 16) / 8, 10]);
  assert.deepEqual(limits.map(({ name }) => name), ['the end that completes, a plain copy and 3 locked instructions a batch', 'one hop of a cache line a batch']);
  const rows = besideRivals({ picture: 'p', batch: 8, ours: 'pair/ours', rivals: [], limits, rounds: [{ ...round, 'pair/ours': 8 }], versions: {}, how: 'so' });
  // What can be beaten is not called a limit, and neither is measured as ours is.
  assert.deepEqual(rows.slice(1).map(({ name, ratio, how }) => [name.split(': ')[1], ratio?.figure, how === 'so']), [['limit', 6 / 8, false], ['to compare with', 10 / 8, false]]);
});

test('a table says what ratios are of: in its head, or with each', () => {
  const row = (/** @type {string} */ of) => ofValues({ name: 'x', values: [1], unit: 's', how: '', ratio: { of, values: [2] } });
  assert.match(table([row('over a (wrong)'), row('over a (wrong)')]), /over a \(wrong\) \[95 %\].*\nx +1 s .*2 × \[2, 2\]\n/);
  assert.match(table([row('ours over a'), row('ours over b')]), /ours over it \[95 %\]/);
  assert.match(table([row('over a (wrong)'), row('over b')]), /ratio \[95 %\].*\n.*2 × \[2, 2\] over a \(wrong\)\n.*2 × \[2, 2\] over b$/);
});

test('numbers have three digits', () => {
  assert.deepEqual([0, 12, 3.14159, 31.4159, 314.159, 0.00123, 1e8, NaN].map(number), ['0', '12', '3.142', '31.4', '314', '0.0012', '1.00e+8', '?']);
});

test('versions are those of the lock file, and one that is not there is an error', () => {
  const lock = 'version = 4\n\n[[package]]\nname = "rtrb-more"\nversion = "9.9.9"\n\n[[package]]\nname = "rtrb"\nversion = "0.4.1"\nsource = "x"\n';
  assert.equal(lockedVersion(lock, 'rtrb'), '0.4.1');
  assert.throws(() => lockedVersion(lock, 'loom'), /no loom/);
});

test('a median is decided when more than half of all starts lie on one side of the limit', () => {
  const [soon, late] = [5, 10_000];
  assert.equal(isDecided([soon, soon, soon, soon, soon], 10), false);
  assert.equal(isDecided([soon, soon, soon, soon, soon, soon], 10), true);
  assert.equal(isDecided([late, late, late, late, late, late], 10), true);
  assert.equal(isDecided([soon, late, soon, late, soon, late, soon, late, soon, late], 10), false);
});

test('arguments name rows that there are', () => {
  assert.deepEqual(parseArguments([]), { quick: false, check: false, names: Object.keys(GROUPS) });
  assert.deepEqual(parseArguments(['--quick', '--only', 'size,limits']).names, ['size', 'limits']);
  assert.throws(() => parseArguments(['--only', 'size,nonsense']), /no row nonsense; there are readingRivals/);
  assert.throws(() => parseArguments(['--only', '']), /names no row/);
  assert.throws(() => parseArguments(['--fast']), /--fast/);
});

test('all rows fit in 15 minutes and quick ones in 2, by what they say of themselves', () => {
  const [whole, quick] = [0, 1].map((i) => Object.values(GROUPS).reduce((sum, { seconds }) => sum + seconds[i], 0));
  assert.ok(whole <= 14.5 * 60, `${whole} s`);
  assert.ok(quick <= 120, `${quick} s`);
});

test('the longer building takes, the fewer rounds there are, and both fit in 15 minutes for as long as they can', () => {
  const groups = Object.values(GROUPS);
  const shares = [0, 30, 120, 240, 360, 480, 3600].map((spent) => ({ spent, share: shareOfRounds(groups, spent) }));
  assert.equal(shares[0].share, 1);
  assert.equal(shares[shares.length - 1].share, 0);
  for (const [i, { spent, share }] of shares.entries()) {
    assert.ok(share <= (shares[i - 1]?.share ?? 1));
    const takes = groups.reduce((sum, { seconds: [whole, quick], fixed }) => sum + (fixed ? whole : quick + (whole - quick) * share), spent);
    assert.ok(share === 0 || takes <= WHOLE_SECONDS, `${takes} s after ${spent}`);
  }
  assert.equal(shareOfRounds([GROUPS.frames], 400), 1);
  assert.deepEqual([0, 0.5, 1].map((share) => roundsAt(share)(61, 15)), [15, 38, 61]);
});

test('the time left shrinks as parts end, and is corrected by how long they took', () => {
  let clock = 0;
  /** @type {string[]} */
  const said = [];
  const bar = progress([{ title: 'a', seconds: 60 }, { title: 'b', seconds: 60 }], (text) => said.push(text), () => clock);
  bar.next();
  clock = 120_000;
  bar.next();
  assert.deepEqual(said, ['[1/2] a: about 2 min left', '[2/2] b: about 2 min left']);
  assert.equal(bar.passed(), 120);
});
