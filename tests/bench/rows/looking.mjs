/** What the records of steps and the detectors cost a reader while pages migrate. */
import { median, ratios, shuffledRounds, spread } from '../stats.mjs';
import { leastOf, mostOver } from './least.mjs';
import { PACES } from './migrating.mjs';
import { ofValues } from './row.mjs';

const BATCHES = [1, 8, 32];
const [MS, QUICK_MS] = [50, 20];
/** At full pace a reader's rate changes three-fold from one round to the next, by who gets the locks. */
const [ROUNDS, QUICK_ROUNDS] = [31, 5];
const ALL = { looks: 'watched', what: 'record and detectors', atLeast: 0.95 };
/** For information, and at full pace: where pages rest now and then, a reader with its record has fewer detectors while they do. */
const NO_RECORD = { looks: 'detected', what: 'the same without the reader’s record', atLeast: undefined };

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function looking({ chromium, quick, roundsOf, warmUpMs }) {
  const rows = [];
  const ms = quick ? QUICK_MS : MS;
  await chromium.openBench();
  for (const { pace, beside } of PACES) {
    const subject = (/** @type {string} */ looks) => `beside/${pace}/${looks}`;
    const bare = subject('bare');
    const watchers = pace === 0 ? [ALL, NO_RECORD] : [ALL];
    const subjects = [bare, ...watchers.map(({ looks }) => subject(looks))];
    for (const batch of BATCHES) {
      await chromium.samplePairs({ batch, ms: warmUpMs, rounds: [subjects] });
      const rounds = await chromium.samplePairs({ batch, ms, rounds: shuffledRounds(subjects, roundsOf(ROUNDS, QUICK_ROUNDS)) });
      // What the limit is made of takes one Worker: it is measured right after.
      const [least] = await leastOf(chromium, [batch], { warmUpMs, quick });
      const limit = mostOver(least, median(rounds.map((round) => round[bare])));
      for (const { looks, what, atLeast } of watchers) {
        // Figures are times an event.
        const rates = ratios(rounds, bare, subject(looks));
        rows.push(
          ofValues({
            name: `a run's reader, batch ${batch}, beside ${beside}: ${what}`,
            values: rates,
            unit: '× bare, unobserved',
            atLeast,
            limit,
            ratio: { of: 'over a run that nobody looks at', values: rates },
            how: `events/s; ${rounds.length} rounds in random order, ${ms} ms each, a new run of v4 for each on two Workers, 1 reader that completes what it reads and 1 migrator; bare: with NoRecord and no detectors in either. How many pages migrate meanwhile is not the same for all. The limit is uncontended`,
            details: { nsPerEvent: spread(rounds.map((round) => round[subject(looks)])), bareNsPerEvent: spread(rounds.map((round) => round[bare])) },
          }),
        );
      }
    }
  }
  return rows;
}
