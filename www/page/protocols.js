/** The protocols as cards along the fix's history: a radio group, so arrow keys walk through time. */

import { h, setText } from './dom.js';
import { CUSTOM } from './link.js';

/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */

/** Dispatches `change` when another protocol is chosen. */
export class ProtocolCards extends EventTarget {
  #protocols;
  /** @type {Map<string, HTMLInputElement>} */
  #radios = new Map();
  #argument = h('p', { class: 'card-argument small soft', 'aria-live': 'polite' });

  /**
   * @param {readonly ProtocolInfo[]} protocols
   * @param {string} chosen
   */
  constructor(protocols, chosen) {
    super();
    this.#protocols = protocols;
    const list = h('div', { class: 'cards' }, ...protocols.map((protocol) => this.#card(protocol)), this.#customCard());
    this.element = h(
      'fieldset', { class: 'panel protocols' },
      h('legend', { class: 'unseen-by-eye' }, 'Protocol'),
      h('div', { class: 'panel-head' },
        h('h2', {}, 'Protocol'),
        h('p', { class: 'small soft' }, 'How migration, readers and completion exclude each other, along the history of the fix.')),
      list,
      this.#argument,
    );
    this.value = chosen;
  }

  get value() {
    for (const [name, radio] of this.#radios) if (radio.checked) return name;
    return CUSTOM;
  }

  set value(name) {
    const radio = this.#radios.get(name);
    if (radio) radio.checked = true;
    this.#argue();
  }

  /** @param {ProtocolInfo} protocol */
  #card(protocol) {
    const verdict = protocol.correct ? 'correct' : 'wrong';
    return this.#frame(
      protocol.name,
      h('span', { class: 'card-line' },
        h('span', { class: 'num soft' }, protocol.date),
        h('span', { class: `verdict ${verdict}` }, verdict)),
      h('strong', { class: 'card-title' }, protocol.title),
      [
        h('span', {}, protocol.summary),
        protocol.flaw ? h('span', { class: 'card-flaw' }, protocol.flaw) : null,
      ],
      verdict,
    );
  }

  #customCard() {
    return this.#frame(
      CUSTOM,
      h('span', { class: 'card-line' }, h('span', { class: 'soft' }, 'any day'), h('span', { class: 'verdict' }, 'yours')),
      h('strong', { class: 'card-title' }, 'Custom'),
      [h('span', {}, 'Take the fix apart: each lock and each order is a switch.')],
      'yours',
    );
  }

  /**
   * @param {string} name
   * @param {HTMLElement} line
   * @param {HTMLElement} title
   * @param {(HTMLElement | null)[]} texts
   * @param {string} kind
   */
  #frame(name, line, title, texts, kind) {
    const id = `protocol-${name.replace(/[^\w-]/g, '_')}`;
    title.id = `${id}-title`;
    line.id = `${id}-line`;
    const radio = h('input', {
      type: 'radio', name: 'protocol', value: name,
      'aria-labelledby': `${id}-title ${id}-line`, 'aria-describedby': `${id}-text`,
    });
    radio.addEventListener('change', () => {
      this.#argue();
      this.dispatchEvent(new Event('change'));
    });
    this.#radios.set(name, radio);
    return h('label', { class: `card ${kind}` }, radio, line, title, h('span', { class: 'card-text small', id: `${id}-text` }, ...texts));
  }

  /** Under the cards: whose protocol it is, and what its author said for it. */
  #argue() {
    const protocol = this.#protocols.find((known) => known.name === this.value);
    setText(this.#argument, protocol ? `Why it was thought right (${protocol.author}): ${protocol.argument}` : '');
    this.#argument.hidden = !protocol;
  }
}
