/** The page stays alive while as many Workers as there are cores run, in Chromium. Says how alive; only hangs fail. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { FRAME_PROBE, frameTimes } from './support/frame-times.mjs';
import { pageIn } from './support/setup.mjs';

/* global frameProbe -- in the functions that are called in the page */

describe('frames in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  test('keep coming while all cores are busy, and what the page draws can wait', { timeout: 120_000 }, async (t) => {
    await page.driver.sendAndGetDevToolsCommand('Page.addScriptToEvaluateOnNewDocument', { source: FRAME_PROBE });
    await page.open('?protocol=v4');
    const cores = await page.call(() => navigator.hardwareConcurrency);
    await page.open(`?protocol=v4&readers=${Math.min(64, Math.max(1, cores - 1))}&durationMs=0`);
    await page.run();
    const count = async () => frameTimes(await page.call(() => frameProbe.count(3_000)));
    let counted = await count();
    for (let tries = 1; tries < 10 && counted.frames <= 20; tries++) counted = await count();
    const { frames, interval, main } = counted;
    t.diagnostic(`${frames} frames in 3 s beside ${cores} busy Workers on ${cores} cores: median ${interval.p50.toFixed(1)} ms, 95 % within ${interval.p95.toFixed(1)} ms; ${main.p50.toFixed(1)} ms of the main thread`);
    assert.ok(frames > 20, `${frames} frames in 3 s, and no more in any of ten times`);

    const held = () => page.call(async () => {
      const shown = () => document.querySelector('[data-tile="events"]')?.textContent;
      const before = shown();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return shown() === before;
    });
    await page.call(() => frameProbe.hold(true));
    assert.ok(await held(), 'the page draws although it is held back');
    await page.call(() => frameProbe.hold(false));
    await page.until('the page draws again', 10_000, async () => {
      const before = document.querySelector('[data-tile="events"]')?.textContent;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return document.querySelector('[data-tile="events"]')?.textContent !== before;
    });
    await page.stop();
  });
});
