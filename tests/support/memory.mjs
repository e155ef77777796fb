/** What a page holds in Chromium, after its collector has been. */
import { readFileSync } from 'node:fs';

/** To be run in a page before its own scripts. */
export const WORKER_PROBE = readFileSync(new URL('./worker-probe.js', import.meta.url), 'utf8');

/* global workerProbe -- of worker-probe.js, in the function that is called in the page */

/** What is made between a collection and the look after it is in the figure: of so many the smallest counts. */
const COLLECTIONS = 3;

/** After collections. @param {import('./page.mjs').Page} page  @returns {Promise<{ heap: number, dom: number }>} bytes of JavaScript's heap, and of the DOM's */
async function heaps({ driver }) {
  let [heap, dom] = [Infinity, Infinity];
  for (let i = 0; i < COLLECTIONS; i += 1) {
    await driver.sendAndGetDevToolsCommand('HeapProfiler.collectGarbage');
    const { usedSize, embedderHeapUsedSize } = await driver.sendAndGetDevToolsCommand('Runtime.getHeapUsage');
    [heap, dom] = [Math.min(heap, usedSize), Math.min(dom, embedderHeapUsedSize)];
  }
  return { heap, dom };
}

/** @param {import('./page.mjs').Page} page  @returns {Promise<number>} bytes of JavaScript's heap */
export const heapBytes = async (page) => (await heaps(page)).heap;

/**
 * @typedef {object} Held
 * @property {number} heap  bytes of JavaScript's heap, of the page without its Workers
 * @property {number} dom  bytes of the DOM's heap; a tenth of a megabyte more or less as the page has just been painted or not
 * @property {number} wasm  bytes of the memory that all threads share
 * @property {number} nodes  of the DOM, also those that are in no document any more
 * @property {number} listeners
 * @property {number} workers  that nobody has terminated
 */

/** Of a page with `worker-probe.js`. @param {import('./page.mjs').Page} page  @returns {Promise<Held>} */
export async function held(page) {
  const { heap, dom } = await heaps(page);
  const { nodes, jsEventListeners: listeners } = await page.driver.sendAndGetDevToolsCommand('Memory.getDOMCounters');
  const { wasm, workers } = await page.call(() => ({ wasm: workerProbe.memoryBytes(), workers: workerProbe.workers().living }));
  return { heap, dom, wasm, nodes, listeners, workers };
}
