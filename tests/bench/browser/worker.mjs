/**
 * The Worker that measures: answers `{ id, batch, rounds }`, each round a list of subjects to sample in that order. What
 * follows a # in a subject's name only tells two samples of one subject apart.
 */
import init, { WasmBench, demanded, install_panic_hook } from './wasm/aio_ring_bench.js';

const ready = init().then(() => install_panic_hook());
/** @type {Map<number, WasmBench>} */
const benches = new Map();

/** @param {number} batch */
function benchFor(batch) {
  const known = benches.get(batch) ?? new WasmBench(batch);
  benches.set(batch, known);
  return known;
}

self.onmessage = async ({ data: { id, ask, batch, rounds, ms } }) => {
  try {
    await ready;
    if (ask === 'demanded') return self.postMessage({ id, answer: [...demanded()] });
    const bench = benchFor(batch);
    const answer = rounds.map((subjects) => Object.fromEntries(subjects.map((subject) => [subject, bench.sample(subject.split('#')[0], ms)])));
    self.postMessage({ id, answer });
  } catch (error) {
    self.postMessage({ id, error: `${error?.message ?? error} ${globalThis.aioRingLabPanic?.message ?? ''}` });
  }
};
