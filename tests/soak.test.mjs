/** What the soak, and the bench's rows about the page, make of what they see. No browser, and nothing is timed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseArguments } from './soak/arguments.mjs';
import { slope } from './support/growth.mjs';
import { verdict } from './soak/verdict.mjs';
import { intervals } from './bench/rows/frames.mjs';
import { frameTimes } from './support/frame-times.mjs';

/**
 * Memory that varies by `noise`, leaks `leak` in each step, and is far too large at some points.
 *
 * @param {{ leak?: number, noise?: number, spikes?: number[], unit?: number, stuck?: number }} [about]
 */
const points = ({ leak = 0, noise = 0, spikes = [], unit = 20, stuck = -1 } = {}) => Array.from({ length: 20 }, (_, i) => ({
  at: (i + 1) * unit,
  events: i === stuck ? i * 1000 : (i + 1) * 1000,
  held: {
    heap: 3e6 + leak * (i + 1) * unit + noise * Math.sin(i * 2.4) + (spikes.includes(i) ? 2e6 : 0),
    dom: 3.5e6 + 3 * noise * Math.cos(i * 1.7), wasm: 1_835_008, nodes: 1818, listeners: 153, workers: 3,
  },
}));

test('a slope is that of most points, whatever a few of them do', () => {
  const line = [0, 1, 2, 3, 4].map((at) => ({ at, value: 5 + 2 * at }));
  assert.equal(slope(line), 2);
  assert.equal(slope([...line.slice(0, 4), { at: 4, value: 500 }]), 2);
  assert.throws(() => slope(line.slice(1, 2)), /1 points/);
});

test('memory that varies, or is large for a moment, does not grow', () => {
  assert.deepEqual(verdict(points({ noise: 60_000 }), 'run'), []);
  assert.deepEqual(verdict(points({ noise: 60_000, spikes: [3, 19] }), 'run'), []);
  assert.deepEqual(verdict(points({ noise: 5_000, unit: 4 }), 'runs'), []);
});

test('a forgotten sample a frame is growth, and so is one forgotten run in two', () => {
  // 60 objects of a dozen numbers a second.
  assert.match(verdict(points({ leak: 60 * 150, noise: 60_000 }), 'run').join(), /^heap has grown by 3[0-9]{6} in 380s; 300000 would be all right$/);
  assert.match(verdict(points({ leak: 30_000 / 2, noise: 60_000, unit: 4 }), 'runs').join(), /^heap has grown by .* in 76 runs/);
});

test('memory of wasm and Workers must not grow at all, other things by no more than comes and goes', () => {
  const steps = /** @type {[keyof import('./support/memory.mjs').Held, number][]} */ (Object.entries({ wasm: 65_536, workers: 1, nodes: 12, listeners: 5, dom: 80_000 }));
  for (const [name, step] of steps) {
    for (const part of /** @type {const} */ (['run', 'runs'])) {
      const grown = points({ unit: 2 }).map((point, i) => ({ ...point, held: { ...point.held, [name]: point.held[name] + i * step } }));
      assert.match(verdict(grown, part).join(), new RegExp(`^${name} has grown`), `${name}, ${part}`);
    }
  }
});

test('a run in which nothing is read any more is not well', () => {
  assert.match(verdict(points({ stuck: 7 }), 'run').join(), /no event was read before the point at 160s/);
});

test('minutes are a number in its range', () => {
  assert.equal(parseArguments([]).minutes, 10);
  assert.equal(parseArguments(['--minutes', '0.5']).minutes, 0.5);
  for (const wrong of ['0', '-1', 'ten', '', '1e9']) assert.throws(() => parseArguments([`--minutes=${wrong}`]), /--minutes is/, wrong);
  assert.throws(() => parseArguments(['--hours', '1']), /--hours/);
});

/** Frames at 60 a second; `long`: those that come one screen later. @param {number} count  @param {number[]} long */
const frames = (count, long) => {
  let time = 0;
  return Array.from({ length: count }, (_, i) => {
    time += long.includes(i) ? 1000 / 30 : 1000 / 60;
    return { time, begun: time + 1, script: 0.5, done: i === 5 ? 0 : time + 4 };
  });
};

test('percentiles of frames are those of the intervals between them', () => {
  const smooth = frameTimes(frames(101, []));
  assert.deepEqual([smooth.frames, smooth.late], [101, 0]);
  assert.ok(Math.abs(smooth.interval.p99 - 1000 / 60) < 1e-6);
  assert.ok(Math.abs(smooth.main.p50 - 3) < 1e-6 && smooth.main.max < 3.1, 'a frame whose end was not seen has no length');
  const jerky = frameTimes(frames(101, [10, 20, 30, 40, 50, 60, 70, 80]));
  assert.ok(Math.abs(jerky.late - 0.08) < 1e-9);
  assert.ok(jerky.interval.p50 < 17 && jerky.interval.p95 > 33);
  assert.throws(() => frameTimes(frames(2, [])), /too few/);
});

test('frames of several windows are judged together', () => {
  const windows = [frames(101, []), frames(101, []), frames(101, Array.from({ length: 20 }, (_, i) => 5 * i + 1))];
  const [most, nearlyAll] = intervals(windows, 'beside', 17, 'how');
  assert.deepEqual([most.met, nearlyAll.met], [false, null]);
  assert.ok(Number(most.figure) > 33 && Number(most.spread?.median) < 17, 'the median of the windows would have hidden it');
});
