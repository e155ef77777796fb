/** Records from one Worker to another. */
import { shuffledRounds } from '../stats.mjs';
import { HOP, besideRivals } from './rings.mjs';

const OURS = 'pair/ours';
const RIVALS = ['pair/ours-one-by-one', 'pair/ringbuf.js', 'pair/rtrb', 'pair/rtrb-one-by-one', 'pair/crossbeam-queue', 'pair/js'];
const [MS, QUICK_MS] = [20, 10];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function between({ chromium, versions, warmUpMs, quick }) {
  const subjects = [OURS, ...RIVALS, 'bounce'];
  const ms = quick ? QUICK_MS : MS;
  const rows = [];
  await chromium.openBench();
  for (const batch of [1, 8, 32, 128]) {
    await chromium.samplePairs({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const rounds = await chromium.samplePairs({ batch, ms, rounds: shuffledRounds(subjects, quick ? 7 : 31) });
    rows.push(
      ...besideRivals({
        picture: 'one Worker completes, one reads',
        batch,
        ours: OURS,
        rivals: RIVALS,
        // Rings that hand over record by record cannot do without one hop for each.
        limits: [HOP],
        rounds,
        atLeast: { 'pair/ringbuf.js': 1 },
        versions,
        how: `${rounds.length} rounds in random order, ${ms} ms each, a new ring for each, on whichever cores the system puts the Workers; producer and consumer spin where there is nothing to do, and move what there is, up to a batch at a time; the producer numbers its records, the consumer checks the last one’s number; ours completes by batches, which Linux does not, and the others do that can; limit: half a round trip of a line that two Workers increment in turns, which whoever moves several records a hop can beat`,
      }),
    );
  }
  return rows;
}
