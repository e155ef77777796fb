/** The same schedule on real threads: so many times, and under v4, where it cannot be followed. */

import { Cancelling } from './cancelling.js';
import { button, enable, h, setText } from './dom.js';
import { count, duration, plural, sentence, share } from './format.js';
import { Problems } from './problems.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./types.js').Trace} Trace */
/** @typedef {import('./prove-types.js').ReplayReport} ReplayReport */

const TIMES = [1, 100, 1000];
/** The protocol of the fix, under which it is tried. */
const FIX = 'v4';

/** Dispatches `move` (a `CustomEvent` whose detail is the index of a move) when one wants to see where it was refused. */
export class ForcePanel extends EventTarget {
  #lab;
  #problems = new Problems();
  #force = button('Force on threads', () => void this.#go(), { id: 'force', class: 'primary' });
  #fix = button(`Try under ${FIX}`, () => void this.#go(FIX), { id: 'force-fix' });
  #cancelling = new Cancelling('force-cancel');
  #times = h('select', { id: 'force-times' }, ...TIMES.map((n) => h('option', { value: n, selected: n === 100 }, `${count(n)} ×`)));
  #progress = h('progress', { max: '1', value: '0', 'aria-label': 'Replays that are over', hidden: true });
  #reason = h('p', { class: 'small soft', id: 'force-reason' });
  #said = h('div', { role: 'status', id: 'force-report', class: 'force-report' });
  element;
  /** @type {Trace | null} */
  #trace = null;

  /** @param {Lab} lab */
  constructor(lab) {
    super();
    this.#lab = lab;
    for (const element of [this.#force, this.#fix]) element.setAttribute('aria-describedby', 'force-reason');
    this.element = h('section', { class: 'panel', id: 'force-panel', 'aria-labelledby': 'force-title' },
      h('div', { class: 'panel-head' }, h('h2', { id: 'force-title' }, 'On real threads'),
        h('p', { class: 'small soft' }, 'The same schedule, step by step: each Worker waits for its turn before each step.')),
      h('div', { class: 'row' }, h('label', { for: 'force-times' }, 'Times'), this.#times, this.#force, this.#fix, this.#cancelling.button),
      this.#progress, this.#reason, this.#said, this.#problems.element);
  }

  leave() {
    this.cancel();
  }

  /** What is forced now, if anything is. */
  cancel() {
    this.#cancelling.cancel();
  }

  /** @param {Trace | null} trace  null: there is none to force */
  show(trace) {
    this.cancel();
    this.#trace = trace;
    this.element.hidden = trace === null;
    this.#said.replaceChildren();
    this.#problems.clear();
    this.#sayWhether();
  }

  /** @returns {string} why it cannot be forced; empty if it can */
  #why() {
    const scenario = this.#lab.scenarios.find(({ name }) => name === this.#trace?.scenario);
    if (!this.#lab.isolated) return 'Not here: this page shares no memory between threads.';
    if (scenario && !scenario.onThreads) return `${scenario.title} is for the model only.`;
    if ((this.#trace?.schedule?.length ?? 0) === 0) return 'There is no step to force yet.';
    return '';
  }

  #sayWhether() {
    const why = this.#why();
    setText(this.#reason, why);
    for (const element of [this.#force, this.#fix]) enable(element, why === '' && !this.#cancelling.on);
    this.#fix.hidden = this.#trace?.protocol === FIX;
    this.#progress.hidden = !this.#cancelling.on;
  }

  /** @param {string} [protocol]  another than the trace's own */
  async #go(protocol) {
    const trace = this.#trace;
    if (!trace || this.#cancelling.on || this.#why() !== '') return;
    const times = Number(this.#times.value);
    this.#problems.clear();
    this.#progress.value = 0;
    this.#said.replaceChildren(`Forcing it ${plural(times, 'time')} …`);
    await this.#cancelling.during(async (signal) => {
      this.#sayWhether();
      try {
        const report = await this.#lab.replay(trace, {
          times, signal, ...(protocol && { protocol }),
          onProgress: ({ done }) => {
            this.#progress.value = Math.min(1, done / times);
          },
        });
        if (this.#trace === trace) this.#said.replaceChildren(...this.#report(report, protocol));
      } catch (error) {
        this.#said.replaceChildren();
        if (!signal.aborted) this.#problems.show(error, {});
      }
    }, protocol ? this.#fix : this.#force);
    this.#sayWhether();
  }

  /**
   * @param {ReplayReport} report
   * @param {string | undefined} protocol
   * @returns {Node[]}
   */
  #report({ times, broke, followed, refused, findings, seconds, aborted }, protocol) {
    const under = protocol ? ` under ${protocol}` : '';
    const seen = Object.entries(findings).map(([name, n]) => `${this.#lab.kinds.find((kind) => kind.name === name)?.label ?? name} ${count(n)}`);
    const word = broke > 0 ? 'wrong' : 'unseen';
    const nodes = [
      h('p', {}, h('strong', { class: 'observed', 'data-verdict': word }, broke > 0 ? `broke ${count(broke)} of ${count(times)}${under}` : followed > 0 ? `not observed in ${plural(times, 'replay')}${under}` : `not followed once in ${plural(times, 'attempt')}${under}`),
        ` ${aborted ? 'Cancelled. ' : ''}Followed to the end ${count(followed)} of ${count(times)} (${share(followed, times)}), in ${duration(seconds * 1000)}.`),
      ...(seen.length > 0 ? [h('p', { class: 'small' }, `Observed: ${seen.join(', ')}.`)] : []),
    ];
    if (refused) {
      nodes.push(h('p', { id: 'force-refused' }, `It could not be followed${under} beyond move ${refused.move + 1}, where ${refused.thread} stood before `, h('code', {}, refused.step), `. ${sentence(refused.reason)} `,
        button('Show that step', () => this.dispatchEvent(new CustomEvent('move', { detail: refused.move })))));
    }
    return nodes;
  }
}
