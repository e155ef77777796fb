/** The Prove view: search every interleaving of a small scenario, step through the counterexample, force it on threads. */

import { calm, button, h, setText } from './dom.js';
import { linkNotes } from './link-notes.js';
import { Problems, SEARCH_OVER } from './problems.js';
import { ForcePanel } from './prove-force.js';
import { STARVATION } from './prove-fields.js';
import { cycleIn, scheduleIn, stepIn } from './prove-link.js';
import { NearestPanel } from './prove-nearest.js';
import { SearchTiles } from './prove-progress.js';
import { ProveSettings } from './prove-settings.js';
import { subjectInWords } from './prove-subject.js';
import { TracePanel } from './prove-trace.js';
import { VerdictPanel, breachTitle } from './prove-verdict.js';
import { estimateInWords, verdictInWords } from './prove-words.js';
import { RunBar } from './run-bar.js';
import { forgetTrace, hasTrace, traceProblem } from './trace-link.js';
import { viewOf } from './views.js';

/** @typedef {import('./types.js').Bench} Bench */
/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').ExploreConfig} ExploreConfig */
/** @typedef {import('./prove-types.js').Progress} Progress */
/** @typedef {import('./prove-types.js').Subject} Subject */
/** @typedef {import('./prove-types.js').Verdict} Verdict */

export const proveView = viewOf('prove', 'Prove', (bench) => new Prove(bench));

