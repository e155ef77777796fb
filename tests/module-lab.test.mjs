/** A lab and its runs, over the stand-in for the wasm. What only a browser can show is in the browser tests. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { installWorkers } from './fake/web-worker.mjs';
import { noWorkers, wasmUrl, within } from './support/fake-lab.mjs';
import { ConfigError, createLab, LabBusyError, Trace, WorkerCrashedError } from '../www/lib/index.js';

describe('a lab over the fake wasm', () => {
  /** @type {() => void} */
  let uninstall;
  /** @type {import('../www/lib/index.js').Lab} */
  let lab;
  before(async () => {
    uninstall = installWorkers();
    lab = await createLab({ wasmUrl });
  });
  after(async () => {
    await lab.dispose();
    await noWorkers();
    uninstall();
  });
  /** @param {Partial<import('../www/lib/index.js').RunConfig> & { day?: string }} [config] */
  const start = (config = {}) => lab.run({ protocol: 'linux-3.12', ...config });

  /** The lab is whole: a short run ends well, and only the leader is left. */
  async function runsOn() {
    const run = start({ durationMs: 0 });
    for await (const { events } of run) if (events > 0) run.stop();
    assert.equal((await within(run.report)).reason, 'stopped');
    await noWorkers(1);
  }

  test('it says what it can do, and none of it can be changed', () => {
    assert.equal(lab.isolated, true);
    assert.equal(lab.version, '0.0.0-fake');
    assert.ok(lab.fields.some((field) => field.name === 'readers'));
    // As somebody would who does not look at types.
    const { fields, kinds } = /** @type {any} */ (lab);
    assert.throws(() => (fields[0].max = 1e9), TypeError);
    assert.throws(() => kinds.pop(), TypeError);
  });

  test('a run goes through its states, samples rise, the report has it all', async () => {
    const run = start({ durationMs: 1000, readers: 2, completers: 1, setups: 1, teardowns: 1, addressSpaces: 1 });
    assert.equal(run.state, 'starting');
    assert.deepEqual(run.sample(), { timeMs: 0, events: 0, migrations: 0, refused: 0, setups: 0, teardowns: 0, corruptions: { duplicate: 0, lost: 0 } });
    assert.deepEqual(run.frameMap(), { pages: [], rings: [], frames: [] });
    const samples = [];
    for await (const sample of run) {
      samples.push(sample);
      if (samples.length === 1) {
        assert.equal(run.state, 'running');
        assert.ok(run.sample().events >= sample.events);
        const pages = [
          { frame: 5, generation: 3 },
          { frame: 4094, generation: 0xfffff },
        ];
        assert.deepEqual(run.frameMap(), {
          pages,
          rings: [
            { live: true, generation: 7, pages },
            { live: false, generation: 0, pages: [null] },
          ],
          frames: [
            { refs: 1, free: false, generation: 9, touched: 0 },
            { refs: 0, free: true, generation: 0x7ffff, touched: 2 },
          ],
        });
      }
    }
    assert.equal(run.state, 'ended');
    assert.ok(samples.length >= 3, `${samples.length} samples`);
    for (let i = 1; i < samples.length; i++) {
      assert.ok(samples[i].timeMs > samples[i - 1].timeMs && samples[i].events >= samples[i - 1].events);
    }
    const report = await run.report;
    const { timeMs, events, migrations, refused, setups, teardowns, corruptions } = report;
    assert.deepEqual(samples.at(-1), { timeMs, events, migrations, refused, setups, teardowns, corruptions });
    assert.ok(setups > 0);
    assert.deepEqual(run.sample(), samples.at(-1));
    assert.equal(run.frameMap().frames.length, 2);
    assert.equal(report.seconds, timeMs / 1000);
    assert.equal(report.reason, 'duration');
    assert.deepEqual(report.threads.map((thread) => thread.name), ['reader 1', 'reader 2', 'migrator 1', 'completer 1', 'setup 1', 'teardown 1', 'address-space 1']);
    assert.equal(report.threads.reduce((sum, thread) => sum + Number(thread.events), 0), events);
    assert.ok(Number(report.threads[0].turns) > 0, 'what the wasm adds is kept');
    assert.ok(!('deadlock' in report));
    assert.deepEqual(report.atRest, []);
    const first = report.firstCorruption;
    assert.ok(first?.trace instanceof Trace);
    assert.deepEqual(first.trace.threads, ['reader 1', 'migrator 1']);
    assert.match(first.trace.toText(), /^reader 1: aio_read_events_ring\(\) +migrator 1: /);
    assert.equal(first.trace.steps[1].lost, true);
    assert.deepEqual(report.config, {
      scenario: 'lost-head', protocol: 'linux-3.12', readers: 2, migrators: 1, completers: 1, setups: 1, teardowns: 1, addressSpaces: 1, durationMs: 1000, day: 'calm',
    });
    await noWorkers(1);
  });

  test('the time of a corruption counts from when the threads were let go, not from when the leader laid the run out', async () => {
    const { firstCorruption } = await within(start({ day: 'late', durationMs: 1 }).report);
    const timeMs = firstCorruption?.timeMs ?? NaN;
    assert.ok(timeMs > 0 && timeMs < 1500, `50 ms after the start, not ${timeMs}`);
  });

  test('iterators are independent, a slow one gets the newest, leaving early stops nothing, a late one gets the last', async () => {
    const run = start({ durationMs: 1500 });
    /** @type {import('../www/lib/index.js').Sample[]} */
    const all = [];
    /** @type {import('../www/lib/index.js').Sample[]} */
    const slow = [];
    await Promise.all([
      (async () => {
        for await (const sample of run) all.push(sample);
      })(),
      (async () => {
        for await (const sample of run) {
          slow.push(sample);
          await sleep(500);
        }
      })(),
      (async () => {
        for await (const _ of run) break;
        assert.equal(run.state, 'running');
      })(),
    ]);
    assert.ok(slow.length < all.length);
    assert.equal(slow.at(-1), all.at(-1));
    const late = [];
    for await (const sample of run) late.push(sample);
    assert.deepEqual(late, [all.at(-1)]);
  });

  test('stop, twice, ends an endless run at once', async () => {
    const run = start({ durationMs: 0 });
    for await (const _ of run) {
      if (run.state === 'ended') break;
      run.stop();
      run.stop();
      assert.equal(run.state, 'stopping');
    }
    assert.equal((await run.report).reason, 'stopped');
  });

  test('stopped before it began: a report without events', async () => {
    const run = start();
    run.stop();
    const report = await within(run.report);
    assert.equal(report.reason, 'stopped');
    assert.equal(report.timeMs, 0);
    assert.deepEqual(report.threads, []);
    for await (const sample of run) assert.equal(sample.events, 0);
    await runsOn();
  });

  test('stopped while Workers start: they leave in order', async () => {
    for (const wait of [1, 5, 20, 40]) {
      const run = start({ readers: 4 });
      await sleep(wait);
      run.stop();
      assert.equal((await within(run.report)).reason, 'stopped');
    }
    await runsOn();
  });

  test('a signal aborts, before, while starting, and while running; no listener is left', async () => {
    const reason = new Error('enough');
    assert.throws(() => start({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
    for (const wait of [0, 200]) {
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
      signal.addEventListener = (/** @type {Parameters<typeof add>} */ ...args) => (listeners++, add(...args));
      signal.removeEventListener = (/** @type {Parameters<typeof remove>} */ ...args) => (listeners--, remove(...args));
      const run = start({ durationMs: 0, signal });
      await sleep(wait);
      controller.abort();
      assert.equal((await within(run.report)).reason, 'aborted');
      assert.equal(listeners, 0);
    }
  });

  test('one run at a time', async () => {
    const run = start({ durationMs: 0 });
    assert.throws(() => start(), LabBusyError);
    assert.throws(() => start({ readers: 0 }), ConfigError);
    run.stop();
    assert.throws(() => start(), LabBusyError);
    await run.report;
    await runsOn();
  });

  for (const [day, message, place] of /** @type {[string, string, string | null][]} */ ([
    ['panic', 'index out of bounds', 'crate/src/lab/mod.rs:7:9'],
    ['trap', 'memory access out of bounds', null],
  ])) {
    test(`a Worker’s ${day} reaches the report, the iterators and the lab; the others stop; the lab runs on`, async () => {
      /** @type {[string, unknown][]} */
      const events = [];
      const listen = (/** @type {Event} */ event) => events.push([event.type, /** @type {CustomEvent} */ (event).detail]);
      for (const type of ['run', 'report', 'crash']) lab.addEventListener(type, listen);
      const run = start({ day, readers: 3, durationMs: 0 });
      const crashed = (/** @type {unknown} */ error) => {
        assert.ok(error instanceof WorkerCrashedError, String(error));
        assert.equal(error.thread, 'reader 2');
        assert.ok(error.message.includes(message));
        if (place) assert.equal(error.place, place);
        return true;
      };
      await assert.rejects(async () => {
        for await (const _ of run);
      }, crashed);
      await within(assert.rejects(run.report, crashed));
      assert.equal(run.state, 'ended');
      assert.ok(run.sample().events > 0);
      await noWorkers(0);
      for (const type of ['run', 'report', 'crash']) lab.removeEventListener(type, listen);
      assert.deepEqual(events.map(([type]) => type), ['run', 'crash']);
      assert.equal(events[0][1], run);
      await runsOn();
    });
  }

  test('a panic of the leader stops the run too', async () => {
    const run = start({ day: 'leader', durationMs: 0 });
    await within(assert.rejects(run.report, (error) => error instanceof WorkerCrashedError && error.thread === 'leader' && /the watch broke/.test(error.message)));
    await noWorkers(0);
    await runsOn();
  });

  test('a run whose threads all wait is reported and unwound', async () => {
    const run = start({ scenario: 'abba', durationMs: 0 });
    const report = await within(run.report);
    assert.equal(report.reason, 'deadlock');
    assert.equal(report.deadlock?.text, 'reader 1 waits for events');
    await runsOn();
  });

  test('threads that are deaf to stop hear abort', async () => {
    const run = start({ day: 'deaf', durationMs: 50 });
    const times = [];
    for await (const { timeMs } of run) times.push(timeMs);
    assert.deepEqual(times, [...new Set(times)], 'one sample for the end, however long it takes');
    assert.equal((await within(run.report)).reason, 'duration');
    await runsOn();
  });

  test('threads that are deaf to all are terminated, in bounded time', async () => {
    const run = start({ day: 'dead', durationMs: 50 });
    await within(assert.rejects(run.report, (error) => error instanceof WorkerCrashedError && /reader 1, migrator 1/.test(error.thread) && /5 s/.test(error.message)));
    await noWorkers(0);
    await runsOn();
  });

  test('what only the wasm can judge is a ConfigError of the report', async () => {
    const run = start({ day: 'odd' });
    await assert.rejects(run.report, (error) => error instanceof ConfigError && error.field === 'batch' && /ring/.test(error.range));
    await runsOn();
  });

  test('100 runs on one lab leave no Worker and no stack behind', async () => {
    for (let i = 0; i < 100; i++) {
      const run = start({ durationMs: i % 2 ? 1 : 0 });
      if (i % 2 === 0) setTimeout(() => run.stop(), i / 4);
      // The fake’s report panics if a follower did not give its stack back.
      assert.ok(['duration', 'stopped'].includes((await within(run.report)).reason));
    }
    await noWorkers(1);
  });
});
