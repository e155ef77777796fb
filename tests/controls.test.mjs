/** The page's controls in Chromium: by keyboard alone, and as a link that brings them back. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

const { By, Key } = createRequire(import.meta.url)('selenium-webdriver');

describe('controls in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium');
  const chosen = (name = 'protocol') => page.call((name) => /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=${name}]:checked`))?.value, name);
  const valuesOf = (/** @type {string[]} */ names) =>
    page.call((names) => Object.fromEntries(names.map((/** @type {string} */ name) => [name, /** @type {HTMLInputElement | HTMLSelectElement | null} */ (document.querySelector(`[name="${name}"]`))?.value])), names);
  const query = async () => Object.fromEntries(new URL(await page.driver.getCurrentUrl()).searchParams);

  /** Presses Tab until the focus is there. @param {string} selector */
  async function tabTo(selector) {
    for (let i = 0; i < 80; i++) {
      if (await page.call((css) => document.activeElement?.matches(css), selector)) return;
      await page.keys(Key.TAB);
    }
    assert.fail(`Tab does not reach ${selector}.\n${await page.shown()}`);
  }

  test('keys alone choose v4, start and stop', { timeout: 120_000 }, async () => {
    await page.open();
    await tabTo('input[name=protocol]');
    for (let i = 0; i < 10 && (await chosen()) !== 'v4'; i++) await page.keys(Key.ARROW_RIGHT);
    assert.equal(await chosen(), 'v4');
    await tabTo('#run');
    await page.keys(Key.ENTER);
    await page.lab('running', 20_000);
    await page.until('events are read', 20_000, () => /[1-9][\d,]* in all/.test(String(/** @type {HTMLElement | null} */ (document.querySelector('[data-tile=events]'))?.innerText)));
    await tabTo('#stop');
    await page.keys(Key.SPACE);
    await page.lab('ready', 20_000);
    assert.match(await page.text('#status'), /^Stopped after .* no corruption observed/);
    assert.equal(await page.call(() => document.activeElement?.id), 'stop', 'the focus went elsewhere');
  });

  test('Control+Enter starts, Escape stops', { timeout: 120_000 }, async () => {
    await page.open();
    await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
    await page.lab('running', 20_000);
    await page.keys(Key.ESCAPE);
    await page.lab('ready', 20_000);
    assert.match(await page.text('#status'), /^Stopped after/);
  });

  test('settings stand in the address and come back from it', { timeout: 120_000 }, async () => {
    await page.open();
    await page.choose('tang-gu');
    await page.call(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    const wanted = { readers: '3', migrators: '2', completers: '1', seed: '77', durationMs: '1234' };
    for (const [name, value] of Object.entries(wanted)) {
      const input = await page.driver.findElement(By.css(`input[name="${name}"]`));
      await input.sendKeys(Key.chord(Key.CONTROL, 'a'), value);
    }
    await page.call(() => {
      const select = /** @type {HTMLSelectElement} */ (document.querySelector('select[name=page]'));
      select.value = 'random';
      select.dispatchEvent(new Event('input', { bubbles: true }));
    });
    const link = new URL(await page.driver.getCurrentUrl());
    assert.deepEqual(Object.fromEntries(link.searchParams), { protocol: 'tang-gu', ...wanted, page: 'random' });
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.equal(await chosen(), 'tang-gu');
    assert.deepEqual(await valuesOf([...Object.keys(wanted), 'page']), { ...wanted, page: 'random' });
    assert.equal(await page.driver.getCurrentUrl(), link.href);
  });

  test('a custom protocol stands in the address too', { timeout: 120_000 }, async () => {
    await page.open('?protocol=custom&part.ringLock=none&part.completionLock=false&durationMs=500');
    assert.equal(await chosen(), 'custom');
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#part-identityCheck')).click());
    const link = new URL(await page.driver.getCurrentUrl());
    await page.driver.navigate().refresh();
    await page.lab('ready');
    const parts = await page.call(() => [/** @type {HTMLSelectElement} */ (document.querySelector('#part-ringLock')).value, ...['completionLock', 'identityCheck'].map((name) => /** @type {HTMLInputElement} */ (document.querySelector(`#part-${name}`)).checked)]);
    assert.deepEqual(parts, ['none', false, false]);
    assert.equal(link.searchParams.get('part.identityCheck'), 'false');
    await page.click('#run');
    // Without so many parts it may well hang before its time is over.
    await page.says('#status', /after .*: [\d,]+ events, .* corruption/);
  });

  test('a value out of range is said at its field, and nothing starts', { timeout: 120_000 }, async () => {
    await page.open();
    const input = await page.driver.findElement(By.css('input[name="readers"]'));
    await input.sendKeys(Key.chord(Key.CONTROL, 'a'), '65');
    await page.click('#run');
    await page.says('#status', /Not started/);
    assert.match(await page.text('#field-readers-error'), /0 to 64/);
    assert.equal(await page.call(() => document.activeElement?.id), 'field-readers');
    assert.equal(await page.call(() => document.documentElement.dataset.lab), 'ready');
    await page.assertNoConsoleErrors();
  });

  test('keys alone choose a scenario', { timeout: 120_000 }, async () => {
    await page.open();
    await tabTo('input[name=scenario]');
    for (let i = 0; i < 20 && (await chosen('scenario')) !== 'abba'; i++) await page.keys(Key.ARROW_DOWN);
    assert.equal(await chosen('scenario'), 'abba');
    assert.equal((await query()).scenario, 'abba');
    assert.match(await page.text('#scenario-about'), /mmap_sem/);
  });

  test('a scenario sets the fields, and what is changed afterwards stays in the address', { timeout: 120_000 }, async () => {
    await page.open('?seed=9&ringEvents=500');
    const { scenarios: all, fields } = await page.description();
    const scenarios = all.filter((/** @type {any} */ { protocols: own }) => !own);
    const names = fields.map((/** @type {any} */ field) => field.name);
    // The first one last: it is chosen already.
    for (const scenario of [...scenarios].reverse()) {
      await page.pick(scenario.name);
      const usual = Object.fromEntries(fields.map((/** @type {any} */ field) => [field.name, String(scenario.settings[field.name] ?? field.default)]));
      assert.deepEqual(await valuesOf(names), usual, scenario.name);
      assert.deepEqual(await query(), scenario === scenarios[0] ? {} : { scenario: scenario.name });
    }
    await page.pick('abba');
    const input = await page.driver.findElement(By.css('input[name="readers"]'));
    await input.sendKeys(Key.chord(Key.CONTROL, 'a'), '3');
    assert.deepEqual(await query(), { scenario: 'abba', readers: '3' });
    await page.driver.navigate().refresh();
    await page.lab('ready');
    assert.deepEqual([await chosen('scenario'), (await valuesOf(['readers'])).readers], ['abba', '3']);
    await page.pick('lost-head');
    assert.deepEqual(await query(), {});
  });

  test('a scenario for the model only is shown with the reason, and does not run', { timeout: 120_000 }, async () => {
    await page.open();
    const model = (await page.description()).scenarios.find((/** @type {any} */ scenario) => !scenario.onThreads);
    await page.pick(model.name);
    assert.ok((await page.text('#scenario-about')).includes(model.note));
    assert.match(await page.text('#status'), /model only/);
    await page.click('#run');
    assert.equal(await page.call(() => document.documentElement.dataset.lab), 'ready');
    await page.open(`?scenario=${model.name}`);
    assert.equal(await page.call(() => /** @type {Element} */ (document.querySelector('#run')).getAttribute('aria-disabled')), 'true');
    await page.pick('lost-head');
    await page.says('#status', /^Ready/);
    await page.run();
    await page.stop();
    await page.assertNoConsoleErrors();
  });

  test('rows and cards say what the table expects, and observations are told apart from it', { timeout: 180_000 }, async () => {
    await page.open();
    const { scenarios: all, protocols } = await page.description();
    // The miniature has protocols of its own: it is for Prove only.
    const scenarios = all.filter((/** @type {any} */ { protocols: own }) => !own);
    const shown = await page.call((/** @type {string[]} */ protocols, /** @type {string[]} */ scenarios) => {
      const at = (/** @type {string} */ css) => /** @type {HTMLElement} */ (document.querySelector(css));
      const cells = [];
      for (const protocol of protocols) {
        at(`input[name=protocol][value="${protocol}"]`).click();
        for (const scenario of scenarios) {
          at(`input[name=scenario][value="${scenario}"]`).click();
          cells.push({
            cell: `${scenario} under ${protocol}`,
            row: at(`label.scenario:has([value="${scenario}"]) [data-outcome]`).dataset.outcome,
            card: at(`#protocol-${protocol.replace(/[^\w-]/g, '_')}-expected`).dataset.outcome,
            said: at('#scenario-expected').textContent,
          });
        }
      }
      return cells;
    }, protocols.map((/** @type {any} */ { name }) => name), scenarios.map((/** @type {any} */ { name }) => name));
    assert.equal(shown.length, scenarios.length * 7);
    for (const { cell, row, card, said } of shown) {
      const [scenario, protocol] = cell.split(' under ');
      const { outcome, reason } = scenarios.find((/** @type {any} */ known) => known.name === scenario).expected[protocol];
      assert.deepEqual([row, card], [outcome, outcome], cell);
      assert.ok(said.startsWith('Expected under ') && said.endsWith(reason), `${cell}: ${said}`);
    }
    await page.open('?protocol=v4&durationMs=700');
    await page.click('#run');
    await page.says('#face-off', /no breach observed in [\d,]+ events[^]*as expected/);
    assert.match(await page.text('#face-off'), /Expected under v4\s+holds/);
  });

  test('custom begins as v4, in groups, and says which preset it is', { timeout: 120_000 }, async () => {
    await page.open();
    await page.choose('custom');
    const { parts, protocols, scenarios } = await page.description();
    const groups = await page.call(() => [...document.querySelectorAll('.part-group')].map((group) => [
      /** @type {HTMLElement} */ (document.getElementById(/** @type {string} */ (group.getAttribute('aria-labelledby')))).textContent, ...[.../** @type {NodeListOf<HTMLInputElement>} */ (group.querySelectorAll('[name^="part."]'))].map((input) => input.name.slice(5))]));
    assert.deepEqual(groups.map((/** @type {string[]} */ [title]) => title), ['Migration', 'Setup', 'Teardown', 'Readers', 'Mutants']);
    const roles = ['migration', 'setup', 'teardown', 'reader', 'mutant'];
    roles.forEach((role, i) => assert.deepEqual(groups[i].slice(1), parts.filter((/** @type {any} */ part) => part.role === role).map((/** @type {any} */ part) => part.name)));
    const same = () => page.text('.custom-parts .panel-head p');
    assert.equal(await same(), `These are the parts of ${protocols.at(-1).title}.`);
    for (const { title } of protocols) {
      await page.call((title) => /** @type {HTMLElement} */ ([...document.querySelectorAll('.custom-parts button')].find((button) => button.textContent === title)).click(), title);
      assert.equal(await same(), `These are the parts of ${title}.`);
    }
    await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#part-wrongFramePut')).click());
    assert.match(await same(), /no preset/);
    // A change of v4 that the table knows sets its parts, and its expectation.
    const scenario = scenarios.find((/** @type {any} */ known) => known.brokenBy.length > 0);
    await page.pick(scenario.name);
    await page.choose('v4');
    const [{ label, outcome, reason }] = scenario.brokenBy;
    await page.call((label) => /** @type {HTMLElement} */ (document.querySelector(`[data-way="${CSS.escape(label)}"]`)).click(), label);
    assert.equal(await chosen(), 'custom');
    assert.ok((await page.call(() => /** @type {Element} */ (document.querySelector('#scenario-expected')).textContent)).endsWith(reason));
    assert.equal(await page.call(() => /** @type {HTMLElement} */ (document.querySelector('#protocol-custom-expected')).dataset.outcome), outcome);
  });
});
