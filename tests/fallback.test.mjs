/** Without shared memory: the page opens, says what is missing, and starts nothing. With a service worker it may mend itself. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

/** @param {import('./support/page.mjs').Page} page */
function nothingRuns(page) {
  test('the page opens and explains, and Run starts nothing', { timeout: 120_000 }, async () => {
    await page.open();
    await page.says('#not-isolated', /no memory shared between threads/);
    assert.match(await page.text('#isolation'), /not isolated/);
    assert.match(await page.text('#status'), /cannot run here/);
    await page.choose('v4');
    await page.click('#run');
    assert.equal(await page.call(() => document.activeElement?.id), 'not-isolated');
    assert.equal(await page.call(() => document.documentElement.dataset.lab), 'ready');
    assert.match(await page.tile('events'), /–/);
    await page.call(() => scrollTo({ top: 0, behavior: 'instant' }));
    await page.screenshot('not-isolated');
    await page.assertNoConsoleErrors();
  });

  test('what needs no threads works: a search, its trace; forcing it says why not', { timeout: 180_000 }, async () => {
    await page.open('?view=prove');
    await page.click('#run');
    await page.says('#verdict-word', /Violated/, 90_000);
    await page.until('the trace is drawn', 30_000, () => document.querySelectorAll('#trace [data-step]').length > 3);
    assert.match(await page.text('#force-reason'), /shares no memory between threads/);
    await page.click('#force');
    assert.equal(await page.text('#force-report'), '');
    await page.choose('v4');
    await page.click('#run');
    await page.says('#verdict-word', /Proved for this bound/, 90_000);
    await page.assertNoConsoleErrors();
  });

  test('an embedder is told the headers', { timeout: 120_000 }, async () => {
    await page.open();
    const told = await page.call(async () => {
      const module = await import(new URL('lib/index.js', document.baseURI).href);
      const lab = await module.createLab();
      try {
        lab.run({ protocol: 'v4' });
        return { right: false };
      } catch (thrown) {
        const error = /** @type {import('../www/lib/index.js').NotIsolatedError} */ (thrown);
        return { right: error instanceof module.NotIsolatedError, isolated: lab.isolated, message: error.message, headers: error.headers };
      } finally {
        await lab.dispose();
      }
    });
    assert.equal(told.right, true, JSON.stringify(told));
    assert.equal(told.isolated, false);
    assert.deepEqual(told.headers, { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' });
    for (const [name, value] of Object.entries(told.headers)) assert.ok(told.message?.includes(`${name}: ${value}`), told.message);
  });
}

describe('WebKitGTK as shipped, without SharedArrayBuffer', { skip: missing('webkit') }, () => {
  nothingRuns(pageIn('webkit', { sharedMemory: false }));
});

describe('Chromium, without the headers and without service workers', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { isolated: false });
  before(() => page.driver.sendAndGetDevToolsCommand('Page.addScriptToEvaluateOnNewDocument', { source: 'delete Navigator.prototype.serviceWorker' }));
  nothingRuns(page);
});

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${name}, without the headers`, { skip: missing(name) }, () => {
    const page = pageIn(name, { isolated: false });

    test('the service worker adds them, after one reload', { timeout: 120_000 }, async () => {
      await page.open();
      await page.says('#isolation', /^isolated/, 30_000);
      await page.lab('ready');
      await page.run();
      await page.stop();
      assert.match(await page.text('#status'), /^Stopped after/);
    });
  });
}
