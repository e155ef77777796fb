/** What a run is asked, checked before anything starts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { describe as describeFake } from './fake/wasm.mjs';
import { checkConfig } from '../www/lib/config.js';
import { ConfigError } from '../www/lib/index.js';

describe('configuration', () => {
  const description = /** @type {import('../www/lib/types.js').Description} */ (/** @type {unknown} */ (describeFake()));
  const used = (/** @type {unknown} */ config) => checkConfig(config, description).used;
  const refused = (/** @type {unknown} */ config, /** @type {string} */ field, /** @type {RegExp} */ range) =>
    assert.throws(() => used(config), (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.equal(error.field, field);
      assert.match(error.range, range);
      return true;
    });

  test('what is left out has its default, undefined included', () => {
    const all = {
      scenario: 'lost-head', protocol: 'linux-3.12', readers: 1, migrators: 1, completers: 0, setups: 0, teardowns: 0, addressSpaces: 0, durationMs: 200, day: 'calm',
    };
    assert.deepEqual(used({ protocol: 'linux-3.12' }), all);
    assert.deepEqual(used({ protocol: 'linux-3.12', readers: undefined, signal: undefined }), all);
    assert.deepEqual(used({ protocol: 'linux-3.12', readers: 64, completers: -0 }), { ...all, readers: 64 });
  });

  test('a field given goes before the scenario, and the scenario before the default', () => {
    const config = (/** @type {object} */ changes) => {
      const { scenario, setups, migrators, readers, day } = used({ protocol: 'linux-3.12', ...changes });
      return { scenario, setups, migrators, readers, day };
    };
    assert.deepEqual(config({ scenario: 'abba' }), { scenario: 'abba', setups: 2, migrators: 3, readers: 1, day: 'stuck' });
    assert.deepEqual(config({ scenario: 'abba', setups: 0, day: undefined }), { scenario: 'abba', setups: 0, migrators: 3, readers: 1, day: 'stuck' });
    assert.deepEqual(config({ scenario: 'abba', migrators: 1, readers: 2, day: 'calm' }), { scenario: 'abba', setups: 2, migrators: 1, readers: 2, day: 'calm' });
    assert.deepEqual(config({ scenario: undefined }), { scenario: 'lost-head', setups: 0, migrators: 1, readers: 1, day: 'calm' });
  });

  for (const bad of ['', 'ABBA', 'toString', null, 0, true, ['abba'], {}]) {
    test(`scenario: ${JSON.stringify(bad)} is refused`, () =>
      refused({ protocol: 'linux-3.12', scenario: bad }, 'scenario', /^one of "lost-head", "abba"$/));
  }

  test('a scenario for the model only is refused, and says so', () =>
    refused({ protocol: 'linux-3.12', scenario: 'starvation' }, 'scenario', /"abba"; The starvation is for the model only$/));

  test('a protocol of parts is filled up', () => {
    assert.deepEqual(used({ protocol: {} }).protocol, { ringLock: 'try', identityCheck: true });
    assert.deepEqual(used({ protocol: { ringLock: 'none', identityCheck: undefined } }).protocol, { ringLock: 'none', identityCheck: true });
  });

  for (const bad of [0, 65, 1.5, -1, NaN, Infinity, '1', null, true, [1], {}, 1n]) {
    test(`readers: ${typeof bad === 'bigint' ? '1n' : JSON.stringify(bad) ?? bad} is refused`, () =>
      refused({ protocol: 'linux-3.12', readers: bad }, 'readers', /^an integer from 1 to 64$/));
  }

  test('each refusal names the field and what would be right', () => {
    refused({ protocol: 'linux-3.12', durationMs: 4e6 }, 'durationMs', /0 to 3600000 \(ms\)/);
    refused({ protocol: 'linux-3.12', day: 'toString' }, 'day', /"calm", "panic"/);
    refused({ protocol: 'linux-3.12', readres: 2 }, 'readres', /left out; .*readers/);
    refused({ protocol: 'linux-3.12', signal: 'stop' }, 'signal', /AbortSignal/);
    refused({ protocol: 'linux-2.6' }, 'protocol', /"linux-3.12".*parts/);
    refused({}, 'protocol', /"linux-3.12"/);
    refused({ protocol: [] }, 'protocol', /parts/);
    refused({ protocol: { ringLock: 'maybe' } }, 'protocol.ringLock', /"none", "try"/);
    refused({ protocol: { identityCheck: 1 } }, 'protocol.identityCheck', /true or false/);
    refused({ protocol: { lock: true } }, 'protocol.lock', /ringLock, identityCheck/);
    refused(undefined, 'config', /object/);
    refused('linux-3.12', 'config', /object/);
  });

  test('names from a prototype are no fields', () => {
    refused(JSON.parse('{"protocol": "linux-3.12", "__proto__": 1}'), '__proto__', /left out/);
    refused({ protocol: 'linux-3.12', constructor: 1 }, 'constructor', /left out/);
    refused({ protocol: JSON.parse('{"__proto__": true}') }, 'protocol.__proto__', /left out/);
    assert.equal(used(Object.create({ readers: 9 }, { protocol: { value: 'linux-3.12', enumerable: true } })).readers, 1);
  });
});
