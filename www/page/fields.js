/** The settings of a run, made from the lab's own description of them: label, range, one sentence, and the error in its place. */

import { button, complain, h, setText } from './dom.js';
import { parseField, rangeOf } from './link.js';
import { settingInWords } from './summary.js';

/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {Record<string, number | string>} Values */

/** @typedef {{ title: string, names: readonly string[], open: boolean }} GroupInfo */

/** In this order; those that one reaches for first are open. A field that is in none of them comes last. @type {readonly GroupInfo[]} */
const GROUPS = [
  { title: 'Threads', names: ['readers', 'migrators', 'completers'], open: true },
  { title: 'Setup and teardown', names: ['setups', 'teardowns', 'addressSpaces', 'failures', 'allocation'], open: false },
  { title: 'Migration', names: ['pace', 'page', 'core', 'widen'], open: false },
  { title: 'Ring and reading', names: ['ringEvents', 'batch', 'faults'], open: false },
  { title: 'Run', names: ['durationMs', 'seed'], open: true },
];

/** Wider ranges than this are stepped through as 1, 2, 5, 10, 20, 50 … */
const FINE_STEPS = 256;

/** The form of all fields. Dispatches `change` when a value changes. */
export class Fields extends EventTarget {
  /** @type {Map<string, Field>} */
  #fields = new Map();
  /** @type {Group[]} */
  #groups;

  element;

