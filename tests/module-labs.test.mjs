/** Labs that come and go, over the stand-in for the wasm. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { installWorkers } from './fake/web-worker.mjs';
import { noWorkers, wasmUrl, within } from './support/fake-lab.mjs';
import { ConfigError, createLab, LabDisposedError, LoadError, NotIsolatedError, WorkerCrashedError } from '../www/lib/index.js';

describe('labs come and go', () => {
  /** @type {() => void} */
  let uninstall;
  before(() => (uninstall = installWorkers()));
  after(async () => {
    await noWorkers();
    uninstall();
  });

  test('dispose, twice, during a run: the report says aborted; afterwards nothing goes', async () => {
    const lab = await createLab({ wasmUrl });
    const run = lab.run({ protocol: 'linux-3.12', durationMs: 0 });
    await sleep(150);
    await within(Promise.all([lab.dispose(), lab.dispose()]));
    assert.equal((await run.report).reason, 'aborted');
    await noWorkers();
    assert.throws(() => lab.run({ protocol: 'linux-3.12' }), LabDisposedError);
  });

  test('dispose right after run, and in the middle of a new engine’s start', async () => {
    const lab = await createLab({ wasmUrl });
    /** @type {import('../www/lib/index.js').RunConfig & { day: string }} */
    const bad = { protocol: 'linux-3.12', day: 'panic', durationMs: 0 };
    const first = lab.run(bad);
    await assert.rejects(first.report, WorkerCrashedError);
    const second = lab.run({ protocol: 'linux-3.12' });
    await sleep(5);
    await within(lab.dispose());
    assert.equal((await second.report).reason, 'aborted');
    await noWorkers();
  });

  test('30 labs leave no Worker behind', async () => {
    for (let i = 0; i < 30; i++) {
      const lab = await createLab({ wasmUrl });
      await lab.dispose();
    }
    await noWorkers();
  });

  test('giving up while loading', async () => {
    const controller = new AbortController();
    const lab = createLab({ wasmUrl, signal: controller.signal });
    controller.abort();
    await assert.rejects(lab, { name: 'AbortError' });
    await noWorkers();
  });

  for (const [what, options, url] of /** @type {[string, import('../www/lib/index.js').LabOptions, RegExp][]} */ ([
    ['a script that is not there', { workerUrl: new URL('./nowhere.js', import.meta.url) }, /nowhere\.js$/],
    ['a wasm that is none', { wasmUrl: 'data:text/html,<p>not%20found' }, /^data:text\/html/],
    ['a wasm that is not there', { wasmUrl: new URL('./nowhere.wasm', import.meta.url) }, /nowhere\.wasm$/],
  ])) {
    test(`LoadError names the address: ${what}`, async () => {
      const refused = assert.rejects(createLab({ wasmUrl, ...options }), (error) => {
        assert.ok(error instanceof LoadError, String(error));
        assert.match(error.url, url);
        return true;
      });
      await within(refused);
      await noWorkers();
    });
  }

  test('without isolation the lab says what it can do, and run names the headers', async () => {
    installWorkers({ isolated: false });
    const lab = await createLab({ wasmUrl });
    assert.equal(lab.isolated, false);
    assert.equal(lab.protocols.length, 1);
    assert.throws(() => lab.run({ protocol: 'linux-3.12', readers: 0 }), ConfigError);
    assert.throws(() => lab.run({ protocol: 'linux-3.12' }), NotIsolatedError);
    await lab.dispose();
    installWorkers();
  });
});
