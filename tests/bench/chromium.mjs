/** Chromium, driven through its driver, on pages that this machine serves. */
import { fileURLToPath } from 'node:url';

import { serve } from '../../.build/serve.mjs';
import { launch } from '../support/browsers.mjs';
import { Page } from '../support/page.mjs';

/** How long one measurement may take before it counts as hung. */
const SCRIPT_MS = 30 * 60_000;

export async function startChromium() {
  const server = await serve({ root: fileURLToPath(new URL('../../dist', import.meta.url)) });
  const browser = await launch('chromium');
  await browser.driver.manage().setTimeouts({ script: SCRIPT_MS });
  return new Chromium(server, browser);
}

export class Chromium {
  #server;
  #driver;

  /** @param {{ url: string, close: () => Promise<void> }} server  @param {import('../support/browsers.mjs').Browser} browser */
  constructor(server, browser) {
    this.#server = server;
    this.#driver = browser.driver;
    /** The page that visitors have. */
    this.site = new Page(browser, `${server.url}site/`);
  }

  /** @returns {Promise<string>} */
  async version() {
    const capabilities = await this.#driver.getCapabilities();
    return `Chromium ${capabilities.get('browserVersion')}`;
  }

  /** @returns {Promise<number>} of this machine, as a page sees them */
  cores() {
    return this.call('() => navigator.hardwareConcurrency');
  }

  /** @param {string} path below dist */
  async open(path) {
    await this.#driver.get(new URL(path, this.#server.url).href);
  }

  /** Away from whatever runs. */
  leave() {
    return this.#driver.get('about:blank');
  }

  /** @param {string} command  @param {object} [parameters]  @returns {Promise<any>} */
  devtools(command, parameters) {
    return this.#driver.sendAndGetDevToolsCommand(command, parameters);
  }

  /**
   * Runs a script in each page before the page's own.
   *
   * @param {string} source
   * @returns {Promise<() => Promise<void>>} ends it
   */
  async inEveryPage(source) {
    const { identifier } = await this.devtools('Page.addScriptToEvaluateOnNewDocument', { source });
    return async () => {
      await this.devtools('Page.removeScriptToEvaluateOnNewDocument', { identifier });
    };
  }

  /** Runs a function of the page's; it may return a promise. @param {string} source  @param {unknown[]} args  @returns {Promise<any>} */
  async call(source, ...args) {
    const script = `
      const done = arguments[arguments.length - 1];
      const args = [...arguments].slice(0, -1);
      Promise.resolve().then(() => (${source})(...args))
        .then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await this.#driver.executeAsyncScript(script, ...args);
    if (error) throw new Error(error);
    return value;
  }

  /**
   * What an expression comes to in the page; it may be a promise. Nothing of it stays there: of what `call` returns the driver
   * keeps every object alive in the page, which then seems to leak.
   *
   * @param {string} expression
   */
  async value(expression) {
    const { result, exceptionDetails } = await this.devtools('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** The bench's page, ready. */
  async openBench() {
    await this.open('bench/page.html');
    const isolated = await this.call(`async () => {
      while (!globalThis.bench) await new Promise((resolve) => setTimeout(resolve, 20));
      return bench.isolated;
    }`);
    if (!isolated) throw new Error('the page is not isolated: the headers are missing');
  }

  /**
   * Samples in the Worker, rounds in the given order.
   *
   * @param {{ batch: number, ms: number, rounds: string[][] }} question
   * @returns {Promise<Record<string, number>[]>} nanoseconds a unit
   */
  sample(question) {
    return this.call(`(question) => bench.ask('sample', question)`, question);
  }

  /**
   * Samples of what two Workers do.
   *
   * @param {{ batch: number, ms: number, rounds: string[][] }} question
   * @returns {Promise<Record<string, number>[]>} nanoseconds a unit
   */
  samplePairs(question) {
    return this.call('(question) => bench.pairs(question)', question);
  }

  async close() {
    await this.#driver.quit().catch(() => {});
    await this.#server.close();
  }
}
