/** What the fix leaves of the racy reader's rate while pages migrate, and how long anybody waits meanwhile. */
import { number } from '../number.mjs';
import { median } from '../stats.mjs';
import { ofValues, ofWorst } from './row.mjs';

/** The racy protocol first: it is what the others' rates are over. */
const PROTOCOLS = ['linux-3.12', 'v4'];
const BATCHES = [1, 8, 32];
/** Of the racy reader's rate, the least that v4's reader should keep beside one migrator: at full pace, and at 1,000 migrations a second. */
const PACES = [
  { pace: 0, words: 'a migrator at full pace', atLeast: 0.5 },
  { pace: 1000, words: 'a migrator at 1,000/s', atLeast: 0.95 },
];
const LONGEST_MS = 100;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function migrating({ chromium, quick }) {
  await chromium.openBench();
  const [rounds, trialMs, warmupMs] = quick ? [5, 20, 50] : [19, 80, 300];
  const rows = [];
  for (const { pace, words, atLeast } of PACES) {
    const { points } = await chromium.call('(config) => bench.compare(config)', {
      protocols: PROTOCOLS, sweep: { field: 'batch', values: BATCHES }, readers: 1, migrators: 1, pace, rounds, trialMs, warmupMs, control: 'none',
    });
    const how = `lab.compare on Workers in Chromium: 1 reader, which completes what it reads, and 1 migrator; ${rounds} rounds in random order, ${trialMs} ms a trial`;
    rows.push(...points.flatMap((/** @type {any} */ point) => rates(point, words, atLeast, how)), ...longest(points, words, how));
  }
  return rows;
}

/**
 * The reader's rate, which has its completing in it; and its read calls alone, which is where it meets the migrator at ring_lock.
 *
 * @param {any} point  of a comparison, as `lab.compare` exports it
 * @param {string} beside
 * @param {number} atLeast
 * @param {string} how
 */
function rates({ value: batch, measured: [racy, ours] }, beside, atLeast, how) {
  // What hung is no rate; and where one of the two did, there is no ratio.
  const rounds = ours.trials.map((/** @type {any} */ v4, /** @type {number} */ i) => ({ v4, linux: racy.trials[i] })).filter((/** @type {Round} */ { v4, linux }) => !v4.hung && !linux.hung);
  const hung = ours.trials.length - rounds.length;
  const each = (/** @type {(round: Round) => number} */ of) => rounds.map(of);
  const rate = (/** @type {any} */ { events, seconds }) => events / seconds;
  const moved = (/** @type {any} */ { migrations, seconds }) => migrations / seconds;
  const refused = (/** @type {any} */ { refused: times, migrations }) => (100 * times) / Math.max(1, times + migrations);
  const said = `${how}${hung > 0 ? `, ${hung} rounds left out in which one hung` : ''}; beside linux-3.12 in the same round, which is racy and here for its speed only`;
  return [
    ofValues({
      name: `v4, batch ${batch}, beside ${beside}: events`,
      values: each(({ v4 }) => rate(v4)),
      unit: '/s',
      atLeast,
      ratio: { of: 'v4 over linux-3.12', values: each(({ v4, linux }) => rate(v4) / rate(linux)) },
      how: `${said}. ${number(median(each(({ v4 }) => moved(v4))))} migrations/s under v4, ${number(median(each(({ v4 }) => refused(v4))))} % of its tries refused; ${number(median(each(({ linux }) => moved(linux))))} under linux-3.12`,
      details: { linux: each(({ linux }) => rate(linux)) },
    }),
    ofValues({
      name: `v4, batch ${batch}, beside ${beside}: a read call alone`,
      values: each(({ v4 }) => v4.nsPerCall),
      unit: 'ns',
      ratio: { of: 'v4’s time over linux-3.12’s', values: each(({ v4, linux }) => v4.nsPerCall / linux.nsPerCall) },
      how: said,
    }),
  ];
}

/** @typedef {{ v4: any, linux: any }} Round a trial of each */

/** @param {any[]} points  @param {string} beside  @param {string} how @returns {import('./row.mjs').Row[]} */
function longest(points, beside, how) {
  const all = points.flatMap(({ measured: [, ours] }) => ours.trials).filter(({ hung }) => !hung);
  const worst = (/** @type {string} */ metric, /** @type {string} */ what, /** @type {number | undefined} */ atMost) => ofWorst({
    name: `v4, all batches, beside ${beside}: ${what}`, values: all.map((trial) => trial[metric]), unit: 'ms', atMost, how: `${how}; the longest of all ${all.length} trials`,
  });
  return [worst('longestWaitMs', 'the longest wait for a lock', LONGEST_MS), worst('longestRefusedMs', 'the longest that the migrator tried in vain', undefined)];
}
