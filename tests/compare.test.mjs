/**
 * Comparisons as an embedder has them, with real Workers: what is measured, how they end, and what they refuse. Nothing is said
 * of speeds: the machine may be busy.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

/* global embed -- in the functions that are called in the page */

const root = fileURLToPath(new URL('..', import.meta.url));
const path = 'tests/support/embed.html';

/** @param {import('./support/page.mjs').Page} page */
function compares(page) {
  test('protocols are measured in every round, and the result can be exported and imported', { timeout: 120_000 }, async (t) => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      /** @type {any[]} */
      const told = [];
      const config = { protocols: ['linux-3.12', 'tang-gu', { ringLock: 'none' }], rounds: 5, trialMs: 40, warmupMs: 50, sweep: { field: 'batch', values: [1, 32] }, completers: 0 };
      const comparison = await lab.compare({ ...config, onProgress: (/** @type {any} */ progress) => told.push({ ...progress, soFar: progress.soFar?.points.length ?? null }) });
      const again = embed.Comparison.parse(JSON.stringify(comparison), lab);
      const living = embed.workers().living;
      await lab.dispose();
      return { data: comparison.toJSON(), again: again.toJSON(), csv: comparison.toCSV(), told, info: lab.comparing, version: lab.version, living, left: embed.workers().living };
    });
    const { data, told, info } = said;
    t.diagnostic(`${data.machine.engine}, a step of ${data.machine.clockStepNs} ns\n${data.text.join('\n')}`);
    assert.deepEqual(said.again, data);
    assert.equal(said.csv.trim().split('\r\n').length, 1 + 2 * (3 + 1) * 5);
    assert.deepEqual([data.kind, data.format, data.machine.isolated, data.machine.version], ['aio-ring-lab comparison', 3, true, said.version]);
    assert.ok(data.machine.clockStepNs > 0 && data.machine.cores > 0 && !Number.isNaN(Date.parse(data.machine.date)));
    assert.match(data.machine.system, /^Linux/);
    assert.equal(data.machine.architecture, 'x86 64-bit');
    const trials = data.points.flatMap((/** @type {any} */ { measured, controlTrials }) => [...measured.map((/** @type {any} */ one) => one.trials), controlTrials].flat());
    assert.deepEqual(trials.map((/** @type {any} */ { turn }) => turn).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1));
    assert.equal(data.config.fields.batch, 8, 'the swept field keeps its default in the configuration');
    assert.deepEqual(Object.keys(data.config.fields).sort(), info.fields.map((/** @type {any} */ field) => field.name).sort());
    assert.deepEqual(data.points.map((/** @type {any} */ point) => [point.value, point.settings.batch]), [[1, 1], [32, 32]]);
    for (const { measured, ratios, control } of data.points) {
      assert.deepEqual(measured.map((/** @type {any} */ one) => [one.name, one.correct]), [['linux-3.12', false], ['tang-gu', false], ['v4 with ringLock none', false]]);
      for (const { trials, metrics } of measured) {
        assert.equal(trials.length, 5);
        assert.ok(trials.some((/** @type {any} */ trial) => trial.events > 0 && trial.calls > 0), JSON.stringify(trials));
        assert.deepEqual(Object.keys(metrics).sort(), info.metrics.map((/** @type {any} */ metric) => metric.name).sort());
      }
      assert.ok(ratios.every((/** @type {any} */ ratio) => ratio.protocol > 0 && ratio.low <= ratio.ratio && ratio.ratio <= ratio.high && ratio.text.includes('against linux-3.12')));
      assert.equal(control?.metric, 'eventsPerSecond');
    }
    assert.ok(data.text.includes('linux-3.12 is wrong: its speed is a yardstick, nothing more.'));
    assert.deepEqual(told.filter((/** @type {any} */ { done }) => done > 0).map((/** @type {any} */ { done }) => done), Array.from({ length: 40 }, (_, i) => i + 1));
    assert.ok(told.every((/** @type {any} */ { trials, leftMs }) => trials === 40 && leftMs >= 0));
    assert.equal(told.at(-1).leftMs, 0);
    assert.equal(said.living, 2, 'two leaders are left');
    assert.equal(said.left, 0);
  });
}

