/** The parts of a protocol as switches, each with its sentence, by whose code they change; mutants (what nobody should do) apart. */

import { button, h, setText } from './dom.js';
import { presetOf } from './presets.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').PartValues} PartValues */
/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */

/** @type {readonly { role: PartInfo['role'], title: string, help: string }[]} */
const ROLES = [
  { role: 'migration', title: 'Migration', help: 'What aio_migratepage() locks, checks and keeps alive.' },
  { role: 'setup', title: 'Setup', help: 'What ioctx_alloc() locks while it makes a context.' },
  { role: 'teardown', title: 'Teardown', help: 'In what order aio_free_ring() lets a context go.' },
  { role: 'reader', title: 'Readers', help: 'What aio_read_events_ring() takes besides ring_lock.' },
  { role: 'mutant', title: 'Mutants', help: 'Mistakes made on purpose: no version of the fix had them. They show what a part is there for.' },
];

/** Dispatches `change` when a switch is turned. */
export class Parts extends EventTarget {
  #lab;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();
  #same = h('p', { class: 'small soft', 'aria-live': 'polite' });
  #prefix;

  /**
   * @param {Lab} lab
   * @param {PartValues} values
   * @param {{ owner?: string, prefix?: string }} [words]  owner: whose parts; prefix: of the names of its inputs, which are each on the page once
   */
  constructor(lab, values, { owner = 'the custom protocol', prefix = 'part.' } = {}) {
    super();
    this.#lab = lab;
    this.#prefix = prefix;
    const starts = lab.protocols.map((protocol) => button(protocol.title, () => this.#startFrom(protocol)));
    this.element = h(
      'fieldset', { class: 'panel custom-parts', hidden: true },
      h('legend', { class: 'unseen-by-eye' }, `Parts of ${owner}`),
      h('div', { class: 'panel-head' }, h('h2', {}, `Parts of ${owner}`), this.#same),
      h('div', { class: 'row small' }, h('span', {}, 'Start from'), ...starts),
      ...ROLES.map((role) => this.#group(role)),
    );
    this.values = values;
  }

  /** @returns {PartValues} */
  get values() {
    return Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input instanceof HTMLInputElement ? input.checked : input.value]));
  }

  set values(values) {
    for (const info of this.#lab.parts) {
      const input = this.#inputs.get(info.name);
      const value = values[info.name] ?? info.default;
      if (input instanceof HTMLInputElement) input.checked = value === true;
      else if (input) input.value = String(value);
    }
    this.#compare();
  }

  /** @param {typeof ROLES[number]} role */
  #group({ role, title, help }) {
    const infos = this.#lab.parts.filter((info) => info.role === role);
    if (infos.length === 0) return null;
    const id = this.#id(`group-${role}`);
    return h('div', { class: `part-group ${role}`, role: 'group', 'aria-labelledby': id },
      h('div', { class: 'part-group-head' }, h('h3', { id }, title), h('p', { class: 'small soft' }, help)),
      h('div', { class: 'parts' }, ...infos.map((info) => this.#row(info))));
  }

  /** @param {PartInfo} info */
  #row(info) {
    const id = this.#id(info.name);
    const help = h('p', { id: `${id}-help`, class: 'field-help' }, info.sentence);
    const shared = { id, name: `${this.#prefix}${info.name}`, 'aria-describedby': `${id}-help` };
    const input = info.type === 'boolean'
      ? h('input', { type: 'checkbox', role: 'switch', ...shared })
      : h('select', shared, ...(info.choices ?? []).map((choice) => h('option', { value: choice.value }, choice.label)));
    input.addEventListener('change', () => this.#changed());
    this.#inputs.set(info.name, input);
    const label = h('label', { for: id }, info.label);
    return h('div', { class: 'part' }, h('div', { class: 'part-head' }, ...(info.type === 'boolean' ? [input, label] : [label, input])), help);
  }

  /** @param {string} name */
  #id(name) {
    return `${this.#prefix.replace('.', '-')}${name}`;
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
    const preset = presetOf(this.#lab, this.values);
    setText(this.#same, preset ? `These are the parts of ${preset.title}.` : 'A set of parts of your own: no preset has it.');
  }
}
