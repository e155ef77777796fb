/** The Compare view: what each protocol costs, measured on real Workers in randomised, interleaved trials. */

import { calm, h } from './dom.js';
import { CompareFiles, fileProblem } from './compare-files.js';
import { CompareResults } from './compare-results.js';
import { CompareSettings } from './compare-settings.js';
import { duration, plural } from './format.js';
import { isolationBox } from './isolation.js';
import { linkNotes } from './link-notes.js';
import { Problems } from './problems.js';
import { RunBar } from './run-bar.js';
import { viewOf } from './views.js';

/** @typedef {import('./types.js').Bench} Bench */
/** @typedef {import('./compare-types.js').CompareProgress} CompareProgress */
/** @typedef {import('./compare-types.js').ComparisonData} ComparisonData */
/** @typedef {import('./compare-types.js').Lab} Lab */
/** @typedef {import('./compare-types.js').Shown} Shown */

const NOT_HERE = {
  title: 'Nothing can be measured here: no memory shared between threads',
  rest: 'Files of results that were saved elsewhere can be opened and looked at all the same.',
};
const FRESH = 'The next comparison starts with fresh memory and fresh Workers.';

/** Coming back from another view, one finds settings and results as one left them. `of`: the settings that the results are of. @type {WeakMap<Lab, { query: string, shown: Shown | null, of: string }>} */
const kept = new WeakMap();

export const compareView = viewOf('compare', 'Compare', (bench) => new Compare(bench));