/** @param {import('./support/page.mjs').Page} page */
function copes(page) {
  test('hundreds of trials go by in memory that does not grow, with as many threads as there can be', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const long = { protocols: ['v4', 'tang-gu'], rounds: 40, trialMs: 10, warmupMs: 100, control: 'none', sweep: { field: 'batch', values: [1, 8, 32, 128] } };
      let before = 0;
      const { points } = await lab.compare({ ...long, onProgress: () => (before ||= embed.memoryBytes()) });
      const after = embed.memoryBytes();
      const crowd = await lab.compare({ protocols: ['v4', 'v4'], rounds: 5, trialMs: 50, warmupMs: 0, control: 'none', readers: 64, migrators: 64, completers: 64, ringEvents: 4096, batch: 1024 });
      const crowded = embed.memoryBytes();
      await lab.dispose();
      return { trials: points.map((/** @type {any} */ { measured }) => measured[0].trials.length), sizes: [before, after, crowded], crowd: crowd.points[0].measured[0].trials.length };
    });
    assert.deepEqual(said.trials, [40, 40, 40, 40]);
    assert.equal(said.crowd, 5);
    const [before, after, crowded] = said.sizes;
    assert.ok(before > 0 && after === before && crowded === before, `${said.sizes} bytes`);
  });

  test('cancelled it is over at once, before, while Workers start and within a trial; and the next one runs', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const long = { protocols: ['v4', 'tang-gu'], trialMs: 2000, warmupMs: 10_000, rounds: 20, control: 'none' };
      const early = await embed.failure(lab.compare({ ...long, signal: AbortSignal.abort(new RangeError('too late')) }));

      const starting = new AbortController();
      const begun = lab.compare({ ...long, signal: starting.signal });
      starting.abort(new RangeError('while starting'));
      const whileStarting = await embed.failure(begun);

      const within = new AbortController();
      let cancelledAt = 0;
      const running = lab.compare({
        ...long,
        signal: within.signal,
        onProgress: () => setTimeout(() => {
          cancelledAt ||= performance.now();
          within.abort(new RangeError('within a trial'));
        }, 300),
      });
      const whileRunning = await embed.failure(running);
      const took = performance.now() - cancelledAt;

      const next = await lab.compare({ protocols: ['v4', 'v4'], rounds: 5, trialMs: 10, warmupMs: 0, control: 'none' });
      await lab.dispose();
      return { early, whileStarting, whileRunning, took, next: next.points[0].measured.length, left: embed.workers().living };
    });
    assert.deepEqual([said.early.message, said.whileStarting.message, said.whileRunning.message], ['too late', 'while starting', 'within a trial']);
    assert.ok(said.took < 2_000, `it took ${said.took} ms to break a trial off`);
    assert.equal(said.next, 2);
    assert.equal(said.left, 0);
  });

  test('threads do one thing at a time, and after dispose none', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const comparing = lab.compare({ protocols: ['v4', 'v4'], trialMs: 2000 });
      const busy = [await embed.failure(lab.compare()), await embed.failure(() => lab.run({ protocol: 'v4' }))];
      const rejected = embed.failure(comparing);
      await embed.within(lab.dispose());
      const after = await embed.failure(lab.compare());

      const other = await embed.createLab();
      const run = other.run({ protocol: 'v4' });
      busy.push(await embed.failure(other.compare()));
      run.stop();
      await run.report;
      await other.dispose();
      return { busy, disposed: await rejected, after, left: embed.workers().living };
    });
    assert.deepEqual(said.busy.map((/** @type {any} */ error) => error.name), Array(3).fill('LabBusyError'));
    assert.deepEqual([said.disposed.name, said.after.name], ['LabDisposedError', 'LabDisposedError']);
    assert.equal(said.left, 0);
  });

  test('bad input names the field and what would be right, and nothing is tried', { timeout: 120_000 }, async () => {
    await page.open();
    const answers = await page.call(async () => {
      const lab = await embed.createLab();
      /** @type {[string, any][]} */
      const bad = [
        ['config', 7], ['config', 'v4'], ['config', null], ['more', { more: 10n }],
        ['protocols', { protocols: 'v4' }], ['protocols', { protocols: ['v4'] }], ['protocols', { protocols: Array(9).fill('v4') }], ['protocols', { protocols: null }],
        ['protocols[1]', { protocols: ['v4', 'linux-9'] }], ['protocols[1]', { protocols: ['v4', () => 1] }], ['protocols[0].speed', { protocols: [{ speed: 1 }, 'v4'] }],
        ['sweep', { sweep: 'batch' }], ['sweep.field', { sweep: { field: 'rounds', values: [5] } }], ['sweep.values', { sweep: { field: 'batch', values: Array.from({ length: 17 }, (_, i) => i + 1) } }],
        ['sweep.values[1]', { sweep: { field: 'batch', values: [1, 2000] } }],
        ['signal', { signal: {} }], ['onProgress', { onProgress: 1 }], ['protocl', { protocl: ['v4', 'v4'] }],
        ['rounds', { rounds: 200, trialMs: 2000 }],
      ];
      for (const { name, type, min = NaN, max = NaN } of lab.comparing.fields) {
        for (const value of [null, NaN, {}, true, ...(type === 'integer' ? [min - 1, max + 1, min + 0.5, String(min)] : ['no such choice', 0])]) bad.push([name, { [name]: value }]);
      }
      /** @type {any[]} */
      const answers = [];
      for (const [field, config] of bad) {
        const told = { tried: 0 };
        const error = await embed.failure(lab.compare(typeof config === 'object' && config && !config.onProgress ? { ...config, onProgress: () => told.tried++ } : config));
        answers.push({ field, error, tried: told.tried });
      }
      await lab.dispose();
      return answers;
    });
    assert.ok(answers.length > 80);
    for (const { field, error, tried } of answers) {
      assert.equal(error.name, 'ConfigError', JSON.stringify({ field, error }));
      assert.ok(error.field === field && error.range.length > 3 && error.message.includes(error.range), JSON.stringify({ field, error }));
      assert.equal(tried, 0);
    }
  });

  test('a Worker that crashes is reported, and the lab compares again', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const config = { protocols: ['v4', 'v4'], rounds: 5, trialMs: 20, warmupMs: 0, control: 'none' };
      const lab = await embed.createLab({ compareWorkerUrl: embed.worker('compare-traps'), compareWasmUrl: `${embed.site}lib/wasm/compare_bg.wasm` });
      const crash = await embed.failure(lab.compare({ ...config, readers: 3 }));
      const left = embed.workers().living;
      // With one reader and one migrator there is no third thread to crash.
      const { points } = await embed.within(lab.compare(config));
      await lab.dispose();
      return { crash, left, trials: points[0].measured[0].trials.length, after: embed.workers().living };
    });
    assert.equal(said.crash.name, 'WorkerCrashedError', JSON.stringify(said.crash));
    assert.equal(said.crash.thread, 'thread 3');
    assert.equal(said.left, 1, 'the leader of runs is left');
    assert.deepEqual([said.trials, said.after], [5, 0]);
  });

  test('a trial in which nobody can go on is given up and left out, and the others count', { timeout: 120_000 }, async (t) => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      // As buggy user space could: `ring->head` is set to `ring->tail`, so slots never come back. Nothing is known of the lab's
      // insides but struct aio_ring.
      let stealing = true;
      const thief = setInterval(() => {
        const memory = embed.memory();
        if (!memory || !stealing) return;
        const words = new Uint32Array(memory.buffer);
        for (let page = 0; page < words.length; page += 1024) {
          if (words[page + 4] !== 0xa10a10a1 || words[page + 7] !== 32) continue;
          for (let i = 0; i < 2000; i += 1) Atomics.store(words, page + 2, Atomics.load(words, page + 3));
        }
      }, 2);
      const comparison = await lab.compare({
        protocols: ['v4', 'v4'], rounds: 5, trialMs: 400, warmupMs: 0, control: 'none', migrators: 0, completers: 1, ringEvents: 60,
        onProgress: (/** @type {any} */ { done }) => (stealing = done < 8),
      });
      clearInterval(thief);
      await lab.dispose();
      return { measured: comparison.points[0].measured, text: comparison.text, left: embed.workers().living };
    });
    const trials = said.measured.flatMap((/** @type {any} */ { trials }) => trials);
    const hung = trials.filter((/** @type {any} */ trial) => trial.hung).length;
    t.diagnostic(`${hung} of ${trials.length} trials hung`);
    assert.ok(hung >= 1 && hung < trials.length, JSON.stringify(trials));
    assert.ok(said.text.some((/** @type {string} */ text) => /trials of v4 hung, and their figures are left out/.test(text)), said.text.join('\n'));
    assert.equal(said.left, 0);
  });
}

for (const [name, title] of /** @type {const} */ ([['chromium', 'Chromium'], ['firefox', 'Firefox'], ['webkit', 'WebKitGTK']])) {
  describe(`comparisons in ${title}`, { skip: missing(name) }, () => {
    const page = pageIn(name, { root, path });
    compares(page);
    if (name === 'chromium') copes(page);
  });
}

describe('comparisons without isolation', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root, path, isolated: false });

  test('there are none, and the error says what is missing', { timeout: 60_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const error = await embed.failure(lab.compare());
      const fields = lab.comparing.fields.length;
      await lab.dispose();
      return { error, fields };
    });
    assert.equal(said.error.name, 'NotIsolatedError');
    assert.ok(said.fields > 5, 'what could be asked is known all the same');
  });
});
