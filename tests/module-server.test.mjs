/** The JS module where there is no browser: importing it does nothing, and its errors say what they should. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

const globalsBefore = Object.getOwnPropertyNames(globalThis).sort().join();
const module = await import('../www/lib/index.js');
const globalsAfter = Object.getOwnPropertyNames(globalThis).sort().join();
const { ComparisonError, ConfigError, createLab, LabBusyError, LabDisposedError, LabError, LoadError, NotIsolatedError, TraceError, WorkerCrashedError } = module;

describe('on a server', () => {
  test('importing does nothing to the globals', () => assert.equal(globalsAfter, globalsBefore));

  test('createLab says what is missing', () => assert.rejects(createLab(), (error) => error instanceof LabError && /Worker/.test(error.message)));

  test('createLab with an aborted signal rejects with its reason', async () => {
    const reason = new Error('no more');
    await assert.rejects(createLab({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  });
});

describe('errors', () => {
  const all = {
    LabError: new LabError('x'),
    NotIsolatedError: new NotIsolatedError(),
    ConfigError: new ConfigError('readers', 0, 'an integer from 1 to 64'),
    WorkerCrashedError: new WorkerCrashedError('reader 1', 'boom', 'crate/src/lab/mod.rs:7:9'),
    LabBusyError: new LabBusyError(),
    LabDisposedError: new LabDisposedError(),
    LoadError: new LoadError('http://127.0.0.1/x.wasm', 'the server answered 404'),
    TraceError: new TraceError('markup'),
    ComparisonError: new ComparisonError('points[0].value', '<b>', 'a number'),
  };
  const named = /** @type {[keyof typeof all, Error][]} */ (Object.entries(all));
  for (const [name, error] of named) {
    test(`${name} is a LabError and an Error, and knows its name`, () => {
      assert.ok(error instanceof LabError && error instanceof Error && error instanceof module[name]);
      assert.equal(error.name, name);
      assert.match(String(error.stack), new RegExp(`at .*module-server.test`));
    });
  }

  test('they carry what a program needs', () => {
    assert.deepEqual(Object.keys(all.NotIsolatedError.headers), ['Cross-Origin-Opener-Policy', 'Cross-Origin-Embedder-Policy']);
    assert.match(all.NotIsolatedError.message, /Opener-Policy: same-origin.*Embedder-Policy: require-corp/);
    assert.deepEqual([all.ConfigError.field, all.ConfigError.value, all.ConfigError.range], ['readers', 0, 'an integer from 1 to 64']);
    assert.equal(all.ConfigError.message, 'readers must be an integer from 1 to 64, not 0');
    assert.deepEqual([all.WorkerCrashedError.thread, all.WorkerCrashedError.place], ['reader 1', 'crate/src/lab/mod.rs:7:9']);
    assert.match(all.WorkerCrashedError.message, /reader 1 crashed: boom \(crate/);
    assert.equal(all.LoadError.url, 'http://127.0.0.1/x.wasm');
  });

  test('a ConfigError can say any value', () => {
    for (const value of [Symbol('s'), 10n, () => 1, { toString: null }, Object.create(null), [], 'x'.repeat(1e6), NaN, undefined, null]) {
      assert.ok(new ConfigError('seed', value, 'a number').message.length < 200);
    }
  });
});
