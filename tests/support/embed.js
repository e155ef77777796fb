/** An embedder's page: it counts Workers before it imports the module. Tests call what it leaves in `globalThis.embed`. */

/** Workers that nobody has terminated, and how many were ever made. @type {Set<Worker>} */
const living = new Set();
let made = 0;
/** The memory that the leader last gave to the page. @type {WebAssembly.Memory | undefined} */
let memory;

globalThis.Worker = class extends globalThis.Worker {
  /** @param {ConstructorParameters<typeof Worker>} args */
  constructor(...args) {
    super(...args);
    made += 1;
    living.add(this);
    this.addEventListener('message', ({ data }) => {
      if (data?.memory) memory = data.memory;
    });
  }

  terminate() {
    living.delete(this);
    super.terminate();
  }
};

const module = await import('../../dist/site/lib/index.js');

/** Fails instead of hanging. @param {Promise<any>} promise @param {number} [ms] */
const within = (promise, ms = 30_000) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms))]);

/** What a promise rejects with, or a function throws, as plain data. @param {(() => unknown) | Promise<unknown>} from @param {number} [ms] */
async function failure(from, ms) {
  const before = performance.now();
  try {
    await within(Promise.resolve(typeof from === 'function' ? from() : from), ms);
    return { name: 'no error' };
  } catch (error) {
    const { name, message, field, range, thread, place, url } = /** @type {any} */ (error);
    return { name, message, field, range, thread, place, url, isLabError: error instanceof module.LabError, ms: performance.now() - before };
  }
}

/** Reads a run's samples until one satisfies, or the run ends. @param {any} run @param {(sample: any) => boolean} good */
async function until(run, good) {
  for await (const sample of run) if (good(sample)) return sample;
  return undefined;
}

/** @param {{ corruptions: Record<string, number> }} sample */
const corruptions = (sample) => Object.values(sample.corruptions).reduce((sum, n) => sum + n, 0);

Object.assign(globalThis, {
  embed: {
    ...module, within, failure, until, corruptions,
    sleep: (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    workers: () => ({ made, living: living.size }),
    memory: () => memory,
    memoryBytes: () => memory?.buffer.byteLength ?? 0,
    worker: (/** @type {string} */ name) => new URL(`./workers/${name}.js`, import.meta.url),
    site: new URL('../../dist/site/', import.meta.url).href,
  },
});
document.documentElement.dataset.lab = 'ready';
