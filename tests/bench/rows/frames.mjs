/** Whether the page stays alive beside a run: when its frames come, and what each takes of the main thread. */
import { frameTimes } from '../../support/frame-times.mjs';
import { besideRun } from '../race-page.mjs';
import { ofValues } from './row.mjs';

/** By how many Workers there are to a core: the longest that the 95th percentile of the intervals between frames may be, in ms. */
const LOADS = [{ perCore: 1, atMost: 17 }, { perCore: 4, atMost: 34 }];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function frames({ chromium, quick }) {
  const [windows, ms] = quick ? [3, 1000] : [6, 2500];
  const rows = [];
  const cores = await chromium.cores();
  for (const { perCore, atMost } of LOADS) {
    const workers = cores * perCore;
    const config = { protocol: 'v4', readers: Math.ceil(workers / 2), migrators: Math.floor(workers / 2) };
    const { answer, seconds } = await besideRun(chromium, config, (page) => page.mainThread(async () => {
      const parts = [];
      for (let i = 0; i < windows; i += 1) parts.push(await page.frames(ms));
      return parts;
    }));
    const all = answer.flat();
    const each = answer.map(frameTimes);
    // A window ends where the next one begins: what lies between is no frame of either.
    const together = frameTimes(all);
    const beside = `beside ${workers} Workers on ${cores} cores`;
    const how = `the built page's Race view under v4 with ${config.readers} readers and ${config.migrators} migrators at full pace, ${windows} × ${ms / 1000} s, ${all.length} frames; headless, drawn by software`;
    const perFrame = Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, (s / all.length) * 1e3]));
    rows.push(
      {
        ...ofValues({
          name: `frames ${beside}: 95 % come within`,
          values: each.map(({ interval }) => interval.p95),
          unit: 'ms',
          atMost,
          how: `${how}; from one requestAnimationFrame to the next, by its timestamps; the figure is the median of the windows' 95th percentiles`,
          details: { together, each },
        }),
      },
      ofValues({
        name: `frames ${beside}: 99 % come within`,
        values: each.map(({ interval }) => interval.p99),
        unit: 'ms',
        how: `${how}; the median of the windows' 99th percentiles`,
      }),
      {
        name: `a frame ${beside}: of the main thread`,
        figure: perFrame.all,
        unit: 'ms',
        target: null,
        met: null,
        spread: null,
        how: `${how}; all tasks of the main thread by its own clock (DevTools' Performance domain, thread ticks) over the frames: script ${perFrame.script.toFixed(2)}, style ${perFrame.style.toFixed(2)}, layout ${perFrame.layout.toFixed(2)} ms; by the wall's clock, from the first callback to the commit, half of them took ${together.main.p50.toFixed(1)} ms and 95 % at most ${together.main.p95.toFixed(1)} ms`,
        details: { perFrame, wall: together.main },
      },
    );
  }
  return rows;
}
