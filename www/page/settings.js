/** What the next run will be: scenario, protocol, parts and fields, kept in step with each other and with the address. */

import { Fields } from './fields.js';
import { CUSTOM, standard } from './link.js';
import { Parts } from './parts.js';
import { completed, expectationOf } from './presets.js';
import { ProtocolCards } from './protocols.js';
import { ScenarioChooser } from './scenarios.js';
import { briefly } from './summary.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').RunConfig} RunConfig */
/** @typedef {import('./types.js').PartValues} PartValues */

/** Dispatches `change` when anything of it changed. */
export class Settings extends EventTarget {
  #lab;
  #link;
  #scenarios;
  #cards;
  #parts;
  #fields;

  /**
   * @param {Lab} lab
   * @param {import('./link.js').Link} link
   */
  constructor(lab, link) {
    super();
    this.#lab = lab;
    this.#link = link;
    const read = link.read(lab);
    this.#scenarios = new ScenarioChooser(lab, read.scenario);
    this.#cards = new ProtocolCards(lab.protocols, read.protocol);
    this.#parts = new Parts(lab, read.parts);
    this.#fields = new Fields(lab.fields, read.fields, standard(lab, read.scenario).fields);
    this.#scenarios.addEventListener('change', () => {
      // A scenario begins as it is told; what one had set for another would be in its way.
      this.#fields.values = standard(lab, this.scenario?.name ?? null).fields;
      this.#changed();
    });
    this.#scenarios.addEventListener('parts', (event) => this.#takeApart(/** @type {CustomEvent<Partial<PartValues>>} */ (event).detail));
    for (const part of [this.#cards, this.#parts, this.#fields]) part.addEventListener('change', () => this.#changed());
    this.#changed();
  }

  /** What one chooses from, in order. */
  get choosers() {
    return [this.#scenarios.element, this.#cards.element, this.#parts.element];
  }

  /** The form of the fields. */
  get form() {
    return this.#fields.element;
  }

  get scenario() {
    return this.#scenarios.value;
  }

  /** @returns {RunConfig} */
  get config() {
    return { ...(this.scenario && { scenario: this.scenario.name }), protocol: this.#protocol(), ...this.#fields.values };
  }

  /** @returns {Record<string, number | string>} */
  get fields() {
    return this.#fields.values;
  }

  /** @param {Run['config']} used  @returns {boolean} whether the next run would be another */
  differ(used) {
    const { protocol, ...others } = this.config;
    return !sameProtocol(used.protocol, protocol) || Object.entries(others).some(([name, value]) => used[name] !== value);
  }

  /**
   * Shows an error at the field of that name and goes there.
   *
   * @param {string} name
   * @param {string} message
   * @returns {boolean} whether there is such a field
   */
  showError(name, message) {
    return this.#fields.showError(name, message);
  }

  clearErrors() {
    this.#fields.clearErrors();
  }

  #protocol() {
    return this.#cards.value === CUSTOM ? this.#parts.values : this.#cards.value;
  }

  /** @param {Partial<PartValues>} parts  changes to v4 */
  #takeApart(parts) {
    this.#parts.values = completed(this.#lab, /** @type {PartValues} */ (parts));
    this.#cards.value = CUSTOM;
    this.#changed();
  }

  #changed() {
    const [lab, scenario, custom] = [this.#lab, this.scenario, this.#cards.value === CUSTOM];
    this.#parts.element.hidden = !custom;
    this.#link.write(lab, { scenario: scenario?.name ?? '', protocol: this.#cards.value, parts: this.#parts.values, fields: this.#fields.values });
    this.#scenarios.expect(briefly(lab, this.#cards.value), (each) => expectationOf(lab, each, this.#protocol()));
    this.#cards.expect((name) => expectationOf(lab, scenario, name === CUSTOM ? this.#parts.values : name)?.outcome ?? null);
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * @param {Run['config']['protocol']} a
 * @param {RunConfig['protocol']} b
 */
function sameProtocol(a, b) {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return Object.entries(a).every(([name, value]) => b[name] === value);
}
