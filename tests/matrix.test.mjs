/** The Matrix view in Chromium, over a small search whose findings are known beforehand (`fake/prove/`). */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

const { Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('the matrix in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('prove') });
  const cells = () => page.call(() => document.querySelectorAll('#matrix .cell').length);
  const address = async () => new URL(await page.driver.getCurrentUrl());

  /** What stands in the first cell of that outcome, besides its word. @param {string} outcome */
  const notes = (outcome) => page.call((outcome) => [.../** @type {NodeListOf<HTMLElement>} */ (/** @type {Element} */ (document.querySelector(`td[data-cell="${outcome}"]`)).querySelectorAll('.cell-note'))].map((note) => note.innerText), outcome);

  async function filled(link = '?view=matrix') {
    await page.open(link);
    await page.click('#run');
    await page.says('#status', /^Finished\. [\d,]+ cells/);
  }

  test('fills in live, in words and colours that differ, and answers in words', { timeout: 120_000 }, async () => {
    await page.open('?view=matrix');
    await page.call(() => { globalThis.slowSearch = 1; });
    await page.click('#run');
    const some = await page.until('some cells', 10_000, () => document.querySelectorAll('#matrix .cell').length);
    await page.says('#status', /^Finished/, 60_000);
    const all = await cells();
    assert.ok(some < all, `${some} of ${all}`);
    const looks = await page.call(() => ['proved', 'broken', 'deadlock', 'bound-reached', 'not-applicable'].map((outcome) => {
      const cell = /** @type {Element} */ (document.querySelector(`td[data-cell="${outcome}"] .cell`));
      const { backgroundColor, outlineStyle, color } = getComputedStyle(cell);
      return { look: [backgroundColor, outlineStyle, color].join(), words: /** @type {Element} */ (cell.querySelector('.cell-word')).textContent };
    }));
    assert.equal(new Set(looks.map(({ look }) => look)).size, 5);
    assert.deepEqual(looks.map(({ words }) => words), ['proved', 'broken', 'deadlock', 'bound', 'n.a.']);
    const title = await page.call(() => /** @type {HTMLElement} */ (document.querySelector('td[data-cell=broken]')).title);
    assert.match(title, /^Lost head, v4 with “.*”: broken in 11 steps, the shortest there is; 1,200 states/);
    // Each cell shows how much was searched, and the length of its shortest trace if it has one.
    assert.deepEqual(await notes('broken'), ['11 steps', '1,200 states']);
    assert.match((await notes('proved')).join('; '), /^1,2\d\d states$/);
    assert.deepEqual(await notes('not-applicable'), []);
    assert.match(await page.text('#matrix-answer'), /Each of these changes breaks something[^]*Lost head[^]*Redundant for this bound/);
    await page.assertNoConsoleErrors();
  });

  test('the keyboard walks through it, opens a cell in Prove, and comes back to it', { timeout: 120_000 }, async () => {
    await filled();
    const at = () => page.call(() => {
      const cell = /** @type {Element} */ (document.activeElement).closest('td');
      return /** @type {[string, number]} */ (cell && [/** @type {HTMLElement} */ (cell.closest('tr')).dataset.scenario, cell.cellIndex]);
    });
    assert.equal(await page.call(() => document.querySelectorAll('#matrix .cell[tabindex="0"]').length), 1, 'Tab goes to one of them');
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#matrix .cell[tabindex="0"]')).focus());
    const [first] = await at();
    await page.keys(Key.ARROW_RIGHT, Key.ARROW_DOWN);
    const [second, column] = await at();
    assert.notEqual(first, second);
    assert.equal(column, 2);
    await page.keys(Key.END);
    assert.ok((await at())[1] > 10);
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.HOME).keyUp(Key.CONTROL).perform();
    assert.deepEqual(await at(), [first, 1]);
    await page.keys(Key.ENTER);
    await page.says('#trace-title', /shortest counterexample/);
    const { searchParams } = await address();
    assert.deepEqual(['view', 'protocol', 'part.ringLock'].map((name) => searchParams.get(name)), ['prove', 'custom', 'none']);
    assert.equal(await page.call(() => document.querySelectorAll('#trace [data-step]').length), 11);
    await page.driver.navigate().back();
    await page.says('#status', /^Finished/);
    assert.ok((await cells()) > 100, 'as it was left');
    await page.assertNoConsoleErrors();
  });

  test('cancelled, it keeps what it has and claims nothing', { timeout: 120_000 }, async () => {
    await page.open('?view=matrix');
    await page.call(() => { globalThis.slowSearch = 1; });
    await page.click('#run');
    await page.until('some cells', 10_000, () => document.querySelectorAll('#matrix .cell').length > 3);
    await page.keys(Key.ESCAPE);
    await page.says('#status', /^Cancelled\. \d+ cells/);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#matrix-answer')).checkVisibility()), false);
    assert.ok((await cells()) > 3);
    await page.lab('ready');
  });

  test('pairs stand in the address, and the file has every cell', { timeout: 120_000 }, async () => {
    await page.open('?view=matrix');
    await page.click('#matrix-pairs');
    assert.equal((await address()).search, '?view=matrix&pairs=true');
    await filled('?view=matrix&pairs=true');
    const csv = await saved(page, '#matrix-csv');
    const lines = csv.trim().split('\r\n');
    assert.equal(lines.length, (await cells()) + 1);
    assert.equal(lines[0], 'scenario,changes,outcome,states,shortestTrace,seconds');
    assert.ok(lines.some((line) => /^lost-head,ringLock=none\+/.test(line)));
    // Heads of pairs that begin alike show what they differ in.
    const heads = await page.call(() => [...document.querySelectorAll('#matrix thead th[data-parts*="+"]')].slice(0, 7).map((head) => {
      const box = head.getBoundingClientRect();
      const parts = [...head.querySelectorAll('.matrix-part')].map((part) => ({ text: part.textContent, place: part.getBoundingClientRect() }));
      return { texts: parts.map(({ text }) => text), width: Math.round(box.width), whole: parts.every(({ place }) => place.top >= box.top && place.bottom <= box.bottom && place.left >= box.left - 1 && place.right <= box.right + 1) };
    }));
    assert.ok(heads.length === 7 && heads.every(({ texts, whole, width }) => texts.length === 2 && whole && width < 90), JSON.stringify(heads));
    assert.equal(new Set(heads.map(({ texts }) => texts.join())).size, 7);
    assert.deepEqual(await notes('broken'), ['11', '1,200']);
  });

  test('a hostile link is said calmly', { timeout: 60_000 }, async () => {
    await page.open(`?${new URLSearchParams({ view: 'matrix', pairs: '<img src=x onerror="globalThis.broken=1">', pair: 'true' })}`);
    assert.match(await page.says('#link-notes', /pairs = “<img/), /pair = “true”: this view has no such parameter/);
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
    assert.equal((await address()).search, '?view=matrix');
  });

  test('360 pixels wide, nothing sticks out', { timeout: 60_000 }, async () => {
    await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: 360, height: 780, deviceScaleFactor: 1, mobile: true });
    try {
      await filled();
      assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= 360);
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });
});
