/** What becomes of rates and waits when there are more threads than cores, and larger rings; and what more cores would do. */
import { project } from '../scaling.mjs';
import { interval, median } from '../stats.mjs';
import { ofValues, ofWorst } from './row.mjs';

/** The fix, and its rival in the commit's own argument: the extra spinlock. */
const PROTOCOLS = ['v4', 'tang-gu'];
/** Events asked of the ring, by the pages that the kernel's rule makes of them. */
const RINGS = { 1: 60, 2: 120, 4: 250, 8: 510, 16: 1020, 32: 2040, 64: 4060 };
const PROJECTED = [1, 2, 4, 8, 16];
/** Of the best rate of fewer readers, the least that as many as there can be should still have. */
const KEPT = 0.5;
const LONGEST_MS = 100;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function scale({ chromium, quick }) {
  await chromium.openBench();
  const cores = await chromium.cores();
  const [rounds, trialMs, warmupMs] = quick ? [5, 20, 50] : [7, 120, 200];
  const sweep = (/** @type {string} */ field, /** @type {number[]} */ values, /** @type {object} */ config) =>
    chromium.call('(config) => bench.compare(config)', { protocols: PROTOCOLS, sweep: { field, values }, rounds, trialMs, warmupMs, control: 'none', ...config });
  const how = `lab.compare on Workers in Chromium, ${rounds} rounds in random order, ${trialMs} ms a trial, batch 8, ${cores} cores`;

  const readers = await sweep('readers', quick ? [1, 2, 16] : [1, 2, 4, 8, 16], { pace: 1000 });
  const migrators = await sweep('migrators', quick ? [1, 8] : [1, 2, 4, 8], { pace: 0 });
  const pages = await sweep('ringEvents', quick ? [60, 4060] : Object.values(RINGS), { pace: 1000 });
  // So many threads that one may wait for seconds: long trials, or a wait would end with its trial.
  const crowd = await sweep('migrators', [8], { readers: 16, pace: 0, rounds: 5, trialMs: quick ? 60 : 500 });
  return [
    collapse(readers, how),
    ...[[readers, 'readers', '1 migrator at 1,000/s'], [migrators, 'migrators', '1 reader'], [crowd, 'migrators', '16 readers']].flatMap(
      ([comparison, field, beside]) => waits(comparison, field, beside, how)),
    overCrowding(migrators, how),
    pageCost(pages, how),
    projection(readers, how),
  ];
}

/** @typedef {any} Comparison  as `lab.compare` exports it */

/** Trials of v4, or of the protocol with that index, at a point. @param {any} point  @param {number} [protocol]  @returns {any[]} */
const trials = (point, protocol = 0) => point.measured[protocol].trials.filter((/** @type {any} */ trial) => !trial.hung);

/** @param {any} trial */
const eventRate = (trial) => trial.events / trial.seconds;

/**
 * What v4 came to at one point over another, round by round: this machine's speed changes between rounds.
 *
 * @param {any} over  @param {any} under  @param {(trial: any) => number} of
 */
const inRounds = (over, under, of) => over.measured[0].trials
  .map((/** @type {any} */ trial, /** @type {number} */ round) => [trial, under.measured[0].trials[round]])
  .filter((/** @type {any[]} */ pair) => pair.every(({ hung }) => !hung))
  .map((/** @type {any[]} */ [a, b]) => of(a) / of(b));

/** @param {Comparison} comparison  @param {string} metric  @param {{ title: string, label: string, unit: string }} words  @returns {import('./row.mjs').Curve} */
function curve(comparison, metric, words) {
  const points = [...comparison.points].sort((a, b) => a.value - b.value);
  return {
    ...words,
    x: points.map(({ value }) => value),
    series: PROTOCOLS.map((name, i) => {
      const figures = points.map(({ measured }) => measured[i].metrics[metric]);
      return { name, ...Object.fromEntries([['values', 'median'], ['low', 'low'], ['high', 'high']].map(([to, from]) => [to, figures.map((figure) => figure?.[from] ?? null)])) };
    }),
  };
}

/** @param {Comparison} comparison  @param {string} how */
function collapse(comparison, how) {
  const points = [...comparison.points].sort((a, b) => a.value - b.value);
  const most = points[points.length - 1];
  const rateAt = (/** @type {any} */ point) => median(trials(point).map(eventRate));
  const best = points.slice(0, -1).reduce((best, point) => (rateAt(point) > rateAt(best) ? point : best));
  return ofValues({
    name: `v4, ${most.value} readers: events`,
    values: trials(most).map(eventRate),
    unit: '/s',
    atLeast: KEPT,
    ratio: { of: `over the best rate of fewer readers, which is that of ${best.value}`, values: inRounds(most, best, eventRate) },
    how: `${how}; 1 migrator at 1,000/s; all readers share one ring and so one ring_lock`,
    curves: [curve(comparison, 'eventsPerSecond', { title: 'Readers of one ring: events', label: 'readers', unit: 'events/s' })],
  });
}

/**
 * The longest that anybody waited for one lock, and, apart from it, tried in vain.
 *
 * @param {Comparison} comparison  @param {string} field  @param {string} beside  @param {string} how
 */
