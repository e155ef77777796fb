/** The page of plots: what is put into it is text, marks lie where their values are, and it needs nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { axisInWords, evenAxis, logAxis } from './bench/plots/axis.mjs';
import { picture } from './bench/plots/curves.mjs';
import { html, raw } from './bench/plots/html.mjs';
import { withKept } from './bench/kept.mjs';
import { headroom, others, rivals, subjectOf, targets } from './bench/plots/pictures.mjs';
import { report } from './bench/plots/report.mjs';
import { ofValues, ofWorst } from './bench/rows/row.mjs';

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

test('0 is no smallest value: it lies apart from all that a logarithm can show, and the axis says so', () => {
  const { at, ticks, gap, kind } = logAxis([0, 0.5, 100]);
  assert.ok(gap !== null && at(0) < gap && gap < at(0.5));
  assert.equal(ticks[0], 0);
  assert.equal(axisInWords({ at, ticks, gap, kind }), 'logarithmic, 0 apart');
  assert.deepEqual([axisInWords(logAxis([1, 100])), axisInWords(evenAxis([1, 2]))], ['logarithmic', '']);
  const drawn = String(picture({ title: 't', label: 'n', unit: 'ms', x: [1, 2], series: [{ name: 'a', values: [0, 5], low: [0, 0], high: [0, 9] }] }, ''));
  const [, reaching] = [...drawn.matchAll(/class="interval" [^>]*y1="([^"]*)" y2="([^"]*)"/g)];
  const zero = Number(drawn.match(/<circle [^>]*cy="([^"]*)"/)?.[1]);
  assert.equal(Number(reaching[1]), zero);
  assert.equal(drawn.match(/class="gap"/g)?.length, 1);
});

test('an even axis begins at 0 and has a few ticks', () => {
  for (const most of [0.7, 1, 36, 60, 480, 1000, 12_345]) {
    const { at, ticks, kind } = evenAxis([most / 3, most]);
    assert.ok(ticks.length >= 3 && ticks.length <= 6, `${most}: ${ticks}`);
    assert.ok(ticks[0] === 0 && ticks.every((tick) => tick <= most));
    assert.equal((at(0) + at(most)).toFixed(6), (2 * at(most / 2)).toFixed(6));
    assert.equal(kind, '');
  }
});

test('a narrow axis has ticks, too', () => {
  for (const values of [[0.6, 1.3], [0.95, 1.2], [1, 1.25], [700, 900]]) assert.ok(logAxis(values).ticks.length >= 3, `${values}: ${logAxis(values).ticks}`);
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
  const page = report({ machine, versions: { rtrb: 'rtrb 0.4.1' }, quick: true, share: 0, seconds: 90, groups: [{ name: 'a', title: 'A', seconds: 3, rows }] });
  for (const said of ['fast &lt;enough&gt;', 'a &lt;cpu&gt;', 'rtrb 0.4.1', '1 targets met, 1 missed', 'MISSED', 'One Worker', 'batch 8', 'with a &quot;clock&quot;', 'skipped: no kernel', '--quick']) {
    assert.ok(page.includes(said), said);
  }
  assert.doesNotMatch(page, /<script|src=|url\(|@import|undefined|NaN|\[object/);
  assert.equal(page.match(/<svg/g)?.length, page.match(/<\/svg>/g)?.length);
});

test('a figure that is in a picture has its limit across it, and in words', () => {
  const row = ofValues({ name: 'reads', values: [40, 50, 60], unit: 'M/s', how: '', limit: { name: 'a copy of <it>', figure: 100 } });
  const drawn = others([{ title: 'A', rows: [row] }]).join('');
  assert.equal(drawn.match(/<line class="bound"/g)?.length, 1);
  assert.match(drawn, /<span class="limit bound">limit: a copy of &lt;it&gt;<\/span>[^]*0\.500 × the limit of 100 M\/s/);
  const [, limit] = drawn.match(/class="bound" x1="([\d.]+)%"/) ?? [];
  const [, figure] = drawn.match(/<circle cx="([\d.]+)%"/) ?? [];
  assert.ok(Number(limit) > Number(figure));
  assert.doesNotMatch(others([{ title: 'A', rows: [ofValues({ name: 'reads', values: [40, 50], unit: 's', how: '' })] }]).join(''), /bound/);
  // A row has its strip beside the others of its kind, whether or not curves hang on it.
  const curves = [{ title: 't', label: 'n', unit: 's', x: [1, 2], series: [] }];
  assert.match(others([{ title: 'A', rows: [{ ...row, curves }] }]).join(''), /<span>reads<\/span>/);
  const machine = { cores: 2, model: 'a cpu', system: 'Linux 6', load: 0.1, browser: 'Chromium 1', node: 'v20', rustc: null, commit: null, changed: false, date: '2026-01-01' };
  assert.match(report({ machine, versions: {}, quick: false, share: 1, seconds: 90, groups: [{ name: 'a', title: 'A', seconds: 3, rows: [row] }] }), /Limit: a copy of &lt;it&gt;<\/p>/);
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
  assert.match(drawn, /<g class="rival projected">(<line class="path"[^>]*>){2}\n/);
  assert.equal(drawn.match(/class="path"/g)?.length, 3);
  for (const said of ['Many &lt;readers&gt;', 'law (not measured)', '150 [130, 170]', '<td>–</td>', 'so &amp; so']) assert.ok(drawn.includes(said), said);
  assert.doesNotMatch(drawn, /undefined|NaN|null/);
  // Rates go up where they are higher: y is measured from the top.
  const [low, high] = [...drawn.matchAll(/<circle cx="[^"]*" cy="([^"]*)"/g)].map(([, y]) => Number(y));
  assert.ok(high < low);
});

test('a wrong protocol has a cross and a dashed line, in curves, pictures and legends', () => {
  const drawn = String(picture({ title: 't', label: 'n', unit: 's', x: [1, 2], goal: 9, series: [
    { name: 'v4', values: [1, 2], low: [null, null], high: [null, null] },
    { name: 'tang-gu (wrong)', wrong: true, values: [2, 3], low: [null, null], high: [null, null] },
  ] }, ''));
  assert.equal(drawn.match(/<path class="cross"/g)?.length, 2);
  assert.equal(drawn.match(/<circle/g)?.length, 2);
  assert.match(drawn, /<g class="rival wrong"><line class="path"/);
  assert.match(drawn, /<span class="rival wrong">tang-gu \(wrong\)<\/span>/);
  assert.match(drawn, /class="goal"/);
  assert.match(drawn, /target: at most 9 s/);
  const plot = { picture: 'p', group: 'g', line: 'x (wrong)', kind: /** @type {const} */ ('rival'), wrong: true };
  const marks = rivals([ofValues({ name: 'a', values: [1, 2], unit: 's', how: '', plot })]).join('');
  assert.match(marks, /of a protocol that is wrong[^]*class="cross"/);
});

