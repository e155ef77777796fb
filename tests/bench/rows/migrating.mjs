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
    rows.push(...points.map((/** @type {any} */ point) => rate(point, words, atLeast, how)), ...longest(points, words, how));
  }
  return rows;
}

/**
 * @param {any} point  of a comparison, as `lab.compare` exports it
 * @param {string} beside
 * @param {number} atLeast
 * @param {string} how
 */
function rate({ value: batch, measured: [racy, ours] }, beside, atLeast, how) {
  // What hung is no rate; and where one of the two did, there is no ratio.
  const whole = ours.trials.map((/** @type {any} */ trial, /** @type {number} */ i) => [trial, racy.trials[i]]).filter((/** @type {any[]} */ pair) => pair.every(({ hung }) => !hung));
  const rates = whole.map((/** @type {any[]} */ pair) => pair.map(({ events, seconds }) => events / seconds));
  const hung = ours.trials.length - whole.length;
  const refused = (/** @type {any} */ { refused: times, migrations }) => (100 * times) / Math.max(1, times + migrations);
  const of = (/** @type {number} */ i, /** @type {(trial: any) => number} */ what) => number(median(whole.map((/** @type {any[]} */ pair) => what(pair[i]))));
  const moved = (/** @type {any} */ { migrations, seconds }) => migrations / seconds;
  const call = (/** @type {any} */ { nsPerCall }) => nsPerCall;
  return ofValues({
    name: `v4, batch ${batch}, beside ${beside}: events`,
    values: rates.map(([v4]) => v4),
    unit: '/s',
    atLeast,
    ratio: { of: 'v4 over linux-3.12', values: rates.map(([v4, linux]) => v4 / linux) },
    how: `${how}${hung > 0 ? `, ${hung} rounds left out in which one hung` : ''}; over linux-3.12 in the same round, which is racy and here for its speed only. Medians under v4 and linux-3.12: a read call alone ${of(0, call)} and ${of(1, call)} ns; ${of(0, moved)} and ${of(1, moved)} migrations/s; of v4’s tries ${of(0, refused)} % refused`,
    details: { linux: rates.map(([, linux]) => linux) },
  });
}

/** @param {any[]} points  @param {string} beside  @param {string} how @returns {import('./row.mjs').Row[]} */
function longest(points, beside, how) {
  const all = points.flatMap(({ measured: [, ours] }) => ours.trials).filter(({ hung }) => !hung);
  const worst = (/** @type {string} */ metric, /** @type {string} */ what, /** @type {number | undefined} */ atMost) => ofWorst({
    name: `v4, all batches, beside ${beside}: ${what}`, values: all.map((trial) => trial[metric]), unit: 'ms', atMost, how: `${how}; the longest of all ${all.length} trials`,
  });
  return [worst('longestWaitMs', 'the longest wait for a lock', LONGEST_MS), worst('longestRefusedMs', 'the longest that the migrator tried in vain', undefined)];
}
