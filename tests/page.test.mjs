/** The page in each browser: a race that shows, a fix under which none does, and what they look like. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

/** @param {string} picture */
const bothFunctions = (picture) => /aio_migratepage\(\)/.test(picture) && /aio_read_events_ring\(\)/.test(picture);

for (const name of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(`the page in ${name}`, { skip: missing(name) }, () => {
    const page = pageIn(name);

    test('loads, isolated, without a console error', { timeout: 120_000 }, async (t) => {
      await page.open();
      t.diagnostic(page.browser.title);
      assert.equal(await page.text('#status'), 'Ready.');
      assert.match(await page.text('#isolation'), /^isolated/);
      assert.match(await page.text('#version'), /Version \d/);
      await page.screenshot('ready');
      await page.assertNoConsoleErrors();
    });

    test('linux-3.12 breaks, and the first corruption is drawn', { timeout: 240_000 }, async (t) => {
      await page.open();
      // The threads' records are short: now and then one of the two has nothing left to show.
      let picture = '';
      for (let tries = 1; tries <= 5 && !bothFunctions(picture); tries++) {
        await page.run();
        await page.until('a corruption is counted', 60_000, () => /** @type {HTMLElement | null} */ (document.querySelector('[data-tile="corruptions"]'))?.dataset.verdict === 'wrong');
        // A ring that is damaged so may come to a point where nobody can go on: then the run is over, before it was looked at or after.
        await page.says('#status', /corruption was observed|corruptions?; the first, /);
        // Long enough for the charts to have a shape.
        await sleep(2_000);
        await page.screenshot('running');
        if (await page.call(() => document.documentElement.dataset.lab === 'running')) await page.stop();
        await page.says('#status', /^(Stopped|Finished|Nobody could go on; ended) after .* the first, /);
        picture = await page.says('#first-corruption', /First corruption/);
        t.diagnostic(await page.text('#status'));
      }
      for (const marked of [await page.tile('events'), await page.tile('migrations'), await page.text('#chart-throughput h2')]) assert.match(marked, /^(Events read|Migrations|Throughput)\s+wrong/);
      assert.match(await page.call(() => document.getElementById('chart-throughput')?.textContent ?? ''), /After .* of linux-3\.12 \(wrong\): .* events a second/);
      assert.ok(bothFunctions(picture), picture);
      assert.match(picture, /lost|free/i, picture);
      await page.call(() => document.getElementById('first-corruption')?.scrollIntoView({ block: 'start', behavior: 'instant' }));
      await page.screenshot('corrupted');
      await page.assertNoConsoleErrors();
    });

    test('v4 does not', { timeout: 120_000 }, async (t) => {
      await page.open();
      await page.choose('v4');
      await page.run();
      await sleep(3_000);
      await page.stop();
      assert.match(await page.text('#status'), /no corruption observed/);
      assert.match(await page.tile('corruptions'), /^Corruptions\s+0\s+not observed in [\d,]+ events/);
      assert.match(await page.tile('first-corruption'), /not observed/);
      for (const unmarked of [await page.tile('events'), await page.text('#chart-throughput h2')]) assert.doesNotMatch(unmarked, /wrong|not searched/);
      assert.equal(await page.text('#first-corruption'), '');
      const kinds = await page.call(() => [...document.querySelectorAll('[data-kind] dd')].map((cell) => cell.textContent));
      assert.ok(kinds.length >= 13 && kinds.every((/** @type {string} */ n) => n === '0'), `by kind: ${kinds}`);
      assert.ok((await page.events()) > 0);
      t.diagnostic(await page.text('#status'));
      await page.call(() => scrollTo({ top: 0, behavior: 'instant' }));
      await page.screenshot('clean');
      await page.assertNoConsoleErrors();
    });
  });
}
