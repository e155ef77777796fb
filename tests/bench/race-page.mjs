/** The Race view of the built site while a run is on, as rows of the bench measure it. */
import { FRAME_PROBE } from '../support/frame-times.mjs';
import { WORKER_PROBE, held } from '../support/memory.mjs';

/* global frameProbe, watched -- in the functions that are called in the page */

/**
 * Opens the page, does `work` beside a run that is on, and stops it.
 *
 * @template T
 * @param {import('./chromium.mjs').Chromium} chromium
 * @param {Record<string, string | number>} config  of the run, besides that it has no end
 * @param {(page: RacePage) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function besideRun(chromium, config, work) {
  const forget = await chromium.inEveryPage(FRAME_PROBE + WORKER_PROBE);
  const { site } = chromium;
  try {
    await site.open(`?${new URLSearchParams(Object.entries({ ...config, durationMs: 0 }).map(([name, value]) => [name, String(value)]))}`);
    await watchRuns(site);
    await site.run();
    const answer = await work(new RacePage(chromium));
    await site.stop();
    return answer;
  } finally {
    await chromium.leave();
    await forget();
  }
}

/** Leaves the newest run of the page's lab in `watched`. @param {import('../support/page.mjs').Page} page */
const watchRuns = (page) => page.call(async () => {
  const { Lab } = await import(new URL('lib/index.js', document.baseURI).href);
  const { run } = Lab.prototype;
  Lab.prototype.run = function watching(/** @type {unknown} */ config) {
    return (globalThis.watched = run.call(this, config));
  };
});

export class RacePage {
  #chromium;
  #page;

  /** @param {import('./chromium.mjs').Chromium} chromium */
  constructor(chromium) {
    this.#chromium = chromium;
    this.#page = chromium.site;
  }

  /** @param {number} ms  @returns {Promise<import('../support/frame-times.mjs').Frame[]>} */
  frames(ms) {
    return this.#chromium.value(`frameProbe.count(${ms})`);
  }

  /** What the page holds, after its collector has been. */
  held() {
    return held(this.#page);
  }

  /**
   * What the main thread spends its time with, by the thread's own clock: what other threads took is not in it.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<{ answer: T, seconds: Record<'all' | 'script' | 'style' | 'layout', number> }>}
   */
  async mainThread(work) {
    await this.#chromium.devtools('Performance.enable', { timeDomain: 'threadTicks' });
    const before = await this.#metrics();
    const answer = await work();
    const after = await this.#metrics();
    await this.#chromium.devtools('Performance.disable');
    const spent = (/** @type {string} */ name) => after[name] - before[name];
    return { answer, seconds: { all: spent('TaskDuration'), script: spent('ScriptDuration'), style: spent('RecalcStyleDuration'), layout: spent('LayoutDuration') } };
  }

  /** @returns {Promise<Record<string, number>>} */
  async #metrics() {
    const { metrics } = await this.#chromium.devtools('Performance.getMetrics');
    return Object.fromEntries(metrics.map((/** @type {{ name: string, value: number }} */ { name, value }) => [name, value]));
  }

  /**
   * Events a second, with the page at three kinds of work in turn: it `waits` (and takes its ten samples a second, as whoever
   * iterates does), it `reads` counters and frame map in each frame without drawing them, it `draws` as ever.
   *
   * @param {string[][]} rounds  each the kinds in the order in which they are measured
   * @param {number} ms  for each
   * @returns {Promise<Record<string, number>[]>}
   */
  rates(rounds, ms) {
    return this.#page.call(async (/** @type {string[][]} */ rounds, /** @type {number} */ ms) => {
      const SETTLE_MS = 30;
      const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const run = watched;
      const rate = async () => {
        await sleep(SETTLE_MS);
        const [before, began] = [run.sample().events, performance.now()];
        await sleep(ms);
        const [after, ended] = [run.sample().events, performance.now()];
        return ((after - before) / (ended - began)) * 1000;
      };
      /** @type {Record<string, () => () => void>} each ends what it began */
      const kinds = {
        waits: () => (frameProbe.hold(true), () => frameProbe.hold(false)),
        reads() {
          frameProbe.hold(true);
          const end = frameProbe.each(() => [run.sample(), run.frameMap()]);
          return () => (end(), frameProbe.hold(false));
        },
        draws: () => () => {},
      };
      const measured = [];
      for (const round of rounds) {
        /** @type {Record<string, number>} */
        const rates = {};
        for (const kind of round) {
          const end = kinds[kind]();
          rates[kind] = await rate();
          end();
        }
        measured.push(rates);
      }
      return measured;
    }, rounds, ms);
  }

  /** How long one look takes, in µs: the mean over many, several times. @param {number} times  @returns {Promise<{ sample: number[], frameMap: number[] }>} */
  looks(times) {
    return this.#page.call((/** @type {number} */ times) => {
      const MANY = 200;
      const each = (/** @type {() => void} */ look) => Array.from({ length: times }, () => {
        const began = performance.now();
        for (let i = 0; i < MANY; i += 1) look();
        return ((performance.now() - began) / MANY) * 1000;
      });
      return { sample: each(() => watched.sample()), frameMap: each(() => watched.frameMap()) };
    }, times);
  }
}
