/** What it costs the readers that the page looks at them, and, with the record and the detectors, that anybody does. */
import { besideRun } from '../race-page.mjs';
import { ratios, shuffled, shuffledRounds } from '../stats.mjs';
import { PARTS, leastIn, mostEvents } from './least.mjs';
import { ofValues } from './row.mjs';

/** @type {Record<string, { name: string, atLeast?: number }>} */
const KINDS = {
  reads: { name: 'counters and frame map read in each frame', atLeast: 0.95 },
  draws: { name: 'the page as it is, drawing' },
};
const MS = 100;
const ROUNDS = 20;
/** Beside a migrator at full pace a reader's rate changes three-fold from one tenth of a second to the next: 20 had intervals of ±15 %. */
const ROUNDS_BESIDE_MIGRATOR = 90;

/** Events in a call, as in the page's run. */
const BATCH = 8;
/** A run's reader that nobody looks at, and one that is watched; see `reading`. */
const [BARE, WATCHED] = ['run', 'run/detector'];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function sampling({ chromium, roundsOf, warmUpMs }) {
  const rows = [];
  const { watched, least } = await watchedOverBare(chromium, roundsOf(61, 15), warmUpMs);
  const cores = await chromium.cores();
  for (const [readers, migrators, count] of [[cores, 0, ROUNDS], [1, 1, ROUNDS_BESIDE_MIGRATOR]]) {
    const order = shuffledRounds(['waits', ...Object.keys(KINDS)], roundsOf(count, 3));
    const { rounds, looks } = await besideRun(chromium, { protocol: 'v4', readers, migrators }, async (page) => ({
      rounds: await page.rates(order, MS),
      looks: await page.looks(roundsOf(11, 5)),
    }));
    const threads = `${readers} readers, ${migrators} migrators, ${cores} cores`;
    for (const [kind, { name, atLeast }] of Object.entries(KINDS)) {
      rows.push(ofValues({
        name: `${name}: ${threads}`,
        values: rounds.map((round) => round[kind]),
        unit: 'events/s',
        atLeast,
        limit: mostEvents(least, readers, cores),
        ratio: { of: 'over a page that only waits', values: ratios(rounds, kind, 'waits') },
        how: `one run of v4 on the built page, ${rounds.length} rounds in random order, ${MS} ms each`,
      }));
    }
    if (migrators === 0) {
      const sampled = ratios(rounds, 'reads', 'waits');
      const together = shuffled(watched).map((ratio, i) => ratio * sampled[i % sampled.length]);
      rows.push(ofValues({
        name: `sampling, record and detectors together, nobody changing pages: ${threads}`,
        values: together,
        unit: '× bare, unobserved',
        atLeast: 0.95,
        ratio: { of: 'over readers that nobody looks at', values: together },
        how: `events/s: the ratio of the first row, times that of a reader with record and detectors over one without (batch ${BATCH}, ${watched.length} rounds in a Worker of its own), in random pairs; no run is without detectors, so there is none to measure it by at once. Nobody changes pages: while somebody does, see what looking costs a reader while pages migrate`,
      }));
    }
    for (const [look, values] of Object.entries(looks)) {
      rows.push(ofValues({ name: `run.${look}(): ${threads}`, values, unit: 'µs', how: 'means of 200 calls on the main thread while the run is on' }));
    }
  }
  return rows;
}

/** @param {import('../chromium.mjs').Chromium} chromium @param {number} count of rounds @param {number} warmUpMs */
async function watchedOverBare(chromium, count, warmUpMs) {
  const names = [BARE, WATCHED, ...PARTS];
  await chromium.openBench();
  const least = await leastIn(chromium);
  await chromium.sample({ batch: BATCH, ms: warmUpMs, rounds: [names, names] });
  const rounds = await chromium.sample({ batch: BATCH, ms: 8, rounds: shuffledRounds(names, count) });
  // Figures are times an event.
  return { watched: ratios(rounds, BARE, WATCHED), least: least(BATCH, rounds) };
}
