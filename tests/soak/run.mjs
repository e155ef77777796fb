/**
 * The page for a long time, in Chromium: one run of v4 for four fifths of it, then runs begun and ended again and again. Prints
 * what the page holds and what was read over time, and leaves it in dist/bench/soak.json for the bench's page of plots. `node run.mjs [--minutes N]`, from `./build.sh soak`.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { serve } from '../../.build/serve.mjs';
import { read, write, writePage } from '../bench/kept.mjs';
import { machine } from '../bench/machine.mjs';
import { asked } from '../support/asked.mjs';
import { launch } from '../support/browsers.mjs';
import { WORKER_PROBE, held } from '../support/memory.mjs';
import { Page } from '../support/page.mjs';
import { parseArguments } from './arguments.mjs';
import { BOUNDS_IN_WORDS, verdict } from './verdict.mjs';

/** Of the time: the one long run. */
const LONG = 0.8;
/** How many points each part has. */
const POINTS = 24;
/** Of these the first are left out when growth is judged: the page still fills what it keeps for a run. */
const WARM_UP = 4;
const CORRECT = 'v4';
const BROKEN = 'linux-3.12';

const { minutes, check } = asked(parseArguments);
if (check) process.exit();

const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** @param {string} when  @param {import('./verdict.mjs').Point} point */
function say(when, { events, held: { heap, dom, wasm, nodes, listeners, workers } }) {
  console.log(`${when.padStart(12)}  ${events.toExponential(3).padStart(10)} events  heap ${megabytes(heap).padStart(8)}  DOM ${megabytes(dom).padStart(8)}  wasm ${megabytes(wasm).padStart(8)}  ${String(nodes).padStart(5)} nodes  ${String(listeners).padStart(4)} listeners  ${workers} Workers`);
}

/** @param {Page} page  @returns {Promise<void>} fails if a corruption shows under a correct protocol, or the run has ended by itself */
async function assertWell(page) {
  const state = await page.call(() => document.documentElement.dataset.lab);
  const corruptions = await page.text('[data-tile="corruptions"] .tile-value');
  if (state !== 'running' || corruptions !== '0') throw new Error(`the run of ${CORRECT} did not stay well: the lab is ${state}, ${corruptions} corruptions.\n${await page.shown()}`);
}

/** One run for so long. @param {Page} page  @param {number} seconds  @returns {Promise<import('./verdict.mjs').Point[]>} */
async function longRun(page, seconds) {
  await page.run();
  const began = performance.now();
  const points = [];
  for (let i = 1; i <= POINTS; i += 1) {
    await sleep(Math.max(0, began + (i * seconds * 1e3) / POINTS - performance.now()));
    await assertWell(page);
    const at = (performance.now() - began) / 1e3;
    const point = { at, events: await page.events(), held: await held(page) };
    say(`${at.toFixed(0)} s`, point);
    points.push(point);
  }
  await page.stop();
  await assertUnharmed(page);
  return points;
}

/** @param {Page} page */
async function assertUnharmed(page) {
  const said = await page.text('#status');
  if (!/no corruption observed/.test(said)) throw new Error(`a run of ${CORRECT} ended with: ${said}\n${await page.shown()}`);
}

/** Runs begun and ended for so long, every second one of a protocol that does damage. @param {Page} page  @param {number} seconds  @returns {Promise<import('./verdict.mjs').Point[]>} */
async function manyRuns(page, seconds) {
  const points = [];
  let [runs, events] = [0, 0];
  const began = performance.now();
  for (let i = 1; i <= POINTS; i += 1) {
    do {
      for (const protocol of [BROKEN, CORRECT]) {
        await page.choose(protocol);
        await page.run();
        await page.stop();
        events += await page.events();
        runs += 1;
      }
      await assertUnharmed(page);
    } while (performance.now() - began < (i * seconds * 1e3) / POINTS);
    const point = { at: runs, events, held: await held(page) };
    say(`${runs} runs`, point);
    points.push(point);
  }
  return points;
}

const server = await serve();
const browser = await launch('chromium');
const about = machine(browser.title);
try {
  const page = new Page(browser, server.url);
  await browser.driver.sendAndGetDevToolsCommand('Page.addScriptToEvaluateOnNewDocument', { source: WORKER_PROBE });
  await page.open(`?protocol=${CORRECT}&durationMs=0`);
  console.log(`${browser.title}: one run of ${CORRECT} for ${(minutes * LONG).toFixed(1)} min, then runs of ${BROKEN} and ${CORRECT} for ${(minutes * (1 - LONG)).toFixed(1)} min\n`);
  const long = await longRun(page, minutes * 60 * LONG);
  const many = await manyRuns(page, minutes * 60 * (1 - LONG));
  await page.assertNoConsoleErrors();
  const wrong = [...verdict(long.slice(WARM_UP), 'run'), ...verdict(many.slice(WARM_UP), 'runs')];
  write('soak.json', { machine: about, minutes, long, many, wrong, bounds: BOUNDS_IN_WORDS });
  const benched = read('results.json');
  if (benched) writePage(benched);
  console.log(`\nbounds of growth: ${BOUNDS_IN_WORDS}`);
  for (const sentence of wrong) console.error(`FAILED: ${sentence}`);
  if (wrong.length > 0) process.exitCode = 1;
  else console.log('all is well: no damage, no crash, no growth');
} catch (error) {
  console.error(`FAILED: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
}
