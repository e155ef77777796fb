/** The scenarios as a list: a radio group, with a mark for what is expected of each under the chosen protocol. */

import { h, setText } from './dom.js';
import { mark, outcomeWord } from './outcome.js';
import { ofTheFix } from './presets.js';
import { ScenarioAbout } from './scenario-about.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Expectation} Expectation */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */
/** @typedef {import('./types.js').PartValues} PartValues */

/** @type {readonly import('./types.js').Outcome[]} */
const LEGEND = ['broken', 'deadlock', 'holds', 'not-applicable'];

/** What the lists of the scenarios that threads can run, and of the others, are called where one runs threads. */
const ON_THREADS = { able: 'On real threads', others: 'In the model only; choose one to see why:' };

/** Dispatches `change` when another scenario is chosen, and `parts` (a `CustomEvent`) when a change of v4 is. */
export class ScenarioChooser extends EventTarget {
  #scenarios;
  /** @type {Map<string, { radio: HTMLInputElement, mark: HTMLElement, word: HTMLElement }>} */
  #rows = new Map();
  #about;

  /**
   * @param {Lab} lab
   * @param {string} chosen
   * @param {{ titles?: typeof ON_THREADS, scenarios?: readonly ScenarioInfo[] }} [look]
   */
  constructor(lab, chosen, { titles = ON_THREADS, scenarios = ofTheFix(lab) } = {}) {
    super();
    this.#scenarios = scenarios;
    this.#about = new ScenarioAbout(lab, (parts) => this.dispatchEvent(new CustomEvent('parts', { detail: parts })));
    const groups = [
      this.#group(titles.able, scenarios.filter((scenario) => scenario.onThreads)),
      this.#group(titles.others, scenarios.filter((scenario) => !scenario.onThreads)),
    ];
    this.element = h(
      'fieldset', { class: 'panel scenarios' },
      h('legend', { class: 'unseen-by-eye' }, 'Scenario'),
      h('div', { class: 'panel-head' },
        h('h2', {}, 'Scenario'),
        h('p', { class: 'small soft' }, 'Who does what at once, and what must hold meanwhile: one for each claim of the fix.')),
      h('div', { class: 'scenario-list' }, ...groups,
        h('p', { class: 'small soft scenario-legend' }, 'Expected:',
          ...LEGEND.map((outcome) => h('span', { class: 'scenario-key' }, mark(outcome), outcomeWord(outcome))))),
      this.#about.element,
    );
    this.choose(chosen);
  }

  /** @returns {ScenarioInfo | undefined} */
  get value() {
    return this.#scenarios.find((scenario) => this.#rows.get(scenario.name)?.radio.checked);
  }

  /** @param {string} name  of a scenario; nothing happens where there is none */
  choose(name) {
    const row = this.#rows.get(name);
    if (row) row.radio.checked = true;
  }

  /**
   * Says what is expected of all of them.
   *
   * @param {string} protocol  its name in a sentence
   * @param {(scenario: ScenarioInfo) => Expectation | null} expected
   */
  expect(protocol, expected) {
    for (const scenario of this.#scenarios) {
      const row = this.#rows.get(scenario.name);
      const outcome = expected(scenario)?.outcome ?? null;
      row?.mark.replaceChildren(mark(outcome));
      if (row) setText(row.word, `, expected: ${outcomeWord(outcome)}`);
    }
    const { value } = this;
    if (value) this.#about.show(value, protocol, expected(value));
  }

  /**
   * @param {string} title
   * @param {ScenarioInfo[]} scenarios
   */
  #group(title, scenarios) {
    if (scenarios.length === 0) return null;
    return h('div', { class: 'scenario-group' },
      h('p', { class: 'small soft scenario-group-title' }, title),
      h('div', { class: 'scenario-rows' }, ...scenarios.map((scenario) => this.#row(scenario))));
  }

  /** @param {ScenarioInfo} scenario */
  #row({ name, title, onThreads, note }) {
    const radio = h('input', { type: 'radio', name: 'scenario', value: name });
    radio.addEventListener('change', () => this.dispatchEvent(new Event('change')));
    const row = { radio, mark: h('span', { class: 'scenario-mark' }), word: h('span', { class: 'unseen-by-eye' }) };
    this.#rows.set(name, row);
    const where = onThreads ? null : h('span', { class: 'unseen-by-eye' }, ', in the model only');
    return h('label', { class: `scenario${onThreads ? '' : ' model-only'}`, title: onThreads ? null : note }, radio, row.mark, h('span', {}, title, where, row.word));
  }
}
