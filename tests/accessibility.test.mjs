/** What axe finds on the page in Chromium, light and dark: nothing serious. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { drop, saved } from './support/files.mjs';
import { pageIn } from './support/setup.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('accessibility in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');

  /** @param {string} where */
  async function nothingSerious(where) {
    await page.driver.executeScript(axe);
    const found = await page.call(async () => {
      const { axe } = /** @type {{ axe: typeof import('axe-core') }} */ (/** @type {unknown} */ (globalThis));
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} -- ${node.failureSummary}`) }));
    });
    const serious = found.filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(serious, [], `${where}: ${JSON.stringify(serious, null, 2)}`);
    return found.map((/** @type {any} */ { id, impact }) => `${id} (${impact})`);
  }

  for (const scheme of ['light', 'dark']) {
    test(`${scheme}: ready, running, corrupted, deadlocked, custom, for the model only, with notes`, { timeout: 240_000 }, async (t) => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      const lesser = new Set();
      const look = async (/** @type {string} */ where) => (await nothingSerious(`${scheme}, ${where}`)).forEach((/** @type {string} */ id) => lesser.add(id));

      await page.open();
      await look('ready');
      await page.run();
      await page.until('a corruption is counted', 60_000, () => /** @type {HTMLElement | null} */ (document.querySelector('[data-tile="corruptions"]'))?.dataset.verdict === 'wrong');
      await look('running');
      await page.stop();
      await page.says('#first-corruption', /First corruption/);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await look('corrupted, everything open');
      await page.open('?protocol=custom&readers=65&widen=100#trace=2.x');
      await look('custom, notes, window widened');
      await page.open('?scenario=abba&protocol=v1');
      await page.click('#run');
      await page.says('#status', /^Deadlock after/, 30_000);
      await look('deadlocked');
      await page.open('?scenario=starvation');
      await look('for the model only');
      if (lesser.size > 0) t.diagnostic(`less than serious: ${[...lesser].join(', ')}`);
    });

    test(`${scheme}: Prove and Matrix, before, violated, proved, undecided, deadlocked, refused, filled in`, { timeout: 240_000 }, async (t) => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      const lesser = new Set();
      const look = async (/** @type {string} */ where) => (await nothingSerious(`${scheme}, ${where}`)).forEach((/** @type {string} */ id) => lesser.add(id));
      const search = async (/** @type {string} */ link, /** @type {RegExp} */ word) => {
        await page.open(link);
        await page.click('#run');
        await page.says('#verdict-word', word, 60_000);
        await page.lab('ready');
      };

      await page.open('?view=prove&engine=x&sizes.reads=0#trace=1.x');
      await look('Prove, with notes');
      await search('?view=prove', /Violated/);
      await page.says('#trace-title', /Counterexample/);
      await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#trace-slider')).focus());
      await page.keys('\uE013', '\uE013', '\uE013');
      await page.click('#nearest');
      await page.says('#nearest-words', /departs in/, 30_000);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await look('violated, in the middle of the trace, everything open');
      await search('?view=prove&protocol=v4', /Proved/);
      await look('proved');
      await search('?view=prove&protocol=v4&engine=pct', /Not decided/);
      await look('not decided');
      await search('?view=prove&scenario=abba&protocol=v1', /Violated/);
      await look('deadlocked');
      await page.open('?view=matrix');
      await look('Matrix, empty');
      await page.click('#run');
      await page.says('#status', /^Finished/, 120_000);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await look('Matrix, filled in');
      if (lesser.size > 0) t.diagnostic(`less than serious: ${[...lesser].join(', ')}`);
    });

    test(`${scheme}: Compare, before, with notes, measuring, a sweep with everything open, an opened file, a bad one`, { timeout: 240_000 }, async (t) => {
      await page.driver.sendAndGetDevToolsCommand('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      const lesser = new Set();
      const look = async (/** @type {string} */ where) => (await nothingSerious(`${scheme}, ${where}`)).forEach((/** @type {string} */ id) => lesser.add(id));

      await page.open('?view=compare&protocols=x,v4,custom&readers=0');
      await look('Compare, with notes and parts');
      await page.open('?view=compare&protocols=linux-3.12,v4,custom,custom-2&part.completionLock=false&part-2.ringLock=none&sweep=batch&values=1,8&rounds=12&warmupMs=20');
      await page.click('#run');
      await page.says('#origin', /^So far/, 60_000);
      await look('measuring');
      await page.says('#status', /^Finished/, 120_000);
      await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await look('a sweep, everything open');
      await drop(page, '.compare', 'again.json', await saved(page, '[data-export=json]'));
      await page.says('#origin', /^Imported/);
      await drop(page, '.compare', 'bad.json', '{}');
      await page.says('#file-problem', /cannot be shown/);
      await look('a file, and a bad one');
      if (lesser.size > 0) t.diagnostic(`less than serious: ${[...lesser].join(', ')}`);
    });
  }
});
