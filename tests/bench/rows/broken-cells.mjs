/** How long each broken cell of the table of truth takes to show on real Workers. */
import { median } from '../stats.mjs';
import { ofValues } from './row.mjs';

const LIMIT_MS = 10_000;
const STARTS = 5;
const SHARE = 0.8;
/** A cell that has taken so long is left as soon as it is known on which side of the limit its median will be. */
const ENOUGH_MS = 1_500;

/**
 * Whether it is known on which side of the limit the median will be, whatever the other starts show.
 *
 * @param {number[]} values  @param {number} starts
 */
export function isDecided(values, starts) {
  const late = values.filter((value) => value >= LIMIT_MS).length;
  return Math.max(late, values.length - late) > starts / 2;
}

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function brokenCells({ chromium, quick }) {
  await chromium.openBench();
  const cells = await chromium.call('() => bench.brokenCells()');
  const starts = quick ? 1 : STARTS;
  const measured = [];
  for (const cell of cells) {
    const values = [];
    const began = performance.now();
    for (let i = 0; i < starts; i += 1) {
      const { timeMs } = await chromium.call('(cell, limit) => bench.firstSign(cell, limit)', cell, LIMIT_MS);
      values.push(timeMs ?? LIMIT_MS);
      if (performance.now() - began > ENOUGH_MS && isDecided(values, starts)) break;
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
      how: `${within.length} of ${measured.length} thread-capable broken cells, medians of ${starts} starts (of those that decide it where starts are slow), no delay injected; ${missing.length > 0 ? `not: ${missing.join(', ')}` : 'all of them'}`,
      details: measured,
    },
    ...rows,
  ];
}
