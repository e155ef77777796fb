/** What two Workers do: one measures, the other works until it is told to stop. */
import { startWorker } from './asking.mjs';

/**
 * Samples, each round a list of subjects in the order in which they are taken.
 *
 * @param {ReturnType<typeof startWorker>} near
 * @param {{ batch: number, ms: number, rounds: string[][] }} question
 * @returns {Promise<Record<string, number>[]>} nanoseconds a unit
 */
export async function samplePairs(near, { batch, ms, rounds }) {
  const far = startWorker('far');
  try {
    await far.ask('join', await near.ask('share'));
    const samples = [];
    for (const names of rounds) {
      /** @type {Record<string, number>} */
      const round = {};
      for (const name of names) round[name] = await sample(near, far, name.split('#')[0], batch, ms);
      samples.push(round);
    }
    await far.ask('leave');
    return samples;
  } finally {
    far.end();
  }
}

/** @param {ReturnType<typeof startWorker>} near  @param {ReturnType<typeof startWorker>} far  @param {string} subject  @param {number} batch  @param {number} ms */
async function sample(near, far, subject, batch, ms) {
  const half = await near.ask('open', { subject, batch });
  // Whichever fails first: the other one gives up by itself.
  const [figure] = await Promise.all([near.ask('measure', { ms }), far.ask('work', { subject, batch, ...half })]);
  return figure;
}
