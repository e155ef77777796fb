/** The page's controls in Chromium: by keyboard alone, and as a link that brings them back. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

const { By, Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('controls in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');
  const chosen = () => page.call(() => document.querySelector('input[name=protocol]:checked')?.value);

  /** Presses Tab until the focus is there. @param {string} selector */
  async function tabTo(selector) {
    for (let i = 0; i < 80; i++) {
      if (await page.call((css) => document.activeElement?.matches(css), selector)) return;
      await page.keys(Key.TAB);
    }
    assert.fail(`Tab does not reach ${selector}.\n${await page.shown()}`);
  }

  test('keys alone choose v4, start and stop', { timeout: 120_000 }, async () => {
    await page.open();
    await tabTo('input[name=protocol]');
    for (let i = 0; i < 10 && (await chosen()) !== 'v4'; i++) await page.keys(Key.ARROW_RIGHT);
    assert.equal(await chosen(), 'v4');
    await tabTo('#run');
    await page.keys(Key.ENTER);
    await page.lab('running', 20_000);
    await page.until('events are read', 20_000, () => /[1-9][\d,]* in all/.test(document.querySelector('[data-tile=events]')?.innerText));
    await tabTo('#stop');
    await page.keys(Key.SPACE);
    await page.lab('ready', 20_000);
    assert.match(await page.text('#status'), /^Stopped after .* no corruption observed/);
    assert.equal(await page.call(() => document.activeElement?.id), 'stop', 'the focus went elsewhere');
  });

  test('Control+Enter starts, Escape stops', { timeout: 120_000 }, async () => {
    await page.open();
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
    await page.lab('running', 20_000);
    await page.keys(Key.ESCAPE);
    await page.lab('ready', 20_000);
    assert.match(await page.text('#status'), /^Stopped after/);
  });

  test('settings stand in the address and come back from it', { timeout: 120_000 }, async () => {
    await page.open();
    await page.choose('tang-gu');
    await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    const wanted = { readers: '3', migrators: '2', completers: '1', seed: '77', durationMs: '1234' };
    for (const [name, value] of Object.entries(wanted)) {
      const input = await page.driver.findElement(By.css(`input[name="${name}"]`));
      await input.sendKeys(Key.chord(Key.CONTROL, 'a'), value);
    }
    await page.call(() => {
      const select = document.querySelector('select[name=page]');
      select.value = 'random';
      select.dispatchEvent(new Event('input', { bubbles: true }));
    });
    const link = new URL(await page.driver.getCurrentUrl());
    const read = () => page.call((names) => Object.fromEntries(names.map((/** @type {string} */ name) => [name, document.querySelector(`[name="${name}"]`)?.value])), [...Object.keys(wanted), 'page']);
    assert.deepEqual(Object.fromEntries(link.searchParams), { protocol: 'tang-gu', ...wanted, page: 'random' });
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.equal(await chosen(), 'tang-gu');
    assert.deepEqual(await read(), { ...wanted, page: 'random' });
    assert.equal(await page.driver.getCurrentUrl(), link.href);
  });

  test('a custom protocol stands in the address too', { timeout: 120_000 }, async () => {
    await page.open('?protocol=custom&part.ringLock=none&part.completionLock=false&durationMs=500');
    assert.equal(await chosen(), 'custom');
    await page.call(() => document.querySelector('#part-identityCheck').click());
    const link = new URL(await page.driver.getCurrentUrl());
    await page.driver.navigate().refresh();
    await page.lab('ready');
    const parts = await page.call(() => [document.querySelector('#part-ringLock').value, ...['completionLock', 'identityCheck'].map((name) => document.querySelector(`#part-${name}`).checked)]);
    assert.deepEqual(parts, ['none', false, false]);
    assert.equal(link.searchParams.get('part.identityCheck'), 'false');
    await page.click('#run');
    // Without so many parts it may well hang before its time is over.
    await page.says('#status', /after .*: [\d,]+ events, .* corruption/);
  });

  test('a value out of range is said at its field, and nothing starts', { timeout: 120_000 }, async () => {
    await page.open();
    const input = await page.driver.findElement(By.css('input[name="readers"]'));
    await input.sendKeys(Key.chord(Key.CONTROL, 'a'), '65');
    await page.click('#run');
    await page.says('#status', /Not started/);
    assert.match(await page.text('#field-readers-error'), /1 to 64/);
    assert.equal(await page.call(() => document.activeElement?.id), 'field-readers');
    assert.equal(await page.call(() => document.documentElement.dataset.lab), 'ready');
    await page.assertNoConsoleErrors();
  });
});
