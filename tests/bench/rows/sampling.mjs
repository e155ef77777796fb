/** What it costs the readers that the page looks at them. */
import { besideRun } from '../race-page.mjs';
import { ratios, shuffledRounds } from '../stats.mjs';
import { ofValues } from './row.mjs';

const KINDS = {
  reads: { name: 'counters and frame map read in each frame', atLeast: 0.95 },
  draws: { name: 'the page as it is, drawing' },
};
const MS = 100;
const ROUNDS = 20;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function sampling({ chromium, quick }) {
  const rows = [];
  const cores = await chromium.cores();
  for (const [readers, migrators] of [[cores, 0], [1, 1]]) {
    const order = shuffledRounds(['waits', ...Object.keys(KINDS)], quick ? 3 : ROUNDS);
    const { rounds, looks } = await besideRun(chromium, { protocol: 'v4', readers, migrators }, async (page) => ({
      rounds: await page.rates(order, MS),
      looks: await page.looks(quick ? 5 : 11),
    }));
    const threads = `${readers} readers, ${migrators} migrators, ${cores} cores`;
    for (const [kind, { name, atLeast }] of Object.entries(KINDS)) {
      rows.push(ofValues({
        name: `${name}: ${threads}`,
        values: rounds.map((round) => round[kind]),
        unit: 'events/s',
        atLeast,
        ratio: { of: 'over a page that only waits', values: ratios(rounds, kind, 'waits') },
        how: `one run of v4 on the built page, ${rounds.length} rounds in random order, ${MS} ms each`,
      }));
    }
    for (const [look, values] of Object.entries(looks)) {
      rows.push(ofValues({ name: `run.${look}(): ${threads}`, values, unit: 'µs', how: 'means of 200 calls on the main thread while the run is on' }));
    }
  }
  return rows;
}
