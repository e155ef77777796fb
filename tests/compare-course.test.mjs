/** The Compare view while it measures, when it is broken off, and when one comes back to it, in Chromium. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { compareView } from './support/compare-view.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { drop, saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

const { By, Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('the course of a comparison in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('compare') });
  const { query, put, measured } = compareView(page);

  test('results come as it measures, and cancelling keeps them and says so', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&sweep=batch&rounds=50');
    await page.call(() => { globalThis.slowCompare = 20; });
    await page.click('#run');
    await page.lab('running');
    await page.says('.runbar', /\d+ of 800 trials, about [\d.]+ (ms|s|min) left/);
    await page.says('#origin', /^So far, the first \d+ of 800 trials/);
    assert.match(await page.text('table[data-metric=nsPerCall]'), /too few rounds/);
    await page.says('table[data-metric=nsPerCall]', /higher/);
    // What one points at, or has the focus on, stays where it is, whatever is drawn above it.
    const [css, mouse] = ['#point .segments label:has([value="32"])', () => page.driver.actions()];
    const choice = await page.driver.findElement(By.css(css));
    const place = () => page.call((css) => /** @type {Element} */ (document.querySelector(css)).getBoundingClientRect().top, css);
    const drawn = async (/** @type {string[]} */ said) => {
      await page.call((said) => { globalThis.alsoSaid = said; }, said);
      await page.until('that is drawn', 10_000, (much) => /** @type {HTMLElement} */ (document.querySelector('#compare-text')).innerText.includes('so much more') === much, said.length > 0);
    };
    await page.driver.executeScript('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', choice);
    await mouse().move({ origin: choice }).perform();
    for (const said of [['so much more is said. '.repeat(300)], []]) {
      await drawn(said);
      assert.equal(await page.call((css) => document.querySelector(css)?.matches(':hover'), css), true);
    }
    await mouse().click().perform();
    await mouse().move({ x: 1, y: 1 }).perform();
    const focused = await place();
    await drawn(['so much more is said. '.repeat(300)]);
    // A window scrolls by whole pixels.
    assert.ok(Math.abs((await place()) - focused) <= 1, `${await place()} and not ${focused}`);
    // Who has left it behind reads on undisturbed.
    await page.driver.executeScript('document.querySelector("#compare-head").scrollIntoView({ block: "start", behavior: "instant" })');
    await mouse().move({ x: 1, y: 1 }).perform();
    const head = () => page.call(() => /** @type {Element} */ (document.querySelector('#compare-head')).getBoundingClientRect().top);
    const read = await head();
    await drawn([]);
    // What is read may have become a line longer or shorter; what was drawn is thirty lines.
    assert.ok(Math.abs((await head()) - read) <= 100, `${await head()} and not ${read}`);
    // Whoever looks at another point goes on looking at it.
    const before = await page.text('#origin');
    await page.until('more came', 10_000, (before) => /** @type {HTMLElement} */ (document.querySelector('#origin')).innerText !== before, before);
    assert.match(await page.text('#point-title'), /batch 32/);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.activeElement).value), '32');
    assert.equal(await page.call(() => /** @type {HTMLButtonElement} */ (document.querySelector('[data-export=csv]')).disabled), true);
    await drop(page, '.compare', 'now.json', await page.call(() => JSON.stringify(globalThis.fakeLab.sample())));
    await page.says('#file-problem', /being measured now/);
    await page.keys(Key.ESCAPE);
    await page.says('#status', /^Cancelled\. What had been measured by then is shown/);
    await page.says('#origin', /^Cancelled; the first \d+ of 800 trials:/);
    await page.lab('ready');
    assert.ok(JSON.parse(await saved(page, '[data-export=json]')).points.length === 4);
    await page.assertNoConsoleErrors();
  });

  test('settings and results are as one left them when one comes back', { timeout: 120_000 }, async () => {
    await measured('?view=compare&protocols=v2,v4&batch=16');
    const text = await page.text('#compare-text');
    await page.click('#views a[href="?view=race"]');
    await page.lab('ready');
    assert.deepEqual(await query(), { view: 'race' });
    await page.click('#views a[href="?view=compare"]');
    assert.equal(await page.text('#compare-text'), text);
    assert.deepEqual(await query(), { view: 'compare', protocols: 'v2,v4', batch: '16' });
    assert.equal(await page.text('#settings-changed'), '');
    // Left in the middle, it ends, and keeps what it has.
    await put('rounds', '100');
    await page.call(() => { globalThis.slowCompare = 8; });
    await page.click('#run');
    await page.says('#origin', /^So far/);
    await page.click('#views a[href="?view=matrix"]');
    await page.lab('ready');
    await page.click('#views a[href="?view=compare"]');
    await page.says('#origin', /^Cancelled; the first/);
    await page.assertNoConsoleErrors();
  });

  test('a Worker that crashes is said, what was measured stays, and the lab measures again', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    await page.call(() => { globalThis.crashAt = 17; });
    await page.click('#run');
    const said = await page.says('#problem', /A Worker crashed: reader 1/);
    assert.match(said, /index out of bounds\s+at crate\/src\/aio\/read\.rs:41:9[^]*measured until then is shown below/i);
    assert.match(await page.text('#origin'), /^Failed; the first \d+ of 28 trials/);
    await page.lab('ready');
    await page.call(() => {
      globalThis.crashAt = undefined;
      /** @type {HTMLElement} */ ([...document.querySelectorAll('#problem button')].find((button) => button.textContent === 'Run again')).click();
    });
    await page.says('#status', /^Finished/);
    assert.equal(await page.text('#problem'), '');
  });
});
