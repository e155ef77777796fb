/**
 * The three browsers, each driven by its own driver from this machine; nothing is downloaded.
 *
 *     const browser = await launch('firefox');
 *     await browser.driver.get(url);
 *     await browser.close();
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

import { tool } from './tools.mjs';
import { startWebKitDriver } from './webkit-driver.mjs';

const require = createRequire(import.meta.url);
const { Builder, logging } = require('selenium-webdriver');
const chrome = require('selenium-webdriver/chrome');
const firefox = require('selenium-webdriver/firefox');
const getLogInspector = require('selenium-webdriver/bidi/logInspector');

/** What a page may take to load, and a script to answer. Tests have their own, shorter deadlines. */
const TIMEOUTS = { pageLoad: 60_000, script: 180_000 };
const ROOT = process.getuid?.() === 0;

/** @typedef {import('selenium-webdriver').WebDriver} WebDriver */
/** @typedef {'chromium' | 'firefox' | 'webkit'} Name */

/**
 * @typedef {object} Browser
 * @property {Name} name
 * @property {string} title with its version
 * @property {WebDriver & { sendAndGetDevToolsCommand(name: string, parameters?: object): Promise<any> }} driver
 *   the DevTools command only in Chromium
 * @property {() => Promise<unknown>} [watchPage] to be called when a page has loaded, where the console cannot be read otherwise
 * @property {() => Promise<string[]>} consoleErrors those since the last call
 * @property {() => Promise<void>} close
 */

/** @typedef {Omit<Browser, 'name' | 'title' | 'driver'> & { driver: WebDriver }} Started */

/** @type {Record<Name, { needs: () => Record<string, string | undefined>, start: (options: Options) => Promise<Started> }>} */
const BROWSERS = {
  chromium: {
    needs: () => ({ chromium: tool('chromium', 'CHROMIUM'), chromedriver: tool('chromedriver', 'CHROMEDRIVER') }),
    start: startChromium,
  },
  firefox: {
    needs: () => ({ firefox: tool('firefox', 'FIREFOX') ?? tool('firefox-esr'), geckodriver: tool('geckodriver', 'GECKODRIVER') }),
    start: startFirefox,
  },
  webkit: {
    needs: () => ({
      WebKitWebDriver: tool('WebKitWebDriver'),
      MiniBrowser: miniBrowser(),
      'a display (xvfb-run)': process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY,
    }),
    start: startWebKit,
  },
};

/**
 * @typedef {object} Options
 * @property {[number, number]} [size] of the window
 * @property {boolean} [sharedMemory] WebKitGTK's SharedArrayBuffer; as shipped it has none
 */

/** @param {Name} name  @returns {string | undefined} why it cannot be had here; to be passed on as a test's `skip` */
export function missing(name) {
  const asked = process.env.AIO_BROWSERS;
  if (asked !== undefined && !asked.split(' ').includes(name)) return `${name} cannot be had here`;
  const lacking = Object.entries(BROWSERS[name].needs()).filter(([, path]) => path === undefined).map(([what]) => what);
  return lacking.length > 0 ? `${name} needs ${lacking.join(' and ')}` : undefined;
}

/**
 * @param {Name} name
 * @param {Options} [options]
 * @returns {Promise<Browser>}
 */
export async function launch(name, options = {}) {
  const started = await BROWSERS[name].start(options);
  await started.driver.manage().setTimeouts(TIMEOUTS);
  const capabilities = await started.driver.getCapabilities();
  const title = `${capabilities.getBrowserName()} ${capabilities.getBrowserVersion()}`;
  return { name, title, ...started, driver: /** @type {Browser['driver']} */ (started.driver) };
}

