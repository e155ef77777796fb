/** Runs in a page before its own scripts: counts the Workers that it makes, and keeps the memory that the lab's leader gives to it. */
(() => {
  /** Those that nobody has terminated. @type {Set<Worker>} */
  const living = new Set();
  let made = 0;
  /** @type {WebAssembly.Memory | undefined} */
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

  Object.assign(globalThis, {
    workerProbe: {
      workers: () => ({ made, living: living.size }),
      /** That the newest leader gave; none before. */
      memory: () => memory,
      memoryBytes: () => memory?.buffer.byteLength ?? 0,
    },
  });
})();
