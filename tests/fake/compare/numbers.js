/** Plausible measurements, always the same: what each protocol costs at a point, with noise from a seed. */

/** @param {number} seed @returns {() => number} from 0 to 1 */
export function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a read call costs more than under linux-3.12, in ns; and how much of a migration gets through. */
/** @type {Record<string, [number, number]>} */
const COSTS = { 'linux-3.12': [0, 1], 'linux-3.13': [2, 0.9], 'tang-gu': [21, 0.8], v1: [0.4, 0.7], v2: [0.3, 0.5], v3: [0.5, 0.45], v4: [0.4, 0.5], custom: [6, 0.6] };

/**
 * @param {string} name
 * @param {Record<string, any>} settings
 * @param {() => number} noise
 */
export function trial(name, { batch, readers, trialMs }, noise) {
  const [extra, through] = COSTS[name] ?? COSTS.custom;
  const jitter = () => 1 + (noise() - 0.5) * 0.05;
  const seconds = trialMs / 1000;
  const nsPerCall = (24 + extra + 2.4 * batch + 9 * (readers - 1)) * jitter();
  const calls = Math.round((seconds * 1e9) / nsPerCall);
  const tries = Math.round(900_000 * seconds * jitter());
  const migrations = Math.round(tries * through * jitter());
  return {
    seconds, events: calls * batch, calls, nsPerCall, migrations, refused: Math.max(0, tries - migrations),
    longestWaitMs: (0.4 + noise() * 4) * (name === 'v1' ? 8 : 1), longestRefusedMs: 3 / through, hung: false,
  };
}

/** Without the stopwatch, which costs some 2 %. @param {any} timed @param {() => number} noise */
export function untimed({ seconds, events, calls, migrations, refused, hung }, noise) {
  const faster = 1.02 + (noise() - 0.5) * 0.01;
  return { seconds, events: Math.round(events * faster), calls: Math.round(calls * faster), nsPerCall: null, migrations, refused, longestWaitMs: null, longestRefusedMs: null, hung };
}

/** A median, and about the ranks at which a bootstrap's interval ends. @param {number[]} values */
export function figure(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const end = Math.max(0, Math.floor(n / 2 - 0.98 * Math.sqrt(n)));
  return { median: (sorted[Math.floor((n - 1) / 2)] + sorted[Math.ceil((n - 1) / 2)]) / 2, low: sorted[end], high: sorted[n - 1 - end], min: sorted[0], max: sorted[n - 1] };
}
