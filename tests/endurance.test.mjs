/** The same again and again, in Chromium: no Worker stays behind, and no memory. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { heapBytes } from './support/memory.mjs';
import { pageIn } from './support/setup.mjs';

/* global embed -- in the functions that are called in the page */

const root = fileURLToPath(new URL('..', import.meta.url));
const STARTS = 200;
const LABS = 40;
const RELOADS = 20;

/** Far less than what one forgotten run, Worker or lab would leave each time. */
const HEAP_BYTES_A_TIME = 8_192;

describe('again and again in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root, path: 'tests/support/embed.html' });

  test(`${STARTS} starts and stops on one lab`, { timeout: 900_000 }, async (t) => {
    await page.open();
    const some = (/** @type {number} */ times) => page.call(async (/** @type {number} */ times) => {
      const kept = /** @type {{ lab?: import('../www/lib/index.js').Lab }} */ (/** @type {unknown} */ (globalThis));
      const lab = (kept.lab ??= await embed.createLab());
      for (let i = 0; i < times; i++) {
        const run = lab.run({ protocol: i % 2 ? 'v4' : 'linux-3.12' });
        // Some are stopped before their Workers start, some while these do, most while they work.
        if (i % 4 === 1) await embed.sleep(i % 40);
        else if (i % 4) await embed.until(run, (sample) => sample.events > 0);
        run.stop();
        const report = await embed.within(run.report);
        if (report.reason !== 'stopped') throw new Error(`run ${i} ended by ${report.reason}`);
      }
      return { ...embed.workers(), bytes: embed.memoryBytes() };
    }, times);

    await some(STARTS / 4);
    const [early, before] = [await some(0), await heapBytes(page)];
    await some((STARTS * 3) / 4);
    const [late, after] = [await some(0), await heapBytes(page)];
    t.diagnostic(`${late.made} Workers made; wasm memory ${early.bytes} -> ${late.bytes} bytes; heap ${before} -> ${after} bytes`);
    assert.equal(late.living, 1, 'Workers left besides the leader');
    assert.ok(late.made > STARTS, 'Workers were started');
    assert.equal(late.bytes, early.bytes, 'the wasm memory grows');
    assert.ok(after - before < HEAP_BYTES_A_TIME * STARTS * 0.75, `the heap grows: ${before} -> ${after} bytes`);
    assert.equal(await page.call(async () => (await /** @type {any} */ (globalThis).lab.dispose(), embed.workers().living)), 0);
  });

  test(`${LABS} labs`, { timeout: 900_000 }, async (t) => {
    await page.open();
    const some = (/** @type {number} */ times) => page.call(async (/** @type {number} */ times) => {
      for (let i = 0; i < times; i++) {
        const lab = await embed.within(embed.createLab());
        const run = lab.run({ protocol: 'linux-3.12' });
        if (i % 2) await embed.until(run, (sample) => sample.events > 0);
        await embed.within(lab.dispose());
        const { reason } = await embed.within(run.report);
        if (reason !== 'aborted') throw new Error(`the run of lab ${i} ended by ${reason}`);
      }
      return embed.workers();
    }, times);

    await some(LABS / 4);
    const before = await heapBytes(page);
    const workers = await some((LABS * 3) / 4);
    const after = await heapBytes(page);
    t.diagnostic(`${workers.made} Workers made; heap ${before} -> ${after} bytes`);
    assert.equal(workers.living, 0);
    assert.ok(after - before < HEAP_BYTES_A_TIME * LABS * 0.75, `the heap grows: ${before} -> ${after} bytes`);
  });
});

describe('reloading in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  test(`${RELOADS} times in the middle of a run`, { timeout: 900_000 }, async () => {
    await page.open('?protocol=v4');
    for (let i = 0; i < RELOADS; i++) {
      await page.run();
      await page.driver.navigate().refresh();
      await page.lab('ready');
    }
    await page.run();
    await page.stop();
    assert.match(await page.text('#status'), /^Stopped after .* no corruption observed/);
    await page.assertNoConsoleErrors();
  });
});
