/** The parts of a protocol as switches, each with its sentence; mutants (what nobody should do) apart. */

import { button, h, setText } from './dom.js';

/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').PartValues} PartValues */
/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */

/** Dispatches `change` when a switch is turned. */
export class Parts extends EventTarget {
  #infos;
  #protocols;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();
  #same = h('p', { class: 'small soft', 'aria-live': 'polite' });

  /**
   * @param {readonly PartInfo[]} infos
   * @param {readonly ProtocolInfo[]} protocols
   * @param {PartValues} values
   */
  constructor(infos, protocols, values) {
    super();
    this.#infos = infos;
    this.#protocols = protocols;
    const of = (/** @type {boolean} */ mutant) => infos.filter((info) => info.mutant === mutant).map((info) => this.#row(info));
    const starts = protocols.map((protocol) => button(protocol.title, () => this.#startFrom(protocol)));
    const mutants = of(true);
    this.element = h(
      'fieldset', { class: 'panel custom-parts', hidden: true },
      h('legend', { class: 'unseen-by-eye' }, 'Parts of the custom protocol'),
      h('div', { class: 'panel-head' }, h('h2', {}, 'Parts'), this.#same),
      h('div', { class: 'row small' }, h('span', {}, 'Start from'), ...starts),
      h('div', { class: 'parts' }, ...of(false)),
      mutants.length > 0
        ? h('div', { class: 'mutants' },
            h('h3', {}, 'Mutants'),
            h('p', { class: 'small soft' }, 'Mistakes made on purpose: no version of the fix had them. They show what a part is there for.'),
            h('div', { class: 'parts' }, ...mutants))
        : null,
    );
    this.values = values;
  }

  /** @returns {PartValues} */
  get values() {
    return Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input instanceof HTMLInputElement ? input.checked : input.value]));
  }

  set values(values) {
    for (const info of this.#infos) {
      const input = this.#inputs.get(info.name);
      const value = values[info.name] ?? info.default;
      if (input instanceof HTMLInputElement) input.checked = value === true;
      else if (input) input.value = String(value);
    }
    this.#compare();
  }

  /** @returns {ProtocolInfo | undefined} the preset with these very parts */
  get preset() {
    const values = this.values;
    return this.#protocols.find((protocol) => this.#infos.every((info) => (protocol.parts[info.name] ?? info.default) === values[info.name]));
  }

  /** @param {PartInfo} info */
  #row(info) {
    const id = `part-${info.name}`;
    const help = h('p', { id: `${id}-help`, class: 'field-help' }, info.sentence);
    const shared = { id, name: `part.${info.name}`, 'aria-describedby': `${id}-help` };
    const input = info.type === 'boolean'
      ? h('input', { type: 'checkbox', role: 'switch', ...shared })
      : h('select', shared, ...(info.choices ?? []).map((choice) => h('option', { value: choice.value }, choice.label)));
    input.addEventListener('change', () => this.#changed());
    this.#inputs.set(info.name, input);
    const label = h('label', { for: id }, info.label);
    return h('div', { class: 'part' }, h('div', { class: 'part-head' }, ...(info.type === 'boolean' ? [input, label] : [label, input])), help);
  }

  /** @param {ProtocolInfo} protocol */
  #startFrom(protocol) {
    this.values = /** @type {PartValues} */ (protocol.parts);
    this.#changed();
  }

  #changed() {
    this.#compare();
    this.dispatchEvent(new Event('change'));
  }

  #compare() {
    const preset = this.preset;
    setText(this.#same, preset ? `These are the parts of ${preset.title}.` : 'A set of parts of your own: no preset has it.');
  }
}
