/** What this machine takes at the least, in a Worker: the limits that the other rows are shown beside. */
import { shuffledRounds } from '../stats.mjs';
import { ofValues } from './row.mjs';

const MS = 8;
/** @type {Record<string, { name: string, unit: string, scale?: number }>} */
const ALONE = {
  copy: { name: 'memory.copy of a page', unit: 'ns' },
  cas: { name: 'compare and exchange, uncontended', unit: 'ns' },
  store: { name: 'atomic store, uncontended', unit: 'ns' },
  records: { name: 'plain copy of a 32-byte record, by 32: a load and a store of the same bytes', unit: 'ns' },
};

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function limits({ chromium, nativeRounds, warmUpMs, roundsOf }) {
  await chromium.openBench();
  const subjects = Object.keys(ALONE);
  const count = roundsOf(41, 11);
  await chromium.sample({ batch: 32, ms: warmUpMs, rounds: [subjects] });
  const rounds = await chromium.sample({ batch: 32, ms: MS, rounds: shuffledRounds(subjects, count) });
  const [, ...here] = nativeRounds({ batch: 32, ms: MS, rounds: shuffledRounds([...subjects, 'bounce'], count + 1) });
  await chromium.samplePairs({ batch: 1, ms: warmUpMs, rounds: [['bounce']] });
  const bounces = await chromium.samplePairs({ batch: 1, ms: MS, rounds: shuffledRounds(['bounce'], count) });
  const rows = (/** @type {string} */ where, /** @type {string} */ line, /** @type {Record<string, number>[]} */ alone, /** @type {Record<string, number>[]} */ pairs, /** @type {string} */ how) => [
    ...subjects.map((subject) => {
      const { name, unit } = ALONE[subject];
      return ofValues({ name: `limit, ${where}: ${name}`, values: alone.map((round) => round[subject]), unit, how, plot: { picture: 'limits, nanoseconds', group: name, line, kind: 'limit' } });
    }),
    ...[['a cache line there and back', 1], ['a cache line, one hop', 0.5]].map(([name, share]) =>
      ofValues({
        name: `limit, ${where}: ${name}`,
        values: pairs.map((round) => round['bounce'] * Number(share)),
        unit: 'ns',
        how: `${pairs.length} times ${MS} ms; two ${where === 'wasm' ? 'Workers' : 'threads'} increment a word in turns`,
        plot: { picture: 'limits, nanoseconds', group: String(name), line, kind: 'limit' },
      }),
    ),
  ];
  const how = `${count} rounds in random order, ${MS} ms each`;
  return [...rows('wasm', 'in a Worker', rounds, bounces, `${how}, in a Worker`), ...rows('native', 'native', here, here, `${how}, in a process of this machine`)];
}
