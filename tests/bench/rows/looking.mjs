/** What the records of steps and the detectors cost a reader while pages migrate. */
import { ratios, shuffledRounds, spread } from '../stats.mjs';
import { PACES } from './migrating.mjs';
import { ofValues } from './row.mjs';

const BATCHES = [1, 8, 32];
const [MS, QUICK_MS] = [60, 20];
/** At full pace a reader's rate changes three-fold from one round to the next, by who gets the locks. */
const [ROUNDS, QUICK_ROUNDS] = [31, 5];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function looking({ chromium, quick, warmUpMs }) {
  const rows = [];
  const ms = quick ? QUICK_MS : MS;
  await chromium.openBench();
  for (const { pace, beside } of PACES) {
    const [bare, watched] = [`beside/${pace}/bare`, `beside/${pace}/watched`];
    for (const batch of BATCHES) {
      await chromium.samplePairs({ batch, ms: warmUpMs, rounds: [[bare, watched]] });
      const rounds = await chromium.samplePairs({ batch, ms, rounds: shuffledRounds([bare, watched], quick ? QUICK_ROUNDS : ROUNDS) });
      // Figures are times an event.
      const rates = ratios(rounds, bare, watched);
      rows.push(
        ofValues({
          name: `a run's reader, batch ${batch}, beside ${beside}: record and detectors`,
          values: rates,
          unit: '× bare, unobserved',
          atLeast: 0.95,
          ratio: { of: 'over a run that nobody looks at', values: rates },
          how: `events/s; ${rounds.length} rounds in random order, ${ms} ms each, a new run of v4 for each on two Workers, 1 reader that completes what it reads and 1 migrator; bare: with NoRecord and no detectors in either. How many pages migrate meanwhile is not the same for both`,
          details: { nsPerEvent: spread(rounds.map((round) => round[watched])), bareNsPerEvent: spread(rounds.map((round) => round[bare])) },
        }),
      );
    }
  }
  return rows;
}
