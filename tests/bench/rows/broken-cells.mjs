/** How long each broken cell of the table of truth takes to show on real Workers. */
import { median } from '../stats.mjs';
import { ofValues } from './row.mjs';

const LIMIT_MS = 10_000;
const STARTS = 10;
const SHARE = 0.8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function brokenCells({ chromium, quick }) {
  await chromium.openBench();
  const cells = await chromium.call('() => bench.brokenCells()');
  const starts = quick ? 3 : STARTS;
  const measured = [];
  for (const cell of cells) {
    const values = [];
    for (let i = 0; i < starts; i += 1) {
      const { timeMs } = await chromium.call('(cell, limit) => bench.firstSign(cell, limit)', cell, LIMIT_MS);
      values.push(timeMs ?? LIMIT_MS);
      // A cell whose median can no longer be below the limit is not worth another minute.
      if (values.filter((value) => value >= LIMIT_MS).length > starts / 2) break;
    }
    measured.push({ name: `${cell.scenario}: ${cell.label}`, values });
    console.error(`  ${cell.scenario}, ${cell.label}: ${median(values).toFixed(1)} ms`);
  }
  const rows = measured.map(({ name, values }) =>
    ofValues({
      name: `broken: ${name}`,
      values,
      unit: 'ms',
      how: `${values.length} starts on Workers in Chromium, the scenario's settings and nothing else; to the first sign of the scenario (a detector's, to the nearest sample where other damage came first; a deadlock's, to the report); a start without one counts as ${LIMIT_MS} ms`,
    }),
  );
  const within = measured.filter(({ values }) => median(values) < LIMIT_MS);
  const share = within.length / measured.length;
  const missing = measured.filter((cell) => !within.includes(cell)).map(({ name }) => name);
  return [
    {
      name: `broken cells that show on Workers within ${LIMIT_MS / 1000} s`,
      figure: share,
      unit: '',
      target: `≥ ${SHARE}`,
      met: share >= SHARE,
      spread: null,
      how: `${within.length} of ${measured.length} thread-capable broken cells, medians of ${starts} starts, no delay injected; ${missing.length > 0 ? `not: ${missing.join(', ')}` : 'all of them'}`,
      details: measured,
    },
    ...rows,
  ];
}
