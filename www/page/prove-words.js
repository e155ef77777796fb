/** A verdict in words. Three outcomes, three words, three colours; none of them is ever said in the words of another. */

import { count, duration, plural, share } from './format.js';

/** @typedef {import('./prove-types.js').Verdict} Verdict */
/** @typedef {import('./prove-types.js').VerdictOutcome} VerdictOutcome */
/** @typedef {import('./prove-types.js').Estimate} Estimate */
/** @typedef {import('./prove-types.js').BoundName} BoundName */

/** @type {Readonly<Record<VerdictOutcome, string>>} */
const WORDS = { proved: 'Proved for this bound', violated: 'Violated', 'bound-reached': 'Not decided: a bound was reached' };

/** @type {Readonly<Record<BoundName, string>>} */
const BOUNDS = {
  steps: 'Some executions were cut off at the bound on steps.',
  preemptions: 'Executions with more preemptions were not searched.',
  count: 'The number of states or executions that was asked for has been reached.',
  memory: 'The memory that it may take is full.',
  time: 'Its time is up.',
  cancelled: 'You cancelled it.',
};

/** @param {Verdict} verdict */
export function verdictWord({ outcome, bound }) {
  return outcome === 'bound-reached' && bound === 'cancelled' ? 'Not decided: cancelled' : WORDS[outcome];
}

/** @param {Verdict} verdict  @returns {string} why the search went no further; empty if it went all the way */
export function boundInWords({ outcome, bound }) {
  if (outcome !== 'bound-reached') return '';
  const why = bound ? BOUNDS[bound] : 'It ended before everything was searched.';
  return `${why} Nothing was found broken until then; that is no proof.`;
}

const OF_STATES = { label: 'States', unit: 'states', step: 'transitions', farthest: 'from the start' };
const OF_EXECUTIONS = { label: 'Executions', unit: 'executions', step: 'steps', farthest: 'in the longest' };
const OF_CLASSES = { ...OF_EXECUTIONS, label: 'Trace classes', unit: 'classes' };

/** @param {string} engine  @returns {typeof OF_STATES} what it counts while it searches, and where it is */
export function countedBy(engine) {
  return engine === 'traces' ? OF_CLASSES : engine === 'random' || engine === 'pct' ? OF_EXECUTIONS : OF_STATES;
}

/** @param {Verdict} verdict  @returns {{ label: string, value: string }[]} its numbers */
export function numbersOf({ states, transitions, traces, brokenTraces, blockedTraces, depth, seconds, bytes, overlooked }) {
  const some = (/** @type {string} */ label, /** @type {number | undefined | null} */ n) => (n === undefined || n === null ? [] : [{ label, value: count(n) }]);
  return [
    ...some('states', states),
    ...some('transitions', transitions),
    ...some('executions', traces),
    ...some('of them broken', brokenTraces),
    ...some('begun in vain', blockedTraces),
    { label: 'longest', value: plural(depth, 'step') },
    { label: 'time', value: duration(seconds * 1000) },
    ...(bytes > 0 ? [{ label: 'memory', value: inBytes(bytes) }] : []),
    ...(overlooked > 0 ? [{ label: 'two states taken for one', value: `probability at most ${tiny(overlooked)}` }] : []),
  ];
}

/** @param {NonNullable<Verdict['detection']>} detection  @returns {string} what sampling was promised to find */
export function detectionInWords({ runs, depth, perRun, inAll }) {
  return `If there is a violation that needs ${plural(depth, 'ordered step')} (depth ${depth}), one run finds it with a probability of at least ${tiny(perRun)}, `
    + `and ${plural(runs, 'run')} together with at least ${likelihood(inAll)} (Burckhardt and others, 2010). A violation that is deeper may have been missed.`;
}

/** @param {Estimate} estimate */
export function estimateInWords({ probes, schedulesLog10, spread, steps, states, statesSeen }) {
  const many = schedulesLog10 < 6 ? `about ${count(Math.round(10 ** schedulesLog10))} schedules` : `about ${power(schedulesLog10)} schedules`;
  return `Estimated from ${plural(probes, 'random probe')}: ${many} (± ${share(spread, 1)}) of ${count(Math.round(steps.mean))} steps in the mean and ${count(steps.most)} at the most; `
    + `at least about ${count(Math.max(Math.round(states), statesSeen))} states.`;
}

/**
 * @param {Verdict} verdict
 * @param {(invariant: string) => string} titleOf
 * @returns {string} for the status line
 */
export function verdictInWords(verdict, titleOf) {
  const { outcome, seconds, states, traces, violation } = verdict;
  const searched = states !== undefined && states !== null ? plural(states, 'state') : plural(traces ?? 0, 'execution');
  const after = `${searched}, ${duration(seconds * 1000)}`;
  if (outcome === 'violated' && violation) {
    return `Violated: ${titleOf(violation.invariant)}, after ${plural(violation.trace.steps.length, 'step')}. ${after}.`;
  }
  return `${verdictWord(verdict)}. ${after}.`;
}

/** @param {number} bytes */
export function inBytes(bytes) {
  for (const [size, unit] of /** @type {const} */ ([[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']])) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes >= 100 * size ? 0 : 1)} ${unit}`;
  }
  return `${count(bytes)} bytes`;
}

/** @param {number} p  a probability  @returns {string} that is never rounded up to certainty */
function likelihood(p) {
  return p >= 0.999 ? '99.9 %' : share(p, 1);
}

/** @param {number} p  a small probability */
function tiny(p) {
  if (p >= 0.001) return p.toPrecision(2).replace(/\.?0+$/, '');
  return power(Math.log10(p));
}

/** @param {number} log10  @returns {string} such as `3 × 10⁷` */
function power(log10) {
  let exponent = Math.floor(log10);
  let digit = Math.round(10 ** (log10 - exponent));
  if (digit === 10) [digit, exponent] = [1, exponent + 1];
  const raised = [...String(exponent)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
  return `${digit} × 10${raised}`;
}
