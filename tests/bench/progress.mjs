/** How far the bench is, and how long it will take. */

/** @param {number} seconds */
const time = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

/**
 * Counts down through parts whose lengths are known roughly: what is left is corrected by what the parts before really took.
 *
 * @param {{ title: string, seconds: number }[]} parts
 * @param {(text: string) => void} say
 * @param {() => number} [now] in ms
 */
export function progress(parts, say, now = () => performance.now()) {
  const began = now();
  let at = 0;
  return {
    /** The next part begins. */
    next() {
      const [before, left] = [parts.slice(0, at), parts.slice(at)].map((some) => some.reduce((sum, { seconds }) => sum + seconds, 0));
      const passed = (now() - began) / 1e3;
      // One part says little about the machine.
      const pace = before > 30 ? passed / before : 1;
      say(`[${at + 1}/${parts.length}] ${parts[at].title}: about ${time(left * pace)} left`);
      at += 1;
    },
    /** Seconds since the beginning. */
    passed: () => (now() - began) / 1e3,
  };
}
