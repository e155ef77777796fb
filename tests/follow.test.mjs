/** What the Race view keeps of a run, and when it draws: without a browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Columns } from '../www/page/columns.js';
import { History } from '../www/page/history.js';
import { samplesAsCsv } from '../www/page/samples.js';
import { Turns } from '../www/page/turns.js';

const sample = (/** @type {number} */ timeMs, /** @type {number} */ events, lost = 0) => ({ timeMs, events, migrations: 2 * events, refused: 0, setups: 0, teardowns: 0, corruptions: { lost } });

describe('the file of samples', () => {
  test('says in each row whose they are, and whether that is right', () => {
    const csv = (/** @type {boolean | null} */ correct) => samplesAsCsv({ name: 'x', correct }, ['timeMs', 'events'], [[1.5, 10], [2, 20]]);
    assert.equal(csv(false), 'protocol,correct,timeMs,events\r\nx,false,1.5,10\r\nx,false,2,20\r\n');
    assert.deepEqual([true, null].map((correct) => csv(correct).split('\r\n')[1]), ['x,true,1.5,10', 'x,,1.5,10']);
  });
});

describe('columns', () => {
  test('a row is written once more in its place, or after the last one', () => {
    const columns = new Columns(2, 4);
    columns.write(0, [1, 10]);
    columns.write(1, [2, 20]);
    columns.write(1, [3, 30]);
    assert.equal(columns.length, 2);
    assert.deepEqual(columns.row(1), [3, 30]);
    assert.deepEqual([...columns.column(0)], [1, 3]);
  });

  test('every second row goes, from the first or from the second on', () => {
    for (const [first, left] of /** @type {const} */ ([[0, [0, 2]], [1, [1, 3]]])) {
      const columns = new Columns(1, 4);
      for (let i = 0; i < 4; i += 1) columns.write(i, [i]);
      assert.ok(columns.full);
      columns.thin(first);
      assert.ok(!columns.full);
      assert.deepEqual([...columns.column(0)], left);
    }
  });
});

describe('history', () => {
  test('a rate is that of the last quarter of a second', () => {
    const history = new History(['lost']);
    for (let ms = 0; ms <= 1000; ms += 50) history.push(sample(ms, ms < 500 ? ms : 500 + (ms - 500) * 10));
    assert.equal(Math.round(history.rate.events), 10_000);
    assert.equal(Math.round(history.rate.migrations), 20_000);
    const [time, events] = history.throughput();
    assert.equal(Math.round(events[time.indexOf(0.4)]), 1_000);
  });

  test('an hour takes no more points than there is room for; first and last totals stay true', () => {
    const history = new History(['lost'], 16);
    for (let s = 0; s <= 3600; s += 1) history.push(sample(s * 1000, s, s));
    assert.ok(history.length <= 16 && history.length >= 8, `${history.length} points`);
    const [time, lost] = history.corruptions();
    assert.equal(history.end, 3600);
    assert.deepEqual([...lost], [...time]);
    assert.equal(Math.round(history.rate.events), 1);
  });

  test('a sample that comes late changes nothing', () => {
    const history = new History(['lost']);
    for (const ms of [0, 100, 200, 150]) history.push(sample(ms, ms));
    assert.equal(history.length, 3);
    assert.equal(history.end, 0.2);
  });
});

describe('turns', () => {
  /** What is drawn in so many frames of 60 a second. @param {Record<string, number>} paces  @param {number} frames */
  function drawn(paces, frames) {
    /** @type {string[][]} by frame */
    const all = [];
    /** @type {string[]} */
    let now = [];
    const turns = new Turns(Object.entries(paces).map(([name, everyMs]) => ({ everyMs, draw: () => now.push(name) })));
    for (let i = 0; i < frames; i += 1) {
      now = [];
      turns.frame(i * (1000 / 60), undefined);
      all.push(now);
    }
    return all;
  }

  test('a frame has one work at most, and each work its pace', () => {
    const all = drawn({ slow: 500, quick: 100, other: 100 }, 600);
    assert.ok(all.every((names) => names.length <= 1));
    const count = (/** @type {string} */ name) => all.flat().filter((other) => other === name).length;
    assert.ok(count('quick') >= 80 && count('quick') <= 100, `quick ${count('quick')} times in 10 s`);
    assert.ok(count('slow') >= 18 && count('slow') <= 20, `slow ${count('slow')} times in 10 s`);
  });

  test('where there is too much to draw, nothing is left out for ever', () => {
    const all = drawn({ a: 10, b: 10, c: 100 }, 120).flat();
    assert.equal(all.length, 120);
    for (const name of 'abc') assert.ok(all.filter((other) => other === name).length >= 3, name);
  });

  test('after a restart all are due', () => {
    /** @type {string[]} */
    const names = [];
    const turns = new Turns(['a', 'b'].map((name) => ({ everyMs: 1000, draw: () => names.push(name) })));
    for (const now of [0, 1, 2]) turns.frame(now, undefined);
    assert.deepEqual(names, ['a', 'b']);
    turns.restart();
    for (const now of [3, 4, 5]) turns.frame(now, undefined);
    assert.deepEqual(names, ['a', 'b', 'a', 'b']);
  });
});
