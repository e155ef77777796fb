/** Links made elsewhere, in Chromium: traces come back, and whatever is wrong or hostile is said calmly. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

/** @param {unknown} packed */
const encode = (packed) => `#trace=2.${Buffer.from(JSON.stringify(packed)).toString('base64url')}`;
/** As `toURL` packs it, with one text to be replaced. @param {string} text */
const trace = (text) => ['race', 'linux-3.12', {}, [], ['reader 1'], ['aio_read_events_ring()'], 1, ['reader', text, 'crate/src/aio/read.rs:1'], [[0, 0, 1, 2, -1, -1, -1, 0, -1]]];

describe('links in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  test('a link to a trace opens that trace', { timeout: 180_000 }, async () => {
    await page.open();
    const { link, steps, text } = await page.call(async () => {
      const { createLab } = await import(new URL('lib/index.js', document.baseURI).href);
      const lab = await createLab();
      for (let tries = 0; tries < 10; tries++) {
        const { firstCorruption } = await lab.run({ protocol: 'linux-3.12', durationMs: 2000 }).report;
        if (!firstCorruption) continue;
        const { trace } = firstCorruption;
        await lab.dispose();
        return { link: trace.toURL(location.href), steps: trace.steps.length, text: trace.toText() };
      }
      throw new Error('no corruption in ten runs');
    });
    await page.open(new URL(link).hash);
    await page.says('#first-corruption', /A trace from a link/);
    assert.equal(await page.call(() => document.querySelectorAll('#first-corruption tbody tr').length), steps);
    assert.equal(await page.call(() => document.querySelector('#first-corruption .trace-text')?.textContent), text);
    await page.assertNoConsoleErrors();
    // Closed, it is gone from the address too.
    await page.call(() => {
      const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('#first-corruption button'));
      const close = [...buttons].find((button) => button.textContent === 'Close');
      /** @type {HTMLButtonElement} */ (close).click();
    });
    assert.ok(!(await page.driver.getCurrentUrl()).includes('trace='));
    assert.equal(await page.text('#first-corruption'), '');
  });

  const wrong = {
    'cut off': encode(trace('load head')).slice(0, -9),
    'not base64': '#trace=2.%%%',
    'empty': '#trace=',
    'of a later version': '#trace=99.AAAA',
    'of an earlier version': '#trace=1.AAAA',
    'much too long': `#trace=2.${'A'.repeat(250_000)}`,
    'with markup': encode(trace('<img src=x onerror="globalThis.broken=1">')),
    'with a control character': encode(trace('load\u202ehead')),
    'of a thread that is not there': encode(['race', 'v4', {}, [], ['a'], [''], 1, ['x'], [[7, 0, 0, 0, -1, -1, -1, 0, -1]]]),
    'in the query': `?trace=2.${'A'.repeat(50)}`,
  };
  for (const [name, link] of Object.entries(wrong)) {
    test(`a trace ${name} is refused calmly`, { timeout: 60_000 }, async () => {
      await page.open(link);
      const said = await page.says('#trace-problem', /The trace in this link cannot be shown/);
      assert.ok(said.length < 600, said);
      assert.equal(await page.text('#first-corruption'), '');
      assert.equal(await page.text('#status'), 'Ready.');
      assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
      await page.assertNoConsoleErrors();
    });
  }

  test('hostile parameters are ignored with a note, and what is good is used', { timeout: 120_000 }, async () => {
    const markup = '<img src=x onerror="globalThis.broken=1">';
    const query = new URLSearchParams({
      scenario: markup, protocol: markup, readers: '-5', migrators: '1e9', completers: '2', seed: 'NaN', page: `"><script>`, durationMs: '1'.repeat(5000),
      'part.__proto__': 'true', 'part.constructor': 'x', 'part.ringLock': 'perhaps', view: markup, toString: '1', unknown: markup,
    });
    await page.open(`?${query}`);
    const note = await page.says('#link-notes', /ignored/);
    for (const name of ['scenario', 'protocol', 'readers', 'migrators', 'seed', 'page', 'durationMs', 'part.ringLock', 'part.__proto__', 'toString', 'unknown']) {
      assert.ok(note.includes(name), `no word of ${name}: ${note}`);
    }
    assert.ok(note.length < 2400, note);
    assert.equal(await page.call(() => /** @type {any} */ (globalThis).broken), null);
    assert.deepEqual(await page.call(() => ['readers', 'completers', 'page'].map((name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (document.querySelector(`[name=${name}]`)).value)), ['1', '2', 'round-robin']);
    assert.equal(await page.call(() => /** @type {any} */ ({}).ringLock), null);
    await page.run();
    await page.stop();
    await page.assertNoConsoleErrors();
  });
});
