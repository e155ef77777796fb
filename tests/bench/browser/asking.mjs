/** A Worker that answers questions. */

/** @param {string} [name] */
export function startWorker(name = 'bench') {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module', name });
  /** @type {Map<number, { resolve: Function, reject: Function }>} */
  const asked = new Map();
  let last = 0;

  worker.onmessage = ({ data: { id, answer, error } }) => {
    const { resolve, reject } = /** @type {{ resolve: Function, reject: Function }} */ (asked.get(id));
    asked.delete(id);
    if (error) reject(new Error(error));
    else resolve(answer);
  };
  worker.onerror = (event) => asked.forEach(({ reject }) => reject(new Error(event.message)));

  return {
    /** @param {string} ask  @param {object} [question]  @returns {Promise<any>} */
    ask(ask, question = {}) {
      const id = (last += 1);
      worker.postMessage({ id, ask, ...question });
      return new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
    },
    end: () => worker.terminate(),
  };
}
