/** That v4 stays clean in every scenario, churn of contexts included. */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function cleanScenarios({ chromium, quick }) {
  const wanted = quick ? 3e6 : 1e8;
  await chromium.openBench();
  /** @type {Record<'operations' | 'reports' | 'seconds', number>[]} */
  const runs = await chromium.call('(protocol, wanted) => bench.everyScenario(protocol, wanted)', 'v4', wanted);
  const total = (/** @type {'operations' | 'reports' | 'seconds'} */ what) => runs.reduce((sum, run) => sum + run[what], 0);
  return [
    {
      name: `v4: reports in ${total('operations').toExponential(2)} operations, all scenarios`,
      figure: total('reports'),
      unit: '',
      target: '0 in ≥ 1e8',
      met: total('reports') > 0 ? false : total('operations') >= 1e8 || null,
      spread: null,
      how: `one run() of each of ${runs.length} scenarios with its own settings, ${total('seconds').toFixed(0)} s in all; an operation is an event read, a page moved, a context made or destroyed${quick ? '; --quick: fewer than the target asks for' : ''}`,
      details: runs,
    },
  ];
}
