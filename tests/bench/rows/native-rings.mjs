/** The same on this machine, without a browser; and the running kernel's own ring, where the host has one. */
import { shuffledRounds } from '../stats.mjs';
import { COPY_IN_WORDS, PARTS, copiesOnly, demandedOf, limitOf, locksIn } from './least.mjs';
import { besideRivals, limitsOfPairs } from './rings.mjs';

const MS = 5;

/** copies: of each record, by one thread; `null`: it takes two. @type {{ picture: string, ours: string, rivals: string[], demand: import('./least.mjs').Demand, copies: number | null, how: string }[]} */
const TABLES = [
  {
    picture: 'native, reading alone',
    ours: 'read/machine',
    rivals: ['kernel/getevents', 'kernel/mapped'],
    demand: 'read',
    copies: 1,
    how: 'ours: a ring filled beforehand, read empty and rewound; the kernel’s: filled by io_submit of reads and writes of a cached file, which is not timed',
  },
  {
    picture: 'native, completing and reading, one thread',
    ours: 'pass/ours',
    rivals: ['pass/ours-one-by-one', 'pass/rtrb', 'pass/rtrb-one-by-one', 'pass/crossbeam-queue', 'kernel/submit+getevents'],
    demand: 'pass',
    copies: 2,
    how: 'a batch in, the same batch out',
  },
  {
    picture: 'native, one thread completes, one reads',
    ours: 'pair/ours',
    rivals: ['pair/ours-one-by-one', 'pair/rtrb', 'pair/rtrb-one-by-one', 'pair/crossbeam-queue'],
    demand: 'complete',
    copies: null,
    how: 'as between two Workers',
  },
];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function nativeRings({ chromium, nativeRounds, versions, roundsOf }) {
  // Only what is counted comes from there.
  await chromium.openBench();
  const rows = [];
  for (const { picture, ours, rivals, demand, copies, how } of TABLES) {
    const locked = await demandedOf(chromium, demand);
    const subjects = [ours, ...rivals, ...PARTS, ...(copies === null ? ['bounce'] : [])];
    const said = copies === null ? how : `${how}; limits: ${COPY_IN_WORDS}, and the ${locksIn(locked)} locked instructions that ours demands, each uncontended in the same round`;
    for (const batch of [1, 8, 32, 128]) {
      const limits = copies === null ? limitsOfPairs(locked, batch) : [copiesOnly(copies), limitOf(copies, locked, batch)];
      // The first round warms up.
      const [, ...rounds] = nativeRounds({ batch, ms: MS, rounds: shuffledRounds(subjects, roundsOf(22, 8)) });
      rows.push(...besideRivals({ picture, batch, ours, rivals, limits, rounds, versions, how: `${rounds.length} rounds in random order in one process, ${MS} ms each, on whichever cores the system puts its threads; ${said}` }));
    }
  }
  return rows;
}
