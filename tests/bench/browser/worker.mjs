/**
 * The Worker that measures: answers `{ id, ask, … }` with `{ id, answer }` or `{ id, error }`. The first one makes the wasm memory;
 * a second one joins it, to be the far half of what two Workers do.
 */
import init, { OneThread, TwoThreads, WasmBench, demanded, install_panic_hook, work } from './wasm/aio_ring_bench.js';

import { half, oneThread, shared } from './rings/index.mjs';

/** Bytes of stack for the second Worker. The first keeps the linker's. */
const STACK = 65_536;

/** @type {ReturnType<typeof start> | undefined} */
let started;
/** The first instance: its memory is the linker's. */
const lead = () => (started ??= start());

/** @param {{ memory: WebAssembly.Memory, module: WebAssembly.Module }} [joined] */
async function start(joined) {
  const module = joined?.module ?? (await WebAssembly.compileStreaming(fetch(new URL('./wasm/aio_ring_bench_bg.wasm', import.meta.url))));
  const exports = await init(joined ? { module_or_path: module, memory: joined.memory, thread_stack_size: STACK } : { module_or_path: module });
  install_panic_hook();
  return { module, exports };
}

/** Samplers by subject and batch: nanoseconds a unit over so many milliseconds. @type {Map<string, (ms: number) => number>} */
const samplers = new Map();
/** @type {Map<number, WasmBench>} */
const benches = new Map();

/** What follows a # in a subject's name only tells two samples of one subject apart. @param {string} name  @param {number} batch */
async function sampler(name, batch) {
  const [subject] = name.split('#');
  const key = `${subject} ${batch}`;
  const sample = samplers.get(key) ?? (await oneThread(subject, batch)) ?? wasmSampler(subject, batch);
  samplers.set(key, sample);
  return sample;
}

/** @param {string} subject  @param {number} batch  @returns {(ms: number) => number} */
function wasmSampler(subject, batch) {
  if (subject.startsWith('pass/')) {
    const one = new OneThread(subject, batch);
    return (ms) => one.sample(ms);
  }
  const bench = benches.get(batch) ?? new WasmBench(batch);
  benches.set(batch, bench);
  return (ms) => bench.sample(subject, ms);
}

/** The pair that is being measured. @type {{ measure: (ms: number) => number } | undefined} */
let pair;

/** @type {Record<string, (question: any) => unknown>} */
const duties = {
  /** Samples, each round a list of subjects in the order in which they are taken. */
  async sample({ batch, rounds, ms }) {
    await lead();
    /** @type {Record<string, (ms: number) => number>} */
    const known = {};
    for (const name of new Set(rounds.flat())) known[name] = await sampler(name, batch);
    return rounds.map((/** @type {string[]} */ names) => Object.fromEntries(names.map((name) => [name, known[name](ms)])));
  },

  async demanded({ of }) {
    await lead();
    return [...demanded(of)];
  },

  /** What another Worker needs to join. */
  async share() {
    const { module, exports } = await lead();
    return { module, memory: exports.memory };
  },

  /** Makes a pair; what the far half needs. */
  async open({ subject, batch }) {
    await lead();
    const memory = await shared(subject);
    if (memory) {
      const near = await half(subject, memory);
      pair = { measure: (ms) => near.consume(batch, ms) };
      return { memory };
    }
    const both = new TwoThreads(subject, batch);
    pair = {
      measure(ms) {
        try {
          return both.sample(ms);
        } finally {
          both.free();
        }
      },
    };
    return { far: both.far() };
  },

  measure({ ms }) {
    return pair?.measure(ms);
  },

  async join({ module, memory }) {
    started = start({ module, memory });
    await started;
  },

  async work({ subject, batch, memory, far }) {
    if (memory) (await half(subject, memory)).produce(batch);
    else work(far);
  },

  /** Gives stack and thread-local memory back. Only who has joined may: the first instance's belong to the allocator's own start. */
  async leave() {
    (await started)?.exports.__wbindgen_thread_destroy();
  },
};

self.onmessage = async ({ data: { id, ask, ...question } }) => {
  try {
    self.postMessage({ id, answer: await duties[ask](question) });
  } catch (error) {
    self.postMessage({ id, error: `${/** @type {Error | undefined} */ (error)?.message ?? error} ${globalThis.aioRingLabPanic?.message ?? ''}` });
  }
};
