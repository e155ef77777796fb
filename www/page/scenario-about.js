/** The chosen scenario: what happens, what must hold, what a breach looks like, and what is expected under the chosen protocol. */

import { button, h } from './dom.js';
import { badge } from './outcome.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Expectation} Expectation */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */
/** @typedef {import('./types.js').PartValues} PartValues */

/** What a breach may look like besides a kind of corruption. @type {Readonly<Record<string, string>>} */
const ENDS = { deadlock: 'a deadlock, drawn as a cycle', hang: 'a hang: nobody can go on' };

export class ScenarioAbout {
  #lab;
  #onParts;
  #text = h('div', { class: 'scenario-text' });
  #expected = h('p', { class: 'scenario-expected', id: 'scenario-expected', 'aria-live': 'polite' });
  #ways = h('div', {});
  element = h('div', { class: 'scenario-about', id: 'scenario-about', role: 'group', 'aria-label': 'The chosen scenario' }, this.#text, this.#expected, this.#ways);
  /** @type {ScenarioInfo | null} */
  #shown = null;

  /**
   * @param {Lab} lab
   * @param {(parts: Partial<PartValues>) => void} onParts  a change of v4 was chosen
   */
  constructor(lab, onParts) {
    this.#lab = lab;
    this.#onParts = onParts;
  }

  /**
   * @param {ScenarioInfo} scenario
   * @param {string} protocol  its name in a sentence
   * @param {Expectation | null} expected
   */
  show(scenario, protocol, expected) {
    if (this.#shown !== scenario) this.#tell(scenario);
    this.#shown = scenario;
    this.#expected.replaceChildren(
      h('span', { class: 'scenario-under' }, `Expected under ${protocol}: `), badge(expected?.outcome ?? null),
      h('span', {}, expected ? ` ${expected.reason}` : ' The table of outcomes has no such set of parts.'));
  }

  /** @param {ScenarioInfo} scenario */
  #tell({ title, summary, invariants, shows, onThreads, note, brokenBy }) {
    this.#text.replaceChildren(
      h('h3', {}, title),
      h('p', {}, summary),
      h('dl', { class: 'facts small' },
        ...fact('Must hold', invariants.map(({ name, text }) => h('li', {}, h('strong', {}, name), ` ${text}`))),
        ...fact('A breach shows as', shows.map((name) => h('li', {}, this.#breach(name))))),
      note ? h('p', { class: `small ${onThreads ? 'soft' : 'box'}` }, onThreads ? note : h('strong', {}, 'Not on threads: '), onThreads ? null : note) : '');
    this.#ways.replaceChildren(brokenBy.length === 0 ? '' : h('details', { class: 'more' },
      h('summary', {}, 'Taken apart: v4 with something changed'),
      h('ul', { class: 'ways small' }, ...brokenBy.map(({ label, parts, outcome, reason }) => h('li', {},
        button(label, () => this.#onParts(/** @type {Partial<PartValues>} */ (parts)), { 'data-way': label }), badge(outcome), h('span', { class: 'soft' }, reason))))));
  }

  /** @param {string} name */
  #breach(name) {
    return ENDS[name] ?? this.#lab.kinds.find((kind) => kind.name === name)?.label ?? name;
  }
}

/**
 * @param {string} title
 * @param {HTMLElement[]} items
 */
function fact(title, items) {
  return items.length === 0 ? [] : [h('dt', {}, title), h('dd', {}, h('ul', {}, ...items))];
}
