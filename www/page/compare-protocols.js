/** Which protocols are compared, along the fix's history; and which of them is the baseline. */

import { h } from './dom.js';
import { rightness } from './outcome.js';
import { OWN } from './compare-link.js';
import { swatch } from './compare-series.js';

/** @typedef {import('./compare-types.js').Lab} Lab */

/** Dispatches `change` when another one is chosen, left out, or made the baseline. */
export class ProtocolPicker extends EventTarget {
  /** @type {Map<string, { element: HTMLElement, box: HTMLInputElement, baseline: HTMLInputElement }>} */
  #cards = new Map();
  #about = h('dl', { class: 'picker-about small', id: 'picker-about' });
  #complaint = h('p', { class: 'field-error', id: 'protocols-error', role: 'alert' });
  #choices;
  #lab;

  /**
   * @param {Lab} lab
   * @param {readonly string[]} chosen  the first is the baseline
   */
  constructor(lab, chosen) {
    super();
    this.#lab = lab;
    this.#choices = [
      ...lab.protocols.map(({ name, title, date, correct, flaw, summary }) => ({ name, title, date, verdict: correct ? 'correct' : 'wrong', text: flaw ?? summary })),
      ...OWN.map(({ name, title }) => ({ name, title, date: 'any day', verdict: 'yours', text: 'A protocol of your own: its parts are below.' })),
    ];
    this.element = h(
      'fieldset', { class: 'panel picker' },
      h('legend', { class: 'unseen-by-eye' }, 'Protocols'),
      h('div', { class: 'panel-head' },
        h('h2', {}, 'Protocols'),
        h('p', { class: 'small soft' }, 'Two or more, along the history of the fix; the others are compared with the baseline. A wrong one is a yardstick for cost, and nothing else.')),
      h('div', { class: 'cards' }, ...this.#choices.map((choice) => this.#card(choice, lab))),
      this.#complaint,
      this.#about,
    );
    for (const name of chosen) this.#boxOf(name).checked = true;
    this.#settle(chosen[0]);
  }

  /** @returns {string[]} the baseline first, the others in the order of the fix */
  get value() {
    const chosen = [...this.#cards].filter(([, { box }]) => box.checked).map(([name]) => name);
    const baseline = chosen.find((name) => this.#cards.get(name)?.baseline.checked);
    return [...chosen.filter((name) => name === baseline), ...chosen.filter((name) => name !== baseline)];
  }

  /** @param {string} message  empty: nothing is wrong */
  complain(message) {
    if (this.#complaint.textContent !== message) this.#complaint.textContent = message;
  }

  /** Goes to the first of them. */
  focus() {
    this.#cards.values().next().value?.box.focus();
  }

  /**
   * @param {{ name: string, title: string, date: string, verdict: string }} choice
   * @param {Lab} lab
   */
  #card({ name, title, date, verdict }, lab) {
    const id = `compare-${name.replace(/[^\w-]/g, '_')}`;
    const box = h('input', { type: 'checkbox', id, name: 'compared', value: name, 'aria-describedby': `${id}-line` });
    const baseline = h('input', { type: 'radio', name: 'baseline', value: name, 'aria-label': `${title}: baseline` });
    box.addEventListener('change', () => this.#changed());
    baseline.addEventListener('change', () => this.#changed());
    const element = h('div', { class: `card ${verdict}` },
      box, h('label', { class: 'card-title', for: id }, title), swatch({ name, correct: verdict === 'yours' ? null : verdict === 'correct' }, lab),
      h('span', { class: 'card-line', id: `${id}-line` }, h('span', { class: 'num soft' }, date), h('span', { class: `verdict ${verdict}` }, verdict)),
      h('label', { class: 'picker-baseline small' }, baseline, 'baseline'));
    this.#cards.set(name, { element, box, baseline });
    return element;
  }

  /** Another set of one's own is offered to who has chosen the one before; and each has the colour that it will have in results, by its turn. */
  #settleOwn() {
    const chosen = this.value.filter((name) => OWN.some((own) => own.name === name));
    const own = OWN.flatMap(({ name }) => this.#cards.get(name) ?? []);
    for (const [i, { element, box }] of own.entries()) {
      // Not from under whoever has just left it out: the focus would be nowhere.
      element.hidden = i > 0 && !box.checked && !own[i - 1]?.box.checked && !element.contains(document.activeElement);
      const turn = chosen.indexOf(box.value);
      element.querySelector('.series-key')?.replaceWith(swatch({ name: turn < 0 ? chosen.length : turn, correct: null }, this.#lab));
    }
  }

  /** @param {string} name */
  #boxOf(name) {
    const card = this.#cards.get(name);
    if (!card) throw new Error(`there is no protocol ${name}`);
    return card.box;
  }

  #changed() {
    this.#settle();
    this.dispatchEvent(new Event('change'));
  }

  /** There is always one baseline, and it is among the chosen. @param {string} [wanted] */
  #settle(wanted) {
    const chosen = [...this.#cards].filter(([, { box }]) => box.checked);
    const standing = chosen.find(([, { baseline }]) => baseline.checked)?.[0];
    const first = wanted ?? standing ?? chosen[0]?.[0];
    for (const [name, { box, baseline }] of this.#cards) {
      baseline.disabled = !box.checked;
      baseline.checked = name === first;
    }
    this.#settleOwn();
    this.#about.replaceChildren(...this.#choices.filter(({ name }) => this.#cards.get(name)?.box.checked).map(({ title, verdict, text }) =>
      h('div', {}, h('dt', {}, title, verdict === 'wrong' ? rightness(false) : null), h('dd', {}, text))));
  }
}
