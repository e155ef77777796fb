/** Reading a ring that was filled beforehand, in one Worker, beside what JavaScript has for it and a plain copy of the records. */
import { shuffledRounds } from '../stats.mjs';
import { COPY_IN_WORDS, PARTS, copiesOnly, demandedOf, limitOf } from './least.mjs';
import { besideRivals } from './rings.mjs';

const OURS = 'read/machine';
const RIVALS = ['read/ringbuf.js', 'read/js'];
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function readingRivals({ chromium, versions, warmUpMs, roundsOf }) {
  const subjects = [OURS, ...RIVALS, ...PARTS];
  const rows = [];
  await chromium.openBench();
  const locked = await demandedOf(chromium, 'read');
  for (const batch of [1, 8, 32, 128]) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(subjects, roundsOf(41, 11)) });
    rows.push(
      ...besideRivals({
        picture: 'reading alone',
        batch,
        ours: OURS,
        rivals: RIVALS,
        limits: [copiesOnly(1), limitOf(1, locked, batch)],
        rounds,
        atLeast: batch === 32 ? { 'read/ringbuf.js': 5 } : {},
        versions,
        how: `${rounds.length} rounds in random order, ${MS} ms each, in a Worker; ours: 510 records in 4 pages, rivals: 504; each ring is filled beforehand, read empty and rewound by a few stores; limits: ${COPY_IN_WORDS}; and ring_lock taken and released besides, measured uncontended in the same round`,
      }),
    );
  }
  return rows;
}
