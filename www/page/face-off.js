/**
 * What is expected of a run beside what was observed in it: two columns, in words and colours that are never mixed up. An
 * expectation is outlined, with the words of the table of truth; an observation is filled, with a count or a time.
 */

import { h, setText } from './dom.js';
import { count, duration } from './format.js';
import { badge } from './outcome.js';
import { doneInWords } from './tiles.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Sample} Sample */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Expectation} Expectation */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */

/**
 * @typedef {object} Seen
 * @property {'wrong' | 'unseen'} verdict
 * @property {string} words
 * @property {string} besides  what is no breach of this scenario
 * @property {'broken' | 'deadlock' | null} outcome  null: no breach was observed
 */

export class FaceOff {
  #lab;
  #under = h('h3', {});
  #expected = h('p', {});
  #observed = h('p', { class: 'observed' });
  #besides = h('p', { class: 'small' });
  #verdict = h('p', { class: 'small' });
  element = h('section', { class: 'panel face-off', id: 'face-off', 'aria-label': 'Expected and observed', hidden: true },
    h('div', {}, this.#under, this.#expected),
    h('div', {}, h('h3', {}, 'Observed in this run'), this.#observed, this.#besides, this.#verdict));
  /** @type {ScenarioInfo | null} */
  #scenario = null;
  /** @type {Expectation | null} */
  #expectation = null;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /**
   * @param {ScenarioInfo | null} scenario
   * @param {string} protocol  its name in a sentence
   * @param {Expectation | null} expectation
   */
  begin(scenario, protocol, expectation) {
    this.#scenario = scenario;
    this.#expectation = expectation;
    this.element.hidden = scenario === null;
    setText(this.#under, `Expected under ${protocol}`);
    this.#expected.replaceChildren(badge(expectation?.outcome ?? null), ` ${expectation?.reason ?? 'The table of outcomes has no such set of parts.'}`);
    for (const part of [this.#observed, this.#besides, this.#verdict]) setText(part, '');
    delete this.#observed.dataset['verdict'];
  }

  /** @param {Sample} sample  while it runs */
  show(sample) {
    this.#say(this.#look(sample, null));
  }

  /** @param {Report} report */
  end(report) {
    const seen = this.#look(report, report);
    this.#say(seen);
    setText(this.#verdict, judge(this.#expectation, seen.outcome, report.reason === 'aborted' || report.reason === 'stopped'));
  }

  /** @param {Seen} seen */
  #say(seen) {
    this.#observed.dataset['verdict'] = seen.verdict;
    setText(this.#observed, seen.words);
    setText(this.#besides, seen.besides);
  }

  /**
   * @param {Sample} sample
   * @param {Report | null} report
   * @returns {Seen}
   */
  #look(sample, report) {
    const shows = this.#scenario?.shows ?? [];
    const seen = this.#lab.kinds.map(({ name, label }) => ({ name, label, n: sample.corruptions[name] ?? 0 })).filter(({ n }) => n > 0);
    const list = (/** @type {typeof seen} */ kinds) => kinds.map(({ label, n }) => `${label} ${count(n)}`).join(', ');
    const [own, others] = [seen.filter(({ name }) => shows.includes(name)), seen.filter(({ name }) => !shows.includes(name))];
    const besides = others.length > 0 ? `Besides, and no breach of this scenario: ${list(others)}.` : '';
    if (report?.deadlock) {
      const { cycle } = report.deadlock;
      return { verdict: 'wrong', words: `${cycle ? 'deadlock' : 'hang'} after ${duration(report.timeMs)}${own.length > 0 ? `; ${list(own)}` : ''}`, besides, outcome: cycle ? 'deadlock' : 'broken' };
    }
    // What can be told only when all have come to rest begins with its invariant's name.
    const must = this.#scenario?.invariants.map(({ name }) => name) ?? [];
    const atRest = must.filter((name) => report?.atRest.some((text) => text.startsWith(`${name}:`)));
    if (own.length > 0 || atRest.length > 0) {
      const words = [list(own), atRest.length > 0 ? `${atRest.join(' and ')} broken at rest` : ''].filter(Boolean).join('; ');
      return { verdict: 'wrong', words, besides, outcome: 'broken' };
    }
    return { verdict: 'unseen', words: `no breach observed in ${doneInWords(sample)}`, besides, outcome: null };
  }
}

/**
 * @param {Expectation | null} expectation
 * @param {Seen['outcome']} seen
 * @param {boolean} early  the run was stopped
 * @returns {string}
 */
function judge(expectation, seen, early) {
  const outcome = expectation?.outcome ?? null;
  if (outcome === null || outcome === 'not-applicable') return '';
  if (outcome === 'holds') {
    return seen === null ? 'That is as expected. A clean run proves nothing: it did not happen this time.' : 'That is not as expected: a finding. Keep the link and the trace.';
  }
  if (seen === outcome) return 'That is as expected.';
  if (seen === null) return `Expected, but not observed${early ? ' before the run was stopped' : ' this time'}: threads meet by chance. A longer run, or other settings, may show it.`;
  return 'Something broke, though not in the way that was expected.';
}