test('a target about the worst of all values is drawn by that one', () => {
  const drawn = String(targets([ofWorst({ name: 'w', values: [1, 2, 50], unit: 'ms', how: '', atMost: 100 })]));
  const [cx, whisker] = [drawn.match(/<circle cx="([^"]*)"/)?.[1], drawn.match(/class="whisker" x1="([^"]*)" x2="([^"]*)"/)];
  assert.ok(cx === whisker?.[1] || cx === whisker?.[2]);
  assert.match(drawn, /50 ms/);
});

test('rows that differ are called differently where their targets are', () => {
  const row = (/** @type {string} */ name, /** @type {string} */ of) => ofValues({ name, values: [1], unit: '', how: '', ratio: { of, values: [1] } });
  const names = [row('read in each frame: 2 readers', 'over a page that waits'), row('read in each frame: 1 reader', 'over a page that waits'), row('reading, batch 8: rtrb', 'ours over rtrb')].map(subjectOf);
  assert.deepEqual(names, ['read in each frame: 2 readers, over a page that waits', 'read in each frame: 1 reader, over a page that waits', 'reading, batch 8: ours over rtrb']);
});

test('what is in no other picture has one, by its unit', () => {
  const row = (/** @type {string} */ name, /** @type {string} */ unit) => ofValues({ name, values: [1, 2], unit, how: '' });
  const plotted = ofValues({ name: 'c', values: [1, 2], unit: 'ns', how: '', plot: { picture: 'p', group: 'g', line: 'l', kind: 'ours' } });
  const drawn = others([{ title: 'frames', rows: [row('a', 'ms'), row('b', 'ms'), row('kept', 'kB'), plotted] }]).map(String);
  assert.equal(drawn.length, 2);
  assert.match(drawn[0], /<h2>Frames, ms<\/h2>[^]*>a<[^]*>b</);
});

test('what one run leaves out is kept from earlier ones, and says so', () => {
  const rows = [ofValues({ name: 'old', values: [1], unit: 's', how: '' })];
  const machine = { date: '2026-01-01', commit: 'abcdefabcdefabcdef' };
  const measured = { name: 'limits', title: 'L', seconds: 1, rows };
  const earlier = (/** @type {string} */ name) => (name === 'size' ? { title: 'S', seconds: 2, rows, machine, quick: true } : name === 'frames' ? { title: 'F', seconds: 3, rows, machine, quick: false, share: 0.234 } : name === 'limits' ? { title: 'older', seconds: 9, rows, machine } : null);
  const groups = withKept([measured], earlier);
  assert.deepEqual(groups.map(({ name, title, kept }) => [name, title, kept?.quick]), [['limits', 'L', undefined], ['frames', 'F', false], ['size', 'S', true]]);
  const about = { cores: 2, model: null, system: '', load: 0, browser: 'C', node: 'v20', rustc: null, commit: null, changed: false, date: '2026-02-02' };
  const page = report({ machine: about, versions: {}, quick: false, share: 1, seconds: 1, groups });
  assert.match(page, /Kept from earlier runs, and not measured in this one: F; S\./);
  assert.match(page, /kept from 2026-01-01, built from abcdefabcdef, --quick/);
  assert.match(page, /kept from 2026-01-01, built from abcdefabcdef, 23 % of the rounds/);
});

test('a soak is drawn if there was one', () => {
  const points = [1, 2, 3].map((i) => ({ at: i * 20, events: i * 1000, held: { heap: 3e6, dom: 4e6, wasm: 2e6, nodes: 5, listeners: 5, workers: 3 } }));
  const about = { cores: 2, model: null, system: '', load: 0, browser: 'C 1', node: 'v20', rustc: null, commit: null, changed: false, date: '2026-02-02' };
  const result = { machine: about, versions: {}, quick: false, share: 1, seconds: 1, groups: [] };
  assert.doesNotMatch(report(result), /The page over/);
  const page = report({ ...result, soak: { machine: about, minutes: 10, long: points, many: points, wrong: ['heap has grown'], bounds: 'none' } });
  for (const said of ['The page over 10 minutes', 'MISSED', 'heap has grown', 'JavaScript’s heap', 'wasm memory']) assert.ok(page.includes(said), said);
  assert.doesNotMatch(page, /undefined|NaN|\[object/);
});
