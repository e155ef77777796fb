/** Records in and out again, by one thread in turns. */
import { shuffledRounds } from '../stats.mjs';
import { COPY_IN_WORDS, PARTS, copiesOnly, demandedOf, limitOf, oneByOne } from './least.mjs';
import { besideRivals } from './rings.mjs';

const OURS = 'pass/ours';
const ONE_BY_ONE = 'pass/ours-one-by-one';
const RIVALS = [ONE_BY_ONE, 'pass/rtrb', 'pass/rtrb-one-by-one', 'pass/crossbeam-queue', 'pass/ringbuf.js', 'pass/js'];
/** Of rtrb's rate, in whichever of its ways is the faster. */
const OF_RTRB = 0.7;
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function passing({ chromium, versions, warmUpMs, roundsOf }) {
  const subjects = [OURS, ...RIVALS, ...PARTS];
  const rows = [];
  await chromium.openBench();
  const locked = await demandedOf(chromium, 'pass');
  const [completing, reading] = [await demandedOf(chromium, 'complete'), await demandedOf(chromium, 'read')];
  for (const batch of [1, 8, 32, 128]) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(subjects, roundsOf(45, 11)) });
    const common = { batch, rounds, versions };
    const how = `${rounds.length} rounds in random order, ${MS} ms each, in a Worker; a batch in, the same batch out, rings of 504 records`;
    rows.push(
      ...besideRivals({
        ...common,
        picture: 'completing and reading, one Worker',
        ours: OURS,
        rivals: RIVALS,
        limits: [copiesOnly(2), limitOf(2, locked, batch)],
        atLeast: { 'pass/rtrb': OF_RTRB, 'pass/rtrb-one-by-one': OF_RTRB },
        how: `${how}; ours completes and reads by batches, which Linux does not, and the others do that can; limits: ${COPY_IN_WORDS}, once in and once out; and what ours demands besides, two locks taken and released and the tail published, each measured uncontended in the same round`,
      }),
    );
    if (batch > 1) {
      rows.push(
        ...besideRivals({
          ...common,
          picture: 'completing one by one and reading by batches, one Worker',
          ours: ONE_BY_ONE,
          rivals: ['pass/rtrb-one-by-one', 'pass/crossbeam-queue'],
          limits: [limitOf(2, oneByOne(completing, reading, batch), batch)],
          how: `${how}; the same rounds, like with like: ours completes as Linux does, two locked instructions and a published tail for each record; limit: those, and the two of each read`,
        }),
      );
    }
  }
  return rows;
}
