/** The protocols as cards along the fix's history: a radio group, so arrow keys walk through time. */

import { h, setText } from './dom.js';
import { CUSTOM } from './link.js';
import { mark, outcomeWord } from './outcome.js';
import { TableOnDemand } from './table.js';

/** @typedef {import('./types.js').Outcome} Outcome */
/**
 * A protocol of the fix, or one of a scenario that has its own: those have no history.
 *
 * @typedef {Pick<import('./types.js').ProtocolInfo, 'name' | 'title'> & Partial<import('./types.js').ProtocolInfo>} ProtocolInfo
 */

const HISTORY = 'How migration, readers, completion, setup and teardown exclude each other, along the history of the fix.';

/** Dispatches `change` when another protocol is chosen. */
export class ProtocolCards extends EventTarget {
  #protocols;
  /** @type {Map<string, { radio: HTMLInputElement, expected: HTMLElement }>} */
  #cards = new Map();
  #does = h('p', {});
  #argument = h('p', { class: 'soft' });

  /**
   * @param {readonly ProtocolInfo[]} protocols
   * @param {string} chosen
   * @param {{ custom?: boolean, help?: string }} [look]  custom: whether one may make one's own
   */
  constructor(protocols, chosen, { custom = true, help = HISTORY } = {}) {
    super();
    this.#protocols = protocols;
    const list = h('div', { class: 'cards' }, ...protocols.map((protocol) => this.#card(protocol)), custom && this.#customCard());
    this.element = h(
      'fieldset', { class: 'panel protocols' },
      h('legend', { class: 'unseen-by-eye' }, 'Protocol'),
      h('div', { class: 'panel-head' },
        h('h2', {}, 'Protocol'),
        h('p', { class: 'small soft' }, help)),
      list,
      h('div', { class: 'card-more small' },
        h('div', { class: 'card-argument', id: 'protocol-argument', 'aria-live': 'polite' }, this.#does, this.#argument), custom && this.#history()),
    );
    this.value = chosen;
  }

  get value() {
    for (const [name, { radio }] of this.#cards) if (radio.checked) return name;
    return CUSTOM;
  }

  set value(name) {
    const card = this.#cards.get(name);
    if (card) card.radio.checked = true;
    this.#argue();
  }

  /** @param {(protocol: string) => Outcome | null} outcomeOf  of the chosen scenario under the protocol of that name */
  expect(outcomeOf) {
    for (const [name, { expected }] of this.#cards) {
      const outcome = outcomeOf(name);
      expected.dataset['outcome'] = outcome ?? 'unknown';
      expected.replaceChildren('expected here: ', mark(outcome), ' ', outcomeWord(outcome));
    }
  }

  /** @param {ProtocolInfo} protocol */
  #card(protocol) {
    const verdict = protocol.correct === undefined ? '' : protocol.correct ? 'correct' : 'wrong';
    return this.#frame(
      protocol.name,
      h('span', { class: 'card-line' },
        h('span', { class: 'num soft' }, protocol.date ?? ''),
        h('span', { class: `verdict ${verdict}` }, verdict)),
      h('strong', { class: 'card-title' }, protocol.title),
      [protocol.flaw ? h('span', { class: 'card-flaw' }, protocol.flaw) : h('span', {}, protocol.summary ?? '')],
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
    const expected = h('span', { class: 'card-expected', id: `${id}-expected` });
    const radio = h('input', {
      type: 'radio', name: 'protocol', value: name,
      'aria-labelledby': `${id}-title ${id}-line`, 'aria-describedby': `${id}-expected ${id}-text`,
    });
    radio.addEventListener('change', () => {
      this.#argue();
      this.dispatchEvent(new Event('change'));
    });
    this.#cards.set(name, { radio, expected });
    return h('label', { class: `card ${kind}` }, radio, line, title, h('span', { class: 'card-text small', id: `${id}-text` }, ...texts), expected);
  }

  /** Under the cards: what the chosen one does, whose it is, and what its author said for it. */
  #argue() {
    const protocol = this.#protocols.find((known) => known.name === this.value);
    setText(this.#does, protocol ? (protocol.summary ?? '') : 'Its parts are below. It starts from those of the fix.');
    setText(this.#argument, protocol?.argument ? `Why it was thought right (${protocol.author}): ${protocol.argument}` : '');
  }

  /** All of it at once, for those who want to read and not to choose. */
  #history() {
    const rows = this.#protocols.map(({ date = '', title, author = '', summary = '', argument = '', flaw }) => [date, title, author, summary, argument, flaw ?? 'Nothing is known to be.']);
    const table = new TableOnDemand('The whole history as a table', () => ({
      heads: ['date', 'protocol', 'author', 'what it does', 'why it was thought right', 'what is wrong with it'], rows,
    }), { prose: true });
    return table.element;
  }
}
