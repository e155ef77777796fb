/** What a search came to: one of three words, what exactly was searched, the numbers, and what is broken. */

import { h } from './dom.js';
import { invariants } from './explain.js';
import { sentence } from './format.js';
import { boundInWords, detectionInWords, numbersOf, verdictWord } from './prove-words.js';
import { waitPanel } from './wait-graph.js';

/** @typedef {import('./prove-types.js').Verdict} Verdict */
/** @typedef {import('./prove-types.js').Finding} Finding */
/** @typedef {import('./prove-types.js').Lab} Lab */

/** What the sentence of what is covered means, by outcome. @type {Readonly<Record<Verdict['outcome'], string>>} */
const COVERS = { proved: 'Proved for', violated: 'Found in', 'bound-reached': 'What was to be searched' };
const IN_MODEL = 'This is the state that the schedule below leads to; nothing hangs here, it was searched, not run.';

export class VerdictPanel {
  #lab;
  #word = h('p', { class: 'verdict-word', id: 'verdict-word' });
  #more = h('div', { class: 'stack' });
  #of = h('p', { class: 'small soft', id: 'verdict-of' });
  element = h('section', { class: 'panel verdict-panel', id: 'verdict', 'aria-label': 'Verdict', hidden: true },
    // The live region is there before there is anything in it, or it would not be heard.
    h('div', { role: 'status' }, this.#word), this.#of, this.#more);

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  clear() {
    this.element.hidden = true;
    this.element.removeAttribute('data-verdict');
    this.#word.textContent = '';
    this.#more.replaceChildren();
  }

  /** @param {string} text  what it is the verdict of */
  describe(text) {
    this.#of.textContent = text;
  }

  /** @param {Verdict} verdict */
  show(verdict) {
    this.element.hidden = false;
    this.element.dataset['verdict'] = verdict.outcome;
    this.#word.replaceChildren(glyph(verdict), ` ${verdictWord(verdict)}`);
    const bound = boundInWords(verdict);
    this.#more.replaceChildren(
      h('p', { class: 'verdict-covers', id: 'verdict-covers' }, h('strong', {}, `${COVERS[verdict.outcome]}: `), sentence(verdict.covers)),
      ...(bound ? [h('p', {}, bound)] : []),
      ...(verdict.violation ? findingNodes(this.#lab, verdict.violation) : []),
      ...(verdict.detection ? [h('p', { id: 'detection' }, detectionInWords(verdict.detection))] : []),
      h('dl', { class: 'numbers' }, ...numbersOf(verdict).map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', { class: 'num' }, value)))),
    );
  }
}

/**
 * @param {Lab} lab
 * @param {string} invariant  a number of ours, or the kind of corruption that a detector saw
 * @returns {string}
 */
export function breachTitle(lab, invariant) {
  return lab.kinds.find(({ name }) => name === invariant)?.label ?? invariant;
}

/**
 * @param {Lab} lab
 * @param {Finding & { cycle?: number }} finding
 * @returns {Node[]}
 */
export function findingNodes(lab, { invariant, text, deadlock, cycle }) {
  const must = invariants[invariant];
  const kind = lab.kinds.find(({ name }) => name === invariant);
  return [
    h('p', { class: 'finding' }, h('strong', { class: 'wrong-text' }, `${breachTitle(lab, invariant)}:`), ` ${sentence(text)}`,
      must ? h('span', { class: 'soft' }, ` Must hold: ${must}.`) : null, kind ? h('span', { class: 'soft' }, ` ${kind.help}`) : null),
    ...(cycle === undefined ? [] : [h('p', {}, `From move ${cycle + 1} on the schedule can be repeated for ever.`)]),
    ...(deadlock ? [waitPanel(deadlock, IN_MODEL)] : []),
  ];
}

/** @param {Verdict} verdict  @returns {HTMLElement} a sign besides the colour */
function glyph({ outcome }) {
  return h('span', { 'aria-hidden': 'true', class: 'verdict-glyph' }, { proved: '✓', violated: '✗', 'bound-reached': '…' }[outcome]);
}
