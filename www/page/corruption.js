/** The first corruption of a run, or a trace that a link brought: the picture, its text, and ways to take it along. */

import { copyButton } from './copy.js';
import { button, h } from './dom.js';
import { duration, plural } from './format.js';
import { lanes } from './lanes.js';
import { CUSTOM } from './link.js';
import { SEARCH_DEFAULTS } from './prove-fields.js';
import { queryOf, usualSizes } from './prove-link.js';
import { forgetTrace, withoutTrace } from './trace-link.js';

/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Trace} Trace */
/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {import('./types.js').Lab} Lab */

export class CorruptionPanel {
  #lab;
  element = h('section', { id: 'first-corruption', class: 'panel', 'aria-labelledby': 'first-title', hidden: true });

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** @param {NonNullable<Report['firstCorruption']>} first  @param {Report['config']['protocol']} protocol  the run's */
  showFirst(first, protocol) {
    const kind = this.#lab.kinds.find((known) => known.name === first.kind);
    this.#show(first.trace, 'First corruption', [
      h('p', {},
        h('strong', { class: 'wrong-text' }, kind?.label ?? first.kind), ` after ${duration(first.timeMs)}, noticed by ${first.thread}: ${first.detail}.`),
      kind ? h('p', { class: 'small soft' }, kind.help) : null,
      this.#offerProof(first, protocol),
    ]);
  }

  /**
   * The way from what happened here to the model, where it can be gone through step by step.
   *
   * @param {NonNullable<Report['firstCorruption']>} first
   * @param {Report['config']['protocol']} protocol
   */
  #offerProof(first, protocol) {
    const said = h('span', { class: 'small', role: 'status' });
    const find = button('Find it in the model', async () => {
      find.disabled = true;
      said.textContent = 'Following the recorded steps in the model …';
      try {
        const found = await this.#lab.reproduce(first, { protocol });
        said.replaceChildren(found ? this.#proof(found) : this.#search(first, protocol));
      } catch (error) {
        said.textContent = error instanceof Error ? error.message : String(error);
      } finally {
        find.disabled = false;
      }
    });
    return h('div', { class: 'row', id: 'reproduce' }, find, said);
  }

  /** @param {import('../lib/types-prove.js').Examined} found */
  #proof({ trace, finding }) {
    return h('span', {}, `Found: ${finding?.text ?? 'it breaks'}, in ${plural(trace.schedule.length, 'step')} of a smaller ring. `,
      h('a', { href: trace.toURL(new URL('?view=prove', location.href)) }, 'Open it in Prove'));
  }

  /**
   * The search that needs no record: of the run's own scenario if that is about this kind, or of the one that is.
   *
   * @param {NonNullable<Report['firstCorruption']>} first
   * @param {Report['config']['protocol']} protocol
   */
  #search({ kind, trace }, protocol) {
    const about = this.#lab.scenarios.filter(({ shows }) => shows.includes(kind));
    const scenario = about.find(({ name }) => name === trace.scenario) ?? about[0];
    const sentence = 'The record does not say enough to lead the model the same way. ';
    if (!scenario) return h('span', {}, sentence);
    const [name, parts] = typeof protocol === 'string' ? [protocol, {}] : [CUSTOM, protocol];
    const query = queryOf(this.#lab, { scenario: scenario.name, protocol: name, parts, sizes: usualSizes(scenario), search: SEARCH_DEFAULTS });
    return h('span', {}, sentence, h('a', { href: `?${query}` }, `Search “${scenario.title}” for a schedule without it`));
  }

  /** Corruptions were counted, but the run ended without a record of the first. */
  showNone() {
    this.element.replaceChildren(
      h('h2', { id: 'first-title' }, 'First corruption'),
      h('p', {}, 'Corruptions were counted, but the run ended without a record of the first.'));
    this.element.hidden = false;
  }

  /** @param {Trace} trace */
  showLinked(trace) {
    const close = button('Close', () => {
      forgetTrace();
      this.clear();
    });
    this.#show(trace, 'A trace from a link', [
      h('p', {}, `This is the record that the link carries, under ${this.#protocolTitle(trace)}; it did not happen in this page.`),
    ], close);
  }

  /**
   * @param {Trace} trace
   * @param {string} title
   * @param {(Node | null)[]} words
   * @param {Node} [extra]
   */
  #show(trace, title, words, extra) {
    const said = h('span', { class: 'small soft', role: 'status' });
    const text = trace.toText();
    const lost = trace.steps.flatMap((step, i) => (step.lost ? [i + 1] : []));
    const which = lost.length > 0 ? `The write that was lost is step ${lost.join(', ')}.` : '';
    const copies = h('div', { class: 'row' },
      copyButton('Copy link', () => trace.toURL(withoutTrace(location.href)), said), extra ?? null, said);
    this.element.replaceChildren(
      h('div', { class: 'panel-head' },
        h('h2', { id: 'first-title' }, title),
        h('span', { class: 'small soft' }, `${plural(trace.steps.length, 'step')} of ${plural(trace.threads.length, 'thread')}, time downward`),
        h('span', { class: 'spring' }), copies),
      ...words.filter((node) => node !== null),
      lanes(trace, `${title}: ${plural(trace.steps.length, 'step')}, ${lost.length > 0 ? plural(lost.length, 'lost write') : 'no write is marked as lost'}`),
      h('p', { class: 'small soft' },
        which ? h('strong', {}, `${which} `) : '',
        'From the threads’ own records of their last steps, merged in the order in which they happened.',
        trace.complete ? '' : ' Older steps were overwritten before the record was frozen: it begins in the middle.'),
      h('details', { class: 'more' }, h('summary', {}, 'As text, the way the commit message draws it'),
        h('div', { class: 'row' }, copyButton('Copy text', () => text, said)),
        h('pre', { class: 'trace-text', tabindex: '0', 'aria-label': 'The trace as text' }, text)),
    );
    this.element.hidden = false;
    // The picture is higher than its box: begin where it matters.
    const box = this.element.querySelector('.lanes-scroll');
    const row = this.element.querySelector('td.lost, td.noted')?.parentElement;
    if (box && row) box.scrollTop = row.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight * 0.6;
  }

  /** @param {Trace} trace */
  #protocolTitle(trace) {
    if (typeof trace.protocol !== 'string' || trace.protocol === CUSTOM) return 'a custom set of parts';
    return this.#lab.protocols.find((known) => known.name === trace.protocol)?.title ?? `“${trace.protocol.slice(0, 60)}”`;
  }
}