class Prove {
  #bench;
  #lab;
  #settings;
  #bar = new RunBar(() => void this.search(), () => this.cancel(), { run: 'Search', stop: 'Cancel', progress: 'Time of the search that has passed' });
  #problems = new Problems();
  #notes = h('div', { class: 'stack' });
  #tiles = new SearchTiles();
  #verdict;
  #trace;
  #nearest;
  #force;
  #estimated = h('p', { class: 'small', id: 'estimate-words', role: 'status' });
  #empty = h('section', { class: 'panel soft', id: 'nothing-yet' },
    h('p', {}, 'Nothing has been searched yet. A search goes through every order in which the steps of these threads can happen, so what it says is not “not observed”: '
      + 'it is “never, for this bound”, or “exactly so”.'));
  /** @type {AbortController | null} */
  #search = null;
  /** What the verdict is of, in words. */
  #of = '';
  #left = false;

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    const lab = (this.#lab = bench.lab);
    this.#settings = new ProveSettings(lab, bench.link);
    this.#verdict = new VerdictPanel(lab);
    this.#trace = new TracePanel(lab);
    this.#nearest = new NearestPanel(lab);
    this.#force = new ForcePanel(lab);
    this.#settings.addEventListener('change', () => this.#settingsChanged());
    // It would wait for what is asked about the one that it replaces.
    this.#trace.addEventListener('opening', () => {
      this.#nearest.cancel();
      this.#force.cancel();
    });
    this.#trace.addEventListener('open', () => this.#traceOpened());
    this.#force.addEventListener('move', (event) => this.#trace.goToMove(/** @type {CustomEvent<number>} */ (event).detail));
  }

  /** @param {HTMLElement} host */
  mount(host) {
    const controls = h('section', { class: 'panel controls wide', 'aria-labelledby': 'settings-title' },
      h('div', { class: 'panel-head' }, h('h2', { id: 'settings-title' }, 'Settings'), h('span', { class: 'spring' }),
        button('Estimate the size', () => void this.#estimate(), { id: 'estimate' }),
        button('Step by hand', () => void this.#byHand(), { id: 'by-hand' })),
      this.#estimated, this.#settings.form);
    const results = h('section', { class: 'results', id: 'results', 'aria-label': 'Results' },
      this.#empty, this.#tiles.element, this.#verdict.element, this.#trace.element, this.#nearest.element, this.#force.element);
    host.replaceChildren(this.#notes, ...this.#settings.choosers, controls, this.#bar.element, this.#problems.element, results);
    const ignored = linkNotes(this.#bench.link.notes);
    if (ignored) this.#notes.append(ignored);
    this.#traceOpened();
    void this.#openLink();
  }

  leave() {
    this.#left = true;
    this.cancel();
    this.#bar.leave();
    this.#trace.leave();
    this.#nearest.leave();
    this.#force.leave();
  }

  cancel() {
    if (!this.#search || this.#search.signal.aborted) return;
    this.#bar.say('Cancelling …');
    this.#search.abort();
  }

  async search() {
    if (this.#search) return;
    const search = (this.#search = new AbortController());
    const config = this.#settings.config;
    this.#begin(subjectInWords(this.#lab, config), config.engine ?? 'states');
    const limit = config.bounds?.milliseconds ?? 0;
    try {
      const verdict = await this.#lab.explore({ ...config, signal: search.signal, onProgress: (progress) => this.#progress(progress, limit) });
      if (!this.#left) await this.#finish(verdict, this.#subject(config));
    } catch (error) {
      if (!this.#left) this.#failed(error, search.signal.aborted);
    } finally {
      this.#search = null;
      this.#bar.idle();
      if (!this.#left) document.documentElement.dataset['lab'] = 'ready';
    }
  }

  /** @param {string} of  what is searched, in words  @param {string} engine */
  #begin(of, engine) {
    this.#of = of;
    document.documentElement.dataset['lab'] = 'running';
    this.#problems.clear();
    this.#settings.clearErrors();
    this.#notes.replaceChildren();
    this.#empty.hidden = true;
    this.#verdict.clear();
    this.#trace.clear();
    if (location.hash) forgetTrace();
    this.#tiles.clear(engine);
    this.#bar.starting();
    this.#bar.say('Searching.');
    const { element } = this.#tiles;
    if (element.getBoundingClientRect().top > innerHeight * 0.6) element.scrollIntoView({ block: 'center', behavior: calm() ? 'auto' : 'smooth' });
  }

  /**
   * @param {Progress} progress
   * @param {number} limit  milliseconds; 0: none
   */
  #progress(progress, limit) {
    if (!this.#search) return;
    this.#tiles.show(progress);
    this.#bar.passed(progress.milliseconds, limit);
  }

  /** @param {ExploreConfig} config  @returns {Subject} */
  #subject({ scenario, protocol = '', sizes, engine }) {
    return { scenario, protocol, ...(sizes && { sizes }), ...(engine === STARVATION && { engine }) };
  }

  /**
   * @param {Verdict} verdict
   * @param {Subject} subject
   */
  async #finish(verdict, subject) {
    this.#tiles.hide();
    this.#verdict.show(verdict);
    this.#verdict.describe(`${this.#of}.`);
    this.#bar.ended(verdict.seconds * 1000);
    this.#bar.say(verdictInWords(verdict, (invariant) => breachTitle(this.#lab, invariant)));
    const { violation } = verdict;
    if (!violation) return;
    const { cycle, invariant } = violation;
    const schedule = violation.trace.schedule ?? [];
    await this.#trace.open(subject, schedule, { title: `Counterexample: ${breachTitle(this.#lab, invariant)}`, told: true, ...(cycle !== undefined && { cycle }) });
  }

  /**
   * @param {unknown} error
   * @param {boolean} cancelled
   */
  #failed(error, cancelled) {
    this.#tiles.hide();
    this.#empty.hidden = false;
    if (cancelled) {
      this.#bar.say('Cancelled: nothing is decided.');
      return;
    }
    if (error instanceof this.#bench.module.ConfigError && this.#settings.showError(error.field, `Must be ${error.range}.`)) {
      this.#bar.say('Not started: a setting is out of range.');
      return;
    }
    this.#bar.say('The search failed.');
    this.#problems.show(error, { again: () => void this.search(), renew: this.#bench.renew, after: SEARCH_OVER });
  }

  async #estimate() {
    setText(this.#estimated, 'Estimating …');
    this.#settings.clearErrors();
    try {
      setText(this.#estimated, estimateInWords(await this.#lab.estimate(this.#settings.config)));
    } catch (error) {
      setText(this.#estimated, '');
      if (error instanceof this.#bench.module.ConfigError && this.#settings.showError(error.field, `Must be ${error.range}.`)) return;
      this.#problems.show(error, { renew: this.#bench.renew });
    }
  }

  async #byHand() {
    this.#problems.clear();
    try {
      await this.#trace.open(this.#settings.subject, [], { title: 'Your own way' });
      this.#trace.element.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
    } catch (error) {
      this.#failed(error, false);
    }
  }

  #settingsChanged() {
    setText(this.#estimated, '');
    if (!this.#of || this.#search) return;
    const now = subjectInWords(this.#lab, this.#settings.config);
    this.#verdict.describe(`${this.#of}.${now === this.#of ? '' : ' The settings have been changed since; they apply to the next search.'}`);
  }

  /** Another schedule is shown, or none. */
  #traceOpened() {
    const { examined, subject } = this.#trace;
    const broken = examined?.finding !== undefined;
    this.#force.show(examined && broken ? examined.trace : null);
    this.#nearest.show(examined?.finding && subject ? { subject, trace: examined.trace, end: breachTitle(this.#lab, examined.finding.invariant) } : null);
    if (examined) this.#empty.hidden = true;
  }

  /** A link may carry a trace, or a schedule. */
  async #openLink() {
    try {
      const step = stepIn(location.hash);
      const at = step === null ? {} : { position: step - 1 };
      if (hasTrace(location.href)) {
        const trace = this.#bench.module.Trace.fromURL(location.href);
        const { scenario, protocol, sizes, schedule } = trace;
        if (!schedule || schedule.length === 0) {
          this.#notes.append(traceProblem('It was recorded on threads, and holds no schedule that could be stepped through.',
            h('p', {}, 'The ', h('a', { href: `?view=race${location.hash}` }, 'Race view'), ' shows it.')));
          return;
        }
        const cycle = cycleIn(location.hash, schedule.length);
        // A trace says nothing of its engine; its link does. Only threads without end repeat anything for ever.
        const engine = cycle === undefined ? this.#settings.subject.engine : STARVATION;
        const subject = { scenario, protocol, ...(sizes && { sizes }), ...(engine && { engine }) };
        await this.#trace.open(subject, schedule, { title: 'A trace from a link', recorded: trace, ...(cycle !== undefined && { cycle }), ...at });
        // Only now is it known that there is such a thing.
        this.#settings.take(subject);
        this.#trace.element.scrollIntoView({ block: 'start' });
        return;
      }
      const schedule = scheduleIn(location.hash);
      if (!schedule) return;
      await this.#trace.open(this.#settings.subject, schedule, { title: 'The shortest counterexample', ...at });
      this.#trace.element.scrollIntoView({ block: 'start' });
    } catch (error) {
      if (!this.#left) this.#notes.append(traceProblem(error));
    }
  }
}
