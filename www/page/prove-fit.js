/**
 * Whether a trace that was recorded some time ago still is what its schedule leads to. Moves may all be possible and yet do
 * something else: under another protocol, after a change of the protocol, or in a link that somebody has altered.
 */

import { plural, sentence } from './format.js';

/** @typedef {import('./prove-types.js').Examined} Examined */
/** @typedef {import('../lib/trace.js').Trace} Trace */
/** @typedef {Trace['steps'][number]} Step */

/**
 * @param {Trace | undefined} recorded  undefined: nobody says what it was
 * @param {Examined} examined  what its schedule leads to now
 * @returns {string[]} what does not fit, in sentences
 */
export function misfits(recorded, { trace, finding, refused }) {
  const words = recorded ? difference(recorded, trace, refused !== undefined) : [];
  if (refused) words.push(`Move ${refused.move + 1}, of ${refused.thread}, cannot be made: ${sentence(refused.reason)} Everything up to it is shown.`);
  // Of a trace that does not come to its end nobody expects what was broken there.
  else if (recorded?.breaks && recorded.breaks !== finding?.invariant) {
    words.push(finding ? 'What is broken at its end is something else than what it was recorded for.' : 'It was recorded because something was broken at its end. Now nothing is.');
  }
  return words;
}

/**
 * Whether a schedule that is said to repeat for ever from some move on does so. What is compared is all that is shown of a
 * state; what a thread has read since its operation began is not, and a forged link could hide there. It would get a line in
 * the picture and a sentence: nothing is searched, executed or forced because of it.
 *
 * @param {number} cycle  the first move of what is repeated
 * @param {Examined} examined  what the whole schedule leads to
 * @returns {string} why it does not, in a sentence; empty if it does
 */
export function cycleMisfit(cycle, { trace, views }) {
  const round = views.slice(cycle);
  const [there, end] = [round[0], round.at(-1)];
  if (round.length < 2 || !there || JSON.stringify(there) !== JSON.stringify(end)) {
    return `It is said to repeat for ever from move ${cycle + 1} on; but at its end things are not as they were there.`;
  }
  const left = trace.threads.find((_, thread) => round.every((view) => view.threads[thread]?.standing === 'ready')
    && !trace.schedule.slice(cycle).some(([who]) => who === thread));
  return left === undefined ? '' : `It is said to repeat for ever, and to be fair; but ${left} could go on all the time, and never does.`;
}

/**
 * The first step that is not what it was. A trace without steps says nothing of them.
 *
 * @param {Trace} was
 * @param {Trace} is
 * @param {boolean} cut  only its beginning could be made
 * @returns {string[]}
 */
function difference(was, is, cut) {
  if (was.steps.length === 0) return [];
  const steps = cut ? is.steps.length : Math.max(was.steps.length, is.steps.length);
  for (let at = 0; at < steps; at += 1) {
    const [before, now] = [was.steps[at], is.steps[at]];
    if (!before || !now) return [`It was recorded with ${plural(was.steps.length, 'step')}; the same schedule makes ${plural(is.steps.length, 'step')} now.`];
    if (!alike(before, now, cut)) return [`Step ${at + 1}, of ${is.threads[now.thread] ?? '?'}, was recorded as “${inWords(before)}”; it is “${inWords(now)}” now. What is shown is what happens now.`];
  }
  return [];
}

/**
 * Lines of the source move with every change above them; the file, and what happens there, stay.
 *
 * @param {Step} a
 * @param {Step} b
 * @param {boolean} cut  what is lost shows at the end
 */
function alike(a, b, cut) {
  return a.thread === b.thread && a.move === b.move && a.label === b.label && fileOf(a) === fileOf(b) && a.reads === b.reads && a.writes === b.writes
    && (cut || a.lost === b.lost);
}

/** @param {{ source: string }} step */
function fileOf({ source }) {
  return source.replace(/:\d+$/, '');
}

/** @param {Step} step */
function inWords({ label, reads, writes, lost, source }) {
  const file = fileOf({ source }).replace(/^.*\//, '');
  return [label, reads && `reads ${reads}`, writes && `writes ${writes}`, lost && 'lost', file && `in ${file}`].filter(Boolean).join(', ');
}