/** @param {Options} options */
async function startChromium({ size = [1400, 1000] }) {
  const options = new chrome.Options();
  if (ROOT) options.addArguments('--no-sandbox');
  options.addArguments('--headless=new', '--disable-gpu', '--disable-quic', '--no-first-run', `--window-size=${size}`);
  options.addArguments('--disable-background-networking', '--disable-component-update', '--disable-sync');
  const { chromium, chromedriver } = BROWSERS.chromium.needs();
  options.setChromeBinaryPath(/** @type {string} */ (chromium));
  const log = new logging.Preferences();
  log.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  options.setLoggingPrefs(log);
  const service = new chrome.ServiceBuilder(chromedriver);
  const driver = await new Builder().forBrowser('chrome').setChromeOptions(options).setChromeService(service).build();
  return {
    driver,
    async consoleErrors() {
      const entries = await driver.manage().logs().get(logging.Type.BROWSER);
      return entries.filter((entry) => entry.level.value >= logging.Level.SEVERE.value).map((entry) => entry.message);
    },
    close: () => driver.quit(),
  };
}

/** @param {Options} options */
async function startFirefox({ size = [1400, 1000] }) {
  const options = new firefox.Options();
  options.addArguments('-headless', `--width=${size[0]}`, `--height=${size[1]}`);
  options.set('webSocketUrl', true);
  const { firefox: binary, geckodriver } = BROWSERS.firefox.needs();
  options.setBinary(/** @type {string} */ (binary));
  const service = new firefox.ServiceBuilder(geckodriver);
  const driver = await new Builder().forBrowser('firefox').setFirefoxOptions(options).setFirefoxService(service).build();
  return { driver, consoleErrors: await consoleOf(driver), close: () => driver.quit() };
}

/** Over WebDriver BiDi. @param {WebDriver} driver */
async function consoleOf(driver) {
  /** @type {string[]} */
  let errors = [];
  const inspector = await getLogInspector(driver);
  await inspector.onLog((/** @type {{ level: string, text: string }} */ entry) => {
    if (entry.level === 'error') errors.push(entry.text);
  });
  return async () => {
    const now = errors;
    errors = [];
    return now;
  };
}

/** WebKitGTK gives nobody its console: from here on the page's errors are kept in the page. What fails earlier leaves the lab not ready. */
const WATCH = `
  const errors = (globalThis.pageErrors ??= []);
  addEventListener('error', (event) => errors.push(String(event.message)));
  addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
  const { error } = console;
  console.error = (...texts) => { errors.push(texts.join(' ')); error.apply(console, texts); };`;

/** @param {Options} options */
async function startWebKit({ size: [width, height] = [1400, 1000], sharedMemory = true }) {
  const { WebKitWebDriver } = BROWSERS.webkit.needs();
  const server = await startWebKitDriver(/** @type {string} */ (WebKitWebDriver), {
    ...(ROOT && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
    ...(sharedMemory && { JSC_useSharedArrayBuffer: '1' }),
  });
  const capabilities = {
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
  };
  try {
    const driver = await new Builder().usingServer(server.url).withCapabilities(capabilities).build();
    await driver.manage().window().setRect({ width, height });
    return {
      driver,
      watchPage: () => driver.executeScript(WATCH),
      consoleErrors: () => driver.executeScript('return (globalThis.pageErrors ?? []).splice(0)'),
      async close() {
        await driver.quit().catch(() => {});
        server.stop();
      },
    };
  } catch (error) {
    server.stop();
    throw error;
  }
}

/** Debian keeps it among the libraries. */
function miniBrowser() {
  for (const libraries of ['/usr/lib', '/usr/libexec']) {
    for (const folder of [libraries, ...folders(libraries)]) {
      for (const version of ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0']) {
        const found = tool(`${folder}/${version}/MiniBrowser`);
        if (found) return found;
      }
    }
  }
  return undefined;
}

/** @param {string} parent */
function folders(parent) {
  try {
    return readdirSync(parent).filter((name) => name.includes('linux-gnu')).map((name) => `${parent}/${name}`);
  } catch {
    return [];
  }
}
