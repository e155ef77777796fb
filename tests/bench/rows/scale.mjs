/** What becomes of rates and waits when there are more threads than cores, and larger rings; and what more cores would do. */
import { number } from '../number.mjs';
import { fairShare } from '../scaling.mjs';
import { median } from '../stats.mjs';
import { besideLimit, compare, curve, eventRate, inRounds, migrationRate, timeOfCall, trials } from './comparing.mjs';
import { COPY_IN_WORDS, leastCall, leastOf, mostEvents, mostMigrations } from './least.mjs';
import { ofMigrators, ofReaderBesideMigrators, ofReaders, ofReadersBesideMigrators } from './projecting.mjs';
import { ofValues } from './row.mjs';
import { longestWaits, trialsForWaits } from './waits.mjs';

/** The fix, and its rival in the commit's own argument: the extra spinlock. */
const PROTOCOLS = ['v4', 'tang-gu'];
const BATCH = 8;
/** Events asked of the ring, by the pages that the kernel's rule makes of them. */
const RINGS = { 1: 60, 2: 120, 4: 250, 8: 510, 16: 1020, 32: 2040, 64: 4060 };
/** Of the best rate with fewer threads, the least that should be left with as many as there can be: to all readers together, or to one if there are cores for all. */
const KEPT = 0.5;

/** @typedef {import('./comparing.mjs').Comparison} Comparison */
/** @typedef {import('./row.mjs').Limit} Limit */
/** @typedef {{ least: import('./least.mjs').Least, most: Limit, cores: number }} Machine  most: migrations a second */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function scale({ chromium, warmUpMs, quick }) {
  await chromium.openBench();
  const cores = await chromium.cores();
  const [least] = await leastOf(chromium, [BATCH], { warmUpMs, quick });
  const most = await mostMigrations(chromium, { warmUpMs, quick });
  const machine = { least, most, cores };
  // With a core for each, what passes completion_lock is the least.
  const mostOfMany = mostEvents(least, Infinity, Infinity);
  const sweep = (/** @type {string} */ field, /** @type {number[]} */ values, /** @type {object} */ config) =>
    compare(chromium, { protocols: PROTOCOLS, sweep: { field, values }, batch: BATCH, ...config });
  const waiting = trialsForWaits(quick);
  // Nobody waits long: rates alone are short trials.
  const short = quick ? { rounds: 5, trialMs: 20, warmupMs: 50 } : { rounds: 5, trialMs: 120, warmupMs: 200 };

  const readers = await sweep('readers', quick ? [1, 2, 16] : [1, 2, 4, 8, 16], { pace: 1000, ...waiting });
  const migrators = await sweep('migrators', quick ? [1, 8] : [1, 2, 4, 8], { pace: 0, ...waiting });
  const pages = await sweep('ringEvents', quick ? [60, 4060] : Object.values(RINGS), { pace: 1000, ...short });
  const moved = await sweep('ringEvents', quick ? [60, 4060] : [60, 250, 1020, 4060], { pace: 0, ...short });
  // So many threads that one may wait for seconds: the longest trials, or a wait would end with its trial.
  const crowd = await sweep('migrators', [1, 8], { readers: 16, pace: 0, ...waiting, trialMs: 2 * waiting.trialMs });
  const how = (/** @type {Comparison} */ { config: { fields } }) => `lab.compare on Workers in Chromium, ${fields.rounds} rounds in random order, ${fields.trialMs} ms a trial, batch ${BATCH}; threads on whichever of ${cores} cores the system puts them`;
  const largest = (/** @type {Comparison} */ { points }) => points[points.length - 1].value;
  return [
    collapse(readers, machine, how(readers)),
    ...longestWaits(readers, { who: `up to ${largest(readers)} readers`, beside: '1 migrator told to make 1,000/s', label: 'readers', how: how(readers) }),
    ...longestWaits(migrators, { who: `up to ${largest(migrators)} migrators`, beside: '1 reader', label: 'migrators', how: how(migrators) }),
    ...longestWaits(crowd, { who: `up to ${largest(crowd)} migrators`, beside: '16 readers', label: 'migrators', how: how(crowd) }),
    overCrowding(migrators, machine, how(migrators)),
    overCrowding(crowd, machine, how(crowd)),
    callOverPages(pages, leastCall(least), how(pages)),
    migrationsOverPages(moved, most, how(moved)),
    ...ofReaders(readers, mostOfMany, cores, how(readers)),
    ...ofMigrators(migrators, most, cores, how(migrators)),
    ...ofReaderBesideMigrators(migrators, mostEvents(least, 1, cores), cores, how(migrators)),
    ...ofReadersBesideMigrators(crowd, readers, mostOfMany, cores, how(crowd)),
  ];
}

/** What v4 came to at one point over another, round by round. @param {any} over  @param {any} under  @param {(trial: any) => number} of */
const against = (over, under, of) => inRounds(over.measured[0].trials, under.measured[0].trials, of).map(({ ratio }) => ratio);

