/** The miniature, checked by loom and by shuttle, and by us. No targets: it says what they do, also where they are better. */

/**
 * What a checker came to, as crate/rivals/checkers prints it.
 *
 * @typedef {{ checker: string, protocol: string, size: number, broken: boolean, count: number, unit: string, finished: boolean, found: boolean, seconds: number }} Check
 */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function rivals({ here, versions, quick }) {
  /** @type {Check[]} */
  const checks = here('aio-ring-rival-checkers', ...(quick ? [2] : [2, 4]));
  return checks.map(({ checker, protocol, size, broken, count, unit, finished, found, seconds }) => ({
    name: `${protocol} ${size}×${size}: ${withVersion(checker, versions)}`,
    figure: count,
    unit: `${unit} to ${found ? 'find it' : finished ? 'finish' : 'no end'}`,
    target: null,
    met: null,
    spread: null,
    how: `${(seconds * 1e3).toFixed(1)} ms, ${(count / Math.max(seconds, 1e-6)).toExponential(1)} ${unit}/s; ${broken ? (found ? 'broken, and found' : 'broken, and not found') : found ? 'correct, yet something was found' : 'correct'}; given up after 5 s or 20,000 samples`,
  }));
}

/** "shuttle, random" with its version. @param {string} checker  @param {Record<string, string>} versions */
function withVersion(checker, versions) {
  const [name, ...how] = checker.split(', ');
  return [versions[name] ?? name, ...how].join(', ');
}
