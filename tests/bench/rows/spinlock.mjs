/** What the spinlock costs the reader that the fix avoids, and that the fix itself costs it nothing. */
import { interval, ratios, shuffledRounds, spread } from '../stats.mjs';
import { ofValues } from './row.mjs';

// The read path of both has one source, and comes out as the same code. In a loop of its own, v4 seemed 1 to 10 % slower.
const OLD = 'read/linux-3.12';
const V4 = 'read/v4';
const SPINLOCK = 'read/tang-gu';
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function spinlock({ chromium, warmUpMs, quick }) {
  const subjects = [OLD, V4, SPINLOCK, `${OLD}#2`];
  const rows = [];
  await chromium.openBench();
  for (const batch of [1, 8, 32, 128]) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [subjects, subjects] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(subjects, quick ? 15 : 101) });
    const how = `${rounds.length} rounds in random order, ${MS} ms each, in a Worker; time a record, uncontended, over that of linux-3.12 (racy, and here for its speed only) in the same round; 95 % bootstrap interval of the median`;
    const row = (/** @type {string} */ name, /** @type {string} */ subject) => {
      const values = ratios(rounds, subject, OLD);
      return ofValues({ name: `reader’s time, batch ${batch}: ${name}`, values, unit: '× linux-3.12', how, ratio: { of: `${name} over linux-3.12`, values }, details: { nsPerRecord: spread(rounds.map((round) => round[subject])) } });
    };
    const v4 = row('v4', V4);
    const [low] = interval(ratios(rounds, V4, OLD));
    rows.push({ ...v4, target: 'no slower within the interval', met: low <= 1, goal: 1, better: 'less' }, row('with the extra spinlock', SPINLOCK), row('control: linux-3.12 against itself', `${OLD}#2`));
  }
  return rows;
}
