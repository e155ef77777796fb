/** How the Compare view is told what to measure: by links, fields and keys, in Chromium. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { compareView } from './support/compare-view.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { pageIn } from './support/setup.mjs';

const { Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('what is to be compared in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('compare') });
  const { query, put, tick, chosen } = compareView(page);

  test('parts that nobody has searched say so, and are sent as parts', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&protocols=v4,custom&part.ringLock=none&part.order=publish-first&part.wrongFramePut=true');
    assert.deepEqual(await chosen(), ['v4*', 'custom']);
    await page.click('#run');
    await page.says('#status', /^Finished/);
    assert.equal(await page.call(() => /** @type {Record<string, unknown>} */ (globalThis.fakeLab.asked[0].protocols[1]).ringLock), 'none');
    assert.match(await page.text('table[data-metric=nsPerCall]'), /v4 with ringLock none, order publish-first, wrongFramePut on\s*not searched/);
  });

  test('one own set of parts is compared with another: each has its switches, its place in the address and its colour', { timeout: 120_000 }, async () => {
    const shown = (/** @type {string} */ selector) => page.call((/** @type {string} */ selector) => Boolean(document.querySelector(selector)?.checkVisibility()), selector);
    const colour = (/** @type {string} */ selector) => page.call((/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector)).dataset.colour, selector);
    const card = (/** @type {string} */ name) => `.card:has([name=compared][value=${name}]) .series-key`;
    await page.open('?view=compare&protocols=v4,tang-gu');
    assert.deepEqual([await shown(card('custom')), await shown(card('custom-2'))], [true, false]);
    for (const name of ['v4', 'tang-gu', 'custom', 'custom-2']) await tick(name);
    assert.deepEqual(await chosen(), ['custom*', 'custom-2']);
    // As they begin, nothing tells one from the other.
    assert.match(await page.text('#protocols-error'), /^Custom 2 has the parts of another one/);
    await page.click('#run');
    assert.equal(await page.call(() => globalThis.fakeLab.asked.length), 0);
    assert.deepEqual(await page.call(() => [...document.querySelectorAll('.custom-parts')].map((panel) => [panel.checkVisibility(), panel.querySelector('h2')?.textContent])), [[true, 'Parts of Custom'], [true, 'Parts of Custom 2']]);
    assert.deepEqual(await page.call(() => {
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      return ids.filter((id, i) => ids.indexOf(id) < i);
    }), [], 'ids that are twice on the page');
    await page.call(() => {
      const choose = (/** @type {string} */ name, /** @type {string} */ value) => {
        const select = /** @type {HTMLSelectElement} */ (document.querySelector(`[name="${name}"]`));
        select.value = value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      };
      choose('part.ringLock', 'none');
      choose('part-2.order', 'publish-first');
    });
    assert.equal(await page.text('#protocols-error'), '');
    await page.click('[name=baseline][value=custom-2]');
    const wanted = { view: 'compare', protocols: 'custom-2,custom', 'part.ringLock': 'none', 'part-2.order': 'publish-first' };
    assert.deepEqual(await query(), wanted);
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.deepEqual([await chosen(), await query()], [['custom', 'custom-2*'], wanted]);
    await page.click('#run');
    await page.says('#status', /^Finished/);
    assert.deepEqual(await page.call(() => globalThis.fakeLab.asked[0].protocols.map((/** @type {any} */ { ringLock, order }) => [ringLock, order])), [['try', 'publish-first'], ['none', 'copy-publish-release']]);
    const rows = await page.call(() => [...document.querySelectorAll('table[data-metric=nsPerCall] tbody tr')].map((row) => [row.textContent, /** @type {HTMLElement | null} */ (row.querySelector('.series-key'))?.dataset.colour]));
    assert.deepEqual(rows.map(([text]) => /with (order|ringLock)/.exec(String(text))?.[1]), ['order', 'ringLock']);
    assert.deepEqual([await colour(card('custom-2')), await colour(card('custom'))], rows.map(([, colour]) => colour));
    assert.notEqual(rows[0][1], rows[1][1]);
    // Who no longer compares either is offered one of them.
    for (const name of ['custom', 'custom-2', 'v4', 'v3']) await tick(name);
    assert.deepEqual([await shown(card('custom')), await shown(card('custom-2'))], [true, false]);
    // The second without the first, by keyboard: what has the focus does not go away with it.
    await page.open('?view=compare&protocols=v4,v3,custom-2');
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('[name=compared][value=custom-2]')).focus());
    await page.keys(Key.SPACE);
    assert.deepEqual([await chosen(), await page.call(() => /** @type {HTMLInputElement} */ (document.activeElement).value)], [['v3', 'v4*'], 'custom-2']);
    await page.assertNoConsoleErrors();
  });

  test('what is compared stands in the address and comes back from it', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    await tick('tang-gu');
    await tick('v2');
    await page.click('[name=baseline][value=v4]');
    await put('batch', '32');
    await put('sweep', 'readers');
    await put('values', '1 3,2');
    const wanted = { view: 'compare', protocols: 'v4,linux-3.12,v2', batch: '32', sweep: 'readers', values: '1,2,3' };
    assert.deepEqual(await query(), wanted);
    assert.match(await page.driver.getCurrentUrl(), /protocols=v4,linux-3\.12,v2&/);
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.deepEqual(await chosen(), ['linux-3.12', 'v2', 'v4*']);
    assert.deepEqual(await page.call(() => ['batch', 'sweep', 'values'].map((name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (document.querySelector(`[name=${name}]`)).value)), ['32', 'readers', '1, 2, 3']);
    // What is swept over is set there, and nowhere else.
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('[data-field=readers]')).checkVisibility()), false);
    await page.click('#run');
    await page.says('#status', /^Finished/);
    const asked = await page.call(() => globalThis.fakeLab.asked[0]);
    assert.deepEqual([asked.protocols, asked.sweep, asked.fields.batch], [['v4', 'linux-3.12', 'v2'], { field: 'readers', values: [1, 2, 3] }, 32]);
  });

  test('a hostile link is noted and ignored, and what is good is used', { timeout: 120_000 }, async () => {
    const markup = '<img src=x onerror="globalThis.broken=1">';
    const link = new URLSearchParams({ view: 'compare', protocols: `v4,${markup},v4,v2`, sweep: 'batch', values: '1,1e9,-3', readers: '-5', rounds: 'NaN', migrators: '2', 'part.__proto__': 'true', 'part-2.__proto__': 'true', 'part-2.order': 'perhaps', 'part-3.order': 'publish-first' });
    await page.open(`?${link}`);
    const note = await page.says('#link-notes', /ignored/);
    for (const name of ['protocols', 'values', 'readers', 'rounds', 'part.__proto__', 'part-2.__proto__', 'part-2.order', 'part-3.order']) assert.ok(note.includes(name), `no word of ${name}: ${note}`);
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
    assert.deepEqual(await chosen(), ['v2', 'v4*']);
    assert.deepEqual(await query(), { view: 'compare', protocols: 'v4,v2', migrators: '2', sweep: 'batch' });
    await page.open(`?${new URLSearchParams({ view: 'compare', protocols: ','.repeat(900), sweep: markup, values: '9'.repeat(2000) })}`);
    const short = await page.says('#link-notes', /ignored/);
    assert.ok(short.length < 2500, short);
    assert.deepEqual(await query(), { view: 'compare' });
    await page.assertNoConsoleErrors();
  });

  test('fewer than two protocols, too many trials and bad values are said before anything runs', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&protocols=v4,v2');
    await tick('v2');
    assert.match(await page.text('#protocols-error'), /at least 2/);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#run')).getAttribute('aria-disabled')), 'true');
    await page.click('#run');
    assert.equal(await page.call(() => globalThis.fakeLab.asked.length), 0);
    await tick('linux-3.12');
    assert.equal(await page.text('#protocols-error'), '');
    assert.deepEqual(await chosen(), ['linux-3.12', 'v4*']);
    await tick('v4');
    await tick('v3');
    assert.deepEqual(await chosen(), ['linux-3.12*', 'v3'], 'the baseline is always one of them');
    await put('rounds', '100');
    await put('sweep', 'batch');
    await put('values', '1,2,3,4,5,6,7,8');
    assert.match(await page.text('#trials-error'), /more than the 2,000 trials/);
    await put('rounds', '5');
    await put('values', '1, 1');
    assert.match(await page.text('#field-values-error'), /Each value once/);
    await put('values', '7');
    assert.match(await page.text('#field-values-error'), /Takes 2 to 12 whole numbers, 1 to 1,024/);
    await page.click('#run');
    await page.says('#status', /^Not started/);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.activeElement).name), 'values');
    await put('values', '1, 7');
    await put('readers', '99');
    await page.click('#run');
    await page.says('#status', /^Not started/);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.activeElement).name), 'readers');
    assert.match(await page.text('#field-readers-error'), /Must be an integer from 1 to 64/);
    await put('readers', '2');
    await page.click('#run');
    await page.says('#status', /^Finished/);
    await page.assertNoConsoleErrors();
  });

  test('the keyboard measures, cancels, and goes from point to point', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&sweep=batch');
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
    await page.says('#status', /^Finished/);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('[name=point]:checked')).focus());
    await page.keys(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
    assert.match(await page.text('#point-title'), /batch 32/);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#compare-v1')).focus());
    await page.keys(Key.SPACE);
    assert.deepEqual(await chosen(), ['linux-3.12*', 'tang-gu', 'v1', 'v4']);
    assert.match(await page.text('#settings-changed'), /changed since/);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('[name=baseline]:checked')).focus());
    await page.keys(Key.ARROW_DOWN);
    assert.deepEqual(await chosen(), ['linux-3.12', 'tang-gu*', 'v1', 'v4'], 'those that are not chosen are passed over');
    await page.keys(Key.SPACE);
    assert.equal((await query()).protocols, 'tang-gu,linux-3.12,v1,v4');
  });
});
