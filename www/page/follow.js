/**
 * Follows a run: one cheap look per frame of the screen for what moves, and every sample (about ten a second) for the
 * record. When the tab is hidden the browser shows no frames; the samples then keep the history whole.
 */

/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Sample} Sample */

/**
 * @param {Run} run
 * @param {object} on
 * @param {(sample: Sample, now: number) => void} on.frame
 * @param {(sample: Sample) => void} on.sample
 * @returns {() => void} ends the following; the run goes on
 */
export function follow(run, on) {
  let following = true;
  let next = requestAnimationFrame(look);

  /** @param {number} now */
  function look(now) {
    if (!following) return;
    next = requestAnimationFrame(look);
    if (run.state !== 'starting') on.frame(run.sample(), now);
  }

  async function listen() {
    try {
      for await (const sample of run) {
        if (!following) return;
        on.sample(sample);
      }
    } catch {
      // A crash ends the samples; the report says what happened.
    }
  }
  void listen();

  return () => {
    following = false;
    cancelAnimationFrame(next);
  };
}
