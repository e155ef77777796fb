// What functions find that are called in a page, where scripts have left it.

/** Of support/worker-probe.js. */
declare var workerProbe: {
  workers(): { made: number; living: number };
  memory(): WebAssembly.Memory | undefined;
  memoryBytes(): number;
};

/** Of support/frame-probe.js. */
declare var frameProbe: {
  count(ms: number): Promise<import('../support/frame-times.mjs').Frame[]>;
  hold(hold: boolean): Promise<void>;
  each(work: () => void): () => void;
};

/** Of bench/race-page.mjs: the newest run of the page's lab. */
declare var watched: import('../../www/lib/index.js').Run;

/** Of crate/src/web/panic.rs. */
declare var aioRingLabPanic: { message: string; place: string } | undefined;

/** Of support/embed.js. */
declare var embed: typeof import('../../www/lib/index.js') &
  typeof workerProbe & {
    within<T>(promise: Promise<T>, ms?: number): Promise<T>;
    failure(from: (() => unknown) | Promise<unknown>, ms?: number): Promise<Record<string, any>>;
    until(run: import('../../www/lib/index.js').Run, good: (sample: import('../../www/lib/index.js').Sample) => boolean): Promise<import('../../www/lib/index.js').Sample | undefined>;
    corruptions(sample: { corruptions: Record<string, number> }): number;
    sleep(ms: number): Promise<void>;
    worker(name: string): URL;
    site: string;
  };

/** Of fake/compare or fake/prove: the newest lab of the page. What was asked of it is a list in the one, and counts in the other. */
declare var fakeLab: import('../../www/lib/index.js').Lab & {
  asked: import('../../www/lib/types-compare.js').ComparisonData['config'][] & {
    examine: number;
    replay: { times: number; protocol: string | null }[];
    nearest: number;
  };
  sample(
    sweep?: { field: string; values: number[] } | null,
    protocols?: (string | import('../../www/lib/types.js').Parts)[],
  ): import('../../www/lib/types-compare.js').ComparisonData;
  otherParts: import('../../www/lib/types.js').Parts;
};

/** What tests ask of fake/compare: the pause after each trial in ms, when a Worker crashes, how many trials hang, how many go wild, what else is said so far. */
declare var slowCompare: number | undefined;
declare var crashAt: number | undefined;
declare var hungTrials: number | undefined;
declare var wildTrials: number | undefined;
declare var alsoSaid: string[] | undefined;

/** What tests ask of fake/prove: how long all takes in ms, and whether one part of it fails. */
declare var slowSearch: number | undefined;
declare var brokenExamine: boolean | undefined;
