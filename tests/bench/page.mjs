/** What the driver calls in the page: `bench.ask` measures in the Worker, the others use the lab as an embedder would. */

const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
/** @type {Map<number, { resolve: Function, reject: Function }>} */
const asked = new Map();
let last = 0;

worker.onmessage = ({ data: { id, answer, error } }) => {
  const { resolve, reject } = asked.get(id);
  asked.delete(id);
  if (error) reject(new Error(error));
  else resolve(answer);
};
worker.onerror = (event) => asked.forEach(({ reject }) => reject(new Error(event.message)));

/** @param {object} question */
function ask(question) {
  const id = (last += 1);
  worker.postMessage({ id, ...question });
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
}

/** @param {Record<string, number>} corruptions */
const sum = (corruptions) => Object.values(corruptions).reduce((all, count) => all + count, 0);

/** @type {Promise<any> | undefined} */
let lab;
const getLab = () => (lab ??= import('../site/lib/index.js').then(({ createLab }) => createLab()));

/** One start of the lab: when the first corruption was, or null, in ms. @param {object} config */
async function firstCorruption(config) {
  const run = (await getLab()).run(config);
  for await (const sample of run) if (sum(sample.corruptions) > 0) run.stop();
  const { firstCorruption: first, events } = await run.report;
  return { timeMs: first?.timeMs ?? null, kind: first?.kind ?? null, events };
}

/** Runs until so many events were read, or the run's duration is over. @param {object} config  @param {number} events */
async function manyEvents(config, events) {
  const run = (await getLab()).run(config);
  for await (const sample of run) if (sample.events >= events) run.stop();
  const report = await run.report;
  const { seconds, migrations, refused, corruptions, reason } = report;
  return { events: report.events, seconds, migrations, refused, corruptions: sum(corruptions), kinds: corruptions, reason };
}

globalThis.bench = { ask, firstCorruption, manyEvents, isolated: globalThis.crossOriginIsolated };
