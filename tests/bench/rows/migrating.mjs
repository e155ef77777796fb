/** What the fix leaves of the racy reader's rate while pages migrate, and how long anybody waits meanwhile. */
import { number } from '../number.mjs';
import { isWrong, labelOf } from '../protocols.mjs';
import { median } from '../stats.mjs';
import { besideLimit, compare, curve, eventRate, inRounds, migrationRate, timeOfCall, trials } from './comparing.mjs';
import { COPY_IN_WORDS, leastCall, leastOf, mostEvents, mostMigrations } from './least.mjs';
import { notMeasured, ofValues } from './row.mjs';
import { longestWaits, trialsForWaits } from './waits.mjs';

/** The fix, and the racy protocol that its rates are over. */
const PROTOCOLS = ['v4', 'linux-3.12'];
const BATCHES = [1, 8, 32];
/** Of the racy reader's rate, the least that v4's reader should keep beside one migrator: at full pace, and told to make 1,000 migrations a second. */
export const PACES = [
  { pace: 0, beside: 'a migrator at full pace', atLeast: 0.5 },
  { pace: 1000, beside: 'a migrator told to make 1,000/s', atLeast: 0.95 },
];
/** Of what refusals the rates have in them. */
const RESTS = 'v4’s migrator pauses for 1 ms after 40 passes in a row that were refused (four calls of the kernel’s migrate_pages), and the reader has ring_lock to itself meanwhile; the racy one’s takes no ring_lock, is never refused, and never pauses so';
const WORKERS = 'lab.compare on Workers in Chromium, on whichever cores the system puts them: 1 reader, which completes what it reads, and 1 migrator';

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function migrating({ chromium, warmUpMs, quick, roundsOf }) {
  await chromium.openBench();
  const leasts = await leastOf(chromium, BATCHES, { warmUpMs, quick });
  const most = await mostMigrations(chromium, { warmUpMs, quick });
  const [trialMs, warmupMs] = quick ? [20, 50] : [80, 300];
  const rounds = roundsOf(13, 5);
  const sweep = { field: 'batch', values: BATCHES };
  const how = `${WORKERS}; ${rounds} rounds in random order, ${trialMs} ms a trial; ${RESTS}; limits are uncontended, and ${COPY_IN_WORDS}: where somebody migrates, locks and pages also have to come over from another core`;
  const rows = [];
  for (const { pace, beside, atLeast } of PACES) {
    const comparison = await compare(chromium, { protocols: PROTOCOLS, sweep, readers: 1, migrators: 1, pace, rounds, trialMs, warmupMs });
    const limits = (/** @type {number} */ batch) => limitsAt(leasts, most, batch);
    const drawn = (/** @type {string} */ metric, /** @type {string} */ what, /** @type {keyof Limits} */ unit) =>
      besideLimit(curve(comparison, metric, { title: `Beside ${beside}: ${what}`, label: 'batch', unit }), (batch) => limits(batch)[unit]);
    const [first, ...others] = comparison.points.flatMap((/** @type {any} */ point) => rates(point, beside, atLeast, limits(point.value), how));
    const curves = [drawn('eventsPerSecond', 'events', 'events/s'), drawn('nsPerCall', 'a read call', 'ns'), drawn('migrationsPerSecond', 'migrations', 'migrations/s')];
    rows.push({ ...first, curves }, ...others);
  }
  // At full pace only: the other pace is among the rows about many readers.
  const waiting = await compare(chromium, { protocols: ['v4', 'tang-gu'], sweep, readers: 1, migrators: 1, pace: 0, ...trialsForWaits(quick) });
  return [...rows, ...longestWaits(waiting, { who: 'all batches', beside: PACES[0].beside, label: 'batch', how: WORKERS })];
}

/** By the unit of what they limit. @typedef {Record<'events/s' | 'ns' | 'migrations/s', import('./row.mjs').Limit>} Limits */

/**
 * @param {import('./least.mjs').Least[]} leasts  of each batch
 * @param {import('./row.mjs').Limit} most  migrations
 * @param {number} batch
 * @returns {Limits}
 */
export function limitsAt(leasts, most, batch) {
  const least = /** @type {import('./least.mjs').Least} */ (leasts.find((least) => least.batch === batch));
  return { 'events/s': mostEvents(least, 1, 1), ns: leastCall(least), 'migrations/s': most };
}

/**
 * The reader's rate, which has its completing in it; its read calls alone, which is where it meets the migrator at ring_lock; and
 * how many migrations each rate is beside.
 *
 * @param {any} point  of a comparison
 * @param {string} beside
 * @param {number} atLeast
 * @param {Limits} limits  of what is ours
 * @param {string} how
 * @returns {import('./row.mjs').Row[]}
 */
function rates(point, beside, atLeast, limits, how) {
  const [ours, racy] = point.measured;
  const [ourLabel, racyLabel] = [ours, racy].map(labelOf);
  const hung = ours.trials.filter((/** @type {any} */ trial, /** @type {number} */ i) => trial.hung || racy.trials[i].hung).length;
  const said = `${how}${hung > 0 ? `, ${hung} rounds left out in which one hung` : ''}; ${racyLabel} is here for its speed only`;
  const named = (/** @type {string} */ label, /** @type {string} */ what) => `${label}, batch ${point.value}, beside ${beside}: ${what}`;
  const over = (/** @type {string} */ what, /** @type {keyof Limits} */ unit, /** @type {(trial: any) => number} */ of, /** @type {{ atLeast?: number, more?: string }} */ { atLeast, more = '' } = {}) => {
    const both = inRounds(ours.trials, racy.trials, of);
    if (both.length === 0) return notMeasured({ name: named(ourLabel, what), unit, why: `not measured: in no round for both protocols; ${said}` });
    const ratio = { of: `over ${racyLabel}`, values: both.map(({ ratio }) => ratio) };
    return ofValues({ name: named(ourLabel, what), unit, values: both.map(({ over }) => over), atLeast, ratio, limit: limits[unit], how: `${said}${more}`, details: { under: both.map(({ under }) => under) } });
  };
  const refused = (/** @type {any} */ { refused: times, migrations }) => (100 * times) / Math.max(1, times + migrations);
  const tries = (/** @type {number} */ protocol) => `${number(median(trials(point, protocol).map(refused)))} % of its tries refused`;
  const same = 'what the rates are beside, which is not the same for both';
  return [
    over('events', 'events/s', eventRate, { atLeast }),
    over('a read call alone', 'ns', timeOfCall),
    over('migrations', 'migrations/s', migrationRate, { more: `; ${same}; ${tries(0)}` }),
    { ...ofValues({ name: named(racyLabel, 'migrations'), unit: 'migrations/s', values: trials(point, 1).map(migrationRate), how: `${said}; ${same}; ${tries(1)}` }), wrong: isWrong(racy) },
  ];
}
