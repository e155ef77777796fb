/** The Prove and Matrix views in Chromium over the real search: what is known of the fix is what they say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

describe('the real search in the page', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  /** @param {RegExp} word */
  async function search(word) {
    await page.click('#run');
    await page.says('#verdict-word', word, 90_000);
    await page.lab('ready');
  }

  test('each broken preset breaks, v4 is proved, and the miniature has its classes', { timeout: 900_000 }, async () => {
    const { protocols, scenarios } = await page.open('?view=prove').then(() => page.description());
    for (const scenario of scenarios.filter((/** @type {any} */ { protocols: own }) => !own).slice(0, 3)) {
      for (const { name } of protocols) {
        const expected = scenario.expected[name]?.outcome;
        if (!['broken', 'deadlock', 'holds'].includes(expected)) continue;
        await page.open(`?view=prove&scenario=${scenario.name}&protocol=${name}`);
        await search(expected === 'holds' ? /Proved for this bound/ : /Violated/);
        if (expected === 'holds') continue;
        const rows = await page.until('the trace is drawn', 20_000, () => document.querySelectorAll('#trace [data-step]').length);
        assert.ok(rows > 3, `${scenario.name} under ${name}: ${rows} steps`);
      }
    }
    await page.open('?view=prove&scenario=miniature&protocol=racy&engine=traces&whole=on&sizes.reads=2&sizes.migrations=2');
    await search(/Violated/);
    assert.match(await page.text('#verdict'), /executions\s+23\s+of them broken\s+12/);
    await page.assertNoConsoleErrors();
  });

  test('a deadlock is drawn, stepped through, and gone another way', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&scenario=abba&protocol=v1');
    await search(/Violated/);
    await page.says('#deadlock', /2 threads wait for each other/);
    await page.says('#trace-title', /Counterexample/);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await page.keys('\uE011');
    assert.equal(await page.text('#state-title'), 'State before step 1');
    const ways = await page.until('ways are known', 5_000, () => !/** @type {Element} */ (document.querySelector('#ways')).hasAttribute('aria-busy') && document.querySelectorAll('#ways button:not(.same)').length);
    assert.ok(ways >= 1);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#ways button:not(.same)')).click());
    await page.says('#trace-title', /^Your own way$/);
    await page.click('#undo');
    await page.says('#trace-title', /Counterexample/);
    await page.assertNoConsoleErrors();
  });

  test('a migration that is refused for ever: the schedule is that of the search, and its link too', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&scenario=starvation&protocol=v4&engine=starvation');
    await search(/Violated/);
    const looks = () => page.until('a refused trylock', 10_000, () => {
      const labels = [...document.querySelectorAll('#trace [data-step] .label')].map((label) => label.textContent);
      return labels.some((label) => /refused/.test(label)) && document.querySelectorAll('#trace .cycle').length === 1 && labels.length;
    });
    const before = await looks();
    await page.says('#trace-title', /^A fair schedule that repeats for ever$/);
    const said = () => page.call(() => [...document.querySelectorAll('#trace .cycle, #trace .end-words')].map((part) => part.textContent || part.getAttribute('y1')));
    const drawn = await said();
    assert.match(drawn.join(), /this can go on for ?ever/);
    const link = new URL(await page.until('the address says so', 5_000, () => /&cycle=\d+&step=/.test(location.hash) && location.href));
    // Whatever else the settings say: only threads without end repeat anything.
    const other = new URL(link);
    other.searchParams.delete('engine');
    for (const { href } of [link, other]) {
      await page.open(href.slice(page.url.length));
      assert.equal(await looks(), before);
      assert.equal(await page.text('#trace-title'), 'A fair schedule that repeats for ever, from a link');
      assert.deepEqual(await said(), drawn);
      assert.equal(await page.call(() => document.querySelector('#trace-misfit')), null);
    }
    // As links were before: a trace without a loop.
    await page.open(link.href.slice(page.url.length).replace(/&cycle=\d+/, ''));
    await page.says('#trace-title', /^A trace from a link$/);
    assert.equal(await page.call(() => document.querySelector('#trace .cycle')), null);
    // One that names another beginning of the loop.
    await page.open(link.href.slice(page.url.length).replace(/&cycle=\d+/, '&cycle=1'));
    await page.says('#trace-misfit', /said to repeat for ever from move 1 on/);
    assert.equal(await page.call(() => document.querySelector('#trace .cycle')), null);
    await page.assertNoConsoleErrors();
  });

  test('a trace that is taken to another protocol says that it does not fit', { timeout: 120_000 }, async () => {
    for (const [scenario, protocol] of [['lost-head', 'linux-3.12'], ['abba', 'v1'], ['double-put', 'linux-3.12']]) {
      await page.open(`?view=prove&scenario=${scenario}&protocol=${protocol}`);
      await search(/Violated/);
      const [own, moved] = await page.call(async () => {
        const { Trace, createLab } = await import(new URL('lib/index.js', document.baseURI).href);
        const lab = await createLab();
        const query = new URLSearchParams(location.search);
        const { violation } = await lab.explore({ scenario: query.get('scenario') ?? 'lost-head', protocol: query.get('protocol') ?? 'linux-3.12' });
        await lab.dispose();
        const base = new URL('?view=prove', document.baseURI);
        return [violation.trace.toURL(base), Trace.fromJSON({ ...violation.trace.toJSON(), protocol: 'v4' }).toURL(base)];
      });
      await page.open(own.slice(page.url.length));
      await page.says('#trace-title', /from a link/);
      assert.equal(await page.call(() => document.querySelector('#trace-misfit')), null, scenario);
      await page.open(moved.slice(page.url.length));
      await page.says('#trace-misfit', /does not fit the protocol any more[^]*(Step \d+, of|Move \d+, of|Now nothing is)/);
    }
    await page.assertNoConsoleErrors();
  });

  test('the nearest good schedule: where it departs is in sight, in both pictures', { timeout: 120_000 }, async () => {
    await page.open('?view=prove');
    await search(/Violated/);
    await page.says('#trace-title', /Counterexample/);
    await page.click('#nearest');
    await page.says('#nearest-words', /departs in 1 place/);
    await page.until('both are in sight', 5_000, () => ['#nearest-bad', '#nearest-good'].every((css) => {
      const { step } = /** @type {SVGElement} */ (document.querySelector('#nearest-good .marked')).dataset;
      const box = /** @type {Element} */ (document.querySelector(`${css} .proof-scroll`)).getBoundingClientRect();
      const row = /** @type {Element} */ (document.querySelector(`${css} [data-step="${step}"] .box`)).getBoundingClientRect();
      return row.top > box.top && row.bottom < box.bottom;
    }));
    // What the good one does there, the bad one does later: too late.
    const steps = await page.call(() => ['#nearest-good', '#nearest-bad'].map((css) => Number(/** @type {SVGElement} */ (document.querySelector(`${css} .marked`)).dataset.step)));
    assert.ok(steps[0] < steps[1], steps.join());
    assert.deepEqual(await page.call(() => ['#nearest-good', '#nearest-bad'].map((css) => /** @type {Element} */ (document.querySelector(`${css} .marked .label`)).textContent)), Array(2).fill('store ring->head in frame 0'));
  });

  test('a trace is forced on threads, breaks there, and cannot be followed under v4', { timeout: 120_000 }, async () => {
    await page.open('?view=prove');
    await search(/Violated/);
    await page.says('#trace-title', /Counterexample/);
    await page.click('#force');
    await page.says('#force-report', /broke 100 of 100/, 60_000);
    await page.click('#force-fix');
    const said = await page.says('#force-refused', /could not be followed under v4 beyond move \d+/, 60_000);
    await page.click('#force-refused button');
    const move = Number(/** @type {RegExpExecArray} */ (/move (\d+)/.exec(said))[1]);
    assert.ok((await page.call(() => Number(/** @type {HTMLInputElement} */ (document.querySelector('#trace-slider')).value))) <= move);
    await page.assertNoConsoleErrors();
  });

  test('the link of a trace brings it back at its step', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&scenario=starvation&protocol=v4&engine=starvation');
    await search(/Violated/);
    await page.says('#trace-title', /repeats for ever/);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await page.keys('\uE011', '\uE015', '\uE015');
    await page.until('the address says so', 5_000, () => location.hash.endsWith('&step=3'));
    const [link, text] = [await page.driver.getCurrentUrl(), await page.call(() => /** @type {Element} */ (document.querySelector('.trace-text')).textContent)];
    await page.open(link.slice(page.url.length));
    await page.says('#trace-title', /from a link/);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('.trace-text')).textContent), text);
    assert.equal(await page.call(() => Number(/** @type {HTMLInputElement} */ (document.querySelector('#trace-slider')).value)), 2);
    assert.equal(await page.call(() => document.querySelector('#trace-misfit')), null);
    await page.assertNoConsoleErrors();
  });

  test('the matrix fills in, and a broken cell opens its shortest trace', { timeout: 900_000 }, async () => {
    await page.open('?view=matrix');
    await page.click('#run');
    await page.says('#status', /^Finished\. [\d,]+ cells/, 200_000);
    const { columns, scenarios } = await page.call(async () => {
      const { createLab } = await import(new URL('lib/index.js', document.baseURI).href);
      /** @type {import('../www/lib/index.js').Lab} */
      const lab = await createLab();
      const counts = { columns: lab.columns.length, scenarios: lab.scenarios.filter(({ protocols }) => !protocols).length };
      await lab.dispose();
      return counts;
    });
    assert.equal(await page.call(() => document.querySelectorAll('#matrix .cell').length), columns * scenarios);
    const outcome = (/** @type {string} */ scenario, /** @type {string} */ parts) => page.call((scenario, parts) => {
      const x = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#matrix thead th'))].findIndex((head) => head.dataset.parts === parts);
      const row = /** @type {Element} */ (document.querySelector(`tr[data-scenario="${scenario}"]`));
      return /** @type {HTMLElement} */ (row.children[x]).dataset.cell;
    }, scenario, parts);
    assert.equal(await outcome('lost-head', 'ringLock=none'), 'broken');
    assert.equal(await outcome('abba', 'ringLock=block'), 'deadlock');
    const steps = await page.call(() => {
      const cell = /** @type {HTMLElement} */ (document.querySelector('tr[data-scenario=lost-head] td[data-cell=broken] a'));
      const note = /** @type {Element} */ (cell.querySelector('.cell-note')).textContent;
      const steps = Number(/** @type {RegExpExecArray} */ (/\d+/.exec(note))[0]);
      cell.click();
      return steps;
    });
    await page.says('#trace-title', /shortest counterexample/);
    assert.equal(await page.call(() => new Set([.../** @type {NodeListOf<SVGElement>} */ (document.querySelectorAll('#trace [data-step]'))].map((row) => row.dataset.step)).size) <= steps, true);
    assert.match(await page.text('#trace-words'), /\S/);
    await page.assertNoConsoleErrors();
  });
});