/** Whether many readers of one ring still read what few do. @param {Comparison} comparison  @param {Machine} machine  @param {string} how */
export function collapse(comparison, { least, cores }, how) {
  const { points } = comparison;
  const most = points[points.length - 1];
  const rateAt = (/** @type {any} */ point) => median(trials(point).map(eventRate));
  const best = points.slice(0, -1).reduce((/** @type {any} */ best, /** @type {any} */ point) => (rateAt(point) > rateAt(best) ? point : best));
  const limit = (/** @type {number} */ readers) => mostEvents(least, readers, cores);
  return ofValues({
    name: `v4, ${most.value} readers: events`,
    values: trials(most).map(eventRate),
    unit: 'events/s',
    atLeast: KEPT,
    ratio: { of: `over the best rate of fewer readers, which is that of ${best.value}`, values: against(most, best, eventRate) },
    limit: limit(most.value),
    how: `${how}; 1 migrator told to make 1,000/s; all readers share one ring and so one ring_lock`,
    curves: [besideLimit(curve(comparison, 'eventsPerSecond', { title: 'Readers of one ring: events', label: 'readers', unit: 'events/s' }), limit)],
  });
}

/** Whether readers beside many migrators keep their share of the cores. @param {Comparison} comparison  @param {Machine} machine  @param {string} how */
export function overCrowding(comparison, { least, most, cores }, how) {
  const { points, config: { fields } } = comparison;
  const readers = Number(fields.readers);
  const who = readers === 1 ? '1 reader' : `${readers} readers`;
  const [few, many] = [points[0], points[points.length - 1]];
  const [shareOfFew, shareOfMany] = [few, many].map(({ value }) => fairShare(value + readers, cores));
  // Rounded down: a target is read in two digits. With cores for all, what is lost is lost to locks.
  const atLeast = Math.min(KEPT, Math.floor((100 * shareOfMany) / shareOfFew) / 100);
  const limit = mostEvents(least, readers, cores);
  return ofValues({
    name: `v4, ${many.value} migrators at full pace: events of ${who}`,
    values: trials(many).map(eventRate),
    unit: 'events/s',
    atLeast,
    ratio: { of: `over ${few.value} migrator`, values: against(many, few, eventRate) },
    limit,
    how: `${how}. The target: a fair scheduler gives each of ${many.value + readers} threads ${number(shareOfMany)} of a core, and each of ${few.value + readers} threads ${number(shareOfFew)}; readers may lose as much and no more (with cores for all, ${KEPT} for what locks cost)`,
    curves: [
      besideLimit(curve(comparison, 'eventsPerSecond', { title: `Migrators at full pace: events of ${who}`, label: 'migrators', unit: 'events/s' }), () => limit),
      besideLimit(curve(comparison, 'migrationsPerSecond', { title: `Migrators at full pace: migrations beside ${who}`, label: 'migrators', unit: 'migrations/s' }), () => most),
    ],
  });
}

/** By pages, not by events asked for. @param {import('./row.mjs').Curve} drawn */
function overPages(drawn) {
  const pagesOf = Object.fromEntries(Object.entries(RINGS).map(([pages, events]) => [events, Number(pages)]));
  return { ...drawn, label: 'ring pages', x: drawn.x.map((events) => pagesOf[events]) };
}

/** @param {Comparison} comparison  @param {Limit} limit  @param {string} how */
export function callOverPages(comparison, limit, how) {
  const { points } = comparison;
  const drawn = overPages(curve(comparison, 'nsPerCall', { title: 'Size of the ring: a read call', label: 'events', unit: 'ns' }));
  const [small, large] = [points[0], points[points.length - 1]];
  return ofValues({
    name: `v4, a ring of ${drawn.x[drawn.x.length - 1]} pages: a read call`,
    values: trials(large).map(timeOfCall).filter(Number.isFinite),
    unit: 'ns',
    ratio: { of: `over a ring of ${drawn.x[0]}`, values: against(large, small, timeOfCall) },
    limit,
    how: `${how}; 1 reader, 1 migrator told to make 1,000/s. The size of the ring is not all that differs: a reader fills half of its ring before it reads, some 60 events of a ring of 1 page and at most 1,023 of larger ones, so in small rings more of a call is the beginning and the end of a drain. The limit is a call of a full batch, uncontended; ${COPY_IN_WORDS}`,
    curves: [besideLimit(drawn, () => limit)],
  });
}

/** @param {Comparison} comparison  @param {Limit} most  @param {string} how */
export function migrationsOverPages(comparison, most, how) {
  const { points } = comparison;
  const drawn = overPages(curve(comparison, 'migrationsPerSecond', { title: 'Size of the ring: migrations', label: 'events', unit: 'migrations/s' }));
  const [small, large] = [points[0], points[points.length - 1]];
  return ofValues({
    name: `v4, a ring of ${drawn.x[drawn.x.length - 1]} pages: migrations`,
    values: trials(large).map(migrationRate),
    unit: 'migrations/s',
    ratio: { of: `over a ring of ${drawn.x[0]}`, values: against(large, small, migrationRate) },
    limit: most,
    how: `${how}; 1 reader, 1 migrator at full pace, which takes the ring's pages in turn`,
    curves: [besideLimit(drawn, () => most)],
  });
}
