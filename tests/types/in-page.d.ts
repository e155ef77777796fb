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
