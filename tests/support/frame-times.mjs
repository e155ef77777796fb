/** What the frames of a page come to, by what `frame-probe.js` counted. */
import { readFileSync } from 'node:fs';

import { quantile } from 'simple-statistics';

/** To be run in a page before its own scripts. */
export const FRAME_PROBE = readFileSync(new URL('./frame-probe.js', import.meta.url), 'utf8');

/** @typedef {{ time: number, begun: number, script: number, done: number }} Frame times in ms; `script` a length, `done` 0 if the end was not seen */

/**
 * @param {Frame[]} frames
 * @returns {{ frames: number, interval: Record<string, number>, late: number, main: Record<string, number>, script: Record<string, number> }}
 *   ms; `interval`: from one frame to the next; `late`: the share of those that are longer than a frame of the screen; `main`: of
 *   the main thread, from a frame's first callback until it is handed to the compositor; `script`: in callbacks
 * @throws {Error} if there are too few
 */
export function frameTimes(frames) {
  const intervals = intervalsOf(frames);
  if (intervals.length < 2) throw new Error(`${frames.length} frames are too few to say anything of`);
  const main = frames.filter(({ done }) => done > 0).map(({ begun, done }) => done - begun);
  const usual = quantile(intervals, 0.05);
  return {
    frames: frames.length,
    interval: shares(intervals),
    late: intervals.filter((ms) => ms > usual * 1.5).length / intervals.length,
    main: shares(main),
    script: shares(frames.map(({ script }) => script)),
  };
}

/** @param {Frame[]} frames  @returns {number[]} ms from one to the next */
export const intervalsOf = (frames) => frames.slice(1).map(({ time }, i) => time - frames[i].time);

/** @param {number[]} values */
export function shares(values) {
  const [p50, p95, p99, max] = quantile(values, [0.5, 0.95, 0.99, 1]);
  return { p50, p95, p99, max };
}
