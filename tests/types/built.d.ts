// What is nowhere among the sources: the bench puts these files together in dist/bench, beside the built site. Only what is used.

// ringbuf.js comes without types that fit: its own demand arguments that it does not need.
declare module '*/vendor/ringbuf.mjs' {
  export class RingBuffer {
    static getStorageForCapacity(capacity: number, type: Float64ArrayConstructor): SharedArrayBuffer;
    constructor(memory: SharedArrayBuffer, type: Float64ArrayConstructor);
    push(elements: Float64Array, length?: number, offset?: number): number;
    pop(elements: Float64Array, length?: number, offset?: number): number;
    readonly read_ptr: Uint32Array;
  }
}

// Of crate/rivals/rings/src/web.rs and crate/bench/src/web.rs, by wasm-bindgen.
declare module '*/wasm/aio_ring_bench.js' {
  export class OneThread {
    constructor(subject: string, batch: number);
    sample(ms: number): number;
  }
  export class TwoThreads {
    constructor(subject: string, batch: number);
    far(): number;
    sample(ms: number): number;
    free(): void;
  }
  export class WasmBench {
    constructor(batch: number);
    sample(subject: string, ms: number): number;
  }
  export function demanded(of: string): Uint32Array;
  export function install_panic_hook(): void;
  export function work(far: number): void;
  export default function init(from: {
    module_or_path: WebAssembly.Module;
    memory?: WebAssembly.Memory;
    thread_stack_size?: number;
  }): Promise<{ memory: WebAssembly.Memory; __wbindgen_thread_destroy(): void }>;
}

declare module '*/site/lib/index.js' {
  const module: typeof import('../../www/lib/index.js');
  export = module;
}

// The same module once more for each ring.
declare module '*/loops.mjs?ringbuf' {
  const loops: typeof import('../bench/browser/rings/loops.mjs');
  export = loops;
}
declare module '*/loops.mjs?twin' {
  const loops: typeof import('../bench/browser/rings/loops.mjs');
  export = loops;
}
