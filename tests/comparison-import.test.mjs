/** Forged comparisons are refused, by the field that disagrees with the lab, the trials or another field; and what tables have. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Comparison } from '../www/lib/comparison.js';
import { ComparisonError, ConfigError } from '../www/lib/errors.js';
import { FILES, LAB } from './support/catalogue.mjs';

const [GOOD] = FILES;

/** @param {(data: any) => void} change */
function read(change) {
  const data = structuredClone(GOOD);
  change(data);
  return Comparison.parse(JSON.stringify(data), LAB);
}

const first = (/** @type {any} */ d) => d.points[0].measured[0];
const second = (/** @type {any} */ d) => d.points[0].measured[1];
const ratio = (/** @type {any} */ d, metric = 'nsPerCall') => d.points[0].ratios.find((/** @type {any} */ each) => each.metric === metric);
/** Of the baseline. */
const OURS = 'points[0].measured[0]';
const THEIRS = 'points[0].measured[1]';

/** What is changed, how, and the field that is named. @type {Record<string, [string, (data: any) => void, string][]>} */
const FORGED = {
  'what is no comparison': [
    ['another kind', (d) => (d.kind = 'aio-ring-lab trace'), 'kind'],
    ['an earlier format', (d) => (d.format = 1), 'format'],
    ['a field too many', (d) => (d.more = 1), 'more'],
    ['a field with markup for a name', (d) => (d['<b>'] = 1), '?'],
    ['a field too few', (d) => delete d.machine.engine, 'machine.engine'],
    ['markup', (d) => (d.text[0] = '<img src=x onerror=alert(1)>'), 'text[0]'],
    ['markup in a name', (d) => (second(d).name = '<script>'), `${THEIRS}.name`],
    ['letters that turn the reading direction', (d) => (d.machine.engine = '\u202egnp.exe'), 'machine.engine'],
    ['a name of 400 letters', (d) => (d.machine.engine = 'e'.repeat(400)), 'machine.engine'],
    ['a date that is none', (d) => (d.machine.date = '../../etc/passwd'), 'machine.date'],
    ['a date that no calendar has', (d) => (d.machine.date = '2026-13-45T99:00:00.000Z'), 'machine.date'],
  ],
  'protocols that are not what they say': [
    ['a wrong protocol that passes for right', (d) => (first(d).correct = true), `${OURS}.correct`],
    ['a right one that passes for wrong', (d) => (second(d).correct = false), `${THEIRS}.correct`],
    ['one that nobody is to have searched', (d) => (first(d).correct = null), `${OURS}.correct`],
    ['names that are swapped', (d) => ([first(d).name, second(d).name] = ['v4', 'linux-3.12']), `${OURS}.name`],
    ['a protocol that this lab does not have', (d) => (d.config.protocols[1] = 'v5'), 'config.protocols[1]'],
    ['a part that this lab does not have', (d) => (d.config.protocols[1] = { speed: true }), 'config.protocols[1].speed'],
    ['a part that is set to what it cannot be', (d) => (d.config.protocols[1] = { ringLock: 'never' }), 'config.protocols[1].ringLock'],
    ['another protocol than was asked for', (d) => (second(d).protocol = 'tang-gu'), `${THEIRS}.protocol`],
    ['parts that are not those that were asked for', (d) => (second(d).protocol = {}), `${THEIRS}.protocol`],
    ['protocols in another order than was asked for', (d) => d.points[0].measured.reverse(), `${OURS}.protocol`],
    ['one protocol', (d) => d.config.protocols.splice(1), 'config.protocols'],
  ],
  'settings that cannot be': [
    ['settings that are not there', (d) => (d.config.fields = {}), 'config.fields.readers'],
    ['a setting out of range', (d) => (d.config.fields.readers = d.points[0].settings.readers = 2 ** 53 - 1), 'config.fields.readers'],
    ['a choice that is none', (d) => (d.config.fields.page = 'any'), 'config.fields.page'],
    ['a setting that this lab does not have', (d) => (d.config.fields.moons = 1), 'config.fields.moons'],
    ['a name that every object has', (d) => (d.config.fields.constructor = 1), 'config.fields.?'],
    ['other settings at a point', (d) => (d.points[0].settings.readers = 2), 'points[0].settings.readers'],
    ['one more setting at a point', (d) => (d.points[0].settings.moons = 2), 'points[0].settings.moons'],
    ['a point without its settings', (d) => (d.points[0].settings = {}), 'points[0].settings.readers'],
    ['a sweep of what cannot be swept', (d) => (d.config.sweep = { field: 'page', values: [1] }), 'config.sweep.field'],
    ['a sweep with a value out of range', (d) => (d.config.sweep = { field: 'batch', values: [0] }), 'config.sweep.values[0]'],
    ['a sweep with a value twice', (d) => (d.config.sweep = { field: 'batch', values: [8, 8] }), 'config.sweep.values[1]'],
    ['points that are not in the sweep', (d) => d.points.push(d.points[0]), 'points'],
  ],
  'figures that the trials do not come to': [
    ['figures out of order', (d) => (first(d).metrics.eventsPerSecond.low = 1e9), `${OURS}.metrics.eventsPerSecond`],
    ['a median that is not of the trials', (d) => (second(d).metrics.nsPerCall.median *= 1.001), `${THEIRS}.metrics.nsPerCall`],
    ['trials that are not of the figures', (d) => (second(d).trials[0].seconds *= 100), `${THEIRS}.metrics.eventsPerSecond`],
    ['an interval that is too narrow', (d) => (second(d).metrics.nsPerCall.low = second(d).metrics.nsPerCall.median), `${THEIRS}.metrics.nsPerCall.low`],
    ['figures of trials that hung', (d) => second(d).trials.forEach((/** @type {any} */ trial) => (trial.hung = true)), `${THEIRS}.metrics.eventsPerSecond`],
    ['a metric that this lab does not have', (d) => (first(d).metrics.speed = null), `${OURS}.metrics.speed`],
    ['a metric too few', (d) => delete first(d).metrics.nsPerCall, `${OURS}.metrics.nsPerCall`],
    ['percentiles of another clock', (d) => (first(d).callTimes.stepNs = 5), `${OURS}.callTimes.stepNs`],
    ['percentiles above the longest', (d) => (first(d).callTimes.max = 7), `${OURS}.callTimes`],
    ['a negative count', (d) => (first(d).trials[0].events = -1), `${OURS}.trials[0].events`],
    ['half an event', (d) => (first(d).trials[0].events = 0.5), `${OURS}.trials[0].events`],
    ['more trials than a comparison has', (d) => (first(d).trials = Array(201).fill(first(d).trials[0])), `${OURS}.trials`],
    ['more trials than rounds', (d) => first(d).trials.push({ ...first(d).trials[0], turn: null }), `${OURS}.trials`],
    ['two trials at once', (d) => (second(d).trials[0].turn = first(d).trials[0].turn), `${THEIRS}.trials[0].turn`],
  ],
  'findings that the figures do not support': [
    ['a verdict that is none', (d) => (ratio(d).verdict = 'better'), 'points[0].ratios[1].verdict'],
    ['a verdict that the interval does not support', (d) => (ratio(d, 'migrationsPerSecond').verdict = 'higher'), 'points[0].ratios[2].verdict'],
    ['a ratio that the trials do not come to', (d) => (ratio(d).ratio = ratio(d).low), 'points[0].ratios[1].ratio'],
    ['an interval of a ratio that is too narrow', (d) => (ratio(d).high = ratio(d).ratio), 'points[0].ratios[1].high'],
    ['more rounds than there were', (d) => (ratio(d).rounds = 20), 'points[0].ratios[1].rounds'],
    ['a ratio of the first protocol', (d) => (ratio(d).protocol = 0), 'points[0].ratios[1].protocol'],
    ['a ratio of a protocol that is not there', (d) => (ratio(d).protocol = 2), 'points[0].ratios[1].protocol'],
    ['a ratio of no metric', (d) => (ratio(d).metric = 'speed'), 'points[0].ratios[1].metric'],
    ['a ratio twice', (d) => d.points[0].ratios.push(ratio(d)), 'points[0].ratios[7].metric'],
    ['a ratio too few', (d) => d.points[0].ratios.splice(1, 1), 'points[0].ratios'],
    ['an interval that is none', (d) => (ratio(d).low = 2), 'points[0].ratios[1]'],
    ['a control that its trials do not come to', (d) => (d.points[0].control.ratio = d.points[0].control.low), 'points[0].control.ratio'],
    ['a control of another metric', (d) => (d.points[0].control.metric = 'nsPerCall'), 'points[0].control.metric'],
    ['a control of another protocol', (d) => (d.points[0].control.protocol = 1), 'points[0].control.protocol'],
    ['a control where there is none', (d) => (d.config.fields.control = d.points[0].settings.control = 'none'), 'points[0].control'],
    ['a verdict on a control whose trials were not kept', (d) => Object.assign(d.points[0], { controlTrials: null, control: { ...d.points[0].control, verdict: 'higher' } }), 'points[0].control.verdict'],
  ],
};

