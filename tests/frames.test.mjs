/** The page stays alive while as many Workers as there are cores run, in Chromium. Says how alive; only hangs fail. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

describe('frames in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  test('keep coming while all cores are busy', { timeout: 120_000 }, async (t) => {
    await page.open('?protocol=v4');
    const cores = await page.call(() => navigator.hardwareConcurrency);
    await page.open(`?protocol=v4&readers=${Math.min(64, Math.max(1, cores - 1))}`);
    await page.run();
    const times = await page.call(() => new Promise((resolve) => {
      /** @type {number[]} */
      const times = [];
      const begin = performance.now();
      const frame = (/** @type {number} */ now) => {
        times.push(now);
        if (performance.now() - begin < 3_000) requestAnimationFrame(frame);
        else resolve(times);
      };
      requestAnimationFrame(frame);
    }));
    await page.stop();
    const spans = times.slice(1).map((/** @type {number} */ time, /** @type {number} */ i) => time - times[i]).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
    const at = (/** @type {number} */ share) => spans[Math.floor(spans.length * share)]?.toFixed(1);
    t.diagnostic(`${times.length} frames in 3 s beside ${cores} busy Workers on ${cores} cores: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms`);
    assert.ok(times.length > 20, `${times.length} frames in 3 s`);
  });
});
