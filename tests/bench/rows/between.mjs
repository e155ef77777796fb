/** Records from one Worker to another. */
import { median, shuffledRounds } from '../stats.mjs';
import { PARTS, demandedOf } from './least.mjs';
import { besideRivals, limitsOfPairs } from './rings.mjs';

const OURS = 'pair/ours';
const RIVALS = ['pair/ours-one-by-one', 'pair/ringbuf.js', 'pair/rtrb', 'pair/rtrb-one-by-one', 'pair/crossbeam-queue', 'pair/js'];
const [MS, QUICK_MS, PART_MS] = [20, 10, 5];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function between({ chromium, versions, warmUpMs, quick, roundsOf }) {
  const subjects = [OURS, ...RIVALS, 'bounce'];
  const ms = quick ? QUICK_MS : MS;
  const rows = [];
  await chromium.openBench();
  const complete = await demandedOf(chromium, 'complete');
  for (const batch of [1, 8, 32, 128]) {
    await chromium.samplePairs({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const count = roundsOf(31, 7);
    const pairs = await chromium.samplePairs({ batch, ms, rounds: shuffledRounds(subjects, count) });
    // What one Worker does by itself is measured right after, not in turns with what takes two: of that, the medians.
    await chromium.sample({ batch, ms: warmUpMs, rounds: [PARTS] });
    const alone = await chromium.sample({ batch, ms: PART_MS, rounds: shuffledRounds(PARTS, count) });
    const parts = Object.fromEntries(PARTS.map((part) => [part, median(alone.map((round) => round[part]))]));
    const rounds = pairs.map((round) => ({ ...round, ...parts }));
    rows.push(
      ...besideRivals({
        picture: 'one Worker completes, one reads',
        batch,
        ours: OURS,
        rivals: RIVALS,
        limits: limitsOfPairs(complete, batch),
        rounds,
        atLeast: { 'pair/ringbuf.js': 1 },
        versions,
        how: `${rounds.length} rounds in random order, ${ms} ms each, a new ring for each, on whichever cores the system puts the Workers; producer and consumer spin where there is nothing to do, and move what there is, up to a batch at a time; the producer numbers its records, the consumer checks the last one’s number; ours completes by batches, which Linux does not, and the others do that can`,
      }),
    );
  }
  return rows;
}
