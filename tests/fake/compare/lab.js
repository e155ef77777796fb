/** What the real lab does with Workers, done with numbers: the same shapes, so that the page cannot tell. */
import { Comparison, ConfigError, NotIsolatedError, WorkerCrashedError } from '../real-index.js';
import { random } from './numbers.js';
import { METRICS, allAtOnce, blockOf, resultsOf, rowsOf } from './results.js';

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {any} lab the real one */
export function dress(lab) {
  const fake = Object.create(lab);
  const run = (/** @type {string} */ name) => lab.fields.find((/** @type {any} */ field) => field.name === name);
  const integer = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ help, /** @type {string | null} */ unit, /** @type {number} */ min, /** @type {number} */ max, /** @type {number} */ standard) =>
    ({ name, label, help, unit, type: 'integer', min, max, default: standard });
  const comparing = {
    fields: [
      { ...run('readers'), min: 1, default: 1 }, { ...run('migrators'), default: 1 }, run('completers'), run('batch'), run('ringEvents'), run('pace'), run('page'),
      integer('rounds', 'Rounds', 'How often each protocol is tried at each point.', null, 5, 100, 7),
      integer('trialMs', 'Trial', 'How long one trial lasts, without its warm-up.', 'ms', 20, 10_000, 100),
      integer('warmupMs', 'Warm-up', 'How long each protocol runs before the first round.', 'ms', 0, 5_000, 20),
      { name: 'control', label: 'Control', help: 'What the stopwatch itself costs.', unit: null, type: 'choice', default: 'untimed', choices: [{ value: 'untimed', label: 'without the stopwatch' }, { value: 'none', label: 'none' }] },
      run('seed'),
    ],
    sweeps: [
      { field: 'readers', values: [1, 2, 4, 8] }, { field: 'batch', values: [1, 8, 32, 128] },
      { field: 'ringEvents', values: [60, 250, 1000, 4000] }, { field: 'pace', values: [0, 100, 1000, 10_000] },
    ],
    metrics: METRICS.map(({ of, ...info }) => info),
    most: { protocols: 8, values: 12, trials: 2000, seconds: 900, overheadMs: 15 },
  };
  const asked = [];

  fake.comparing = comparing;
  const usual = Object.fromEntries(comparing.fields.map((field) => [field.name, field.default]));
  fake.sample = (/** @type {any} */ sweep = null, protocols = ['linux-3.12', 'v4']) => Comparison.fromJSON(allAtOnce(lab, { protocols, sweep, fields: usual }), fake).toJSON();
  // As unlike v4 as can be: the longest name of all.
  fake.otherParts = Object.fromEntries(lab.parts.map((/** @type {any} */ { name, default: fixed, choices }) => [name, choices ? choices.map((/** @type {any} */ { value }) => value).find((/** @type {any} */ value) => value !== fixed) : !fixed]));
  fake.asked = asked;
  Object.defineProperty(fake, 'isolated', { get: () => lab.isolated });
  fake.compare = async ({ protocols, sweep = null, signal, onProgress, ...given }) => {
    if (!lab.isolated) throw new NotIsolatedError();
    const fields = {};
    for (const field of comparing.fields) {
      const value = given[field.name] ?? field.default;
      const good = field.type === 'choice' ? field.choices.some((choice) => choice.value === value) : Number.isInteger(value) && value >= field.min && value <= field.max;
      if (!good) throw new ConfigError(field.name, value, `an integer from ${field.min} to ${field.max}`);
      fields[field.name] = value;
    }
    if (sweep && sweep.values.length < 2) throw new ConfigError('sweep.values', sweep.values, 'two or more');
    asked.push({ protocols, sweep, fields });
    const config = { protocols, sweep, fields };
    const rows = rowsOf(config);
    const noise = random(7);
    const trials = fields.rounds * rows.length * (protocols.length + (fields.control === 'none' ? 0 : 1));
    const began = performance.now();
    const pause = globalThis.slowCompare ?? 0;
    const told = { turn: 0 };
    const results = () => Comparison.fromJSON(resultsOf(lab, config, rows, (performance.now() - began) / 1000), fake);
    const soFar = () => {
      const data = results().toJSON();
      return { ...data, text: [...(globalThis.alsoSaid ?? []), ...data.text] };
    };
    onProgress?.({ done: 0, trials, leftMs: trials * pause, soFar: null });
    for (let round = 0; round < fields.rounds; round++) {
      for (const row of rows) {
        for (const _ of blockOf(config, row, noise, told)) {
          if (pause > 0) await sleep(pause);
          signal?.throwIfAborted();
          const done = told.turn;
          onProgress?.({ done, trials, leftMs: (trials - done) * pause, soFar: round > 0 ? soFar() : null });
          if (globalThis.crashAt <= done) throw new WorkerCrashedError('reader 1', 'index out of bounds', 'crate/src/aio/read.rs:41:9');
        }
      }
    }
    for (const each of rows[0].trials[0].slice(0, globalThis.hungTrials ?? 0)) each.hung = true;
    for (const each of rows[0].trials[0].slice(0, globalThis.wildTrials ?? 0)) each.nsPerCall *= 100;
    return results();
  };
  return fake;
}
