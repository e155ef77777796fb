/** What the lab says of a comparison: names, what is wrong, and sentences that say what the data support and what they do not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Comparison } from '../www/lib/comparison.js';
import { isCorrect, nameWithFigures, protocolName } from '../www/lib/comparison-protocols.js';
import { hidden, sentences } from '../www/lib/comparison-words.js';
import { systemOf } from '../www/lib/machine-info.js';
import { plainName } from '../www/page/outcome.js';
import { FILES, LAB, comparisonOf } from './support/catalogue.mjs';

/** @param {any} data */
const said = (data) => Comparison.fromJSON(data, LAB).text;
/** @param {readonly string[]} text @param {string} start */
const starting = (text, start) => text.find((sentence) => sentence.startsWith(start)) ?? assert.fail(`${start}?\n${text.join('\n')}`);

describe('what a protocol is called, and whether it is right', () => {
  test('presets by their names, parts by what is different', () => {
    const names = ['linux-3.12', {}, { ringLock: 'none', identityCheck: false }].map((protocol) => protocolName(typeof protocol === 'string' ? protocol : { ringLock: 'try', identityCheck: true, ...protocol }, LAB));
    assert.deepEqual(names, ['linux-3.12', 'v4 by its parts', 'v4 with ringLock none, identityCheck off']);
  });

  test('what is wrong is known to be, by whatever name; and what nobody searched is not', () => {
    const [racy] = LAB.protocols;
    const known = ['linux-3.12', 'v4', racy.parts, { ringLock: 'try', identityCheck: true }, { ringLock: 'none', identityCheck: true }, { ringLock: 'block', identityCheck: true }, { ringLock: 'spin', identityCheck: false }];
    assert.deepEqual(known.map((protocol) => isCorrect(protocol, LAB)), [false, true, false, true, false, null, null]);
  });
});

