/** How fast the search is: states a second, memory, the first counterexample, the matrix. */
import { median, shuffled } from '../stats.mjs';
import { ofValues } from './row.mjs';

const CLICK_MS = 50;

/** @typedef {{ rate: number, bytesPerState: number, states: number }} Rate  states a second, of one search */
/** @typedef {{ 1: Rate, 2: Rate, apart: number, native: Rate }} Round  1, 2: by so many threads */
/** @typedef {{ scenario: string, protocol: string, ms: number, searchMs: number, states: number, moves: number | null }} Found  moves: null, nothing was found */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function searching({ chromium, here, quick, roundsOf }) {
  await chromium.openBench();
  /** @type {(threads: 1 | 2) => Promise<Rate>} */
  const rate = (threads) => chromium.call('(threads) => bench.searchRate(threads)', threads);
  await rate(1);
  await rate(2);
  /** @type {() => Promise<number>} */
  const apart = () => chromium.call('() => bench.searchesApart()');
  await apart();
  /** @type {Round[]} */
  const rounds = [];
  for (let i = 0; i < roundsOf(11, 5); i += 1) {
    const round = /** @type {Round} */ ({});
    for (const threads of shuffled(/** @type {(1 | 2)[]} */ ([1, 2]))) round[threads] = await rate(threads);
    round.apart = await apart();
    round.native = here('bench-prove', 'rate', 1, 3)[2];
    rounds.push(round);
  }
  const how = `miniature, racy, 12 × 12, ${rounds[0][1].states} states, all of them searched; ${rounds.length} rounds, one and two threads in random order`;
  const values = (/** @type {(round: Round) => number} */ of) => rounds.map(of);
  const rows = [
    ofValues({ name: 'search: one Worker', values: values((round) => round[1].rate), unit: 'states/s', atLeast: 1e6, how }),
    ofValues({ name: 'search: two Workers against one', values: values((round) => round[2].rate / round[1].rate), unit: '×', atLeast: 1.7, how: `${how}; a round's own ratio` }),
    ofValues({ name: 'search: the limit of that, two Workers that share nothing', values: values((round) => round.apart / round[1].rate), unit: '×', how: 'two searches of the same at once, each on one thread in a memory of its own, beside one alone; in the same rounds' }),
    ofValues({ name: 'search: memory, two Workers', values: values((round) => round[2].bytesPerState), unit: 'bytes/state', atMost: 16, how: `${how}; as with one` }),
    ofValues({ name: 'search: native, one thread', values: values((round) => round.native.rate), unit: 'states/s', atLeast: 2e6, how: `the same, third search of a process; ${rounds.length} processes` }),
    ofValues({ name: 'search: memory', values: values((round) => round[1].bytesPerState), unit: 'bytes/state', atMost: 16, how: `${how}; all that the search takes at its most, divided by the states` }),
  ];

  /** @type {Found[][]} */
  const runs = [];
  for (let i = 0; i < roundsOf(9, 1); i += 1) runs.push(await chromium.call('() => bench.counterexamples()'));
  const cells = runs[0].map(({ scenario, protocol, states, moves }, i) => ({ scenario, protocol, states, moves, ms: median(runs.map((run) => run[i].ms)), searchMs: median(runs.map((run) => run[i].searchMs)) }));
  const late = cells.filter(({ ms, moves }) => ms > CLICK_MS || moves === null);
  rows.push({
    name: `first counterexample within ${CLICK_MS} ms of the question`,
    figure: Math.max(...cells.map(({ ms }) => ms)),
    unit: 'ms',
    target: `≤ ${CLICK_MS}, each cell`,
    met: late.length === 0,
    spread: null,
    how: `${cells.length} broken cells of preset × scenario at their smallest sizes, the slowest one's median of ${runs.length}; from lab.explore() to its verdict with the trace, all threads, the Worker running; ${late.length ? `later: ${late.map(({ scenario, protocol, ms }) => `${scenario} under ${protocol} (${ms.toFixed(0)})`).join(', ')}` : 'none later'}`,
    details: cells,
  });

  const matrices = [];
  for (let i = 0; i < roundsOf(5, 1); i += 1) matrices.push(await chromium.call('() => bench.wholeMatrix(false)'));
  const { cells: count, proved, broken, unfinished } = matrices[0];
  rows.push(ofValues({ name: 'matrix of single parts', values: matrices.map(({ ms }) => ms / 1e3), unit: 's', atMost: 5, how: `lab.matrix() in the page: ${count} cells, ${proved} proved, ${broken} broken or deadlocked, ${unfinished} not finished; all threads` }));
  if (!quick) {
    const { ms, ...pairs } = await chromium.call('() => bench.wholeMatrix(true)');
    rows.push({ name: 'matrix of pairs', figure: ms / 1e3, unit: 's', target: null, met: null, spread: null, how: `lab.matrix({ pairs: true }): ${pairs.cells} cells, ${pairs.proved} proved, ${pairs.broken} broken or deadlocked, ${pairs.unfinished} not finished`, details: pairs });
  }
  return rows;
}
