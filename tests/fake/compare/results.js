/** Trials summed up as the module does it: figures and ratios. What is said of them is the module's own. */
import { figure, random, trial, untimed } from './numbers.js';

/** Fewer rounds support nothing. */
const LEAST_ROUNDS = 5;

export const METRICS = [
  { name: 'eventsPerSecond', label: 'Reader events', unit: 'events/s', better: 'higher', help: 'Events that all readers together took out of the ring, a second.', of: (/** @type {any} */ t) => t.events / t.seconds },
  { name: 'nsPerCall', label: 'Time per read call', unit: 'ns', better: 'lower', help: 'The mean of the read calls that were timed.', of: (/** @type {any} */ t) => t.nsPerCall },
  { name: 'migrationsPerSecond', label: 'Migrations', unit: 'migrations/s', better: 'higher', help: 'Pages moved, a second.', of: (/** @type {any} */ t) => t.migrations / t.seconds },
  { name: 'refusedShare', label: 'Refused', unit: null, better: 'lower', help: 'Of all tries, those that found the lock taken.', of: (/** @type {any} */ t) => t.refused / (t.migrations + t.refused) },
  { name: 'triesPerMigration', label: 'Tries per migration', unit: null, better: 'lower', help: 'How often a migration was tried until it got through.', of: (/** @type {any} */ t) => (t.migrations + t.refused) / t.migrations },
  { name: 'longestWaitMs', label: 'Longest wait', unit: 'ms', better: 'lower', help: 'The longest that any thread waited for one lock.', of: (/** @type {any} */ t) => t.longestWaitMs },
  { name: 'longestRefusedMs', label: 'Longest in vain', unit: 'ms', better: 'lower', help: 'The longest that any migrator tried in vain.', of: (/** @type {any} */ t) => t.longestRefusedMs },
];

/** @param {any} lab the real one @param {any} protocol @param {any[]} trials */
function measuredOf(lab, protocol, trials) {
  const name = typeof protocol === 'string' ? protocol : 'ringLock=none';
  const known = lab.protocols.find((/** @type {any} */ each) => each.name === name);
  const good = trials.filter(({ hung }) => !hung);
  return {
    protocol, name, correct: known ? known.correct : null, trials,
    metrics: Object.fromEntries(METRICS.map(({ name: metric, of }) => {
      const values = good.map(of).filter(Number.isFinite);
      return [metric, values.length > 0 ? figure(values) : null];
    })),
    callTimes: good.length > 0 ? { count: good.length * 400, p50: 43, p90: 88, p99: 190, p999: 6_200, max: 1_840_000, stepNs: 100 } : null,
  };
}

/** @param {number} protocol @param {string} metric @param {any[]} ours @param {any[]} first trials by round */
function ratioOf(protocol, metric, ours, first) {
  const { of } = /** @type {(typeof METRICS)[number]} */ (METRICS.find(({ name }) => name === metric));
  const both = ours.map((t, k) => [t, first[k]]).filter(([a, b]) => a && b && !a.hung && !b.hung && of(a) !== null && of(b) > 0);
  const ratios = both.map(([a, b]) => of(a) / of(b)).filter(Number.isFinite);
  if (ratios.length === 0) return [];
  const { median, low, high } = figure(ratios);
  const verdict = ratios.length < LEAST_ROUNDS ? 'no-difference' : low > 1 ? 'higher' : high < 1 ? 'lower' : 'no-difference';
  return [{ protocol, metric, ratio: median, low, high, rounds: ratios.length, verdict, text: '' }];
}

/** @param {any[]} measured */
function ratiosOf([first, ...others]) {
  return others.flatMap(({ trials }, i) => METRICS.flatMap(({ name }) => ratioOf(i + 1, name, trials, first.trials)));
}

/**
 * @param {any} lab
 * @param {any} config as used
 * @param {{ settings: any, value: number | null, trials: any[][], untimed: any[] | null }[]} rows trials by point and protocol; of the control, where there is one
 * @param {number} seconds
 */
export function resultsOf(lab, config, rows, seconds) {
  const points = rows.map(({ settings, value, trials, untimed: controlTrials }) => {
    const measured = config.protocols.map((/** @type {any} */ protocol, /** @type {number} */ k) => measuredOf(lab, protocol, trials[k]));
    const [control = null] = controlTrials ? ratioOf(0, 'eventsPerSecond', trials[0], controlTrials) : [];
    return { settings, value, measured, ratios: ratiosOf(measured), control, controlTrials };
  });
  return {
    kind: 'aio-ring-lab comparison', format: 3,
    machine: { engine: 'Chromium 156', system: 'Linux 6.8', architecture: 'x86 64-bit', cores: 2, isolated: true, clockStepNs: 100, date: '2026-11-26T11:40:00.000Z', version: lab.version },
    config, seconds, points, text: [],
  };
}

/** What a comparison begins with: no trials. @param {any} config */
export function rowsOf({ protocols, sweep, fields }) {
  return (sweep?.values ?? [null]).map((/** @type {number | null} */ value) => ({
    value, settings: { ...fields, ...(sweep && { [sweep.field]: value }) }, trials: protocols.map(() => /** @type {any[]} */ ([])), untimed: fields.control === 'none' ? null : /** @type {any[]} */ ([]),
  }));
}

/**
 * One round at one point: a trial of each protocol, and of the control.
 *
 * @param {any} config
 * @param {any} row
 * @param {() => number} noise
 * @param {{ turn: number }} last which is counted on
 * @returns {Generator<void>} after each trial
 */
export function* blockOf({ protocols }, row, noise, last) {
  for (const [k, protocol] of protocols.entries()) {
    const timed = trial(typeof protocol === 'string' ? protocol : 'custom', row.settings, noise);
    row.trials[k].push({ turn: ++last.turn, ...timed });
    yield;
    if (k > 0 || !row.untimed) continue;
    row.untimed.push({ turn: ++last.turn, ...untimed(timed, noise) });
    yield;
  }
}

/** All of it at once, for a file. @param {any} lab @param {any} config */
export function allAtOnce(lab, config) {
  const rows = rowsOf(config);
  const noise = random(7);
  const last = { turn: 0 };
  for (let round = 0; round < config.fields.rounds; round++) {
    for (const row of rows) Array.from(blockOf(config, row, noise, last));
  }
  return resultsOf(lab, config, rows, 1);
}