describe('sentences', () => {
  test('a protocol that is wrong, or that nobody searched, is never named without that beside its figures; the page says it in the same words', () => {
    const { points } = Comparison.fromJSON(comparisonOf(['linux-3.12', { ringLock: 'block', identityCheck: true }, 'v4']), LAB);
    const starts = points[0].ratios.filter(({ metric }) => metric === 'nsPerCall').map(({ text }) => text.split(', time')[0]);
    assert.deepEqual(starts, ['v4 with ringLock block (not searched) against linux-3.12 (wrong)', 'v4 against linux-3.12 (wrong)']);
    for (const correct of [true, false, null]) assert.equal(nameWithFigures({ name: 'x', correct }), plainName({ name: 'x', correct }));
  });

  test('a difference, and none, with interval and rounds, and with what could be hidden', () => {
    const text = said(comparisonOf(['linux-3.12', 'tang-gu', 'v4']));
    assert.match(starting(text, 'tang-gu (wrong) against linux-3.12 (wrong), time per read call:'), /: 1\.[45]\d times \(1\.[45]\d to 1\.\d\d in 20 rounds\): higher\.$/);
    assert.match(starting(said(comparisonOf(['v4', 'v4'])), 'v4 against v4, time per read call:'), /: \d\.\d+ times \(\S+ to 1\.\d\d in 20 rounds\): no difference seen; one of up to [\d.]+ % would not have shown\.$/);
    assert.deepEqual(text.slice(0, 2), ['linux-3.12 is wrong: its speed is a yardstick, nothing more.', 'tang-gu is wrong: its speed is a yardstick, nothing more.']);
    assert.match(starting(text, 'Reader events with the stopwatch against without:'), /: 0\.98\d times \(0\.9\d\d to 0\.98\d in 20 rounds\): lower\.$/);
  });

  test('in a sweep, too, at each value; full pace is the last', () => {
    const sweep = { field: 'pace', values: [0, 1000] };
    const text = [...said(comparisonOf(['linux-3.12', 'tang-gu'], sweep)), ...said(comparisonOf(['v4', 'v4'], sweep))];
    assert.match(starting(text, 'tang-gu (wrong) against linux-3.12 (wrong), time per read call'),
      / by migration pace, 20 rounds each: higher at 1,000 \(1\.\d\d times, 1\.\d\d to 1\.\d\d\), full pace \(1\.\d\d times, 1\.\d\d to 1\.\d\d\)\.$/);
    assert.match(starting(text, 'v4 against v4, reader events'),
      /: no difference seen at 1,000 \(\d\.\d+ times, 0\.9\d\d to 1\.0\d+; one of up to [\d.]+ % would not have shown\), full pace \(.*; one of up to [\d.]+ % would not have shown\)\.$/);
  });

  test('too few rounds are told from no difference, in a sweep as well', () => {
    for (const sweep of [null, { field: 'batch', values: [1, 8] }]) {
      const data = comparisonOf(['linux-3.12', 'v4'], sweep);
      /** As when it is looked at before all rounds are over. @param {number} rounds */
      const after = (rounds) => {
        for (const point of data.points) {
          for (const ratio of point.ratios) Object.assign(ratio, { rounds, verdict: 'no-difference' });
        }
        return starting(sentences({ config: data.config, points: completedOf(data) }, LAB.comparing), 'v4 against linux-3.12 (wrong), migrations');
      };
      assert.match(after(4), sweep ? /, 4 rounds each: too few rounds at 1 \(0\.\d+ times, .*\), 8 \(/ : /in 4 rounds\): too few rounds to say anything \(it takes 5\)\.$/);
      assert.match(after(1), sweep ? /, 1 round each: too few/ : /in 1 round\): too few/);
    }
  });

  test('from nothing to something is a difference, though nothing is so many times nothing', () => {
    for (const sweep of [null, { field: 'batch', values: [1, 8] }]) {
      const points = completedOf(comparisonOf(['linux-3.12', 'v4'], sweep));
      for (const point of points) {
        Object.assign(point.measured[0].metrics, { refusedShare: flat(0), longestRefusedMs: flat(0), longestWaitMs: flat(0) });
        Object.assign(point.measured[1].metrics, { refusedShare: { ...flat(0.641), low: 0.58, high: 0.7 }, longestRefusedMs: { ...flat(0), high: 2.5, max: 4 }, longestWaitMs: flat(0) });
        point.ratios = point.ratios.filter((/** @type {any} */ { metric }) => metric === 'nsPerCall');
      }
      const text = sentences({ config: { sweep }, points }, LAB.comparing);
      const [refused, vain, wait] = ['refused', 'longest in vain', 'longest wait'].map((metric) => starting(text, `v4 against linux-3.12 (wrong), ${metric}`));
      if (sweep) {
        assert.match(refused, /20 rounds each: higher at 1 \(from 0 to 64\.1 %, 58\.0 % to 70\.0 %\), 8 \(/);
        assert.match(wait, /, 20 rounds each: no difference seen at 1 \(0 for both\), 8 \(0 for both\)\.$/);
        assert.match(vain, /no difference seen at 1 \(from 0 to 0 ms, 0 ms to 2\.50 ms; one of up to 2\.50 ms would not have shown\)/);
      } else {
        assert.match(refused, /: from 0 to 64\.1 % \(58\.0 % to 70\.0 % in 20 rounds\): higher\.$/);
        assert.match(vain, /: from 0 to 0 ms \(0 ms to 2\.50 ms in 20 rounds\): no difference seen; one of up to 2\.50 ms would not have shown\.$/);
        assert.match(wait, /: 0 for both \(20 rounds\): no difference seen\.$/);
      }
    }
  });

  test('a share that is hidden is in percentage points, and a baseline that is nearly nothing is said', () => {
    const points = completedOf(comparisonOf(['linux-3.12', 'v4']));
    Object.assign(points[0].measured[0].metrics, { refusedShare: { ...flat(0), high: 0.02 } });
    Object.assign(points[0].measured[1].metrics, { refusedShare: { ...flat(0.01), high: 0.03 } });
    assert.match(starting(sentences({ config: { sweep: null }, points }, LAB.comparing), 'v4 against linux-3.12 (wrong), refused'),
      /: from at most 2\.00 % to 1\.00 % \(1\.00 % to 3\.00 % in 20 rounds\): no difference seen; one of up to 3\.00 percentage points would not have shown\.$/);
  });

  test('a few ratios are not all that there is to say where the baseline is nothing in the other rounds', () => {
    const points = completedOf(comparisonOf(['linux-3.12', 'v4']));
    Object.assign(points[0].measured[0].metrics, { refusedShare: { median: 0.01, low: 0, high: 0.02, min: 0, max: 0.03 } });
    Object.assign(points[0].ratios.find((/** @type {any} */ { metric }) => metric === 'refusedShare'), { rounds: 4, verdict: 'no-difference' });
    assert.match(starting(sentences({ config: { sweep: null }, points }, LAB.comparing), 'v4 against linux-3.12 (wrong), refused'), /: from at most 2\.00 % to [\d.]+ % \(.* in 20 rounds\): higher\.$/);
  });

  test('what hung, noise, and chance', () => {
    const data = comparisonOf(['linux-3.12', 'v4'], { field: 'batch', values: [1, 8, 64] });
    const points = completedOf(data);
    for (const trial of points[0].measured[1].trials.slice(0, 17)) trial.hung = true;
    points[0].measured[0].trials.forEach((/** @type {any} */ trial, /** @type {number} */ round) => (trial.events *= 1 + round));
    const text = sentences({ config: data.config, points }, LAB.comparing);
    starting(text, '17 of 60 trials of v4 hung, and their figures are left out.');
    starting(text, 'The machine was noisy: the middle half of the trials of linux-3.12 (wrong) alone lie up to');
    starting(text, 'Of 21 intervals at 95 %, about 1 can be expected');
    assert.ok(!FILES[0].text.some((sentence) => /noisy|by chance/.test(sentence)), FILES[0].text.join('\n'));
  });

  for (const [low, high, words] of /** @type {[number, number, string][]} */ ([
    [1, 1, ', and hardly any could be hidden'], [0.96, 1.02, '; one of up to 4.00 % would not have shown'], [0.9, 1.35, '; one of up to 35.0 % would not have shown'],
    [0.298, 59.2, '; one by a factor of up to 59.2 would not have shown'], [0.01, 1.1, '; one by a factor of up to 100 would not have shown'], [0, 1.1, '; one of any size would not have shown'],
  ])) {
    test(`what an interval from ${low} to ${high} can hide is said as one would say it`, () => assert.equal(hidden(low, high), words));
  }
});

