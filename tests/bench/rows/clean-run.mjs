/** That v4 stays clean, for a long time. */

const CONFIG = { protocol: 'v4', readers: 1, migrators: 1, durationMs: 30 * 60_000 };

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function cleanRun({ chromium, quick }) {
  const events = quick ? 1e7 : 1e8;
  await chromium.openBench();
  const run = await chromium.call('(config, events) => bench.manyEvents(config, events)', CONFIG, events);
  const enough = run.events >= 1e8;
  return [
    {
      name: `v4: corruptions in ${run.events.toExponential(2)} events`,
      figure: run.corruptions,
      unit: '',
      target: '0 in ≥ 1e8',
      // Too few events prove nothing; a corruption among them proves something.
      met: run.corruptions > 0 ? false : enough || null,
      spread: null,
      how: `one run() with 1 reader and 1 migrator at full pace, nothing else set: ${run.seconds.toFixed(1)} s, ${run.migrations} migrations, ${run.refused} refused${quick ? '; --quick: fewer events than the target asks for' : ''}`,
      details: run,
    },
  ];
}