for (const [what, cases] of Object.entries(FORGED)) {
  describe(`of a file, ${what}:`, () => {
    for (const [which, change, field] of cases) {
      test(`${which} is refused, and named`, () => {
        assert.throws(() => read(change), (error) => error instanceof ComparisonError && (assert.equal(error.field, field, error.message), true));
      });
    }
  });
}

describe('a file', () => {
  test('has no say in the sentences: they are the lab’s own', () => {
    const said = read((d) => {
      d.text = ['v4 is wrong.', 'linux-3.12 is right.'];
      for (const each of [...d.points[0].ratios, d.points[0].control]) each.text = 'v4 is wrong.';
    });
    assert.deepEqual(said.toJSON(), GOOD);
    assert.ok(said.text.includes('linux-3.12 is wrong: its speed is a yardstick, nothing more.') && !said.text.some((text) => text.includes('v4 is wrong')), said.text.join('\n'));
  });

  test('has no say in what parts are called, and what is known of them', () => {
    const data = structuredClone(FILES[1]);
    Object.assign(data.points[0].measured[1], { name: 'v4', correct: true });
    const { name, correct } = Comparison.fromJSON(data, LAB).points[0].measured[1];
    assert.deepEqual([name, correct], ['v4 with ringLock none', false]);
  });

  test('is held against a lab, and without one against nothing', () => {
    for (const lab of [undefined, {}]) assert.throws(() => Comparison.fromJSON(GOOD, /** @type {any} */ (lab)), (error) => error instanceof ConfigError && error.field === 'lab');
  });

  test('that is too long is not even read', () => {
    assert.throws(() => Comparison.parse(' '.repeat(5_000_001), LAB), (error) => error instanceof ComparisonError && error.range.includes('characters'));
    for (const bad of [null, 7, undefined, {}]) assert.throws(() => Comparison.parse(/** @type {any} */ (bad), LAB), ComparisonError);
  });
});

