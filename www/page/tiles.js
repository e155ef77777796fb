/** The numbers of a run, and how often each kind of corruption was seen. */

import { h, setText } from './dom.js';
import { count, duration, plural, share, short } from './format.js';
import { rightness } from './outcome.js';

/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {import('./types.js').Sample} Sample */

/** Lines of the chart and of its key are told apart by colour and by dashes, so that there may be more kinds than colours. */
const COLOURS = 9;
const DASHES = 4;
/** Characters of a tile's value from which on it is set smaller. */
const LONG = 7;

/** @param {number} k  which of the kinds  @returns {{ colour: string, dash: number }} */
export function lookOf(k) {
  return { colour: `kind-${k % COLOURS}`, dash: k % DASHES };
}

/**
 * @typedef {object} Figures
 * @property {Sample} sample  totals so far
 * @property {import('./types.js').Rates} rate  now or over the whole run
 * @property {number | null} firstMs  when the first corruption was seen
 * @property {boolean} exact  whether `firstMs` is the detector's own time, not that of the page's next look
 * @property {boolean} over
 */

export class Tiles {
  #events = new Tile('events', 'Events read', '/s');
  #migrations = new Tile('migrations', 'Migrations', '/s');
  #refused = new Tile('refused', 'Migrations refused');
  #setups = new Tile('setups', 'Setups', '/s');
  #teardowns = new Tile('teardowns', 'Teardowns', '/s');
  #corruptions = new Tile('corruptions', 'Corruptions');
  #first = new Tile('first-corruption', 'First corruption');
  #all = [this.#events, this.#migrations, this.#refused, this.#setups, this.#teardowns, this.#corruptions, this.#first];
  #kinds;
  /** @type {Map<string, { cell: HTMLElement, value: HTMLElement }>} */
  #cells = new Map();

  /** @param {readonly KindInfo[]} kinds */
  constructor(kinds) {
    this.#kinds = kinds;
    const cells = kinds.map((kind, k) => {
      const value = h('dd', { class: 'num' }, '–');
      const { colour, dash } = lookOf(k);
      const cell = h('div', { class: 'kind', 'data-kind': kind.name, 'data-colour': colour, 'data-dash': dash, title: kind.help }, h('dt', {}, kind.label), value);
      this.#cells.set(kind.name, { cell, value });
      return cell;
    });
    this.element = h('div', { class: 'tiles' }, ...this.#all.map((tile) => tile.element));
    this.legend = h(
      'section', { class: 'panel kinds-panel', 'aria-labelledby': 'kinds-title' },
      h('h2', { id: 'kinds-title', class: 'small' }, 'Corruptions by kind'),
      h('dl', { class: 'kinds' }, ...cells),
      h('details', { class: 'more kinds-help' }, h('summary', {}, 'What each kind means'),
        h('dl', { class: 'words small' }, ...kinds.map((kind) => h('div', {}, h('dt', {}, kind.label), h('dd', {}, kind.help))))),
    );
    this.prepare({}, true);
    this.clear();
  }

  /**
   * @param {Record<string, unknown>} config  of the next run: it may have no setups or teardowns to count
   * @param {boolean | null} correct  whether its protocol is right: a speed is never shown without that
   */
  prepare(config, correct) {
    for (const tile of [this.#events, this.#migrations, this.#setups, this.#teardowns]) tile.mark(correct);
    this.#setups.element.hidden = !(Number(config['setups']) > 0);
    this.#teardowns.element.hidden = !(Number(config['teardowns']) > 0);
    // For the style sheet, which leaves no tile alone in a row.
    this.element.dataset['tiles'] = String(this.#all.filter(({ element }) => !element.hidden).length);
  }

  clear() {
    for (const tile of this.#all) tile.set('–', '');
    for (const { cell, value } of this.#cells.values()) {
      setText(value, '–');
      cell.removeAttribute('data-seen');
    }
  }

  /** @param {Figures} figures */
  show({ sample, rate, firstMs, exact, over }) {
    const total = totalOf(sample);
    const attempts = sample.migrations + sample.refused;
    const inAll = (/** @type {number} */ total) => `${over ? 'mean; ' : ''}${count(total)} in all`;
    this.#events.set(short(rate.events), inAll(sample.events));
    this.#migrations.set(short(rate.migrations), inAll(sample.migrations));
    this.#setups.set(short(rate.setups), inAll(sample.setups));
    this.#teardowns.set(short(rate.teardowns), inAll(sample.teardowns));
    this.#refused.set(share(sample.refused, attempts), `${count(sample.refused)} of ${plural(attempts, 'attempt')}`);
    if (total > 0) {
      const kinds = this.#kinds.filter((kind) => (sample.corruptions[kind.name] ?? 0) > 0).length;
      this.#corruptions.set(count(total), `of ${plural(kinds, 'kind')}`, 'wrong');
      this.#first.set(firstMs === null ? '–' : `${exact ? '' : '≤ '}${duration(firstMs)}`, 'after the start', 'wrong');
    } else {
      const unseen = `not observed in ${doneInWords(sample)}`;
      this.#corruptions.set('0', unseen, 'unseen');
      this.#first.set('not observed', `in ${duration(Math.max(10, sample.timeMs))}`, 'unseen');
    }
    for (const kind of this.#kinds) {
      const shown = this.#cells.get(kind.name);
      const n = sample.corruptions[kind.name] ?? 0;
      if (!shown) continue;
      setText(shown.value, count(n));
      shown.cell.toggleAttribute('data-seen', n > 0);
    }
  }
}

/** @param {Sample} sample  @returns {number} corruptions of all kinds */
export function totalOf(sample) {
  return Object.values(sample.corruptions).reduce((sum, n) => sum + n, 0);
}

/** @param {Sample} sample  @returns {string} such as `2,100 events and 17 setups`: how often something could have gone wrong */
export function doneInWords({ events, setups }) {
  const words = [events > 0 || setups === 0 ? plural(events, 'event') : '', setups > 0 ? plural(setups, 'setup') : ''];
  return words.filter(Boolean).join(' and ');
}

/** A named number with a line of its own below it. */
export class Tile {
  #label = h('span');
  #value = h('span', { class: 'tile-value num' });
  #note = h('span', { class: 'tile-note num' });
  #rightness = h('span');

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} [unit]  stands after the value
   */
  constructor(name, label, unit) {
    this.element = h(
      'div', { class: 'tile', 'data-tile': name, role: 'group' },
      h('span', { class: 'tile-label' }, this.#label, ' ', this.#rightness),
      h('span', { class: 'tile-line' }, this.#value, unit ? h('span', { class: 'tile-unit' }, ` ${unit}`) : null),
      this.#note,
    );
    this.label = label;
  }

  /** @param {string} label */
  set label(label) {
    setText(this.#label, label);
    this.element.setAttribute('aria-label', label);
  }

  /** @param {boolean | null} correct  of the protocol whose speed it is */
  mark(correct) {
    this.#rightness.replaceChildren(rightness(correct) ?? '');
  }

  /**
   * @param {string} value
   * @param {string} note
   * @param {'wrong' | 'unseen' | ''} [verdict]
   */
  set(value, note, verdict = '') {
    setText(this.#value, value);
    setText(this.#note, note);
    this.element.toggleAttribute('data-empty', value === '–');
    this.element.toggleAttribute('data-long', value.length > LONG);
    if (this.element.dataset['verdict'] !== verdict) this.element.dataset['verdict'] = verdict;
  }
}
