/** Records in and out again, by one thread in turns. */
import { shuffledRounds } from '../stats.mjs';
import { COPY_IN_WORDS, PARTS, copiesOnly, demandedOf, limitOf } from './least.mjs';
import { besideRivals } from './rings.mjs';

const OURS = 'pass/ours';
const RIVALS = ['pass/ours-one-by-one', 'pass/rtrb', 'pass/rtrb-one-by-one', 'pass/crossbeam-queue', 'pass/ringbuf.js', 'pass/js'];
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function passing({ chromium, versions, warmUpMs, quick }) {
  const subjects = [OURS, ...RIVALS, ...PARTS];
  const rows = [];
  await chromium.openBench();
  const locked = await demandedOf(chromium, 'pass');
  for (const batch of [1, 8, 32]) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(subjects, quick ? 11 : 51) });
    rows.push(
      ...besideRivals({
        picture: 'completing and reading, one Worker',
        batch,
        ours: OURS,
        rivals: RIVALS,
        limits: [copiesOnly(2), limitOf(2, locked, batch)],
        rounds,
        atLeast: { 'pass/rtrb': 0.7 },
        versions,
        how: `${rounds.length} rounds in random order, ${MS} ms each, in a Worker; a batch in, the same batch out, rings of 504 records; ours completes and reads by batches, as the others do that can; limits: ${COPY_IN_WORDS}, once in and once out; and what ours demands besides, two locks taken and released and the tail published, each measured uncontended in the same round`,
      }),
    );
  }
  return rows;
}
