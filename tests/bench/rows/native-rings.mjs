/** The same on this machine, without a browser; and the running kernel's own ring, where the host has one. */
import { shuffledRounds } from '../stats.mjs';
import { besideRivals } from './rings.mjs';

const MS = 5;

/** @type {{ picture: string, ours: string, rivals: string[], limits?: Record<string, { name: string, scale?: number }>, how: string }[]} */
const TABLES = [
  {
    picture: 'native, reading alone',
    ours: 'read/machine',
    rivals: ['kernel/getevents', 'kernel/mapped'],
    limits: { records: { name: 'plain copy' } },
    how: 'ours: a ring filled beforehand, read empty and rewound; the kernel’s: filled by io_submit of reads and writes of a cached file, which is not timed',
  },
  {
    picture: 'native, completing and reading, one thread',
    ours: 'pass/ours',
    rivals: ['pass/ours-one-by-one', 'pass/rtrb', 'pass/rtrb-one-by-one', 'pass/crossbeam-queue', 'kernel/submit+getevents'],
    limits: { records: { name: 'two plain copies', scale: 2 } },
    how: 'a batch in, the same batch out',
  },
  {
    picture: 'native, one thread completes, one reads',
    ours: 'pair/ours',
    rivals: ['pair/ours-one-by-one', 'pair/rtrb', 'pair/rtrb-one-by-one', 'pair/crossbeam-queue'],
    limits: { bounce: { name: 'one hop of a cache line', scale: 0.5 } },
    how: 'as between two Workers; threads where the system puts them',
  },
];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function nativeRings({ nativeRounds, versions, quick }) {
  const rows = [];
  for (const { picture, ours, rivals, limits, how } of TABLES) {
    const subjects = [ours, ...rivals, ...Object.keys(limits ?? {})];
    for (const batch of [1, 8, 32, 128]) {
      // The first round warms up.
      const [, ...rounds] = nativeRounds({ batch, ms: MS, rounds: shuffledRounds(subjects, quick ? 8 : 32) });
      rows.push(...besideRivals({ picture, batch, ours, rivals, limits, rounds, versions, how: `${rounds.length} rounds in random order in one process, ${MS} ms each; ${how}` }));
    }
  }
  return rows;
}
