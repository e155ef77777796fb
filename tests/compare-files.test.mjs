/** Results of comparisons as files, in Chromium. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { compareView } from './support/compare-view.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { drop, saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

describe('files of comparisons in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('compare') });
  const { query, measured } = compareView(page);

  test('saved, opened again, and marked as from elsewhere; a bad file changes nothing', { timeout: 120_000 }, async () => {
    await measured('?view=compare&protocols=linux-3.12,v4&sweep=pace');
    const csv = await saved(page, '[data-export=csv]');
    assert.match(csv, /^[^\n]*protocol/);
    assert.match(csv, /linux-3\.12,(wrong|false)/);
    const json = await saved(page, '[data-export=json]');
    const data = JSON.parse(json);
    assert.equal(data.kind, 'aio-ring-lab comparison');
    data.machine = { ...data.machine, engine: 'Firefox 150', cores: 16, date: '2026-03-04T05:06:00.000Z' };
    await page.open('?view=compare');
    const address = await query();
    await drop(page, '.compare', 'of-another-machine.json', JSON.stringify(data));
    await page.says('#origin', /^Imported from “of-another-machine\.json”: measured on$/);
    const head = await page.text('#compare-head');
    assert.match(head, /Firefox 150 on Linux 6\.8 \(x86 64-bit\), 16 cores, 4 Mar 2026/);
    assert.equal(await page.call(() => document.querySelectorAll('[name=point]').length), 4);
    assert.deepEqual(await query(), address, 'the settings are one’s own');
    const wrong = { 'holiday.json': '{"x":1}', 'cut.json': json.slice(0, -9), 'empty.json': '', 'markup.json': '{"kind":"<img src=x onerror=\\"globalThis.broken=1\\">"}' };
    for (const [name, text] of Object.entries(wrong)) {
      await drop(page, '.compare', name, text);
      const said = await page.says('#file-problem', new RegExp(`“${name}” cannot be shown`));
      assert.match(said, /Not a comparison: .*Nothing has changed/s);
      assert.ok(said.length < 500, said);
    }
    assert.equal(await page.text('#compare-head'), head);
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
    // Through the file chooser, too.
    await page.call((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'chosen.json'));
      const input = /** @type {HTMLInputElement} */ (document.querySelector('#compare-file'));
      input.files = dataTransfer.files;
      input.dispatchEvent(new Event('change'));
    }, json);
    await page.says('#origin', /chosen\.json/);
    assert.equal(await page.text('#file-problem'), '');
    await page.assertNoConsoleErrors();
  });

  test('a forged file is refused by its field, and no mark comes off a protocol that is wrong', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    const data = await page.call(() => globalThis.fakeLab.sample());
    /** @type {[string, (measured: any[]) => void, RegExp][]} */
    const forged = [
      ['right.json', ([racy]) => (racy.correct = true), /points\[0\]\.measured\[0\]\.correct must be false, for linux-3\.12 is wrong, not true/],
      ['swapped.json', ([racy, fix]) => ([racy.name, fix.name] = ['v4', 'linux-3.12']), /points\[0\]\.measured\[0\]\.name must be linux-3\.12, as the protocol, not "v4"/],
      ['faster.json', ([racy]) => (racy.metrics.eventsPerSecond.median *= 1.01), /points\[0\]\.measured\[0\]\.metrics\.eventsPerSecond must be what the trials come to/],
    ];
    for (const [name, forge, said] of forged) {
      const copy = structuredClone(data);
      forge(copy.points[0].measured);
      await drop(page, '.compare', name, JSON.stringify(copy));
      await page.says('#file-problem', new RegExp(`“${name}” cannot be shown`));
      assert.match(await page.text('#file-problem'), said);
      assert.equal(await page.text('#origin'), '');
    }
    // Sentences are the lab's own.
    data.text = ['linux-3.12 is right.'];
    await drop(page, '.compare', 'said.json', JSON.stringify(data));
    await page.says('#origin', /^Imported/);
    assert.match(await page.text('#compare-text'), /linux-3\.12 is wrong/);
    assert.doesNotMatch(await page.text('#compare-text'), /is right/);
    await page.assertNoConsoleErrors();
  });

  test('a file with the longest names and the most values is shown, and nothing sticks out', { timeout: 120_000 }, async () => {
    await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: 360, height: 780, deviceScaleFactor: 1, mobile: true });
    try {
      await page.open('?view=compare');
      const data = await page.call(() => globalThis.fakeLab.sample({ field: 'batch', values: Array.from({ length: 11 }, (_, i) => 2 ** i) }, ['linux-3.12', globalThis.fakeLab.otherParts]));
      for (const what of /** @type {const} */ (['engine', 'system', 'architecture', 'version'])) data.machine[what] = what[0].repeat(40);
      await drop(page, '.compare', `${'n'.repeat(400)}.json`, JSON.stringify(data));
      await page.says('#origin', /^Imported/);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= 360);
      assert.equal(await page.call(() => document.querySelectorAll('[name=point]').length), 11);
      await page.assertNoConsoleErrors();
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });
});

describe('comparing without isolation', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { isolated: false, root: missing('chromium') ? undefined : fakeSite('compare') });

  // It would mend it.
  before(() => page.driver.sendAndGetDevToolsCommand('Page.addScriptToEvaluateOnNewDocument', { source: 'delete Navigator.prototype.serviceWorker' }));

  test('says what is missing; files can be looked at', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    assert.match(await page.text('#not-isolated'), /Nothing can be measured here[^]*Cross-Origin-Opener-Policy[^]*Files of results/);
    assert.match(await page.text('#status'), /^Nothing can be measured here/);
    await page.click('#run');
    assert.equal(await page.call(() => /** @type {Element} */ (document.activeElement).id), 'not-isolated');
    await drop(page, '.compare', 'elsewhere.json', await page.call(() => JSON.stringify(globalThis.fakeLab.sample())));
    await page.says('#origin', /^Imported from “elsewhere\.json”/);
    assert.match(await page.text('table[data-metric=nsPerCall]'), /v4\s+\d+\.\d ns/);
    await page.assertNoConsoleErrors();
  });
});
