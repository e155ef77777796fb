/** Trials summed up as the module does it: figures, ratios, sentences. */
import { figure, random, trial } from './numbers.js';

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
    callTimes: good.length > 0 ? { count: good.length * 400, p50: 43, p90: 155, p99: 190, p999: 6_200, max: 1_840_000, stepNs: 100 } : null,
  };
}

/** @param {any[]} measured */
function ratiosOf(measured) {
  return measured.slice(1).flatMap((each, i) => METRICS.flatMap(({ name: metric, label, of }) => {
    const both = each.trials.map((/** @type {any} */ t, /** @type {number} */ k) => [t, measured[0].trials[k]]).filter(([a, b]) => a && b && !a.hung && !b.hung);
    const ratios = both.map(([a, b]) => of(a) / of(b)).filter(Number.isFinite);
    if (ratios.length === 0) return [];
    const { median, low, high } = figure(ratios);
    const verdict = low > 1 ? 'higher' : high < 1 ? 'lower' : 'no-difference';
    const text = verdict === 'no-difference' ? `${label}: no difference seen between ${each.name} and ${measured[0].name}, over ${ratios.length} rounds.`
      : `${label}: ${each.name} is ${verdict} than ${measured[0].name}, ${median.toFixed(3)} times (${low.toFixed(3)} to ${high.toFixed(3)}).`;
    return [{ protocol: i + 1, metric, ratio: median, low, high, rounds: ratios.length, verdict, text }];
  }));
}

/**
 * @param {any} lab
 * @param {any} config as used
 * @param {{ settings: any, value: number | null, trials: any[][] }[]} rows trials by point and protocol
 * @param {number} seconds
 */
export function resultsOf(lab, config, rows, seconds) {
  const points = rows.map(({ settings, value, trials }) => {
    const measured = config.protocols.map((/** @type {any} */ protocol, /** @type {number} */ k) => measuredOf(lab, protocol, trials[k]));
    const control = config.fields.control === 'none' ? null : {
      protocol: 0, metric: 'eventsPerSecond', ratio: 0.982, low: 0.974, high: 0.991, rounds: measured[0].trials.length, verdict: 'lower',
      text: 'Reader events with the stopwatch against without: 0.982 times (0.974 to 0.991): lower.',
    };
    return { settings, value, measured, ratios: ratiosOf(measured), control };
  });
  return {
    kind: 'aio-ring-lab comparison', format: 2,
    machine: { engine: 'Chromium 156', cores: 2, isolated: true, clockStepNs: 100, date: '2026-11-26T11:40:00.000Z', version: lab.version },
    config, seconds, points,
    text: points.flatMap(({ ratios }) => ratios.filter(({ metric }) => metric === 'eventsPerSecond' || metric === 'nsPerCall').map(({ text }) => text)),
  };
}

/** What a comparison begins with: no trials. @param {any} config */
export function rowsOf({ protocols, sweep, fields }) {
  return (sweep?.values ?? [null]).map((/** @type {number | null} */ value) => ({
    value, settings: { ...fields, ...(sweep && { [sweep.field]: value }) }, trials: protocols.map(() => /** @type {any[]} */ ([])),
  }));
}

/** All of it at once, for a file. @param {any} lab @param {any} config */
export function allAtOnce(lab, config) {
  const rows = rowsOf(config);
  const noise = random(7);
  for (let round = 0; round < config.fields.rounds; round++) {
    for (const { settings, trials } of rows) config.protocols.forEach((/** @type {string} */ name, /** @type {number} */ k) => trials[k].push(trial(name, settings, noise)));
  }
  return resultsOf(lab, config, rows, 1);
}
