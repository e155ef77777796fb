/** The page of plots: what is put into it is text, marks lie where their values are, and it needs nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { logAxis } from './bench/plots/axis.mjs';
import { picture } from './bench/plots/curves.mjs';
import { html, raw } from './bench/plots/html.mjs';
import { headroom } from './bench/plots/pictures.mjs';
import { report } from './bench/plots/report.mjs';
import { ofValues } from './bench/rows/row.mjs';

test('what is put into a template is escaped, but for templates', () => {
  const hostile = '<img src=x onerror="alert(1)">&\'';
  assert.equal(String(html`<p title="${hostile}">${hostile}</p>`).includes('<img'), false);
  assert.equal(String(html`${hostile}`), '&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
  assert.equal(String(html`<ul>${['a<', 'b'].map((item) => html`<li>${item}</li>`)}</ul>`), '<ul><li>a&lt;</li><li>b</li></ul>');
  assert.equal(String(html`${null}${undefined}${false}${0}${raw('<b>')}`), '0<b>');
});

test('an axis is logarithmic, keeps its ends free, and holds what lies outside at its ends', () => {
  const { at } = logAxis([1, 100]);
  assert.equal(at(10).toFixed(6), '50.000000');
  assert.ok(at(1) > 0 && at(100) < 100);
  assert.deepEqual([at(0.001), at(0), at(1e9)], [at(1), at(1), at(100)]);
});

test('an axis has a few ticks within its ends, even for one value, or none', () => {
  for (const values of [[1, 2], [0.9, 1.1], [3, 1000], [1e-3, 1e9], [5], [], [0, -1, NaN]]) {
    const { at, ticks } = logAxis(values);
    assert.ok(ticks.length <= 6, `${values}: ${ticks}`);
    assert.ok(ticks.every((tick) => at(tick) >= 2.9 && at(tick) <= 97.1));
    assert.ok(Number.isFinite(at(1)));
  }
  assert.ok(logAxis([1, 100]).ticks.length >= 3);
});

test('headroom is more than 1 where the target is met, whichever side is the good one', () => {
  const spread = { min: 1, q1: 2, median: 4, q3: 5, max: 8 };
  assert.deepEqual(headroom({ goal: 2, better: 'more' }, spread), { min: 0.5, q1: 1, median: 2, q3: 2.5, max: 4 });
  assert.deepEqual(headroom({ goal: 8, better: 'less' }, spread), { min: 1, q1: 1.6, median: 2, q3: 4, max: 8 });
});

test('a page is whole, says everything in words too, and loads nothing', () => {
  const rows = [
    ofValues({ name: 'fast <enough>', values: [1, 2, 3], unit: 'ms', how: 'with a "clock"', atMost: 5 }),
    ofValues({ name: 'slow', values: [9], unit: 'ms', how: '', atMost: 5 }),
    ofValues({ name: 'ours at 8', values: [40, 50], unit: 'M records/s', how: 'how it was', plot: { picture: 'one Worker', group: 'batch 8', line: 'ours', kind: 'ours' } }),
    { name: 'lost', figure: null, unit: '', target: null, met: null, spread: null, how: 'skipped: no kernel' },
  ];
  const machine = { cores: 2, model: 'a <cpu>', system: 'Linux 6', load: 0.1, browser: 'Chromium 1', node: 'v20', rustc: null, commit: null, changed: true, date: '2026-01-01' };
  const page = report({ machine, versions: { rtrb: 'rtrb 0.4.1' }, quick: true, seconds: 90, groups: [{ name: 'a', title: 'A', seconds: 3, rows }] });
  for (const said of ['fast &lt;enough&gt;', 'a &lt;cpu&gt;', 'rtrb 0.4.1', '1 targets met, 1 missed', 'MISSED', 'One Worker', 'batch 8', 'with a &quot;clock&quot;', 'skipped: no kernel', '--quick']) {
    assert.ok(page.includes(said), said);
  }
  assert.doesNotMatch(page, /<script|src=|url\(|@import|undefined|NaN|\[object/);
  assert.equal(page.match(/<svg/g)?.length, page.match(/<\/svg>/g)?.length);
});

test('a curve has a point for each value that there is, and what is not measured says so', () => {
  const drawn = String(picture({
    title: 'Many <readers>', label: 'readers', unit: 'events/s', x: [1, 2, 4],
    series: [
      { name: 'measured', values: [100, 150, null], low: [90, 140, null], high: [110, 160, null] },
      { name: 'law', projected: true, values: [100, 150, 200], low: [90, 130, 150], high: [110, 170, 260] },
    ],
  }, 'so & so'));
  assert.equal(drawn.match(/<circle/g)?.length, 5);
  assert.equal(drawn.match(/class="interval"/g)?.length, 5);
  assert.equal(drawn.match(/class="path projected"/g)?.length, 2);
  assert.equal(drawn.match(/class="path"/g)?.length, 1);
  for (const said of ['Many &lt;readers&gt;', 'law (not measured)', '150 [130, 170]', '<td>–</td>', 'so &amp; so']) assert.ok(drawn.includes(said), said);
  assert.doesNotMatch(drawn, /undefined|NaN|null/);
  // Rates go up where they are higher: y is measured from the top.
  const [low, high] = [...drawn.matchAll(/<circle cx="[^"]*" cy="([^"]*)"/g)].map(([, y]) => Number(y));
  assert.ok(high < low);
});
