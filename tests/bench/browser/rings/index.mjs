/** The rings of JavaScript, by the names that the driver uses. */

/** @typedef {typeof import('./twin.mjs') | typeof import('./ringbuf.mjs')} RingModule */

/** @type {Record<string, () => Promise<[RingModule, typeof import('./loops.mjs')]>>} */
const RINGS = {
  'ringbuf.js': () => Promise.all([import('./ringbuf.mjs'), import('./loops.mjs?ringbuf')]),
  js: () => Promise.all([import('./twin.mjs'), import('./loops.mjs?twin')]),
};

/**
 * What one Worker does: `read/RING` reads a ring empty that was full, `pass/RING` puts batches in and takes them out.
 *
 * @param {string} subject
 * @param {number} batch
 * @returns {Promise<((ms: number) => number) | undefined>} nanoseconds a record; undefined: no such subject here
 */
export async function oneThread(subject, batch) {
  const found = await find(subject);
  if (!found) return undefined;
  const { what, module, loops } = found;
  const ring = new module.Ring(module.storage());
  return what === 'read' ? loops.draining(ring, batch) : loops.passing(ring, batch);
}

/** Memory for a ring between two Workers, and the word that stops them. @param {string} subject */
export async function shared(subject) {
  const found = await find(subject);
  return found && { ring: found.module.storage(), stop: new Int32Array(new SharedArrayBuffer(64)) };
}

/** Half of a pair. @param {string} subject  @param {{ ring: SharedArrayBuffer, stop: Int32Array }} memory */
export async function half(subject, { ring, stop }) {
  const { module, loops } = /** @type {NonNullable<Awaited<ReturnType<typeof find>>>} */ (await find(subject));
  const view = new module.Ring(ring);
  return {
    /** @param {number} batch */
    produce: (batch) => loops.produce(view, batch, stop),
    /** @param {number} batch  @param {number} ms */
    consume: (batch, ms) => loops.consume(view, batch, stop, ms),
  };
}

/** @param {string} subject */
async function find(subject) {
  const [what, name] = subject.split('/');
  if (!Object.hasOwn(RINGS, name)) return undefined;
  const [module, loops] = await RINGS[name]();
  return { what, module, loops };
}