  /**
   * @param {readonly FieldInfo[]} infos
   * @param {Values} values
   * @param {Values} usual  what the scenario would have; groups with something else in them are open
   * @param {{ legend?: string, groups?: readonly GroupInfo[] }} [look]
   */
  constructor(infos, values, usual, { legend = 'Settings of the run', groups = GROUPS } = {}) {
    super();
    this.element = h('fieldset', { class: 'fields' }, h('legend', { class: 'unseen-by-eye' }, legend));
    for (const info of infos) this.#fields.set(info.name, new Field(info, values[info.name] ?? info.default, (field) => this.#changed(field)));
    const grouped = groups.flatMap((group) => group.names);
    const others = infos.map((info) => info.name).filter((name) => !grouped.includes(name));
    this.#groups = [...groups, { title: 'More', names: others, open: false }]
      .map(({ title, names, open }) => new Group(title, names.flatMap((name) => this.#fields.get(name) ?? []), open || names.some((name) => values[name] !== usual[name])))
      .filter((group) => group.fields.length > 0);
    this.element.append(...this.#groups.map((group) => group.element));
  }

  /** @returns {Values} as they stand, out of range or not: the lab is the judge of that */
  get values() {
    return Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.value]));
  }

  set values(values) {
    for (const [name, field] of this.#fields) field.value = values[name] ?? field.info.default;
    for (const group of this.#groups) group.sum();
  }

  /** @param {(name: string) => boolean} wanted  the others are out of sight, and keep their values */
  only(wanted) {
    for (const [name, field] of this.#fields) field.element.hidden = !wanted(name);
    for (const group of this.#groups) group.element.hidden = group.fields.every((field) => field.element.hidden);
  }

  /**
   * Shows an error at its field and goes there.
   *
   * @param {string} name
   * @param {string} message
   * @returns {boolean} whether there is such a field
   */
  showError(name, message) {
    const field = this.#fields.get(name);
    if (!field) return false;
    for (const group of this.#groups) if (group.fields.includes(field)) group.element.open = true;
    field.showError(message);
    field.focus();
    return true;
  }

  clearErrors() {
    for (const field of this.#fields.values()) field.showError('');
  }

  /** @param {Field} field */
  #changed(field) {
    field.showError(field.complaint());
    for (const group of this.#groups) group.sum();
    this.dispatchEvent(new Event('change'));
  }
}

/** Some of the fields; closed, it says which of them are not at their default. */
class Group {
  #sum = h('span', { class: 'group-sum' });

  /**
   * @param {string} title
   * @param {Field[]} fields
   * @param {boolean} open
   */
  constructor(title, fields, open) {
    this.fields = fields;
    this.element = h('details', { class: 'group', open },
      h('summary', {}, h('span', { class: 'group-title' }, title), this.#sum), h('div', { class: 'fields' }, ...fields.map((field) => field.element)));
    this.sum();
  }

  /** Brings its summary up to date. */
  sum() {
    const changed = this.fields.filter((field) => field.value !== field.info.default);
    setText(this.#sum, changed.map((field) => settingInWords(field.info, field.value)).join(', '));
  }
}

/** One labelled setting. */
class Field {
  #input;
  #error;
  #choice = h('p', { class: 'field-help field-choice' });

  /**
   * @param {FieldInfo} info
   * @param {number | string} value
   * @param {(field: Field) => void} onChange
   */
  constructor(info, value, onChange) {
    this.info = info;
    const id = `field-${info.name}`;
    const help = h('p', { id: `${id}-help`, class: 'field-help' }, info.help);
    this.#choice.id = `${id}-choice`;
    this.#error = h('p', { id: `${id}-error`, class: 'field-error', role: 'alert' });
    const described = `${id}-help ${id}-choice ${id}-range ${id}-error`;
    const range = h('span', { id: `${id}-range`, class: 'field-range num' }, info.type === 'integer' ? `${rangeOf(info)}${info.unit ? ` ${info.unit}` : ''}` : '');
    const label = h('label', { for: id }, info.label);

    if (info.type === 'choice') {
      const options = (info.choices ?? []).map((choice) => h('option', { value: choice.value, selected: choice.value === value }, choice.label));
      this.#input = h('select', { id, name: info.name, 'aria-describedby': described }, ...options);
    } else {
      this.#input = h('input', {
        id, name: info.name, type: 'text', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false',
        value: String(value), 'aria-describedby': described, class: 'num',
      });
      this.#input.addEventListener('keydown', (event) => this.#key(/** @type {KeyboardEvent} */ (event)));
    }
    this.#input.addEventListener('input', () => {
      this.#explainChoice();
      onChange(this);
    });
    const steps = info.type === 'integer'
      ? [this.#stepper('−', 'less', -1), this.#input, this.#stepper('+', 'more', 1)]
      : [this.#input];
    this.element = h(
      'div', { class: 'field', 'data-field': info.name },
      h('div', { class: 'field-head' }, label, range),
      h('div', { class: 'stepper' }, ...steps),
      this.#error,
      help,
      this.#choice,
    );
    this.#explainChoice();
  }

  /** @returns {number | string} */
  get value() {
    const text = this.#input.value.trim();
    if (this.info.type === 'choice') return text;
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  }

  set value(value) {
    this.#input.value = String(value);
    this.showError('');
    this.#explainChoice();
  }

  /** @returns {string} what is wrong with the value, or nothing */
  complaint() {
    if (parseField(this.info, this.#input.value.trim()) !== undefined) return '';
    return `Takes ${this.info.type === 'integer' ? 'a whole number, ' : ''}${rangeOf(this.info)}.`;
  }

  /** @param {string} message  empty: no error */
  showError(message) {
    complain(this.#input, this.#error, message);
  }

  focus() {
    this.#input.focus();
  }

  /**
   * @param {string} sign
   * @param {string} word
   * @param {-1 | 1} direction
   */
  #stepper(sign, word, direction) {
    // Out of the tab order: in the field itself the arrow keys do the same.
    return button(sign, () => this.#step(direction), { tabindex: '-1', 'aria-label': `${this.info.label}: ${word}` });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    this.#step(event.key === 'ArrowUp' ? 1 : -1);
  }

  /** @param {-1 | 1} direction */
  #step(direction) {
    const { min = 0, max = Number.MAX_SAFE_INTEGER, default: standard } = this.info;
    const now = Number.isFinite(this.value) ? Number(this.value) : Number(standard);
    const next = max - min <= FINE_STEPS ? now + direction : roundStep(now, direction);
    this.#input.value = String(Math.min(max, Math.max(min, next)));
    this.#input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** A chosen value has a sentence of its own below the field's. */
  #explainChoice() {
    const chosen = this.info.choices?.find((choice) => choice.value === this.#input.value);
    setText(this.#choice, chosen?.help ? `${chosen.label}: ${chosen.help}` : '');
  }
}

/**
 * The neighbour of `n` in 0, 1, 2, 5, 10, 20, 50 …
 *
 * @param {number} n
 * @param {-1 | 1} direction
 */
export function roundStep(n, direction) {
  if (n < 0 || (n === 0 && direction < 0)) return n + direction;
  if (n === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  const ladder = [0.5, 1, 2, 5, 10].map((step) => step * power);
  if (direction > 0) return ladder.find((step) => step > n) ?? n + 1;
  const below = ladder.filter((step) => step < n).pop() ?? 0;
  return below < 1 ? 0 : below;
}