describe('a table', () => {
  /** @param {any} data */
  const rows = (data) => {
    const [head = [], ...lines] = new Comparison(data).toCSV().trim().split('\r\n').map((line) => line.split(','));
    return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])));
  };

  test('has a row for each trial, with settings, machine, percentiles and turn; the control’s ratio can be checked by it', () => {
    const all = rows(GOOD);
    assert.equal(all.length, 3 * 6);
    assert.deepEqual([all[0]['setting.batch'], all[0]['machine.engine'], all[0]['machine.system'], all[0]['machine.architecture']], ['8', 'Chromium 156', 'Linux 6.8', 'x86 64-bit']);
    assert.deepEqual(all.map(({ turn }) => Number(turn)).sort((a, b) => a - b), Array.from({ length: 18 }, (_, i) => i + 1));
    const [timed, untimed] = ['true', 'false'].map((timed) => all.filter((row) => row.protocol === 'linux-3.12' && row.timed === timed));
    assert.deepEqual([timed[0]['callTimes.p99'], untimed[0]['callTimes.p99'], timed[0].correct], ['190', '', 'false']);
    const rate = (/** @type {Record<string, string>} */ { events, seconds }) => Number(events) / Number(seconds);
    const ratios = timed.map((row, i) => rate(row) / rate(untimed[i])).sort((a, b) => a - b);
    assert.ok(Math.abs((ratios[2] + ratios[3]) / 2 - Number(GOOD.points[0].control?.ratio)) < 1e-9);
  });

  test('has no formulas, and quotes what needs it', () => {
    const data = structuredClone(GOOD);
    data.points[0].measured[0].name = '=1+1, "x"';
    const [, row] = new Comparison(data).toCSV().split('\r\n');
    assert.ok(row.includes('"\'=1+1, ""x"""'), row);
  });
});
