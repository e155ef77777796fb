/** The Prove view in Chromium, over a small search whose findings are known beforehand (`fake/prove/`). */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { Trace } from '../www/lib/trace.js';
import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';
import { fakeSite } from './support/fake-site.mjs';

const { By, Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('proving in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root: missing('chromium') ? undefined : fakeSite('prove') });
  const query = async () => Object.fromEntries(new URL(await page.driver.getCurrentUrl()).searchParams);
  const hash = async () => new URL(await page.driver.getCurrentUrl()).hash;
  const press = (/** @type {string[]} */ ...keys) => page.keys(...keys);
  const count = (/** @type {string} */ css) => page.call((css) => document.querySelectorAll(css).length, css);
  const shown = (/** @type {string} */ css) => page.call((css) => /** @type {Element} */ (document.querySelector(css)).checkVisibility(), css);
  const position = () => page.call(() => Number(/** @type {HTMLInputElement} */ (document.querySelector('#trace-slider')).value));
  const rest = () => page.until('the address has the trace', 5_000, () => location.hash.includes('trace='));
  const put = (/** @type {string} */ name, /** @type {string} */ value) => page.call((name, value) => {
    const input = /** @type {HTMLInputElement | HTMLSelectElement} */ (document.querySelector(`[name="${name}"]`));
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, name, value);

  /** Searches, and waits for the verdict. @param {RegExp} word */
  async function search(word) {
    await page.click('#run');
    await page.says('#verdict-word', word);
    await page.lab('ready');
  }

  async function violated(link = '?view=prove') {
    await page.open(link);
    await search(/Violated/);
    await page.until('the trace is drawn', 5_000, () => document.querySelectorAll('#trace .row[data-step], #trace [data-step]').length > 0);
  }

  /** A counterexample at its first state, from where there is another way. */
  async function violatedAtItsStart() {
    await violated();
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await press(Key.HOME);
    await page.until('ways are known', 5_000, () => !/** @type {Element} */ (document.querySelector('#ways')).hasAttribute('aria-busy') && document.querySelector('#ways button:not(.same)'));
  }

  test('the three outcomes have three words and three colours', { timeout: 120_000 }, async () => {
    const looks = [];
    for (const [link, word] of /** @type {[string, RegExp][]} */ ([['?view=prove', /^✗ Violated$/], ['?view=prove&protocol=v4', /^✓ Proved for this bound$/], ['?view=prove&protocol=v4&engine=pct', /^… Not decided/]])) {
      await page.open(link);
      await search(word);
      looks.push(await page.call(() => getComputedStyle(/** @type {Element} */ (document.querySelector('#verdict-word'))).backgroundColor));
      assert.match(await page.text('#verdict-covers'), /Every interleaving of 1 reader/);
      assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#verdict [role=status]')).contains(document.querySelector('#verdict-word'))), true);
    }
    assert.equal(new Set(looks).size, 3, looks.join());
    assert.match(await page.text('#detection'), /one run finds it with a probability of at least 0\.0041, and 1,000 runs together with at least 98 %/);
    assert.match(await page.text('#verdict'), /that is no proof/);
    await page.assertNoConsoleErrors();
  });

  test('what is searched stands in the address and comes back from it', { timeout: 120_000 }, async () => {
    await page.open('?view=prove');
    await page.pick('write-after-free');
    await page.choose('tang-gu');
    await put('sizes.readers', '2');
    await put('engine', 'pct');
    await put('depth', '4');
    await put('bounds.count', '500');
    const wanted = { view: 'prove', scenario: 'write-after-free', protocol: 'tang-gu', 'sizes.readers': '2', engine: 'pct', depth: '4', 'bounds.count': '500' };
    assert.deepEqual(await query(), wanted);
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.deepEqual(await query(), wanted);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.querySelector('[name="bounds.count"]')).value), '500');
    // PCT knows no preemption bound and no fairness, and runs on one thread.
    assert.deepEqual(await page.call(() => ['depth', 'seed', 'fairness', 'bounds.preemptions', 'threads'].map((name) => /** @type {HTMLElement} */ (document.querySelector(`[data-field="${name}"]`)).hidden)), [false, false, true, true, true]);
  });

  test('the miniature has its own protocols, and sizes; others have theirs again', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&scenario=miniature&protocol=trylock&sizes.reads=3');
    const cards = () => page.call(() => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=protocol]'))].map((input) => `${input.value}${input.checked ? '*' : ''}`));
    assert.deepEqual(await cards(), ['racy', 'spinlock', 'trylock*', 'trylock-ignored']);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.querySelector('[name="sizes.reads"]')).value), '3');
    await search(/Proved/);
    await page.pick('lost-head');
    assert.deepEqual((await cards()).slice(0, 2), ['linux-3.12*', 'linux-3.13']);
    assert.match(await page.text('#verdict-of'), /miniature.*The settings have been changed since/i);
    assert.deepEqual(await query(), { view: 'prove' });
  });

  test('a part of one’s own is searched', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&protocol=custom');
    await search(/Proved/);
    await page.call(() => {
      const input = /** @type {HTMLSelectElement} */ (document.querySelector('[name="part.ringLock"]'));
      input.value = 'none';
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await search(/Violated/);
    assert.equal((await query())['part.ringLock'], 'none');
  });

  test('a search that is on can be cancelled, which decides nothing', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&protocol=v4');
    await page.call(() => { globalThis.slowSearch = 60_000; });
    await page.click('#run');
    await page.says('[data-tile=found]', /\d/);
    for (const name of ['rate', 'depth', 'memory', 'time']) assert.match(await page.tile(name), /\d/, name);
    await press(Key.ESCAPE);
    await page.says('#status', /^Cancelled: nothing is decided/);
    assert.equal(await page.text('#verdict'), '');
    await page.call(() => { globalThis.slowSearch = 0; });
    await search(/Proved/);
    await page.assertNoConsoleErrors();
  });

  test('an estimate, and a size that is out of range', { timeout: 120_000 }, async () => {
    await page.open('?view=prove');
    await page.click('#estimate');
    await page.says('#estimate-words', /about 457 schedules/);
    await put('sizes.readers', '77');
    assert.equal(await page.text('#estimate-words'), '');
    await page.click('#run');
    await page.says('#status', /^Not started: a setting is out of range/);
    assert.match(await page.text('[id="field-sizes.readers-error"]'), /Must be an integer from 1 to 4/);
    assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.activeElement).name), 'sizes.readers');
  });

  test('keys, slider and clicks go through the trace, and the state goes along', { timeout: 120_000 }, async () => {
    await violated();
    const steps = await count('#trace [data-step]');
    assert.equal(steps, 11);
    assert.equal(await position(), 11);
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await press(Key.ARROW_UP);
    assert.equal(await position(), 10);
    await press(Key.HOME);
    assert.equal(await position(), 0);
    assert.equal(await count('#trace .later'), steps);
    await press(Key.ARROW_RIGHT, Key.ARROW_DOWN);
    assert.equal(await position(), 2);
    assert.deepEqual(await page.call(() => [.../** @type {NodeListOf<SVGElement>} */ (document.querySelectorAll('#trace .now[data-step]'))].map((row) => Number(row.dataset.step))), [2]);
    await press(Key.PAGE_DOWN);
    assert.equal(await position(), 11);
    await press(Key.PAGE_UP, Key.PAGE_UP);
    assert.equal(await position(), 0);
    await press(Key.END);
    assert.equal(await page.text('#state-title'), 'State at the end');
    // The picture itself takes keys too, once it has the focus.
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace .proof-scroll')).focus());
    await press(Key.ARROW_UP);
    assert.equal(await position(), 10);
    await page.call(() => /** @type {Element} */ (document.querySelector('#trace [data-step="1"] .label')).dispatchEvent(new MouseEvent('click', { bubbles: true })));
    assert.equal(await position(), 1);
    assert.equal(await page.text('#state-title'), 'State before step 2');
    assert.match(await page.text('#trace-step'), /^Next: step 2 of 11, reader 1: load ring_pages\[0\]; reads frame 0/);
    assert.equal(await page.call(() => /** @type {string} */ (/** @type {Element} */ (document.querySelector('#trace-slider')).getAttribute('aria-valuetext')).startsWith('Step 2 of 11, reader 1')), true);
    // Step 1 took the lock: that is what changed.
    assert.deepEqual(await page.call(() => [...document.querySelectorAll('#trace-state .changed')].map((cell) => cell.textContent)), ['reader 1', 'load ring_pages[0]', 'ring_lock']);
    assert.deepEqual(await page.call(() => [...document.querySelectorAll('.program-steps .now .program-label')].map((label) => label.textContent)), ['load ring_pages[0]']);
    assert.equal(await count('#trace .row.lost .lost-words'), 1);
    assert.equal(await count('#trace .held'), 1);
    await page.assertNoConsoleErrors();
  });

  test('five hundred steps: a step changes some classes, and nothing is drawn anew', { timeout: 120_000 }, async () => {
    await page.open('?view=prove');
    const seen = await page.call(async () => {
      const { LanePicture } = await import(new URL('page/prove-lanes.js', document.baseURI).href);
      const { Timeline } = await import(new URL('page/prove-timeline.js', document.baseURI).href);
      const steps = Array.from({ length: 500 }, (_, move) => ({ thread: move % 4, move, role: 'reader', label: `store ring_pages[${move}]`, source: '', writes: String(move) }));
      const schedule = steps.map(({ thread }) => [thread, 0]);
      const threads = ['a', 'b', 'c', 'd'];
      const picture = new LanePicture('x');
      /** @type {Element} */ (document.querySelector('#results')).append(picture.element);
      picture.show(new Timeline({ trace: { steps, schedule, threads, functions: [], scenario: '', protocol: '', complete: true } }), {}, 500);
      const svg = picture.element.querySelector('svg');
      /** @type {MutationRecord[]} */
      const records = [];
      const observer = new MutationObserver((list) => records.push(...list));
      observer.observe(svg, { subtree: true, childList: true, attributes: true, characterData: true });
      picture.goTo(499);
      await Promise.resolve();
      const one = records.length;
      for (let k = 498; k >= 0; k -= 1) picture.goTo(k);
      await Promise.resolve();
      const kinds = new Set(records.map(({ type, attributeName }) => `${type} ${attributeName}`));
      return { one, all: records.length, kinds: [...kinds], same: picture.element.querySelector('svg') === svg, rows: svg.querySelectorAll('[data-step]').length };
    });
    assert.deepEqual({ ...seen, one: 0, all: 0 }, { one: 0, all: 0, kinds: ['attributes class'], same: true, rows: 500 });
    assert.ok(seen.one <= 4 && seen.all <= 4 * 500, JSON.stringify(seen));
  });

  test('another way: what can happen is offered, is taken, and can be undone', { timeout: 120_000 }, async () => {
    await violated();
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await press(Key.HOME);
    const ways = () => page.until('ways are known', 5_000, () => !/** @type {Element} */ (document.querySelector('#ways')).hasAttribute('aria-busy') && [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#ways button'))].map((button) => button.innerText.replace(/\s+/g, ' ')));
    const first = await ways();
    assert.equal(first.length, 2);
    const [same, other] = first[0].includes('as in the trace') ? first : [first[1], first[0]];
    assert.match(same, /as in the trace$/);
    await page.call((text) => /** @type {HTMLElement} */ ([.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#ways button'))].find((button) => button.innerText.replace(/\s+/g, ' ') === text)).click(), other);
    await page.says('#trace-title', /^Your own way$/);
    assert.equal(await count('#trace [data-step]'), 1);
    assert.equal(await shown('#force-panel'), false, 'nothing is broken, so there is nothing to force');
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#ways button')).click());
    await page.until('two steps', 5_000, () => document.querySelectorAll('#trace [data-step]').length === 2);
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys('z').keyUp(Key.CONTROL).perform();
    await page.until('one step', 5_000, () => document.querySelectorAll('#trace [data-step]').length === 1);
    await page.click('#undo');
    await page.says('#trace-title', /^Counterexample/);
    assert.equal(await position(), 0);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#undo')).getAttribute('aria-disabled')), 'true');
    await page.click('#redo');
    await page.says('#trace-title', /^Your own way$/);
    await page.click('#undo');
    await page.says('#trace-title', /^Counterexample/);
    // The step that the trace takes anyway is a step, not another way.
    await ways();
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#ways .same')).click());
    assert.equal(await position(), 1);
    assert.equal(await page.text('#trace-title'), 'Counterexample: I1');
    await page.assertNoConsoleErrors();
  });

  test('a way that is pressed twice is undone at once', { timeout: 120_000 }, async () => {
    await violatedAtItsStart();
    await page.call(() => {
      const way = /** @type {HTMLElement} */ (document.querySelector('#ways button:not(.same)'));
      way.click();
      way.click();
    });
    await page.says('#trace-title', /^Your own way$/);
    await page.until('it can be undone', 5_000, () => !/** @type {Element} */ (document.querySelector('#undo')).hasAttribute('aria-disabled'));
    await page.click('#undo');
    await page.says('#trace-title', /^Counterexample/);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#undo')).getAttribute('aria-disabled')), 'true');
  });

  test('a way back that fails is said, and can be tried again', { timeout: 120_000 }, async () => {
    await violatedAtItsStart();
    await page.call(() => {
      /** @type {any} */ (globalThis).unhandled = 0;
      addEventListener('unhandledrejection', () => (/** @type {any} */ (globalThis).unhandled += 1));
      /** @type {HTMLElement} */ (document.querySelector('#ways button:not(.same)')).click();
    });
    await page.says('#trace-title', /^Your own way$/);
    await page.until('it can be undone', 5_000, () => !/** @type {Element} */ (document.querySelector('#undo')).hasAttribute('aria-disabled'));
    await page.call(() => { globalThis.brokenExamine = true; });
    await page.click('#undo');
    await page.says('#trace', /the search is out of order/);
    assert.equal(await page.text('#trace-title'), 'Your own way');
    await page.call(() => { globalThis.brokenExamine = false; });
    await page.click('#undo');
    await page.says('#trace-title', /^Counterexample/);
    await page.until('one can go forth again, and no further back', 5_000, () => /** @type {Element} */ (document.querySelector('#undo')).hasAttribute('aria-disabled') && !/** @type {Element} */ (document.querySelector('#redo')).hasAttribute('aria-disabled'));
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).unhandled), 0);
  });

  test('what is to be seen stays in sight when the picture is drawn anew', { timeout: 60_000 }, async () => {
    await page.open('?view=prove');
    const seen = await page.call(async () => {
      const { LanePicture } = await import(new URL('page/prove-lanes.js', document.baseURI).href);
      const { Timeline } = await import(new URL('page/prove-timeline.js', document.baseURI).href);
      const steps = Array.from({ length: 200 }, (_, move) => ({ thread: move % 2, move, role: 'reader', label: `store ring_pages[${move}]`, source: '' }));
      const picture = new LanePicture('x');
      /** @type {Element} */ (document.querySelector('#results')).append(picture.element);
      picture.show(new Timeline({ trace: { steps, schedule: steps.map(({ thread }) => [thread, 0]), threads: ['a', 'b'], functions: [], scenario: '', protocol: '', complete: true } }), {}, 200);
      picture.reveal(37);
      const frames = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const sight = () => {
        const box = picture.element.querySelector('.proof-scroll').getBoundingClientRect();
        const row = picture.element.querySelector('[data-step="37"] .box').getBoundingClientRect();
        return row.top > box.top && row.bottom < box.bottom;
      };
      const drawn = () => picture.element.querySelector('svg');
      await frames();
      const [before, first] = [sight(), drawn()];
      // As a scroll bar does it.
      picture.element.style.width = `${picture.element.clientWidth - 20}px`;
      await frames();
      return { before, anew: drawn() !== first, after: sight() };
    });
    assert.deepEqual(seen, { before: true, anew: true, after: true });
  });

  test('a lock that is held for reading names its readers', { timeout: 60_000 }, async () => {
    await page.open('?view=prove');
    const said = await page.call(async () => {
      const { stateAt } = await import(new URL('page/prove-state.js', document.baseURI).href);
      const { Timeline } = await import(new URL('page/prove-timeline.js', document.baseURI).href);
      const view = (/** @type {string[][]} */ ...holds) => ({ threads: holds.map((each) => ({ standing: 'ready', holds: each })), locks: [{ name: 'mmap_sem', owner: null, readers: holds.flat().length }] });
      const views = [view([], [], []), view([], ['mmap_sem'], []), view([], ['mmap_sem'], ['mmap_sem'])];
      const steps = [1, 2].map((thread, move) => ({ thread, move, role: '', label: 'down_read(mmap_sem)', source: '' }));
      const timeline = new Timeline({ trace: { steps, schedule: [[1, 0], [2, 0]], threads: ['setup 1', 'migrator 1', 'migrator 2'], functions: [], scenario: '', protocol: '', complete: true }, views });
      return [0, 1, 2].map((position) => stateAt(timeline, position).map((/** @type {Element} */ node) => node.querySelector('tbody')).find((/** @type {Element | null} */ body) => body?.textContent.startsWith('mmap_sem')).querySelector('td').textContent);
    });
    assert.deepEqual(said, ['nobody', 'migrator 1, reading', 'migrator 1, migrator 2, reading']);
  });

  test('the locks shine through the step that the mouse is at', { timeout: 60_000 }, async () => {
    await violated();
    const hit = await page.driver.findElement(By.css('#trace [data-step="2"] .number'));
    await page.driver.actions().move({ origin: hit }).perform();
    const fill = await page.until('it is lit', 5_000, () => {
      const { fill } = getComputedStyle(/** @type {Element} */ (document.querySelector('#trace [data-step="2"] .hit')));
      return fill !== 'rgba(0, 0, 0, 0)' && fill;
    });
    assert.match(fill, /\/ 0\.(0|1)\d*\)$|, 0\.(0|1)\d*\)$/, fill);
  });

  test('each thread’s program stands beside the lanes where there is room, and below them where there is not', { timeout: 60_000 }, async () => {
    const place = async (/** @type {number} */ width) => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
      return page.call(() => {
        const [lanes, programs] = ['#trace .proof-lanes', '#trace .proof-programs'].map((css) => /** @type {Element} */ (document.querySelector(css)).getBoundingClientRect());
        const places = [...document.querySelectorAll('.program-steps .step-source')].every((source) => /\.rs:\d+$/.test(source.textContent));
        return { beside: programs.left >= lanes.right && programs.top < lanes.bottom, below: programs.top >= lanes.bottom, places };
      });
    };
    try {
      await violated();
      assert.deepEqual(await place(1400), { beside: true, below: false, places: true });
      assert.deepEqual(await place(1000), { beside: false, below: true, places: true });
      assert.deepEqual(await place(500), { beside: false, below: true, places: true });
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });

  test('by hand from the start to the end', { timeout: 120_000 }, async () => {
    await page.open('?view=prove&protocol=v4');
    await page.click('#by-hand');
    await page.says('#trace-title', /^Your own way$/);
    for (let n = 1; n <= 30 && (await count('#ways button')) > 0; n++) {
      await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#ways button')).click());
      await page.until(`${n} steps`, 5_000, (n) => document.querySelectorAll('#trace [data-step]').length === n, n);
    }
    assert.match(await page.text('#trace'), /No thread can go on here/);
    assert.match(await page.call(() => /** @type {Element} */ (document.querySelector('#trace .end-words')).textContent), /All threads have come to their end. Nothing is broken/);
  });

  test('a link reopens the trace at its step', { timeout: 120_000 }, async () => {
    await violated();
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
    await press(Key.HOME, Key.ARROW_DOWN, Key.ARROW_DOWN, Key.ARROW_DOWN);
    await page.until('the address says so', 5_000, () => location.hash.endsWith('&step=4'));
    const [link, text] = [await page.driver.getCurrentUrl(), await page.call(() => /** @type {Element} */ (document.querySelector('.trace-text')).textContent)];
    // Even where the settings in the link are others: the trace knows its own.
    const other = new URL(link);
    other.search = '?view=prove&scenario=miniature';
    for (const url of [link, other.href]) {
      await page.open(url.slice(page.url.length));
      await page.says('#trace-title', /^A trace from a link$/);
      assert.equal(await position(), 3);
      assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('.trace-text')).textContent), text);
      assert.equal(await page.call(() => /** @type {HTMLInputElement} */ (document.querySelector('input[name=scenario]:checked')).value), 'lost-head');
      assert.match(await page.text('#trace-words'), /I1: 1 event was delivered/);
    }
    await search(/Violated/);
    assert.ok(!(await page.text('#trace-title')).includes('link'));
    await page.assertNoConsoleErrors();
  });

  /** The fragment of a link to a trace without steps. */
  const packed = (/** @type {any} */ more) => {
    const data = { scenario: 'lost-head', protocol: 'linux-3.12', sizes: {}, schedule: [[0, 0]], threads: ['reader 1', 'migrator 1'], functions: [], steps: [], complete: true, ...more };
    return new URL(new Trace(data).toURL('http://localhost/')).hash;
  };

  test('a trace that does not fit any more says where, and shows what does', { timeout: 120_000 }, async () => {
    // v4's migrator is refused where that of 3.12 went on.
    await page.open(`?view=prove${packed({ protocol: 'v4', schedule: [[0, 0], [1, 0], [1, 0], [0, 0]] })}`);
    const said = await page.says('#trace-misfit', /does not fit the protocol any more/);
    assert.match(said, /Move 3, of migrator 1, cannot be made: Migrator 1 waits for ring_lock\. Everything up to it is shown/);
    assert.equal(await count('#trace [data-step]'), 2);
    await page.assertNoConsoleErrors();
  });

  test('a trace whose moves are all possible, and do something else, says where', { timeout: 120_000 }, async () => {
    await violated();
    await rest();
    const link = await page.driver.getCurrentUrl();
    const { protocol, ...recorded } = Trace.fromURL(link).toJSON();
    const open = async (/** @type {any} */ more) => {
      await page.open(`?view=prove${new URL(new Trace({ protocol, ...recorded, ...more }).toURL('http://localhost/')).hash}`);
      await page.says('#trace-title', /^A trace from a link$/);
      return page.text('#trace-words');
    };
    assert.doesNotMatch(await open({}), /does not fit/);
    // Under v4 the migrator tries a lock first: from its first step on all is different.
    assert.match(await open({ protocol: 'v4' }), /does not fit the protocol any more[^]*Step \d+, of migrator 1, was recorded as “allocate a page, writes frame 1, in migrate\.rs”; it is “trylock\(ring_lock\)/);
    const forged = recorded.steps.map((step, i) => (i === 3 ? { ...step, label: 'load nothing' } : step));
    assert.match(await open({ steps: forged }), /does not fit the protocol any more\s+Step 4, of \w+ 1, was recorded as “load nothing/);
    assert.match(await open({ breaks: 'deadlock' }), /something else than what it was recorded for/);
    await page.assertNoConsoleErrors();
  });

  test('a trace that is said to repeat for ever, and does not, says so', { timeout: 60_000 }, async () => {
    await page.open(`?view=prove${packed({ schedule: [[0, 0], [0, 0]] })}&cycle=1`);
    await page.says('#trace-misfit', /is said to repeat for ever from move 1 on; but at its end things are not as they were there/);
    assert.equal(await page.text('#trace-title'), 'A trace from a link');
    assert.equal(await count('#trace .cycle'), 0);
    // Nor is it said again.
    await page.until('the address brings back what is shown', 5_000, () => location.hash.includes('step=') && !location.hash.includes('cycle='));
    await page.assertNoConsoleErrors();
  });

  const wrong = {
    'cut off': packed({}).slice(0, -7),
    'of another version': '#trace=99.AAAA',
    'of an unknown scenario': packed({ scenario: 'no-such-scenario' }),
    'of an unknown protocol': packed({ protocol: 'v99' }),
    'of impossible sizes': packed({ sizes: { readers: 1000 } }),
    'with markup': `#trace=2.${Buffer.from('["<img src=x onerror=\'globalThis.broken=1\'>"]').toString('base64url')}`,
    'much too long': `#trace=1.${'A'.repeat(250_000)}`,
    'recorded on threads': packed({ schedule: [] }),
    'as a damaged schedule': '#schedule=0-1-x',
    'as a schedule that goes a way that no step has': '#schedule=0-999.999',
    'with a cycle of no move': `${packed({})}&cycle=0`,
    'with a cycle beyond its end': `${packed({})}&cycle=2`,
    'with a cycle that was cut off': `${packed({})}&cycle=`,
    'with a hostile cycle': `${packed({})}&cycle=${encodeURIComponent('<img src=x onerror="globalThis.broken=1">')}&step=1`,
    'as a hostile schedule': `#schedule=${encodeURIComponent('<script>globalThis.broken=1</script>')}`,
  };
  for (const [name, link] of Object.entries(wrong)) {
    test(`a trace ${name} is refused calmly`, { timeout: 60_000 }, async () => {
      await page.open(`?view=prove${link}`);
      const said = await page.says('#trace-problem', /The trace in this link cannot be shown/);
      assert.ok(said.length < 700, said);
      // What is whole, but of something unknown, was not cut.
      assert.equal(/may have cut it/.test(said), ['cut off', 'of another version', 'with markup', 'much too long'].includes(name), said);
      assert.equal(await shown('#trace'), false);
      assert.equal(await page.text('#status'), 'Ready.');
      assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
      await search(/Violated/);
      await page.assertNoConsoleErrors();
    });
  }

  test('hostile parameters are ignored with a note', { timeout: 60_000 }, async () => {
    const markup = '<img src=x onerror="globalThis.broken=1">';
    const asked = { scenario: markup, protocol: markup, engine: markup, 'sizes.readers': '1e9', 'bounds.steps': '-1', 'bounds.preemptions': '7', fairness: 'none', depth: '99', 'part.ringLock': 'perhaps', 'part.__proto__': '1', 'parts.ringLock': 'evil' };
    await page.open(`?${new URLSearchParams({ view: 'prove', ...asked })}`);
    const note = await page.says('#link-notes', /ignored/);
    for (const name of Object.keys(asked)) assert.ok(note.includes(name), `no word of ${name}: ${note}`);
    assert.deepEqual(await query(), { view: 'prove' });
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
    await search(/Violated/);
    await page.assertNoConsoleErrors();
  });

  test('the nearest good schedule stands beside it, and what is elsewhere is marked', { timeout: 60_000 }, async () => {
    await violated();
    await page.click('#nearest');
    await page.says('#nearest-words', /departs in 2 places; 2 steps out of turn, marked/);
    assert.equal(await count('#nearest-good [data-step]'), 11);
    assert.equal(await count('#nearest-good .marked'), 2);
    assert.equal(await count('#nearest-bad [data-step]'), 11);
    // The same steps, wherever they are there.
    const labels = (/** @type {string} */ css) => page.call((css) => [...document.querySelectorAll(css)].map((row) => /** @type {Element} */ (row.querySelector('.label')).textContent).sort(), css);
    assert.deepEqual(await labels('#nearest-bad .marked'), await labels('#nearest-good .marked'));
    assert.match(await page.call(() => /** @type {Element} */ (document.querySelector('#nearest-bad .end-words')).textContent), /^I1/);
    assert.match(await page.call(() => /** @type {Element} */ (document.querySelector('#nearest-good .end-words')).textContent), /^Nothing is broken/);
    const places = async (/** @type {number} */ width) => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width, height: 600, deviceScaleFactor: 1, mobile: false });
      return page.call(() => ['#nearest-bad', '#nearest-good'].map((css) => Math.round(/** @type {Element} */ (document.querySelector(css)).getBoundingClientRect().top)));
    };
    try {
      const [left, right] = await places(1400);
      assert.equal(left, right);
      const scrolled = await page.call(async () => {
        const [bad, good] = ['#nearest-bad', '#nearest-good'].map((css) => /** @type {HTMLElement} */ (document.querySelector(`${css} .proof-scroll`)));
        bad.style.maxHeight = good.style.maxHeight = '120px';
        const both = [];
        for (const [here, there, to] of /** @type {[Element, Element, number][]} */ ([[bad, good, 40], [good, bad, 70], [bad, good, 0]])) {
          here.scrollTop = to;
          await new Promise((resolve) => setTimeout(resolve, 100));
          both.push([here.scrollTop, there.scrollTop]);
        }
        return both;
      });
      assert.deepEqual(scrolled, [[40, 40], [70, 70], [0, 0]]);
      const [upper, lower] = await places(500);
      assert.ok(lower > upper + 100, `${upper}, ${lower}`);
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });

  test('the search for the nearest good schedule is cancelled by its button, by Escape, and by whatever else is asked', { timeout: 120_000 }, async () => {
    await violated();
    const slow = (/** @type {number} */ ms) => page.call((ms) => { globalThis.slowSearch = ms; }, ms);
    const focused = () => page.call(() => /** @type {Element} */ (document.activeElement).id);
    const begin = async () => {
      await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#nearest')).focus());
      await press(Key.ENTER);
      await page.says('#nearest-words', /^Searching/);
      assert.equal(await shown('#nearest-cancel'), true);
    };
    await slow(60_000);
    await begin();
    await press(Key.TAB);
    assert.equal(await focused(), 'nearest-cancel');
    await press(Key.ENTER);
    await page.says('#nearest-words', /^Cancelled: there may be one\.$/);
    assert.equal(await shown('#nearest-cancel'), false);
    // The button is gone, the focus is not.
    assert.equal(await focused(), 'nearest');
    await begin();
    await press(Key.ESCAPE);
    await page.says('#nearest-words', /^Cancelled/);
    await begin();
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#by-hand')).click());
    await page.says('#trace-title', /^Your own way$/);
    await page.until('it is over', 5_000, () => /** @type {HTMLElement} */ (document.querySelector('#nearest-cancel')).hidden);
    await slow(0);
    await violated();
    await slow(60_000);
    await begin();
    await page.driver.findElement(By.linkText('Matrix')).click();
    await page.until('it is over', 5_000, () => !document.querySelector('#nearest') && globalThis.fakeLab.asked.nearest === 0);
    await page.assertNoConsoleErrors();
  });

  test('forced on threads, and refused under v4', { timeout: 60_000 }, async () => {
    await violated();
    await page.call(() => { /** @type {HTMLSelectElement} */ (document.querySelector('#force-times')).value = '1000'; });
    await page.click('#force');
    assert.match(await page.says('#force-report', /broke 1,000 of 1,000/), /Followed to the end 1,000 of 1,000 \(100 %\)/);
    await page.click('#force-fix');
    const said = await page.says('#force-refused', /could not be followed under v4 beyond move 7, where migrator 1 stood before trylock\(ring_lock\)\. Reader 1 holds it\./);
    assert.match(await page.text('#force-report'), /^not followed once in 1,000 attempts under v4/, said);
    await page.click('#force-refused button');
    assert.equal(await position(), 6);
    assert.deepEqual(await page.call(() => globalThis.fakeLab.asked.replay), [{ times: 1000, protocol: null }, { times: 1000, protocol: 'v4' }]);
  });

  test('where threads cannot show it, the page says why and does nothing', { timeout: 60_000 }, async () => {
    await violated('?view=prove&scenario=starvation&protocol=linux-3.12');
    assert.match(await page.text('#force-reason'), /is for the model only/);
    await page.click('#force');
    assert.deepEqual(await page.call(() => globalThis.fakeLab.asked.replay), []);
  });

  test('SVG, PNG, text and JSON', { timeout: 60_000 }, async () => {
    await violated();
    const files = await page.call(async () => {
      /** @type {Blob[]} */
      const blobs = [];
      const real = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        blobs.push(/** @type {Blob} */ (blob));
        return real.call(URL, blob);
      };
      for (const kind of ['svg', 'png', 'txt', 'json']) {
        /** @type {HTMLElement} */ (document.querySelector(`[data-export=${kind}]`)).click();
        for (let i = 0; i < 100 && blobs.length < ['svg', 'png', 'txt', 'json'].indexOf(kind) + 1; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      URL.createObjectURL = real;
      const [svg, png, txt, json] = blobs;
      const text = await svg.text();
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      const bitmap = await createImageBitmap(png);
      return {
        types: blobs.map(({ type }) => type), error: parsed.querySelector('parsererror')?.textContent ?? null, rows: parsed.querySelectorAll('[data-step]').length,
        variables: [...new Set(text.match(/var\(--[\w-]+\)/g))].filter((name) => !text.includes(`${name.slice(4, -1)}:`)), links: /(href|src)=|url\(/.test(text), dim: parsed.querySelectorAll('.later').length,
        heads: [...parsed.querySelectorAll('.head')].map((head) => head.textContent), size: [bitmap.width, bitmap.height], txt: await txt.text(), json: JSON.parse(await json.text()),
      };
    });
    assert.deepEqual(files.types, ['image/svg+xml', 'image/png', 'text/plain', 'application/json']);
    assert.deepEqual([files.error, files.rows, files.variables, files.links, files.dim], [null, 11, [], false, 0]);
    assert.match(files.heads.join(), /reader 1.*migrator 1/);
    assert.ok(files.size[0] > 700 && files.size[1] > 500, files.size.join());
    assert.equal(files.txt, await page.call(() => /** @type {Element} */ (document.querySelector('.trace-text')).textContent));
    assert.equal(files.json.schedule.length, 11);
    await page.assertNoConsoleErrors();
  });

  test('the twin of the picture is a table with all that it shows', { timeout: 60_000 }, async () => {
    await violated();
    await page.call(() => { /** @type {HTMLDetailsElement} */ (document.querySelector('#trace details')).open = true; });
    await page.until('the table is made', 5_000, () => document.querySelectorAll('#trace table.lanes tbody tr').length === 11);
    assert.equal(await count('#trace table.lanes td.lost'), 1);
    assert.deepEqual(await page.call(() => [...document.querySelectorAll('#trace table.lanes thead th')].slice(1).map((head) => /** @type {Node} */ (head.firstChild).textContent)), ['reader 1', 'migrator 1']);
  });

  test('from Race to Prove and back one takes scenario and protocol along', { timeout: 60_000 }, async () => {
    await page.open('?scenario=abba&protocol=v1');
    await page.driver.findElement(By.linkText('Prove')).click();
    await page.until('the view is there', 5_000, () => document.querySelector('#estimate'));
    assert.deepEqual(await query(), { view: 'prove', scenario: 'abba', protocol: 'v1' });
    await page.driver.findElement(By.linkText('Race')).click();
    await page.until('the view is there', 5_000, () => document.querySelector('#first-corruption'));
    assert.deepEqual(await query(), { view: 'race', scenario: 'abba', protocol: 'v1' });
    assert.equal(await hash(), '');
  });

  test('360 pixels wide, nothing sticks out', { timeout: 60_000 }, async () => {
    await page.driver.sendAndGetDevToolsCommand('Emulation.setDeviceMetricsOverride', { width: 360, height: 780, deviceScaleFactor: 1, mobile: true });
    try {
      await violated();
      await page.click('#nearest');
      await page.says('#nearest-words', /departs/);
      assert.ok(await page.call(() => [...document.querySelectorAll('.end-words')].every((words) => words.getBoundingClientRect().right <= /** @type {Element} */ (words.previousElementSibling).getBoundingClientRect().right)));
      // Both lanes are there to be read, and no head of a table is broken within a word.
      assert.ok(await page.call(() => [...document.querySelectorAll('.proof-scroll')].every((box) => box.scrollWidth <= box.clientWidth)));
      assert.deepEqual(await page.call(() => [...document.querySelectorAll('.state-table thead th')].filter((head) => head.clientHeight > 2.2 * parseFloat(getComputedStyle(head).lineHeight) && !/\s/.test(head.textContent)).map((head) => head.textContent)), []);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await rest();
      assert.ok((await page.call(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth))) <= 360);
      await page.call(() => /** @type {Element} */ (document.querySelector('#trace')).scrollIntoView({ block: 'start', behavior: 'instant' }));
      await page.screenshot('prove-narrow');
    } finally {
      await page.driver.sendAndGetDevToolsCommand('Emulation.clearDeviceMetricsOverride');
    }
  });
});
