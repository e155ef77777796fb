/** The same code in the browser and on this machine. */
import { number } from '../number.mjs';
import { median, shuffled, spread } from '../stats.mjs';
import { ofValues } from './row.mjs';

const BATCH = 32;
const MS = 10;
const SAMPLES = 3;
const COPY = 'records';

/** @type {[subject: string, name: string, atLeast?: number][]} */
const SUBJECTS = [
  // What no code of ours can change: `memory.copy` is a call out of compiled code, and takes 5 ns more than native code's.
  [COPY, 'limit: plain copy of 32 records from the same places'],
  ['read/machine', 'one reader, batch 32', 0.85],
  ['read/detector', 'one reader, batch 32, with record and detectors'],
];

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function againstNative({ chromium, native, roundsOf }) {
  await chromium.openBench();
  /** @type {Record<'browser' | 'here', (subject: string) => Promise<number>>} */
  const places = {
    async browser(subject) {
      const rounds = Array.from({ length: SAMPLES }, () => [subject]);
      return median((await chromium.sample({ batch: BATCH, ms: MS, rounds })).map((round) => round[subject]));
    },
    here: async (subject) => median(native(subject, BATCH, MS, SAMPLES)),
  };
  for (const [subject] of SUBJECTS) await chromium.sample({ batch: BATCH, ms: 200, rounds: [[subject]] });
  /** Nanoseconds an event of each subject in both places, by round. @type {Record<string, Record<'browser' | 'here', number>>[]} */
  const rounds = [];
  for (let i = 0; i < roundsOf(61, 7); i += 1) {
    /** @type {typeof rounds[number]} */
    const round = {};
    for (const [subject] of shuffled(SUBJECTS)) {
      round[subject] = { browser: 0, here: 0 };
      for (const place of shuffled(/** @type {(keyof typeof places)[]} */ (['browser', 'here']))) round[subject][place] = await places[place](subject);
    }
    rounds.push(round);
  }
  return SUBJECTS.map(([subject, name, atLeast]) => {
    const pairs = rounds.map((round) => round[subject]);
    // Native code for all but the copy, which takes as much longer as it does by itself: no limit, for wasm may do the rest faster.
    const explained = median(rounds.map(({ [COPY]: copy, [subject]: { here } }) => here / (here + copy.browser - copy.here)));
    return ofValues({
      name: `wasm against native: ${name}`,
      values: pairs.map(({ browser, here }) => here / browser),
      unit: '× native events/s',
      atLeast,
      how: `${pairs.length} alternations in random order, each the median of ${SAMPLES} × ${MS} ms in a Worker and in a process of its own; the same source, release builds without -Ctarget-cpu; uncontended, ring filled beforehand${subject === COPY ? '' : `; native code for all but the copy, which takes as much longer as by itself, would come to ${number(explained)}`}`,
      details: { nsPerEvent: { wasm: spread(pairs.map(({ browser }) => browser)), native: spread(pairs.map(({ here }) => here)) } },
    });
  });
}
