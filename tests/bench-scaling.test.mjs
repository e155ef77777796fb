/** What the bench says of more cores than there are, against rates that are known beforehand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { atBest, fit, project, rate } from './bench/scaling.mjs';

const near = (/** @type {number} */ a, /** @type {number} */ b, part = 1e-9) => assert.ok(Math.abs(a - b) <= part * Math.abs(b), `${a} is not ${b}`);

test('the law that made two rates is found again', () => {
  for (const law of [{ lambda: 5e6, sigma: 0.3, kappa: 0.02 }, { lambda: 1, sigma: 0, kappa: 0 }, { lambda: 7, sigma: 1, kappa: 0.5 }]) {
    const found = fit({ one: rate(law, 1), two: rate(law, 2), share: law.sigma });
    near(found.lambda, law.lambda);
    assert.ok(Math.abs(found.kappa - law.kappa) < 1e-12);
    near(rate(found, 16), rate(law, 16));
  }
});

test('without any share under the lock all cores count; with nothing else none but one does', () => {
  near(rate({ lambda: 3, sigma: 0, kappa: 0 }, 8), 24);
  near(rate({ lambda: 3, sigma: 1, kappa: 0 }, 8), 3);
  near(atBest({ lambda: 3, sigma: 0.5, kappa: 9 }, 1e9), 6, 1e-6);
});

test('two threads that are faster than Amdahl allows do not make more of them faster still', () => {
  const law = fit({ one: 1, two: 1.9, share: 0.5 });
  assert.equal(law.kappa, 0);
  near(rate(law, 16), atBest(law, 16));
});

test('handing over makes rates fall again beyond some number of threads', () => {
  const law = { lambda: 1, sigma: 0.2, kappa: 0.05 };
  const most = Math.round(Math.sqrt((1 - law.sigma) / law.kappa));
  assert.ok(rate(law, most) > rate(law, 1) && rate(law, most) > rate(law, 16));
});

test('the interval holds what the law says, and is as wide as what was measured scatters', () => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const law = { lambda: 1e6, sigma: 0.4, kappa: 0.03 };
  const scattered = (/** @type {number} */ by) => {
    const around = (/** @type {number} */ value) => Array.from({ length: 21 }, () => value * (1 + by * (random() - 0.5)));
    return project({ one: around(rate(law, 1)), two: around(rate(law, 2)), share: around(law.sigma) }, [1, 2, 8], random);
  };
  const [narrow, wide] = [scattered(0.01), scattered(0.2)];
  for (const { values, low, high } of [narrow, wide]) values.forEach((value, i) => assert.ok(low[i] <= value && value <= high[i]));
  const width = (/** @type {typeof wide} */ { low, high }) => high[2] - low[2];
  assert.ok(width(wide) > 3 * width(narrow));
  near(narrow.values[2], rate(law, 8), 0.05);
});
