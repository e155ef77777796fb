/** The page as a visitor has it: what is on it, and what can be done to it. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { By } = createRequire(import.meta.url)('selenium-webdriver');
const PICTURES = new URL('../../dist/screenshots/', import.meta.url);

export class Page {
  /** @param {import('./browsers.mjs').Browser} browser  @param {string} url */
  constructor(browser, url) {
    this.browser = browser;
    this.driver = browser.driver;
    this.url = url;
  }

  /** @param {string} [link] query and fragment  @param {string} [state] of the lab that is awaited */
  async open(link = '', state = 'ready') {
    // A page that differs only in its fragment would not be loaded again.
    await this.driver.get('about:blank');
    await this.driver.get(this.url + link);
    await this.lab(state);
    await this.browser.watchPage?.();
  }

  /** Waits for the lab: loading, ready, running or failed. @param {string} state @param {number} [ms] */
  lab(state, ms = 60_000) {
    return this.until(`the lab is ${state}`, ms, (wanted) => document.documentElement.dataset.lab === wanted, state);
  }

  /**
   * Runs a function in the page. It may return a promise, and may use nothing but its arguments.
   *
   * @template {unknown[]} Args
   * @template Value
   * @param {(...args: Args) => Value} work
   * @param {Args} args
   * @returns {Promise<Awaited<Value>>} as JSON
   */
  async call(work, ...args) {
    const script = `
      const done = arguments[arguments.length - 1];
      Promise.resolve([...arguments].slice(0, -1)).then((args) => (${work})(...args))
        .then((value) => done({ value }), (error) => done({ error: String(error?.name) + ': ' + String(error?.message ?? error) + '\\n' + error?.stack }));`;
    const { value, error } = await this.driver.executeAsyncScript(script, ...args);
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  }

  /**
   * Waits until a function in the page gives something true; the failure says what was on the page.
   *
   * @template {unknown[]} Args
   * @template Value
   * @param {string} what
   * @param {number} ms
   * @param {(...args: Args) => Value} look
   * @param {Args} args
   * @returns {Promise<Exclude<Awaited<Value>, false | null | undefined>>}
   */
  async until(what, ms, look, ...args) {
    const end = Date.now() + ms;
    for (;;) {
      // While a page loads there may be nothing to ask.
      const value = await this.call(look, ...args).catch((error) => (Date.now() > end ? Promise.reject(error) : undefined));
      if (value) return /** @type {Exclude<Awaited<Value>, false | null | undefined>} */ (value);
      if (Date.now() > end) assert.fail(`not within ${ms} ms: ${what}.\n${await this.shown()}`);
      await sleep(50);
    }
  }

  /** @param {string} selector @returns {Promise<string>} its text; empty if it is hidden or not there */
  text(selector) {
    return this.call((css) => /** @type {HTMLElement | null} */ (document.querySelector(css))?.innerText ?? '', selector);
  }

  /** Waits until an element's text matches. @param {string} selector @param {RegExp} pattern @param {number} [ms] */
  says(selector, pattern, ms = 20_000) {
    return this.until(`${selector} says ${pattern}`, ms, (css, source, flags) => {
      const text = /** @type {HTMLElement | null} */ (document.querySelector(css))?.innerText ?? '';
      return new RegExp(source, flags).test(text) && text;
    }, selector, pattern.source, pattern.flags);
  }

  /** A real click, in the middle of the element. @param {string} selector */
  async click(selector) {
    const element = await this.driver.findElement(By.css(selector));
    await this.driver.executeScript('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', element);
    await element.click();
  }

  /** Keys to whatever has the focus. @param {...string} keys */
  async keys(...keys) {
    for (const key of keys) await this.driver.actions().sendKeys(key).perform();
  }

  /** Chooses a protocol by its card. @param {string} name */
  choose(name) {
    return this.click(`label.card:has(input[value="${name}"])`);
  }

  /** Chooses a scenario from the list. @param {string} name */
  pick(name) {
    return this.click(`label.scenario:has(input[value="${name}"])`);
  }

  /** What the lab says of itself, as the page has it. @returns {Promise<any>} */
  description() {
    return this.call(async () => {
      const { createLab } = await import(new URL('lib/index.js', document.baseURI).href);
      const lab = await createLab();
      const { scenarios, protocols, parts, fields, kinds } = lab;
      await lab.dispose();
      return { scenarios, protocols, parts, fields, kinds };
    });
  }

  /** What the visitor reads in the tile. @param {string} name */
  tile(name) {
    return this.text(`[data-tile="${name}"]`);
  }

  /** Events that the tile shows. */
  async events() {
    const note = await this.tile('events');
    return Number((/([\d,]+) in all/.exec(note)?.[1] ?? '0').replaceAll(',', ''));
  }

  /** Starts a run, which may be over before anybody has looked: a damaged ring may let nobody go on. */
  async begin() {
    const before = await this.text('#status');
    await this.click('#run');
    await this.until('it runs, or has run', 20_000, (before) => {
      const status = /** @type {HTMLElement} */ (document.querySelector('#status')).innerText;
      return document.documentElement.dataset.lab === 'running' || (status !== before && / after /.test(status));
    }, before);
  }

  /** Starts a run, and waits until it reads events. */
  async run() {
    await this.begin();
    await this.until('events are read', 30_000, () => {
      const tile = /** @type {HTMLElement | null} */ (document.querySelector('[data-tile="events"]'));
      return /[1-9][\d,]* in all/.test(tile?.innerText ?? '');
    });
  }

  async stop() {
    await this.click('#stop');
    await this.lab('ready', 20_000);
  }

  /** Everything that a failed test wants to know. */
  async shown() {
    const text = await this.call(() => `${location.href}\nlab: ${document.documentElement.dataset.lab}\n${document.body?.innerText}`).catch(String);
    const errors = await this.browser.consoleErrors().catch(() => []);
    return `The page shows:\n${text.slice(0, 6000).replace(/^/gm, '  | ')}\nconsole errors: ${errors.join('\n') || 'none'}`;
  }

  /** @param {string} name */
  async screenshot(name) {
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(new URL(`${this.browser.name}-${name}.png`, PICTURES), await this.driver.takeScreenshot(), 'base64');
  }

  async assertNoConsoleErrors() {
    assert.deepEqual(await this.browser.consoleErrors(), [], 'console errors');
  }
}
