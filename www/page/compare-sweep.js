/** A sweep: one field takes several values. Which field, and which values. */

import { complain, h, setText } from './dom.js';
import { FEWEST, parseValues, usualValues } from './compare-link.js';
import { Fields } from './fields.js';
import { rangeOf } from './link.js';

/** @typedef {import('./compare-types.js').Lab} Lab */
/** @typedef {import('./compare-link.js').CompareSettings} CompareSettings */

const NONE = 'none';

/** Dispatches `change` when the field or a value is another. */
export class SweepChooser extends EventTarget {
  #lab;
  #field;
  #input = h('input', { id: 'field-values', name: 'values', type: 'text', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false', class: 'num', 'aria-describedby': 'field-values-help field-values-range field-values-error' });
  #label = h('label', { for: 'field-values' }, 'Values');
  #range = h('span', { id: 'field-values-range', class: 'field-range num' });
  #error = h('p', { id: 'field-values-error', class: 'field-error', role: 'alert' });
  #values;

  /**
   * @param {Lab} lab
   * @param {CompareSettings['sweep']} sweep
   */
  constructor(lab, sweep) {
    super();
    this.#lab = lab;
    const choices = lab.comparing.sweeps.map(({ field }) => ({ value: field, label: this.#info(field)?.label ?? field }));
    this.#field = new Fields([{
      name: 'sweep', label: 'Sweep over', help: 'One field takes several values, one after the other in random order; the results are then drawn over it.', unit: null, type: 'choice', default: NONE,
      choices: [{ value: NONE, label: 'Nothing: one point' }, ...choices],
    }], { sweep: sweep?.field ?? NONE }, { sweep: NONE }, { legend: 'Sweep', groups: [{ title: 'Sweep', names: ['sweep'], open: true }] });
    this.#values = h('div', { class: 'field', 'data-field': 'values' },
      h('div', { class: 'field-head' }, this.#label, this.#range),
      h('div', { class: 'stepper sweep-values' }, this.#input), this.#error,
      h('p', { id: 'field-values-help', class: 'field-help' }, 'Whole numbers with commas between them.'));
    // Beside the choice, in its group.
    this.#field.element.querySelector('.group > .fields')?.append(this.#values);
    this.element = this.#field.element;
    this.#input.value = sweep?.text ?? '';
    this.#field.addEventListener('change', () => {
      this.#input.value = usualValues(lab, this.field ?? '').join(', ');
      this.#changed();
    });
    this.#input.addEventListener('input', () => this.#changed());
    this.#show();
  }

  /** @returns {string | null} the swept field */
  get field() {
    const field = String(this.#field.values['sweep']);
    return field === NONE ? null : field;
  }

  /** @returns {CompareSettings['sweep']} as it is written */
  get written() {
    return this.field === null ? null : { field: this.field, text: this.#input.value };
  }

  /** @returns {import('./compare-types.js').Sweep | null} good or not: the lab is the judge of that */
  get value() {
    return this.field === null ? null : { field: this.field, values: parseValues(this.#lab, this.field, this.#input.value).values };
  }

  /** @returns {string} what is wrong with it, or nothing */
  get complaint() {
    return this.field === null ? '' : parseValues(this.#lab, this.field, this.#input.value).complaint;
  }

  /** @param {string} message  empty: no error */
  showError(message) {
    complain(this.#input, this.#error, message);
  }

  /** Goes to its values. */
  focus() {
    this.#input.focus();
  }

  /** @param {string} field */
  #info(field) {
    return this.#lab.comparing.fields.find(({ name }) => name === field);
  }

  #changed() {
    this.#show();
    this.dispatchEvent(new Event('change'));
  }

  #show() {
    const info = this.#info(this.field ?? '');
    this.#values.hidden = !info;
    if (info) {
      setText(this.#label, `Values of ${info.label.toLowerCase()}`);
      setText(this.#range, `${FEWEST} to ${this.#lab.comparing.most.values} of ${rangeOf(info)}${info.unit ? ` ${info.unit}` : ''}`);
    }
    this.showError(this.complaint);
  }
}
