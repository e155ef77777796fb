/** What is to be proved: scenario, protocol, parts, sizes, engine and bounds, kept in step with each other and with the address. */

import { h } from './dom.js';
import { Fields } from './fields.js';
import { CUSTOM } from './link.js';
import { Parts } from './parts.js';
import { completed, expectationOf } from './presets.js';
import { ENGINE_GROUPS, SEARCH_DEFAULTS, STARVATION, concerns, fieldOf, optionsOf, searchFields, sizeFields, sizesOf } from './prove-fields.js';
import { protocolsOf, readSettings, usualSizes, writeSettings } from './prove-link.js';
import { ProtocolCards } from './protocols.js';
import { ScenarioChooser } from './scenarios.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').ProofScenario} ProofScenario */
/** @typedef {import('./prove-types.js').Subject} Subject */
/** @typedef {import('./prove-types.js').ExploreConfig} ExploreConfig */
/** @typedef {import('./types.js').PartValues} PartValues */

const TITLES = { able: 'In the model, and on threads', others: 'In the model only' };
const OWN = 'This scenario has protocols of its own: the race in its smallest form.';

/** Dispatches `change` when anything of it changed. */
export class ProveSettings extends EventTarget {
  #lab;
  #scenarios;
  /** @type {ProtocolCards} */
  #cards;
  #parts;
  /** @type {Fields} */
  #sizes;
  #search;
  #cardsHost = h('div', { class: 'stack' });
  #sizesHost = h('div', { class: 'stack' });

  /**
   * @param {Lab} lab
   * @param {import('./link.js').Link} link
   */
  constructor(lab, link) {
    super();
    this.#lab = lab;
    const read = readSettings(link, lab);
    this.#scenarios = new ScenarioChooser(lab, read.scenario, { titles: TITLES, scenarios: lab.scenarios });
    this.#parts = new Parts(lab, read.parts);
    this.#search = new Fields(searchFields(lab), read.search, SEARCH_DEFAULTS, { legend: 'The search', groups: ENGINE_GROUPS });
    this.#cards = this.#showCards(read.protocol);
    this.#sizes = this.#showSizes(read.sizes);
    this.#scenarios.addEventListener('change', () => this.#scenarioChanged());
    this.#scenarios.addEventListener('parts', (event) => this.#takeApart(/** @type {CustomEvent<Partial<PartValues>>} */ (event).detail));
    for (const part of [this.#parts, this.#search]) part.addEventListener('change', () => this.#changed());
    this.#changed();
  }

  /** What one chooses from, in order. */
  get choosers() {
    return [this.#scenarios.element, this.#cardsHost, this.#parts.element];
  }

  /** Sizes, engine, bounds. */
  get form() {
    return h('div', { class: 'wide-form' }, this.#sizesHost, this.#search.element);
  }

  /** @returns {ProofScenario | undefined} */
  get scenario() {
    return this.#scenarios.value;
  }

  /** @returns {Subject} */
  get subject() {
    return {
      scenario: this.scenario?.name ?? '', protocol: this.#protocol(), sizes: sizesOf(this.#sizes.values),
      ...(this.#search.values['engine'] === STARVATION && { engine: STARVATION }),
    };
  }

  /** @returns {ExploreConfig} */
  get config() {
    return { ...this.subject, ...optionsOf(this.#search.values) };
  }

  /** Takes on what a trace is of. @param {Subject} subject */
  take({ scenario, protocol, sizes = {} }) {
    this.#scenarios.choose(scenario);
    const known = sizeFields(this.scenario);
    this.#cards = this.#showCards(typeof protocol === 'string' ? protocol : CUSTOM);
    if (typeof protocol !== 'string') this.#parts.values = completed(this.#lab, protocol);
    this.#sizes = this.#showSizes(Object.fromEntries(known.map((field) => [field.name, sizes[field.name.replace(/^sizes\./, '')] ?? field.default])));
    this.#changed();
  }

  /**
   * Shows an error at the field that the lab names.
   *
   * @param {string} name
   * @param {string} message
   * @returns {boolean} whether there is such a field
   */
  showError(name, message) {
    return this.#sizes.showError(name, message) || this.#search.showError(fieldOf(name), message);
  }

  clearErrors() {
    this.#sizes.clearErrors();
    this.#search.clearErrors();
  }

  #protocol() {
    return this.#cards.value === CUSTOM ? this.#parts.values : this.#cards.value;
  }

  /** @param {string} protocol */
  #showCards(protocol) {
    const { scenario } = this;
    const protocols = protocolsOf(this.#lab, scenario);
    const chosen = protocol === CUSTOM || protocols.some(({ name }) => name === protocol) ? protocol : (protocols[0]?.name ?? CUSTOM);
    const cards = new ProtocolCards(protocols, chosen, scenario?.protocols ? { custom: false, help: OWN } : {});
    cards.addEventListener('change', () => this.#changed());
    this.#cardsHost.replaceChildren(cards.element);
    return cards;
  }

  /** @param {Record<string, number | string>} values */
  #showSizes(values) {
    const fields = sizeFields(this.scenario);
    const sizes = new Fields(fields, values, usualSizes(this.scenario), {
      legend: 'How large the scenario is', groups: [{ title: 'Sizes', names: fields.map(({ name }) => name), open: true }],
    });
    sizes.addEventListener('change', () => this.#changed());
    this.#sizesHost.replaceChildren(sizes.element);
    return sizes;
  }

  #scenarioChanged() {
    this.#cards = this.#showCards(this.#cards.value);
    // A scenario begins with its own sizes.
    this.#sizes = this.#showSizes(usualSizes(this.scenario));
    this.#changed();
  }

  /** @param {Partial<PartValues>} parts  changes to v4 */
  #takeApart(parts) {
    this.#parts.values = completed(this.#lab, /** @type {PartValues} */ (parts));
    this.#cards.value = CUSTOM;
    this.#changed();
  }

  #changed() {
    const [scenario, custom] = [this.scenario, this.#cards.value === CUSTOM];
    const engine = this.#search.values['engine'];
    this.#parts.element.hidden = !custom;
    this.#search.only((name) => concerns(name, engine));
    writeSettings(this.#lab, { scenario: scenario?.name ?? '', protocol: this.#cards.value, parts: this.#parts.values, sizes: this.#sizes.values, search: this.#search.values });
    this.#scenarios.expect(this.#brief(), (each) => this.#expected(each, this.#protocol()));
    this.#cards.expect((name) => this.#expected(scenario, name === CUSTOM ? this.#parts.values : name)?.outcome ?? null);
    this.dispatchEvent(new Event('change'));
  }

  /**
   * @param {ProofScenario | undefined} scenario
   * @param {string | PartValues} protocol
   * @returns {import('./types.js').Expectation | null}
   */
  #expected(scenario, protocol) {
    const own = scenario?.protocols?.find(({ name }) => name === protocol);
    if (!own) return expectationOf(this.#lab, scenario, protocol);
    return { outcome: own.correct ? 'holds' : 'broken', reason: 'It can be counted by hand.' };
  }

  /** @returns {string} the protocol in the middle of a sentence */
  #brief() {
    const known = protocolsOf(this.#lab, this.scenario).find(({ name }) => name === this.#cards.value);
    if (this.scenario?.protocols) return `“${known?.title}”`;
    return known ? (known.title.split(':')[0] ?? '') : 'these parts';
  }
}
