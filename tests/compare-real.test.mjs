/** The Compare view over the lab's own trials, in Chromium: what comes out has its shape. What it measures is nobody's to say here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { drop, saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

/** As short as it can be. */
const SHORT = 'rounds=5&trialMs=10&warmupMs=20';

describe('comparing for real in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');
  const text = (/** @type {string} */ css) => page.text(css);

  test('three protocols and a custom one, saved and opened again', { timeout: 180_000 }, async () => {
    await page.open(`?view=compare&protocols=linux-3.12,tang-gu,v4,custom&part.completionLock=false&${SHORT}`);
    assert.match(await text('#trials-words'), /^\(4 protocols \+ 1 control\) × 5 rounds: 25 trials/);
    await page.click('#run');
    await page.says('#status', /^Finished: 25 trials/, 120_000);
    await page.lab('ready');
    assert.match(await text('#compare-head'), /Measured Chromium [^]*2?\d+ cores?, [^]*5 rounds/);
    const tables = await page.call(() => [.../** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll('table[data-metric]'))].map((table) => [table.dataset.metric, ...[...table.tBodies[0].rows].map((row) => row.cells[0].innerText.replace(/\s+/g, ' '))]));
    assert.equal(tables.length, 7);
    for (const [metric, first, second, fix, custom] of tables) {
      assert.deepEqual([first, second, fix], ['linux-3.12 wrong', 'tang-gu wrong', 'v4'], metric);
      assert.match(String(custom), /not searched|wrong/, metric);
    }
    assert.match(await text('table[data-metric=eventsPerSecond] tbody tr'), /\d.*\/s/s);
    assert.match(await text('.point-times'), /clock of this browser steps by/);
    assert.match(await text('#compare-text'), /linux-3\.12 is wrong/);
    const [csv, json] = [await saved(page, '[data-export=csv]'), await saved(page, '[data-export=json]')];
    assert.equal(csv.trim().split('\r\n').length, 1 + (4 + 1) * 5, 'a row for each trial, the control’s too');
    const before = await text('#point');
    await page.open('?view=compare');
    await drop(page, '.compare', 'again.json', json);
    await page.says('#origin', /^Imported from “again\.json”/);
    assert.equal(await text('#point'), before);
    await page.assertNoConsoleErrors();
  });

  test('a sweep is cancelled, and the lab races and compares again', { timeout: 180_000 }, async () => {
    await page.open('?view=compare&sweep=readers&values=1,2&rounds=50&warmupMs=20');
    await page.click('#run');
    await page.says('#origin', /^So far, the first \d+ of 400 trials/, 60_000);
    await page.click('#stop');
    await page.says('#status', /^Cancelled/);
    await page.lab('ready');
    assert.match(await text('#origin'), /^Cancelled; the first \d+ of 400 trials/);
    assert.equal(await page.call(() => document.querySelectorAll('.sweep-chart svg.sweep-picture').length), 7);
    await page.click('#views a[href="?view=race"]');
    await page.run();
    await page.stop();
    await page.open(`?view=compare&sweep=pace&values=100,1000&${SHORT}`);
    await page.click('#run');
    await page.says('#status', /^Finished: 40 trials/, 120_000);
    await page.assertNoConsoleErrors();
  });

  test('what would take too long cannot be started, up to the very round; and the lab agrees', { timeout: 60_000 }, async () => {
    const able = () => page.call(() => /** @type {Element} */ (document.querySelector('#run')).getAttribute('aria-disabled') !== 'true');
    await page.open('?view=compare&rounds=200&trialMs=2000');
    assert.match(await text('#trials-error'), /^The trials take about 26\.9 min, and those of a comparison can take 15\.0 min/);
    assert.equal(await able(), false);
    await page.click('#run');
    assert.match(await text('#status'), /^The trials take/);
    // Four trials in a round, each of 2,015 ms: 111 rounds in 15 minutes.
    await page.open('?view=compare&rounds=111&trialMs=2000&warmupMs=0');
    assert.equal(await able(), true);
    await page.click('#run');
    await page.says('.runbar', /of 444 trials/);
    await page.click('#stop');
    await page.says('#status', /^Cancelled/);
    await page.open('?view=compare&rounds=112&trialMs=2000&warmupMs=0');
    assert.equal(await able(), false);
  });
});
