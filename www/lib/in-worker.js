/**
 * What the Workers of this module have in common: how they load wasm, answer and fail.
 *
 * @module
 */

/** Bytes of stack for a follower. The leader keeps the linker's. */
const STACK = 65_536;

/** @typedef {import('./peer.js').Message} Message */
/** @typedef {import('./types-wasm.js').WasmExports} WasmExports */

/**
 * What all generated bindings have.
 *
 * @typedef {object} AnyBindings
 * @property {(o: { module_or_path: WebAssembly.Module, memory?: WebAssembly.Memory, thread_stack_size?: number }) => Promise<WasmExports>} default
 * @property {() => void} install_panic_hook
 */

/**
 * Starts the first instance, with a memory of its own, and says `ready` and `shared`, or `unloadable`.
 *
 * @param {AnyBindings} wasm
 * @param {string} url
 * @param {() => object | Promise<object>} ready What else `ready` says.
 */
export async function startLeader(wasm, url, ready) {
  let module, exports;
  try {
    module = await compile(url);
    // Without a memory of ours the bindings make one that fits the module's own limits.
    exports = await wasm.default({ module_or_path: module });
    // A forgotten linker flag gives a module that works and is not shared. Its name is asked, for the constructor may be hidden.
    const made = Object.prototype.toString.call(exports.memory.buffer);
    if (made !== '[object SharedArrayBuffer]') throw new Error('it was built without shared memory');
  } catch (error) {
    return post({ type: 'unloadable', url, message: messageOf(error), noMemory: error instanceof RangeError });
  }
  wasm.install_panic_hook();
  post({ type: 'ready', ...(await ready()) });
  try {
    post({ type: 'shared', memory: exports.memory, module });
  } catch {
    // No isolation: the memory may not leave this Worker.
    post({ type: 'shared' });
  }
}

/**
 * Starts a further instance, one thread, in a memory that there is.
 *
 * @param {AnyBindings} wasm
 * @param {Message} message
 * @returns {Promise<() => void>} What ends it.
 */
export async function startFollower(wasm, { module, memory }) {
  const exports = await wasm.default({ module_or_path: module, memory, thread_stack_size: STACK });
  wasm.install_panic_hook();
  return () => {
    // Gives stack and thread-local memory back. Only followers may: the first instance's belong to the allocator's own start.
    exports.__wbindgen_thread_destroy();
    post({ type: 'ended' });
    close();
  };
}

/**
 * What the wasm throws at a bad value, to be sent on; anything else it throws is thrown on.
 *
 * @param {unknown} error
 */
export function refusal(error) {
  const { field, value, range } = /** @type {any} */ (error ?? {});
  if (typeof field !== 'string') throw error;
  return { field, value, range: String(range) };
}

/**
 * @param {string} url
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.headers.get('Content-Type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * Says hello, and does from then on what messages ask for. What fails has crashed.
 *
 * @param {(message: Message) => void | Promise<void>} handle
 */
export function serve(handle) {
  self.onmessage = async ({ data }) => {
    try {
      await handle(data);
    } catch (error) {
      crash(error);
    }
  };
  post({ type: 'hello' });
}

/** @param {Message} message */
export function post(message) {
  self.postMessage(message);
}

/**
 * A trap leaves the panic's own words behind; anything else speaks for itself.
 *
 * @param {unknown} error
 */
export function crash(error) {
  const panic = /** @type {any} */ (globalThis).aioRingLabPanic;
  const place = error instanceof Error ? (error.stack?.match(/[^\s()]*wasm[^\s()]*/)?.[0] ?? null) : null;
  post({ type: 'crashed', message: String(panic?.message ?? messageOf(error)), place: panic?.place ?? place });
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
