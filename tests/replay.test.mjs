/** A counterexample forced on real Workers in Chromium: it breaks there too, the fix refuses it, and nothing hangs. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';

import { missing } from './support/browsers.mjs';
import { pageIn } from './support/setup.mjs';

/* global embed -- in the functions that are called in the page */

const root = fileURLToPath(new URL('..', import.meta.url));

describe('forced replay in Chromium', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root, path: 'tests/support/embed.html' });

  for (const [scenario, protocol] of [['lost-head', 'linux-3.12'], ['abba', 'v1'], ['lost-header', 'linux-3.13'], ['queued-writer', 'v1']]) {
    test(`what the search has found of ${scenario} breaks on threads, each of 1,000 times, and v4 refuses it`, { timeout: 180_000 }, async () => {
      await page.open();
      const { invariant, moves, forced, refused, told, before, living } = await page.call(async (scenario, protocol) => {
        const lab = await embed.createLab();
        const { violation } = await lab.explore({ scenario, protocol });
        const { invariant, trace } = /** @type {import('../www/lib/types-prove.js').Violation} */ (violation);
        /** @type {any[]} */
        const told = [];
        const forced = await lab.replay(trace, { times: 1000, onProgress: (/** @type {any} */ progress) => told.push(progress) });
        const refused = await lab.replay(trace, { times: 10, protocol: 'v4' });
        const before = embed.workers().living;
        await lab.dispose();
        return { invariant, moves: trace.schedule.length, forced, refused, told, before, living: embed.workers().living };
      }, scenario, protocol);
      const said = JSON.stringify({ forced, refused });
      assert.equal(forced.times, 1000, said);
      assert.ok(forced.broke >= 999 && forced.findings[invariant] === forced.broke && !forced.aborted, said);
      assert.equal(forced.first?.invariant, invariant, said);
      assert.equal(invariant === 'deadlock', forced.first?.deadlock !== undefined, said);
      assert.deepEqual([refused.times, refused.followed, refused.broke], [10, 0, 0], said);
      const why = refused.refused;
      assert.ok(why && why.move <= moves && why.thread && why.step && why.reason, said);
      assert.ok(told.length > 0 && told.at(-1).done === 1000 && told.at(-1).times === 1000, said);
      assert.equal(living, 0, 'Workers are left');
      assert.ok(before > 0, 'the explorer was there');
    });
  }

  test('it is aborted within bounds, runs alone, and leaves the lab usable', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const { violation } = await lab.explore({ scenario: 'lost-head', protocol: 'linux-3.12' });
      const { trace } = /** @type {import('../www/lib/types-prove.js').Violation} */ (violation);
      const early = await embed.failure(lab.replay(trace, { signal: AbortSignal.abort(new RangeError('too late')) }));

      const giveUp = new AbortController();
      const long = lab.replay(trace, { times: 1_000_000, signal: giveUp.signal, onProgress: (/** @type {any} */ { done }) => done > 0 && giveUp.abort() });
      const busy = await embed.failure(lab.replay(trace));
      const busyRun = await embed.failure(() => lab.run({ protocol: 'v4' }));
      const aborted = await embed.within(long);

      const run = lab.run({ protocol: 'v4', durationMs: 300 });
      const whileRunning = await embed.failure(lab.replay(trace));
      const { reason } = await embed.within(run.report);
      const again = await embed.within(lab.replay(trace, { times: 5 }));

      const last = lab.replay(trace, { times: 1_000_000 });
      await embed.sleep(100);
      await lab.dispose();
      const disposed = await embed.within(last.then((/** @type {any} */ report) => report.aborted, () => 'rejected'));
      return { early, busy, busyRun, whileRunning, aborted, reason, again, disposed, living: embed.workers().living };
    });
    assert.equal(said.early.message, 'too late');
    assert.deepEqual([said.busy.name, said.busyRun.name, said.whileRunning.name], ['LabBusyError', 'LabBusyError', 'LabBusyError']);
    assert.ok(said.aborted.aborted && said.aborted.times > 0 && said.aborted.times < 1_000_000, JSON.stringify(said.aborted));
    assert.equal(said.reason, 'duration');
    assert.deepEqual([said.again.times, said.again.broke], [5, 5]);
    assert.ok(said.disposed === true || said.disposed === 'rejected', String(said.disposed));
    assert.equal(said.living, 0, 'Workers are left');
  });

  test('a corruption of a live run is found again in the model, and forced on threads', { timeout: 120_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      // The record of a run does not always say enough.
      for (let tries = 0; tries < 10; tries++) {
        const run = lab.run({ protocol: 'linux-3.12', durationMs: 20_000 });
        await embed.until(run, (sample) => embed.corruptions(sample) > 0);
        run.stop();
        const { firstCorruption } = await embed.within(run.report);
        const found = firstCorruption && (await lab.reproduce(firstCorruption));
        if (!found) continue;
        const report = await lab.replay(found.trace, { times: 100 });
        await lab.dispose();
        return { kind: firstCorruption.kind, finding: found.finding?.invariant, steps: found.trace.steps.length, report };
      }
      return null;
    });
    assert.ok(said, 'in none of 10 runs');
    assert.equal(said.finding, said.kind);
    assert.ok(said.steps > 10 && said.report.broke === 100 && said.report.findings[said.kind] === 100, JSON.stringify(said));
  });

  test('where a record does not say enough, the search of what it shows is a click away', { timeout: 60_000 }, async () => {
    await page.open();
    const links = await page.call(async () => {
      const lab = await embed.createLab();
      const { CorruptionPanel } = await import(`${embed.site}page/corruption.js`);
      const panel = new CorruptionPanel({ protocols: lab.protocols, scenarios: lab.scenarios, parts: lab.parts, fields: lab.fields, engines: lab.engines, kinds: lab.kinds, reproduce: async () => null });
      document.body.append(panel.element);
      /** @type {Record<string, Record<string, string | null>>} */
      const links = {};
      const steps = [{ thread: 0, role: 'setup', label: 'load', source: 'a.rs:1' }];
      for (const [kind, scenario, protocol] of /** @type {[string, string, unknown][]} */ ([['reference', 'double-put', 'v1'], ['writeAfterFree', 'lost-header', 'linux-3.13'], ['foreign', 'lost-head', { ...lab.protocols[0].parts }]])) {
        const trace = new embed.Trace({ scenario, protocol: 'v1', threads: ['setup 1'], steps, complete: false });
        panel.showFirst({ kind, timeMs: 1, thread: 'setup 1', detail: '', trace }, protocol);
        panel.element.querySelector('#reproduce button').click();
        for (let i = 0; i < 100 && !panel.element.querySelector('#reproduce a'); i++) await new Promise((resolve) => setTimeout(resolve, 20));
        const { search } = new URL(panel.element.querySelector('#reproduce a').href);
        links[kind] = Object.fromEntries(['view', 'scenario', 'protocol'].map((name) => [name, new URLSearchParams(search).get(name)]));
      }
      await lab.dispose();
      return links;
    });
    assert.deepEqual(links, {
      reference: { view: 'prove', scenario: 'double-put', protocol: 'v1' },
      writeAfterFree: { view: 'prove', scenario: 'write-after-free', protocol: 'linux-3.13' },
      foreign: { view: 'prove', scenario: 'lost-completion', protocol: 'custom' },
    });
  });

  test('bad input is a typed error, and a schedule that fits nothing is refused', { timeout: 60_000 }, async () => {
    await page.open();
    const said = await page.call(async () => {
      const lab = await embed.createLab();
      const good = { scenario: 'lost-head', protocol: 'linux-3.12', schedule: [[0, 0], [1, 0]] };
      const bad = [
        null, {}, 'a trace', { ...good, schedule: 'all' }, { ...good, schedule: [[0]] }, { ...good, schedule: [[7, 0]] }, { ...good, schedule: [[0, -1]] },
        { ...good, schedule: Array(10_001).fill([0, 0]) }, { ...good, scenario: 'miniature', protocol: 'racy' }, { ...good, scenario: '<b>' },
        { ...good, protocol: 'linux-9' }, { ...good, sizes: { reads: 0 } },
      ];
      const errors = [];
      for (const trace of bad) errors.push(await embed.failure(lab.replay(/** @type {any} */ (trace))));
      for (const options of [{ times: 0 }, { times: 1.5 }, { times: 2e6 }, { protocol: 'v9' }, { signal: 4 }, { onProgress: 4 }]) {
        errors.push(await embed.failure(lab.replay(/** @type {any} */ (good), /** @type {any} */ (options))));
      }
      const garbage = await lab.replay(/** @type {any} */ ({ ...good, schedule: Array(10_000).fill([1, 0]) }));
      await lab.dispose();
      return { errors, garbage };
    });
    for (const error of said.errors) assert.equal(error.name, 'ConfigError', JSON.stringify(error));
    assert.deepEqual([said.garbage.times, said.garbage.followed], [1, 0]);
    assert.equal(said.garbage.refused?.thread, 'migrator 1');
  });
});

describe('forced replay without isolation', { skip: missing('chromium') }, () => {
  const page = pageIn('chromium', { root, path: 'tests/support/embed.html', isolated: false });

  test('it says which headers are missing', { timeout: 60_000 }, async () => {
    await page.open();
    const error = await page.call(async () => {
      const lab = await embed.createLab();
      const trace = /** @type {any} */ ({ scenario: 'lost-head', protocol: 'linux-3.12', schedule: [[0, 0]] });
      const error = await embed.failure(lab.replay(trace));
      await lab.dispose();
      return error;
    });
    assert.equal(error.name, 'NotIsolatedError');
  });
});