class Compare {
  #bench;
  #lab;
  #settings;
  #results;
  #files;
  #bar = new RunBar(() => void this.measure(), () => this.cancel(), { run: 'Measure', stop: 'Cancel', progress: 'Trials that are over' });
  #problems = new Problems();
  #notes = h('div', { class: 'stack' });
  /** A file that could not be opened. */
  #refused = h('div', { class: 'stack' });
  #empty = h('section', { class: 'panel soft', id: 'nothing-yet' },
    h('p', {}, 'Nothing has been measured yet. The commit says that v4 “avoids the overhead of taking another spinlock” when events are read, and pays in migration: here that can be measured, or a file of results opened.'));
  /** @type {Shown | null} */
  #shown = null;
  /** The settings that it is of. */
  #of = '';
  /** @type {AbortController | null} */
  #search = null;
  /** How far the measuring is, or came. */
  #done = '';
  #trials = 0;
  #left = false;

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    this.#lab = bench.lab;
    const before = kept.get(this.#lab);
    if (before && location.search === '?view=compare') history.replaceState(history.state, '', `?${before.query}`);
    this.#settings = new CompareSettings(this.#lab, bench.link);
    this.#results = new CompareResults(this.#lab);
    this.#files = new CompareFiles(bench.module, this.#lab, () => this.#shown?.data ?? null);
    this.#settings.addEventListener('change', () => this.#settingsChanged());
    this.#files.addEventListener('open', (event) => this.#open(/** @type {CustomEvent} */ (event).detail));
    this.#files.addEventListener('refuse', (event) => this.#refuse(/** @type {CustomEvent} */ (event).detail));
    if (before?.shown) this.#show(before.shown, before.of);
  }

  /** @param {HTMLElement} host */
  mount(host) {
    const controls = h('section', { class: 'panel controls wide', 'aria-labelledby': 'settings-title' },
      h('div', { class: 'panel-head' }, h('h2', { id: 'settings-title' }, 'Workload and trials'), h('span', { class: 'spring' }), this.#files.element), this.#settings.form);
    const results = h('section', { class: 'results', id: 'results', 'aria-label': 'Results' }, this.#empty, this.#results.element);
    const all = h('div', { class: 'compare stack' }, this.#notes, this.#refused, ...this.#settings.choosers, controls, this.#bar.element, this.#problems.element, results);
    this.#files.takeDropsOn(all);
    host.replaceChildren(all);
    const ignored = linkNotes(this.#bench.link.notes);
    this.#notes.append(...(this.#lab.isolated ? [] : [isolationBox(NOT_HERE)]), ...(ignored ? [ignored] : []));
    this.#settingsChanged();
  }

  leave() {
    this.#left = true;
    kept.set(this.#lab, { query: this.#settings.query, shown: this.#stopped(), of: this.#of });
    this.cancel();
    this.#bar.leave();
    this.#results.leave();
  }

  cancel() {
    if (!this.#search || this.#search.signal.aborted) return;
    this.#bar.say('Cancelling …');
    this.#search.abort();
  }

  async measure() {
    if (this.#search || !this.#bar.able) return;
    if (!this.#lab.isolated) {
      document.getElementById('not-isolated')?.focus();
      return;
    }
    const search = (this.#search = new AbortController());
    const of = this.#settings.query;
    this.#begin();
    try {
      const comparison = await this.#lab.compare({ ...this.#settings.config, signal: search.signal, onProgress: (progress) => this.#progress(progress, of) });
      if (!this.#left) this.#finish(comparison.toJSON(), of);
    } catch (error) {
      if (!this.#left) this.#failed(error, search.signal.aborted);
    } finally {
      this.#search = null;
      if (!this.#left) {
        this.#bar.idle();
        document.documentElement.dataset['lab'] = 'ready';
      }
    }
  }

  #begin() {
    document.documentElement.dataset['lab'] = 'running';
    this.#problems.clear();
    this.#settings.clearErrors();
    this.#refused.replaceChildren();
    this.#bar.starting();
    this.#bar.say('Measuring.');
    this.#bar.reached(0, (this.#done = ''));
  }

  /**
   * @param {CompareProgress} progress
   * @param {string} of
   */
  #progress({ done, trials, leftMs, soFar }, of) {
    if (this.#left || !this.#search || this.#search.signal.aborted) return;
    this.#trials = trials;
    this.#done = `${done} of ${plural(trials, 'trial')}`;
    this.#bar.reached(done / trials, `${this.#done}${done < trials ? `, about ${duration(Math.max(100, leftMs))} left` : ''}`);
    if (soFar) this.#show({ data: soFar, origin: 'running', note: this.#done }, of);
    else if (done === 0) this.#intoSight();
  }

  /**
   * @param {ComparisonData} data
   * @param {string} of
   */
  #finish(data, of) {
    this.#show({ data, origin: 'measured' }, of);
    this.#bar.reached(1, duration(data.seconds * 1000));
    this.#bar.say(`Finished: ${plural(this.#trials, 'trial')}.`);
  }

  /**
   * @param {unknown} error
   * @param {boolean} cancelled
   */
  #failed(error, cancelled) {
    const some = this.#shown?.origin === 'running';
    this.#bar.reached(null, this.#done);
    if (cancelled) {
      this.#bar.say(some ? 'Cancelled. What had been measured by then is shown.' : 'Cancelled before the first round was complete: nothing was measured.');
      const stopped = this.#stopped();
      if (some && stopped) this.#show(stopped, this.#of);
      return;
    }
    if (error instanceof this.#bench.module.ConfigError && this.#settings.showError(error.field, `Must be ${error.range}.`)) {
      this.#bar.say('Not started: a setting is out of range.');
      return;
    }
    if (some && this.#shown) this.#show({ ...this.#shown, origin: 'failed' }, this.#of);
    this.#bar.say('The comparison failed.');
    this.#problems.show(error, { again: () => void this.measure(), renew: this.#bench.renew, after: some ? `What had been measured until then is shown below. ${FRESH}` : `Nothing had been measured until then. ${FRESH}` });
  }

  /** @param {{ name: string, data: ComparisonData }} file */
  #open({ name, data }) {
    if (this.#left) return;
    if (this.#search) {
      this.#refuse({ name, error: new Error('something is being measured now: open it when that is over') });
      return;
    }
    this.#problems.clear();
    this.#refused.replaceChildren();
    this.#show({ data, origin: 'imported', note: name }, '');
    this.#bar.reached(0, '');
    this.#bar.say('A file of results is shown; nothing of it was measured now.');
    this.#intoSight();
  }

  /** @param {{ name: string, error: unknown }} file */
  #refuse({ name, error }) {
    if (this.#left) return;
    this.#refused.replaceChildren(fileProblem(name, error));
    this.#refused.scrollIntoView({ block: 'nearest', behavior: 'auto' });
  }

  /**
   * @param {Shown} shown
   * @param {string} of
   */
  #show(shown, of) {
    [this.#shown, this.#of] = [shown, of];
    this.#empty.hidden = true;
    this.#files.able = shown.origin !== 'running';
    this.#results.show(shown);
    this.#describe();
  }

  /** @returns {Shown | null} what is shown, and goes on no more */
  #stopped() {
    return this.#shown?.origin === 'running' ? { ...this.#shown, origin: 'cancelled' } : this.#shown;
  }

  #settingsChanged() {
    this.#describe();
    if (this.#search) return;
    const obstacle = this.#settings.obstacle;
    const before = this.#bar.able;
    this.#bar.able = !obstacle;
    if (!this.#lab.isolated) this.#bar.say('Nothing can be measured here: this page shares no memory between threads. A file of results can be opened.');
    else if (obstacle) this.#bar.say(obstacle);
    else if (!before || !this.#shown) this.#bar.say('Ready.');
  }

  #describe() {
    this.#results.describe(this.#shown !== null && this.#of !== '' && this.#of !== this.#settings.query);
  }

  #intoSight() {
    const { element } = this.#results;
    if (element.getBoundingClientRect().top > innerHeight * 0.6) this.#bar.element.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
  }
}
