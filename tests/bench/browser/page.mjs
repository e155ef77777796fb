/** What the driver calls in the page: `bench.ask` measures in one Worker, `bench.pairs` in two, the others use the lab as an embedder would. */
import { startWorker } from './asking.mjs';
import { samplePairs } from './pairs.mjs';

const worker = startWorker();
const ask = worker.ask;
/** @param {{ batch: number, ms: number, rounds: string[][] }} question */
const pairs = (question) => samplePairs(worker, question);

/** @param {Record<string, number>} corruptions */
const sum = (corruptions) => Object.values(corruptions).reduce((all, count) => all + count, 0);

/** @typedef {import('../../../www/lib/index.js').Lab} Lab */

/** @type {Promise<Lab> | undefined} */
let lab;
const getLab = () => (lab ??= import('../site/lib/index.js').then(({ createLab }) => createLab()));

/** One that shares nothing with it. @type {Promise<Lab> | undefined} */
let otherLab;
const getOtherLab = () => (otherLab ??= import('../site/lib/index.js').then(({ createLab }) => createLab()));

/** What the lab says of its protocols. */
const protocols = async () => (await getLab()).protocols.map(({ name, correct }) => ({ name, correct }));

/** One start of the lab: when the first corruption was, or null, in ms. @param {import('../../../www/lib/index.js').RunConfig} config */
async function firstCorruption(config) {
  const run = (await getLab()).run(config);
  for await (const sample of run) if (sum(sample.corruptions) > 0) run.stop();
  const { firstCorruption: first, events } = await run.report;
  return { timeMs: first?.timeMs ?? null, kind: first?.kind ?? null, events };
}

/** Runs until so many events were read, or the run's duration is over. @param {import('../../../www/lib/index.js').RunConfig} config  @param {number} events */
async function manyEvents(config, events) {
  const run = (await getLab()).run(config);
  for await (const sample of run) if (sample.events >= events) run.stop();
  const report = await run.report;
  const { seconds, migrations, refused, corruptions, reason } = report;
  return { events: report.events, seconds, migrations, refused, corruptions: sum(corruptions), kinds: corruptions, reason };
}

/** The cells of the table of truth that are broken and can be run on threads. */
async function brokenCells() {
  const broken = (/** @type {{ outcome: string }} */ cell) => ['broken', 'deadlock'].includes(cell.outcome);
  return (await getLab()).scenarios
    .filter((scenario) => scenario.onThreads)
    .flatMap(({ name, shows, expected, brokenBy }) => [
      ...Object.entries(expected).filter(([, cell]) => broken(cell)).map(([protocol]) => ({ scenario: name, shows, label: protocol, protocol })),
      ...brokenBy.filter(broken).map(({ label, parts }) => ({ scenario: name, shows, label, protocol: parts })),
    ]);
}

/** One start of a cell: when the first sign of its scenario was, or null, in ms. @param {any} cell  @param {number} limit */
async function firstSign({ scenario, protocol, shows }, limit) {
  const run = (await getLab()).run({ scenario, protocol, durationMs: limit });
  const kinds = shows.filter((/** @type {string} */ sign) => !['deadlock', 'hang'].includes(sign));
  let seen = null;
  for await (const sample of run) {
    if (seen === null && kinds.some((/** @type {string} */ kind) => sample.corruptions[kind] > 0)) {
      seen = sample.timeMs;
      run.stop();
    }
  }
  const { deadlock, firstCorruption: first, timeMs } = await run.report;
  const stuck = deadlock && shows.includes(deadlock.cycle ? 'deadlock' : 'hang');
  const noticed = first && kinds.includes(first.kind) ? first.timeMs : seen;
  return { timeMs: noticed ?? (stuck ? timeMs : null), kind: first?.kind ?? null };
}

/** What a run came to in operations of any kind: events read, pages moved, contexts made. */
const operations = (/** @type {any} */ { events, migrations, setups, teardowns }) => events + migrations + setups + teardowns;

