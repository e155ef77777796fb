/** How long a visitor waits. */
import { ofValues } from './row.mjs';

/** Runs in the page before its own scripts: clicks Run the moment that the page says it is ready. */
const CLICK = `
  new MutationObserver((_, observer) => {
    if (document.documentElement?.dataset.lab !== 'ready') return;
    observer.disconnect();
    document.getElementById('run').click();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-lab'] });`;

const WAIT = `async () => {
  const { dataset } = document.documentElement;
  for (let i = 0; i < 1000 && !dataset.firstSampleMs; i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  if (!dataset.firstSampleMs) throw new Error('no sample after 20 s; the page is ' + dataset.lab);
  return Number(dataset.firstSampleMs);
}`;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function firstSample({ chromium, roundsOf }) {
  const values = [];
  const remove = await chromium.inEveryPage(CLICK);
  try {
    for (let i = 0; i < roundsOf(11, 3); i += 1) {
      await chromium.open('site/');
      values.push(await chromium.call(WAIT));
      await chromium.leave();
    }
  } finally {
    await remove();
  }
  return [
    ofValues({
      name: 'page: from navigation to the first sample',
      values,
      unit: 'ms',
      atMost: 1500,
      how: `${values.length} navigations to dist/site on localhost, Run clicked the moment the page is ready; the first one with an empty cache (${values[0].toFixed(0)} ms)`,
      details: { values },
    }),
  ];
}
