/** A browser on the built site, for all tests of one `describe`. */
import { after, before } from 'node:test';

import { serve } from '../../.build/serve.mjs';
import { launch } from './browsers.mjs';
import { Page } from './page.mjs';

/**
 * @param {import('./browsers.mjs').Name} name
 * @param {import('./browsers.mjs').Options & { isolated?: boolean, root?: string | undefined, path?: string }} [options]
 *   isolated: whether the server sends the headers; root: what it serves, the built site by default; path: of the page in there
 * @returns {Page} to be used in tests only
 */
export function pageIn(name, { isolated = true, root, path = '', ...options } = {}) {
  /** @type {Page} */
  const page = Object.create(Page.prototype);
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let server;
  before(async () => {
    server = await serve({ isolated, ...(root && { root }) });
    const browser = await launch(name, options);
    Object.assign(page, new Page(browser, server.url + path));
  }, { timeout: 120_000 });
  after(async () => {
    await page.browser?.close();
    await server?.close();
  }, { timeout: 60_000 });
  return page;
}