/** Every scenario under `protocol` until all of them together have done so many operations. @param {string} protocol  @param {number} wanted */
async function everyScenario(protocol, wanted) {
  const runs = [];
  const scenarios = (await getLab()).scenarios.filter((scenario) => scenario.onThreads);
  for (const [i, { name }] of scenarios.entries()) {
    const done = runs.reduce((sum, run) => sum + run.operations, 0);
    const share = (wanted - done) / (scenarios.length - i);
    const run = (await getLab()).run({ scenario: name, protocol, durationMs: 120_000 });
    for await (const sample of run) if (operations(sample) >= share || sample.timeMs > 60_000) run.stop();
    const report = await run.report;
    runs.push({ name, operations: operations(report), seconds: report.seconds, reports: sum(report.corruptions) + report.atRest.length + (report.deadlock ? 1 : 0) });
  }
  return runs;
}

/** @typedef {import('../../../www/lib/types-prove.js').Verdict & { states: number }} Counted  by the engine that counts states */

/** The miniature at 12 × 12, everything searched. @param {Lab} lab  @param {number} threads */
const searchMiniature = (lab, threads) =>
  /** @type {Promise<Counted>} */ (lab.explore({ scenario: 'miniature', protocol: 'racy', sizes: { reads: 12, migrations: 12 }, whole: true, threads }));

/** States a second. @param {number} threads */
async function searchRate(threads) {
  const { states, seconds, bytes, config: used } = await searchMiniature(await getLab(), threads);
  return { rate: states / seconds, bytesPerState: bytes / states, states, threads: used.threads };
}

/** States a second of two searches at once that share nothing, one Worker each: what two threads could come to at the best. */
async function searchesApart() {
  const labs = await Promise.all([getLab(), getOtherLab()]);
  const rates = await Promise.all(labs.map(async (lab) => {
    const searched = [];
    // More than one, so that the other one runs during most of each.
    for (let i = 0; i < 3; i += 1) searched.push(await searchMiniature(lab, 1));
    return searched.reduce((sum, { states }) => sum + states, 0) / searched.reduce((sum, { seconds }) => sum + seconds, 0);
  }));
  return rates[0] + rates[1];
}

/** From the question to the trace, in ms, for each preset and scenario where something is broken. */
async function counterexamples() {
  const lab = await getLab();
  const found = [];
  for (const { name: scenario, protocols, expected } of lab.scenarios) {
    for (const { name: protocol, correct } of protocols ?? lab.protocols) {
      if (!['broken', 'deadlock'].includes(expected[protocol]?.outcome ?? (protocols && !correct ? 'broken' : 'holds'))) continue;
      const began = performance.now();
      const { violation, states, seconds } = await lab.explore({ scenario, protocol });
      found.push({ scenario, protocol, ms: performance.now() - began, searchMs: seconds * 1e3, states, moves: violation?.trace.schedule.length ?? null });
    }
  }
  return found;
}

/** The matrix, from the question to the answer. @param {boolean} pairs */
async function wholeMatrix(pairs) {
  const began = performance.now();
  const { cells } = await (await getLab()).matrix({ pairs });
  const count = (/** @type {string} */ outcome) => cells.filter((/** @type {{ outcome: string }} */ cell) => cell.outcome === outcome).length;
  return { ms: performance.now() - began, cells: cells.length, unfinished: count('bound-reached'), broken: count('broken') + count('deadlock'), proved: count('proved') };
}

/** @param {import('../../../www/lib/index.js').CompareConfig} config  @returns {Promise<object>} plain data */
const compare = async (config) => (await (await getLab()).compare(config)).toJSON();

Object.assign(globalThis, {
  bench: { protocols, compare, searchRate, searchesApart, counterexamples, wholeMatrix, ask, pairs, firstCorruption, manyEvents, brokenCells, firstSign, everyScenario, isolated: globalThis.crossOriginIsolated },
});
