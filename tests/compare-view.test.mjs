/** What the Compare view shows of measurements that are known beforehand (`fake/compare/`), in Chromium. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { compareView } from './support/compare-view.mjs';
import { fakeSite } from './support/fake-site.mjs';
import { pageIn } from './support/setup.mjs';

describe('what a comparison shows in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('compare') });
  const { measured, put, rows } = compareView(page);

  test('measures what was asked: figures, ratios and what the data support', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    assert.equal(await page.text('#status'), 'Ready.');
    assert.match(await page.text('#nothing-yet'), /another spinlock/);
    assert.match(await page.text('#trials-words'), /^\(3 protocols \+ 1 control\) × 7 rounds: 28 trials, about 3\.\d+ s\.$/);
    assert.equal(await page.call(() => /** @type {HTMLButtonElement} */ (document.querySelector('[data-export=json]')).disabled), true);
    await page.click('#run');
    await page.says('#status', /^Finished: 28 trials/);
    assert.deepEqual(await page.call(() => globalThis.fakeLab.asked[0].protocols), ['linux-3.12', 'tang-gu', 'v4']);
    assert.match(await page.text('#compare-head'), /Measured Chromium 156 on Linux 6\.8 \(x86 64-bit\), 2 cores/);
    assert.equal(await page.call(() => document.querySelectorAll('table[data-metric]').length), 7);
    const calls = await rows('nsPerCall');
    assert.deepEqual(calls['linux-3.12'].slice(1), ['baseline', '']);
    const [figure, ratio] = calls['tang-gu'];
    assert.match(figure, /^\d+\.\d ns \d+\.\d ns – \d+\.\d ns$/);
    assert.match(ratio, /^1\.\d+× ▲ higher 1\.\d+ – 1\.\d+$/);
    assert.match(calls.v4[1], /≈ no difference seen/);
    assert.match((await rows('refusedShare')).v4[0], /^\d\d\.\d %/);
    assert.match(await page.text('#compare-text'), /tang-gu \(wrong\) against linux-3\.12 \(wrong\), time per read call: 1\.\d+ times \(1\.\d+ to 1\.\d+ in 7 rounds\): higher/);
    assert.match(await page.text('#call-times'), /< 100 ns/);
    assert.match(await page.text('.point-times'), /clock of this browser steps by 100 ns/);
    assert.match(await page.text('#only-the-tail'), /shorter than a step of this browser’s clock, 100 ns: the table tells protocols apart in the tail only/);
    await page.assertNoConsoleErrors();
  });

  test('higher, lower and no difference are other words in other colours, and each interval is a picture with words', { timeout: 120_000 }, async () => {
    await measured('?view=compare');
    const looks = await page.call(() => ['higher', 'lower', 'no-difference'].map((finding) => {
      const cell = /** @type {Element} */ (document.querySelector(`td[data-ratio="${finding}"]`));
      const word = /** @type {HTMLElement} */ (cell.querySelector('.ratio-word'));
      const mark = /** @type {Element} */ (document.querySelector(`svg [data-ratio="${finding}"] .whisker`));
      return { word: word.innerText, colour: getComputedStyle(word).color, stroke: getComputedStyle(mark).stroke };
    }));
    assert.deepEqual(looks.map(({ word }) => word), ['▲ higher', '▼ lower', '≈ no difference seen']);
    assert.equal(looks[0].colour, looks[1].colour);
    assert.notEqual(looks[0].colour, looks[2].colour);
    assert.notEqual(looks[0].stroke, looks[2].stroke);
    const drawn = await page.call(() => {
      const number = (/** @type {Element | null} */ mark, /** @type {string} */ name) => parseFloat(/** @type {string} */ (/** @type {Element} */ (mark).getAttribute(name)));
      return [...document.querySelectorAll('table[data-metric=nsPerCall] svg[role=img]')].map((svg) => ({
        name: /** @type {string} */ (svg.getAttribute('aria-label')),
        order: [...svg.querySelectorAll('.whisker')].slice(0, 1).map((line) => number(line, 'x1') <= number(line, 'x2')),
        one: number(svg.querySelector('line.one'), 'x1'),
        at: parseFloat(svg.querySelector('.series-dot')?.getAttribute('cx') ?? /** @type {string} */ (/** @type {Element} */ (svg.querySelector('svg')).getAttribute('x'))),
      }));
    });
    assert.equal(drawn.length, 2);
    assert.match(drawn[0].name, /^tang-gu \(wrong\): 1\.\d+, from 1\.\d+ to 1\.\d+; 1 is the baseline\. higher\.$/);
    assert.ok(drawn[0].at > drawn[0].one && drawn[0].order[0], JSON.stringify(drawn));
  });

  test('a wrong protocol is marked wherever its speed is shown', { timeout: 120_000 }, async () => {
    await measured('?view=compare&sweep=batch&values=1,8');
    await page.call(() => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll('#sweep details')).forEach((details) => (details.open = true)));
    const seen = await page.call(() => {
      const word = (/** @type {Element} */ at) => /wrong/.test(at.textContent);
      const all = (/** @type {string} */ css) => [...document.querySelectorAll(css)];
      const lines = (/** @type {string} */ css) => [.../** @type {NodeListOf<HTMLTableRowElement>} */ (document.querySelectorAll(css))];
      return {
        tables: lines('table.metric tbody tr').filter((row) => /linux-3\.12|tang-gu/.test(row.cells[0].textContent)).map((row) => word(row.cells[0])),
        right: lines('table.metric tbody tr').filter((row) => /v4/.test(row.cells[0].textContent)).map((row) => word(row.cells[0])),
        tips: lines('table.metric tbody tr[title]').map((row) => row.title.split(',')[0]),
        bases: all('table.metric:not(.times) thead th:nth-child(3)').map((head) => /^to linux-3\.12 \(wrong\)/.test(head.textContent)),
        pictures: all('table.metric .ratio-plot[role=img]').map((svg) => /** @type {string} */ (svg.getAttribute('aria-label')).split(':')[0]),
        legends: all('.sweep-legend .series-name').map((name) => word(name)),
        curves: all('.sweep-curve').map((curve) => [curve.classList.contains('wrong'), curve.querySelectorAll('.series-cross').length > 0, curve.querySelectorAll('.series-dot').length > 0].join()),
        twins: all('.sweep-picture').map((svg) => String(svg.getAttribute('aria-label'))).map((name) => /linux-3\.12 \(wrong\):/.test(name) && !/v4 \(wrong\)/.test(name)),
        heads: lines('#sweep thead tr').map((row) => [...row.cells].slice(1).map(word).join()),
      };
    });
    assert.ok(seen.tables.length === 16 && seen.tables.every(Boolean), JSON.stringify(seen.tables));
    assert.ok(seen.right.length === 8 && !seen.right.some(Boolean));
    assert.deepEqual(new Set(seen.tips), new Set(['tang-gu (wrong) against linux-3.12 (wrong)', 'v4 against linux-3.12 (wrong)']));
    assert.ok(seen.bases.length === 7 && seen.bases.every(Boolean));
    assert.deepEqual(new Set(seen.pictures), new Set(['tang-gu (wrong)', 'v4']));
    assert.deepEqual(seen.legends, [true, true, false, true, true, false]);
    assert.deepEqual(new Set(seen.curves), new Set(['true,true,false', 'false,false,true']));
    assert.ok(seen.twins.length === 7 && seen.twins.every(Boolean));
    assert.deepEqual(new Set(seen.heads), new Set(['true,true,false']));
  });

  test('a sweep is drawn as small multiples, with names, words and tables', { timeout: 120_000 }, async () => {
    await measured('?view=compare&sweep=readers');
    assert.match(await page.text('#sweep-title'), /^Over readers/);
    assert.match(await page.text('#point'), /with the stopwatch against without: 0\.9\d\d times/);
    const charts = await page.call(() => [...document.querySelectorAll('.sweep-chart')].map((chart) => ({
      name: /** @type {string} */ (/** @type {Element} */ (chart.querySelector('svg')).getAttribute('aria-label')), lines: chart.querySelectorAll('polyline').length, bands: chart.querySelectorAll('polygon').length,
      columns: chart.querySelectorAll('.chart-column title').length, text: /** @type {Element} */ (chart.querySelector('.chart-column title')).textContent,
    })));
    assert.equal(charts.length, 7);
    for (const { name, lines, bands, columns, text } of charts) {
      assert.match(name, / over readers\. .*v4: .* at 1, .* at 2, .* at 4, .* at 8\./);
      assert.deepEqual([lines, bands, columns], [3, 3, 4]);
      assert.match(text, /^1\nlinux-3\.12 \(wrong\): .* \(.* – .*\)/);
    }
    await page.click('.sweep-chart[data-metric=eventsPerSecond] summary');
    // It is filled a moment after it was opened.
    const table = await page.says('.sweep-chart[data-metric=eventsPerSecond] table', /readers\s+linux-3\.12 \(wrong\)\s+tang-gu \(wrong\)\s+v4/);
    assert.equal(table.trim().split('\n').filter((line) => /^\d/.test(line)).length, 4);
  });

  test('full pace is called so, and stands at the right end', { timeout: 120_000 }, async () => {
    await measured('?view=compare&sweep=pace&protocols=linux-3.12,v4');
    assert.equal(await page.text('#point-title'), 'The numbers at migration pace 100');
    assert.deepEqual(await page.call(() => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#point .segments label'))].map((label) => label.innerText.trim())), ['100', '1,000', '10,000', 'full']);
    await page.click('[name=point][value="0"]');
    assert.equal(await page.text('#point-title'), 'The numbers at full migration pace');
    const axis = await page.call(() => [...document.querySelectorAll('.sweep-chart[data-metric=nsPerCall] .chart-column text')].map((text) => text.textContent));
    assert.deepEqual(axis, ['100', '1,000', '10,000', 'full']);
    assert.match(await page.call(() => /** @type {string} */ (/** @type {Element} */ (document.querySelector('.sweep-chart svg')).getAttribute('aria-label'))), /at 10,000, [^,]* at full\./);
    assert.match(await page.text('#compare-text'), /full pace \(/);
  });

  test('one wide interval does not press the lines to the floor', { timeout: 120_000 }, async () => {
    await page.open('?view=compare');
    await page.call(() => { globalThis.wildTrials = 3; });
    await put('sweep', 'batch');
    await page.click('#run');
    await page.says('#status', /^Finished/);
    const drawn = await page.call(() => {
      const svg = /** @type {Element} */ (document.querySelector('.sweep-chart[data-metric=nsPerCall] svg'));
      const frame = /** @type {Element} */ (svg.querySelector('.sweep-frame'));
      const heights = [...svg.querySelectorAll('polyline')].flatMap((line) => /** @type {string} */ (line.getAttribute('points')).split(' ').map((place) => Number(place.split(',')[1])));
      return {
        frame: [frame.getAttribute('y'), frame.getAttribute('height')].map(Number), cut: getComputedStyle(frame).overflow,
        whisker: Math.min(...[...svg.querySelectorAll('.whisker')].map((line) => Number(line.getAttribute('y2')))), line: Math.min(...heights),
      };
    });
    const [top, height] = drawn.frame;
    assert.ok(drawn.whisker < top - height && drawn.cut === 'hidden', `an interval far above, cut off: ${JSON.stringify(drawn)}`);
    assert.ok(drawn.line - top < height / 2, `the lines have at least half of the height: ${JSON.stringify(drawn)}`);
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

  for (const pixels of [360, 1000]) {
    test(`${pixels} pixels wide, nothing sticks out`, { timeout: 60_000 }, async () => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: pixels, height: 780, deviceScaleFactor: 1, mobile: pixels < 500 });
      try {
        await measured('?view=compare&protocols=linux-3.12,v1,v4,custom&sweep=batch');
        await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
        assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= pixels);
        const out = await page.call(() => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#point :is(tbody :is(th, td), caption)'))].filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.getBoundingClientRect().right > /** @type {Element} */ (document.querySelector('#point')).getBoundingClientRect().right).map((cell) => cell.innerText));
        assert.deepEqual(out, [], 'no cell is cut off');
        await page.screenshot(`compare-${pixels}`);
      } finally {
        await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
      }
    });
  }
});
