/** What the Machine costs the read path, against the same by hand; and what record and detectors cost a run's reader. */
import { median, ratios, shuffledRounds, spread } from '../stats.mjs';
import { COPY_IN_WORDS, PARTS, demandedOf, limitOf, limitOfRun } from './least.mjs';
import { ofValues } from './row.mjs';

const TWIN = 'read/twin';
/** @type {Record<string, { name: string, atMost?: number }>} */
const SUBJECTS = {
  'read/machine': { name: 'Machine', atMost: 1.05 },
  'read/twin#2': { name: 'control: twin against itself' },
  'read/watch': { name: 'Machine with the record of steps' },
  'read/detector': { name: 'Machine with record and detectors' },
};
/** A reader of a run at its work, over the same with nobody looking. */
const RUN = 'run';
/** @type {typeof SUBJECTS} */
const RUNS = {
  'run/watch': { name: 'record of steps, nobody changing pages' },
  'run/watch-busy': { name: 'record of steps, while pages change' },
  'run/detector': { name: 'record and detectors, nobody changing pages', atMost: 1.05 },
  'run/detector-busy': { name: 'record and detectors, while pages change' },
};
const MS = 8;

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function reading({ chromium, warmUpMs, roundsOf }) {
  const names = [TWIN, ...Object.keys(SUBJECTS), RUN, ...Object.keys(RUNS), ...PARTS];
  const all = [];
  await chromium.openBench();
  const [complete, read] = [await demandedOf(chromium, 'complete'), await demandedOf(chromium, 'read')];
  for (const batch of [1, 8, 32]) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [names, names] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(names, roundsOf(61, 15)) });
    const limitOver = (/** @type {ReturnType<typeof limitOf>} */ { name, of }, /** @type {string} */ under) => ({ name, figure: median(rounds.map((round) => of(round) / round[under])) });
    const leastRead = limitOver(limitOf(1, read, batch), TWIN);
    const leastRun = limitOver(limitOfRun(complete, read, batch), RUN);
    for (const [subject, { name, atMost }] of Object.entries(SUBJECTS)) {
      all.push(
        ofValues({
          name: `read_events, batch ${batch}: ${name}`,
          values: ratios(rounds, subject, TWIN),
          unit: '× twin',
          atMost,
          limit: leastRead,
          how: `${rounds.length} rounds of all subjects in random order, ${MS} ms each, in a Worker; time an event over the hand-written twin's of the same round; ring of 4 pages filled beforehand, read empty and rewound by 5 plain stores, the same for all; limit: ${COPY_IN_WORDS}`,
          details: { nsPerEvent: spread(rounds.map((round) => round[subject])), twinNsPerEvent: spread(rounds.map((round) => round[TWIN])) },
        }),
      );
    }
    for (const [subject, { name, atMost }] of Object.entries(RUNS)) {
      all.push(
        ofValues({
          name: `a run's reader, batch ${batch}: ${name}`,
          values: ratios(rounds, subject, RUN),
          unit: '× bare',
          atMost,
          limit: leastRun,
          how: `${rounds.length} rounds as above; a reader that completes and reads (Actor::read), alone on its ring, over the same with NoRecord and no detectors`,
          details: { nsPerEvent: spread(rounds.map((round) => round[subject])), bareNsPerEvent: spread(rounds.map((round) => round[RUN])) },
        }),
      );
    }
  }
  // What has a target first.
  return all.sort((a, b) => Number(a.target === null) - Number(b.target === null));
}
