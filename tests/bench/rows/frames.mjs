/** Whether the page stays alive beside a run: when its frames come, what each takes of the main thread, and what the page holds. */
import { frameTimes, intervalsOf, shares } from '../../support/frame-times.mjs';
import { slope } from '../../support/growth.mjs';
import { besideRun } from '../race-page.mjs';
import { ofValues } from './row.mjs';

/**
 * By how many Workers there are to a core: the longest that the 95th percentile of the intervals between frames may be, in ms, and
 * windows in which frames are counted, whole and quick. Memory is looked at between them.
 */
const LOADS = [
  { perCore: 1, atMost: 17, windows: [28, 2], ms: [3300, 800] },
  { perCore: 4, atMost: 34, windows: [6, 2], ms: [2000, 800] },
];
/**
 * Of the heap's sizes the first, of a minute and some seconds, are left out: the engine still compiles, and remembers types. (In eight
 * minutes of ./build.sh soak the heap goes from 2.6 MB to 2.8 in the first, and stays there.)
 */
const WARM_UP = 20;
/** Bytes a second: half of what a sample of a dozen numbers, forgotten in each frame, would come to. */
const GROWTH = 4_096;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function frames({ chromium, quick, roundsOf }) {
  const rows = [];
  const cores = await chromium.cores();
  for (const { perCore, atMost, windows: [wholeWindows, fewWindows], ms: [wholeMs, fewMs] } of LOADS) {
    const workers = cores * perCore;
    const config = { protocol: 'v4', readers: Math.ceil(workers / 2), migrators: Math.floor(workers / 2) };
    const [windows, ms] = [roundsOf(wholeWindows, fewWindows), quick ? fewMs : wholeMs];
    const seen = await besideRun(chromium, config, (page) => inWindows(page, windows, ms));
    const beside = `beside ${workers} Workers on ${cores} cores`;
    const how = `the built page's Race view under v4 with ${config.readers} readers and ${config.migrators} migrators at full pace, ${windows} × ${ms / 1000} s, ${seen.windows.flat().length} frames; headless, drawn by software`;
    rows.push(...intervals(seen.windows, beside, atMost, how), mainThread(seen, beside, how));
    if (perCore === 1) rows.push(memory(seen, beside, how));
  }
  return rows;
}

/** @typedef {import('../../support/frame-times.mjs').Frame} Frame */

/** @typedef {{ windows: Frame[][], seconds: Record<'all' | 'script' | 'style' | 'layout', number>, points: { at: number, held: import('../../support/memory.mjs').Held }[] }} Seen */

/** @param {import('../race-page.mjs').RacePage} page  @param {number} windows  @param {number} ms  @returns {Promise<Seen>} */
async function inWindows(page, windows, ms) {
  const began = performance.now();
  /** @type {Seen} */
  const seen = { windows: [], seconds: { all: 0, script: 0, style: 0, layout: 0 }, points: [] };
  for (let i = 0; i < windows; i += 1) {
    const { answer, seconds } = await page.mainThread(() => page.frames(ms));
    seen.windows.push(answer);
    for (const name of /** @type {const} */ (['all', 'script', 'style', 'layout'])) seen.seconds[name] += seconds[name];
    // Between windows, for the collector stops the page.
    seen.points.push({ at: (performance.now() - began) / 1e3, held: await page.held() });
  }
  return seen;
}

/** Of all frames; the spread is that of the windows. @param {Frame[][]} windows  @param {string} beside  @param {number} atMost  @param {string} how */
export function intervals(windows, beside, atMost, how) {
  const each = windows.map(frameTimes);
  const all = windows.flatMap(intervalsOf);
  const of = shares(all);
  const rowOf = (/** @type {'p95' | 'p99'} */ share, /** @type {string} */ said, /** @type {number | undefined} */ atMost) => {
    const values = each.map(({ interval }) => interval[share]);
    const row = ofValues({ name: `frames ${beside}: ${said} come within`, values, unit: 'ms', atMost, how: `${how}; from one requestAnimationFrame to the next, by its timestamps; of all ${all.length} intervals, the spread is that of the windows` });
    return { ...row, figure: of[share], met: atMost === undefined ? null : of[share] <= atMost };
  };
  const [most, nearlyAll] = [rowOf('p95', '95 %', atMost), rowOf('p99', '99 %', undefined)];
  return [{ ...most, details: { each } }, nearlyAll];
}

/** @param {Seen} seen  @param {string} beside  @param {string} how  @returns {import('./row.mjs').Row} */
function mainThread({ windows, seconds }, beside, how) {
  const frames = windows.flat().length;
  const ms = Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, (s / frames) * 1e3]));
  const row = ofValues({
    name: `a frame ${beside}: of the main thread, by the wall's clock`,
    values: windows.map((frames) => frameTimes(frames).main.p50),
    unit: 'ms',
    how: `${how}; from the first callback until the frame is handed to the compositor, medians of the windows. By the thread's own clock all its tasks came to ${ms.all.toFixed(2)} ms a frame: script ${ms.script.toFixed(2)}, style ${ms.style.toFixed(2)}, layout ${ms.layout.toFixed(2)}, the rest painting and committing (DevTools' Performance domain, thread ticks)`,
  });
  return { ...row, details: { ownMs: ms } };
}

/** @param {Seen} seen  @param {string} beside  @param {string} how  @returns {import('./row.mjs').Row} */
function memory({ points }, beside, how) {
  const enough = points.length > WARM_UP + 4;
  const late = enough ? points.slice(WARM_UP) : points;
  const growth = Object.fromEntries(Object.keys(late[0].held).map((name) => [name, slope(late.map(({ at, held }) => ({ at, value: held[/** @type {keyof typeof held} */ (name)] })))]));
  return {
    name: `the page's heap ${beside}: growth`,
    figure: growth.heap / 1e3,
    unit: 'kB/s',
    target: `≤ ${GROWTH / 1e3}`,
    met: enough ? growth.heap <= GROWTH : null,
    spread: null,
    how: `${how}; ${late.length} sizes, each the least after three collections, the median of the slopes between all of them (Theil and Sen); the DOM's heap grew by ${(growth.dom / 1e3).toFixed(1)} kB/s, wasm memory by ${growth.wasm} bytes/s, DOM nodes by ${growth.nodes.toFixed(2)}/s. Ten minutes of the same, and starts and stops: ./build.sh soak${enough ? '' : '; --quick: too few sizes for a verdict'}`,
    details: { growth, points },
  };
}
