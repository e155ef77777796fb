/** What a migration costs, against the least that it could. */
import { ratios, shuffled, spread } from '../stats.mjs';
import { demandedOf } from './least.mjs';
import { ofValues } from './row.mjs';

const PARTS = ['copy', 'cas', 'store'];
const SUBJECTS = ['migrate', 'demanded', ...PARTS];
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function migration({ chromium, warmUpMs, roundsOf }) {
  await chromium.openBench();
  const { cas, store } = await demandedOf(chromium, 'migration');
  await chromium.sample({ batch: 1, ms: warmUpMs, rounds: [SUBJECTS, SUBJECTS] });
  const order = Array.from({ length: roundsOf(61, 15) }, () => shuffled(SUBJECTS));
  const rounds = await chromium.sample({ batch: 1, ms: MS, rounds: order });
  for (const round of rounds) round['sum'] = round['copy'] + cas * round['cas'] + store * round['store'];
  const ns = Object.fromEntries([...SUBJECTS, 'sum'].map((subject) => [subject, spread(rounds.map((round) => round[subject]))]));
  const demanded = `a 4 KiB memory.copy, ${cas} compare-and-exchanges, ${store} stores`;
  const how = `${rounds.length} rounds in random order, ${MS} ms each, in a Worker; Aio::migrate_page of v4 there and back between two frames, its caller holding page lock and references; allocation, poison and the death of the old frame are not in it`;
  return [
    ofValues({
      name: 'migrate_page, uncontended',
      values: ratios(rounds, 'migrate', 'sum'),
      unit: `× (page copy + ${cas} CAS + ${store} stores)`,
      atMost: 1.2,
      how: `${how}; limit: the sum of ${demanded}, each measured by itself in the same round`,
      details: { demanded: { cas, store }, ns },
    }),
    ofValues({
      // No limit: the loop is another program with the same accesses, and migrate_page can be faster.
      name: 'migrate_page, uncontended, over the same accesses one after the other, in one loop',
      values: ratios(rounds, 'migrate', 'demanded'),
      unit: '× loop',
      how: `${how}; loop: ${demanded}, straight on, with nothing tested or loaded in between. It is no limit: how the accesses overlap differs, and migrate_page can take less`,
    }),
  ];
}