/** A figure without an interval. @param {number} n */
function flat(n) {
  return { median: n, low: n, high: n, min: n, max: n };
}

/** Its points as a lab tells them, to be changed. @param {any} data */
function completedOf(data) {
  return data.points.map((/** @type {any} */ point) => ({
    ...point,
    measured: point.measured.map((/** @type {any} */ each) => ({ ...each, name: protocolName(each.protocol, LAB), correct: isCorrect(each.protocol, LAB) })),
    ratios: point.ratios,
  }));
}

describe('the machine', () => {
  const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0';
  const hints = (/** @type {any} */ values) => ({ platform: 'Windows', getHighEntropyValues: async () => values });

  /** @type {[string, any, string, string][]} */
  const machines = [
    ['with hints', { userAgent: LINUX, platform: 'Linux x86_64', userAgentData: hints({ architecture: 'arm', bitness: '64', platformVersion: '15.0.0' }) }, 'Windows 15.0.0', 'arm 64-bit'],
    ['with hints that say nothing', { userAgent: LINUX, platform: 'Linux x86_64', userAgentData: { getHighEntropyValues: async () => ({}) } }, 'Linux', 'unknown'],
    ['with hints that are refused', { userAgent: LINUX, userAgentData: { platform: 'Linux', getHighEntropyValues: () => Promise.reject(new Error('no')) } }, 'Linux', 'unknown'],
    ['with hints that never come', { userAgent: LINUX, userAgentData: { platform: 'Linux', getHighEntropyValues: () => new Promise(() => {}) } }, 'Linux', 'unknown'],
    ['with hints of another kind', { userAgent: LINUX, userAgentData: hints({ architecture: 7, platformVersion: 'x'.repeat(400) }) }, `Windows ${'x'.repeat(32)}`, 'unknown'],
    ['of Linux, without hints', { userAgent: 'Mozilla/5.0 (X11; Linux aarch64; rv:150.0) Gecko/20100101 Firefox/150.0', platform: 'Linux aarch64' }, 'Linux', 'arm 64-bit'],
    ['of Apple, all of which say Intel', { userAgent: MAC, platform: 'MacIntel' }, 'macOS', 'unknown'],
    ['that says nothing', { userAgent: '' }, 'unknown', 'unknown'],
  ];
  for (const [which, browser, system, architecture] of machines) {
    test(`a browser ${which}: ${system}, ${architecture}`, async () => assert.deepEqual(await systemOf(browser), { system, architecture }));
  }
});
