/** The Compare view in Chromium, over measurements that are known beforehand (`fake/compare/`). */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { drop, saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

const { Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('comparing in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('compare') });
  const query = async () => Object.fromEntries(new URL(await page.driver.getCurrentUrl()).searchParams);
  const put = (/** @type {string} */ name, /** @type {string} */ value) => page.call((name, value) => {
    const input = document.querySelector(`[name="${name}"]`);
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, name, value);
  const tick = (/** @type {string} */ name) => page.click(`label[for="compare-${name.replaceAll('.', '_')}"]`);
  const chosen = () => page.call(() => [...document.querySelectorAll('[name=compared]:checked')].map((box) => box.value + (document.querySelector(`[name=baseline][value="${box.value}"]`).checked ? '*' : '')));
  /** The results of a link. @param {string} link */
  async function measured(link) {
    await page.open(link);
    await page.click('#run');
    await page.says('#status', /^Finished: [\d,]+ trials\.$/);
    await page.lab('ready');
  }
  /** @param {string} metric  @returns {Promise<Record<string, string[]>>} the cells of its table, by protocol */
  const rows = (metric) => page.call((metric) => Object.fromEntries([...document.querySelectorAll(`table[data-metric="${metric}"] tbody tr`)].map((row) => [
    row.dataset.protocol, [...row.cells].slice(1).map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())])), metric);

  test('measures what was asked: figures, ratios and what the data support', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    assert.equal(await page.text('#status'), 'Ready.');
    assert.match(await page.text('#nothing-yet'), /another spinlock/);
    assert.match(await page.text('#trials-words'), /^\(3 protocols \+ 1 control\) × 7 rounds: 28 trials, at least/);
    assert.equal(await page.call(() => document.querySelector('[data-export=json]').disabled), true);
    await page.click('#run');
    await page.says('#status', /^Finished: 28 trials/);
    assert.deepEqual(await page.call(() => globalThis.fakeLab.asked[0].protocols), ['linux-3.12', 'tang-gu', 'v4']);
    assert.match(await page.text('#compare-head'), /Measured Chromium 156, 2 cores/);
    assert.equal(await page.call(() => document.querySelectorAll('table[data-metric]').length), 6);
    const calls = await rows('nsPerCall');
    assert.deepEqual(calls['linux-3.12'].slice(1), ['baseline', '']);
    const [figure, ratio] = calls['tang-gu'];
    assert.match(figure, /^\d+\.\d ns \d+\.\d ns – \d+\.\d ns$/);
    assert.match(ratio, /^1\.\d+× ▲ higher 1\.\d+ – 1\.\d+$/);
    assert.match(calls.v4[1], /≈ no difference seen/);
    assert.match((await rows('refusedShare')).v4[0], /^\d\d\.\d %/);
    assert.match(await page.text('#compare-text'), /Time per read call: tang-gu is higher than linux-3\.12, 1\.\d+ times/);
    assert.match(await page.text('#call-times'), /< 100 ns/);
    assert.match(await page.text('.point-times'), /clock of this browser steps by 100 ns/);
    await page.assertNoConsoleErrors();
  });

  test('higher, lower and no difference are other words in other colours, and each interval is a picture with words', { timeout: 120_000 }, async () => {
    await measured('?view=compare');
    const looks = await page.call(() => ['higher', 'lower', 'no-difference'].map((finding) => {
      const cell = document.querySelector(`td[data-ratio="${finding}"]`);
      const mark = document.querySelector(`svg [data-ratio="${finding}"] .whisker`);
      return { word: cell.querySelector('.ratio-word').innerText, colour: getComputedStyle(cell.querySelector('.ratio-word')).color, stroke: getComputedStyle(mark).stroke };
    }));
    assert.deepEqual(looks.map(({ word }) => word), ['▲ higher', '▼ lower', '≈ no difference seen']);
    assert.equal(looks[0].colour, looks[1].colour);
    assert.notEqual(looks[0].colour, looks[2].colour);
    assert.notEqual(looks[0].stroke, looks[2].stroke);
    const drawn = await page.call(() => [...document.querySelectorAll('table[data-metric=nsPerCall] svg[role=img]')].map((svg) => ({
      name: svg.getAttribute('aria-label'),
      order: [...svg.querySelectorAll('.whisker')].slice(0, 1).map((line) => parseFloat(line.getAttribute('x1')) <= parseFloat(line.getAttribute('x2'))),
      one: parseFloat(svg.querySelector('line.one').getAttribute('x1')),
      at: parseFloat((svg.querySelector('.series-dot')?.getAttribute('cx') ?? svg.querySelector('svg').getAttribute('x'))),
    })));
    assert.equal(drawn.length, 2);
    assert.match(drawn[0].name, /^tang-gu: 1\.\d+, from 1\.\d+ to 1\.\d+; 1 is the baseline\. higher\.$/);
    assert.ok(drawn[0].at > drawn[0].one && drawn[0].order[0], JSON.stringify(drawn));
  });

  test('a wrong protocol is marked wherever its speed is shown', { timeout: 120_000 }, async () => {
    await measured('?view=compare&sweep=batch&values=1,8');
    await page.call(() => document.querySelectorAll('#sweep details').forEach((details) => (details.open = true)));
    const seen = await page.call(() => {
      const word = (/** @type {Element} */ at) => /wrong/.test(at.textContent);
      const all = (/** @type {string} */ css) => [...document.querySelectorAll(css)];
      return {
        tables: all('table.metric tbody tr').filter((row) => /linux-3\.12|tang-gu/.test(row.cells[0].textContent)).map((row) => word(row.cells[0])),
        right: all('table.metric tbody tr').filter((row) => /v4/.test(row.cells[0].textContent)).map((row) => word(row.cells[0])),
        legends: all('.sweep-legend .series-name').map((name) => word(name)),
        curves: all('.sweep-curve').map((curve) => [curve.classList.contains('wrong'), curve.querySelectorAll('.series-cross').length > 0, curve.querySelectorAll('.series-dot').length > 0].join()),
        twins: all('.sweep-picture').map((svg) => /linux-3\.12 \(wrong\):/.test(svg.getAttribute('aria-label')) && !/v4 \(wrong\)/.test(svg.getAttribute('aria-label'))),
        heads: all('#sweep thead tr').map((row) => [...row.cells].slice(1).map(word).join()),
      };
    });
    assert.ok(seen.tables.length === 14 && seen.tables.every(Boolean), JSON.stringify(seen.tables));
    assert.ok(seen.right.length === 7 && !seen.right.some(Boolean));
    assert.deepEqual(seen.legends, [true, true, false, true, true, false]);
    assert.deepEqual(new Set(seen.curves), new Set(['true,true,false', 'false,false,true']));
    assert.ok(seen.twins.length === 6 && seen.twins.every(Boolean));
    assert.deepEqual(new Set(seen.heads), new Set(['true,true,false']));
  });

  test('parts that nobody has searched say so, and are sent as parts', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&protocols=v4,custom&part.ringLock=none');
    assert.deepEqual(await chosen(), ['v4*', 'custom']);
    await page.click('#run');
    await page.says('#status', /^Finished/);
    assert.equal(await page.call(() => globalThis.fakeLab.asked[0].protocols[1].ringLock), 'none');
    assert.match(await page.text('table[data-metric=nsPerCall]'), /ringLock=none\s*not searched/);
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
    assert.deepEqual(await page.call(() => ['batch', 'sweep', 'values'].map((name) => document.querySelector(`[name=${name}]`).value)), ['32', 'readers', '1, 2, 3']);
    // What is swept over is set there, and nowhere else.
    assert.equal(await page.call(() => document.querySelector('[data-field=readers]').checkVisibility()), false);
    await page.click('#run');
    await page.says('#status', /^Finished/);
    const asked = await page.call(() => globalThis.fakeLab.asked[0]);
    assert.deepEqual([asked.protocols, asked.sweep, asked.fields.batch], [['v4', 'linux-3.12', 'v2'], { field: 'readers', values: [1, 2, 3] }, 32]);
  });

  test('a hostile link is noted and ignored, and what is good is used', { timeout: 120_000 }, async () => {
    const markup = '<img src=x onerror="globalThis.broken=1">';
    const link = new URLSearchParams({ view: 'compare', protocols: `v4,${markup},v4,v2`, sweep: 'batch', values: '1,1e9,-3', readers: '-5', rounds: 'NaN', migrators: '2', 'part.__proto__': 'true' });
    await page.open(`?${link}`);
    const note = await page.says('#link-notes', /ignored/);
    for (const name of ['protocols', 'values', 'readers', 'rounds', 'part.__proto__']) assert.ok(note.includes(name), `no word of ${name}: ${note}`);
    assert.equal(await page.call(() => globalThis.broken), null);
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
    assert.equal(await page.call(() => document.querySelector('#run').getAttribute('aria-disabled')), 'true');
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
    assert.equal(await page.call(() => document.activeElement.name), 'values');
    await put('values', '1, 7');
    await put('readers', '99');
    await page.click('#run');
    await page.says('#status', /^Not started/);
    assert.equal(await page.call(() => document.activeElement.name), 'readers');
    assert.match(await page.text('#field-readers-error'), /Must be an integer from 1 to 64/);
    await put('readers', '2');
    await page.click('#run');
    await page.says('#status', /^Finished/);
    await page.assertNoConsoleErrors();
  });

  test('results come as it measures, and cancelling keeps them and says so', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&sweep=batch&rounds=50');
    await page.call(() => { globalThis.slowCompare = 8; });
    await page.click('#run');
    await page.lab('running');
    await page.says('.runbar', /\d+ of 800 trials, about [\d.]+ (ms|s|min) left/);
    await page.says('#origin', /^So far: \d+ of 800 trials/);
    assert.match(await page.text('table[data-metric=nsPerCall]'), /too few rounds/);
    await page.says('table[data-metric=nsPerCall]', /higher/);
    // Whoever looks at another point goes on looking at it.
    await page.click('[name=point][value="32"]');
    const before = await page.text('#origin');
    await page.until('more came', 10_000, (before) => document.querySelector('#origin').innerText !== before, before);
    assert.match(await page.text('#point-title'), /batch 32/);
    assert.equal(await page.call(() => document.activeElement.value), '32');
    assert.equal(await page.call(() => document.querySelector('[data-export=csv]').disabled), true);
    await drop(page, '.compare', 'now.json', await page.call(() => JSON.stringify(globalThis.fakeLab.sample())));
    await page.says('#file-problem', /being measured now/);
    await page.keys(Key.ESCAPE);
    await page.says('#status', /^Cancelled\. What had been measured by then is shown/);
    await page.says('#origin', /^Cancelled after \d+ of 800 trials/);
    await page.lab('ready');
    assert.ok(JSON.parse(await saved(page, '[data-export=json]')).points.length === 4);
    await page.assertNoConsoleErrors();
  });

  test('the keyboard measures, cancels, and goes from point to point', { timeout: 120_000 }, async () => {
    await page.open('?view=compare&sweep=batch');
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
    await page.says('#status', /^Finished/);
    await page.call(() => document.querySelector('[name=point]:checked').focus());
    await page.keys(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
    assert.match(await page.text('#point-title'), /batch 32/);
    await page.call(() => document.querySelector('#compare-v1').focus());
    await page.keys(Key.SPACE);
    assert.deepEqual(await chosen(), ['linux-3.12*', 'tang-gu', 'v1', 'v4']);
    assert.match(await page.text('#settings-changed'), /changed since/);
    await page.call(() => document.querySelector('[name=baseline]:checked').focus());
    await page.keys(Key.ARROW_DOWN);
    assert.deepEqual(await chosen(), ['linux-3.12', 'tang-gu*', 'v1', 'v4'], 'those that are not chosen are passed over');
    await page.keys(Key.SPACE);
    assert.equal((await query()).protocols, 'tang-gu,linux-3.12,v1,v4');
  });

  test('a sweep is drawn as small multiples, with names, words and tables', { timeout: 120_000 }, async () => {
    await measured('?view=compare&sweep=readers');
    assert.match(await page.text('#sweep-title'), /^Over readers/);
    assert.match(await page.text('#point'), /with the stopwatch against without: 0\.982 times/);
    const charts = await page.call(() => [...document.querySelectorAll('.sweep-chart')].map((chart) => ({
      name: chart.querySelector('svg').getAttribute('aria-label'), lines: chart.querySelectorAll('polyline').length, bands: chart.querySelectorAll('polygon').length,
      columns: chart.querySelectorAll('.chart-column title').length, text: chart.querySelector('.chart-column title').textContent,
    })));
    assert.equal(charts.length, 6);
    for (const { name, lines, bands, columns, text } of charts) {
      assert.match(name, / over readers\. .*v4: .* at 1, .* at 2, .* at 4, .* at 8\./);
      assert.deepEqual([lines, bands, columns], [3, 3, 4]);
      assert.match(text, /^1\nlinux-3\.12 \(wrong\): .* \(.* – .*\)/);
    }
    await page.click('.sweep-chart[data-metric=eventsPerSecond] summary');
    const table = await page.text('.sweep-chart[data-metric=eventsPerSecond] table');
    assert.match(table, /readers\s+linux-3\.12 \(wrong\)\s+tang-gu \(wrong\)\s+v4/);
    assert.equal(table.trim().split('\n').filter((line) => /^\d/.test(line)).length, 4);
  });

  test('what hung, and what cannot be told, are said', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    await page.call(() => { globalThis.hungTrials = 1; });
    await page.click('#run');
    await page.says('#point', /linux-3\.12: nobody could go on in 1 of 7 trials; its figures are left out/);
    await page.call(() => { globalThis.hungTrials = 99; });
    await page.click('#run');
    await page.says('table[data-metric=nsPerCall]', /cannot be told/);
    await page.assertNoConsoleErrors();
  });

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
    assert.match(head, /Firefox 150, 16 cores, 4 Mar 2026/);
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
    assert.equal(await page.call(() => globalThis.broken), null);
    // Through the file chooser, too.
    await page.call((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'chosen.json'));
      const input = document.querySelector('#compare-file');
      input.files = dataTransfer.files;
      input.dispatchEvent(new Event('change'));
    }, json);
    await page.says('#origin', /chosen\.json/);
    assert.equal(await page.text('#file-problem'), '');
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
    await page.says('#origin', /^Cancelled after/);
    await page.assertNoConsoleErrors();
  });

  test('a Worker that crashes is said, what was measured stays, and the lab measures again', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    await page.call(() => { globalThis.crashAt = 17; });
    await page.click('#run');
    const said = await page.says('#problem', /A Worker crashed: reader 1/);
    assert.match(said, /index out of bounds\s+at crate\/src\/aio\/read\.rs:41:9[^]*measured until then is shown below/i);
    assert.match(await page.text('#origin'), /^Failed after \d+ of 28 trials/);
    await page.lab('ready');
    await page.call(() => {
      globalThis.crashAt = undefined;
      [...document.querySelectorAll('#problem button')].find((button) => button.textContent === 'Run again').click();
    });
    await page.says('#status', /^Finished/);
    assert.equal(await page.text('#problem'), '');
  });

  test('a file with the longest names and the most values is shown, and nothing sticks out', { timeout: 120_000 }, async () => {
    await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: 360, height: 780, deviceScaleFactor: 1, mobile: true });
    try {
      await page.open('?view=compare');
      const data = await page.call(() => globalThis.fakeLab.sample({ field: 'batch', values: Array.from({ length: 16 }, (_, i) => 2 ** i) }));
      const long = (/** @type {string} */ letter) => letter.repeat(400);
      data.config.sweep.field = long('f');
      data.machine.engine = long('e');
      data.text = [long('t')];
      for (const { measured } of data.points) measured.forEach((/** @type {any} */ each, /** @type {number} */ k) => { each.name = long('ab'[k]); });
      await drop(page, '.compare', `${long('n')}.json`, JSON.stringify(data));
      await page.says('#origin', /^Imported/);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= 360);
      assert.equal(await page.call(() => document.querySelectorAll('[name=point]').length), 16);
      await page.assertNoConsoleErrors();
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });

  for (const pixels of [360, 1000]) {
    test(`${pixels} pixels wide, nothing sticks out`, { timeout: 60_000 }, async () => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: pixels, height: 780, deviceScaleFactor: 1, mobile: pixels < 500 });
      try {
        await measured('?view=compare&protocols=linux-3.12,v1,v4,custom&sweep=batch');
        await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
        assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= pixels);
        await page.screenshot(`compare-${pixels}`);
      } finally {
        await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
      }
    });
  }
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
    assert.equal(await page.call(() => document.activeElement.id), 'not-isolated');
    await drop(page, '.compare', 'elsewhere.json', await page.call(() => JSON.stringify(globalThis.fakeLab.sample())));
    await page.says('#origin', /^Imported from “elsewhere\.json”/);
    assert.match(await page.text('table[data-metric=nsPerCall]'), /v4\s+\d+\.\d ns/);
    await page.assertNoConsoleErrors();
  });
});
