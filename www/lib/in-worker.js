/**
 * What the Workers of this module have in common: how they load wasm, answer and fail.
 *
 * @module
 */

/** @typedef {import('./peer.js').Message} Message */

/**
 * @param {string} url
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.headers.get('Content-Type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
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