function waits(comparison, field, beside, how) {
  const counts = comparison.points.map((/** @type {any} */ { value }) => value);
  const all = comparison.points.flatMap((/** @type {any} */ point) => trials(point));
  const hung = comparison.points.flatMap((/** @type {any} */ { measured }) => measured[0].trials).length - all.length;
  const said = `${how}; the longest of all ${all.length} trials${hung > 0 ? `, ${hung} more hung` : ''}; it has in it what the operating system takes to give as many threads a core in turn`;
  const row = (/** @type {string} */ metric, /** @type {string} */ what, /** @type {number | undefined} */ atMost) => ofWorst({
    name: `v4, up to ${Math.max(...counts)} ${field} beside ${beside}: ${what}`,
    values: all.map((/** @type {any} */ trial) => trial[metric]),
    unit: 'ms',
    atMost,
    how: said,
    ...(comparison.points.length > 1 && { curves: [curve(comparison, metric, { title: `Beside ${beside}: ${what}, medians of trials`, label: field, unit: 'ms' })] }),
  });
  const waited = row('longestWaitMs', 'the longest wait for a lock', LONGEST_MS);
  return [{ ...waited, met: hung === 0 && waited.met }, row('longestRefusedMs', 'the longest that a migrator tried in vain', undefined)];
}

/** @param {Comparison} comparison  @param {string} how */
function overCrowding(comparison, how) {
  const points = [...comparison.points].sort((a, b) => a.value - b.value);
  const [few, many] = [points[0], points[points.length - 1]];
  return ofValues({
    name: `v4, ${many.value} migrators at full pace: events of 1 reader`,
    values: trials(many).map(eventRate),
    unit: '/s',
    ratio: { of: `over ${few.value} migrator`, values: inRounds(many, few, eventRate) },
    how,
    curves: [
      curve(comparison, 'eventsPerSecond', { title: 'Migrators at full pace: events of 1 reader', label: 'migrators', unit: 'events/s' }),
      curve(comparison, 'migrationsPerSecond', { title: 'Migrators at full pace: migrations', label: 'migrators', unit: 'migrations/s' }),
    ],
  });
}

/** @param {Comparison} comparison  @param {string} how */
function pageCost(comparison, how) {
  const points = [...comparison.points].sort((a, b) => a.value - b.value);
  const pagesOf = Object.fromEntries(Object.entries(RINGS).map(([pages, events]) => [events, Number(pages)]));
  const [small, large] = [points[0], points[points.length - 1]];
  const time = (/** @type {any} */ { nsPerCall }) => nsPerCall;
  const drawn = curve(comparison, 'nsPerCall', { title: 'Size of the ring: a read call', label: 'ring pages', unit: 'ns' });
  return ofValues({
    name: `v4, a ring of ${pagesOf[large.value]} pages: a read call`,
    values: trials(large).map(time),
    unit: 'ns',
    ratio: { of: `over a ring of ${pagesOf[small.value]}`, values: inRounds(large, small, time) },
    how: `${how}; 1 reader, 1 migrator at 1,000/s`,
    curves: [{ ...drawn, x: drawn.x.map((events) => pagesOf[events]) }],
  });
}

/** @param {Comparison} comparison  @param {string} how @returns {import('./row.mjs').Row} */
function projection(comparison, how) {
  const at = (/** @type {number} */ readers) => trials(comparison.points.find((/** @type {any} */ { value }) => value === readers));
  const measured = {
    one: at(1).map(eventRate),
    two: at(2).map(eventRate),
    share: at(1).map(({ calls, nsPerCall, seconds }) => Math.min(1, (calls * nsPerCall) / (seconds * 1e9))),
  };
  const { law, values, low, high, best } = project(measured, PROJECTED);
  const none = PROJECTED.map(() => null);
  const ends = [measured.one, measured.two].map((some) => interval(some));
  return {
    name: 'projected, not measured: v4, 8 readers on 8 cores',
    figure: values[PROJECTED.indexOf(8)],
    unit: 'events/s',
    target: null,
    met: null,
    spread: null,
    how: `universal scalability law through the rates of 1 and 2 readers (${how}): one reader's time in read calls, all of it under ring_lock, is a share of ${law.sigma.toFixed(2)}, handing over costs κ = ${law.kappa.toPrecision(2)}. Takes for granted a core for each thread, all equally far apart, and that each further thread loses by handing over what the second one did; with handing over for nothing it would be ${best[PROJECTED.indexOf(8)].toExponential(2)}`,
    curves: [{
      title: 'Readers of one ring with a core each: a projection',
      label: 'readers and cores',
      unit: 'events/s',
      x: PROJECTED,
      series: [
        { name: 'measured', values: [median(measured.one), median(measured.two), ...none.slice(2)], low: [ends[0][0], ends[1][0], ...none.slice(2)], high: [ends[0][1], ends[1][1], ...none.slice(2)] },
        { name: 'projected', projected: true, values, low, high },
        { name: 'projected, handing over for nothing', projected: true, values: best, low: none, high: none },
      ],
    }],
    details: law,
  };
}
