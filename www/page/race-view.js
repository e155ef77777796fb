/** The Race view: choose a scenario, a protocol and threads, run them on real Workers, see what happens. */

import { calm, h, setText } from './dom.js';
import { follow } from './follow.js';
import { plural } from './format.js';
import { isolationBox } from './isolation.js';
import { linkNotes } from './link-notes.js';
import { Problems } from './problems.js';
import { Results } from './results.js';
import { threadsOf } from './roles.js';
import { RunBar } from './run-bar.js';
import { Settings } from './settings.js';
import { endInWords } from './summary.js';
import { forgetTrace, hasTrace, traceProblem } from './trace-link.js';
import { viewOf } from './views.js';

/** @typedef {import('./types.js').Bench} Bench */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Sample} Sample */

/** Numbers that changed at every frame could not be read. */
const NUMBERS_MS = 125;

export const raceView = viewOf('race', 'Race', (bench) => new Race(bench));

class Race {
  #bench;
  #lab;
  #settings;
  #results;
  #bar;
  #problems = new Problems();
  #notes = h('div', { class: 'stack' });
  #widened = h('p', { class: 'box warn', id: 'widen-banner', hidden: true });
  /** @type {Run | null} */
  #run = null;
  #left = false;

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    const lab = (this.#lab = bench.lab);
    this.#settings = new Settings(lab, bench.link);
    this.#results = new Results(lab);
    this.#bar = new RunBar(() => void this.start(), () => this.stop());
    this.#settings.addEventListener('change', () => this.#settingsChanged());
    this.#results.addEventListener('corruption', () => this.#sayRunning());
  }

  /** @param {HTMLElement} host */
  mount(host) {
    host.replaceChildren(
      this.#notes, ...this.#settings.choosers, this.#widened, this.#bar.element, this.#problems.element,
      h('div', { class: 'race' }, h('section', { class: 'panel controls', 'aria-labelledby': 'settings-title' },
        h('h2', { id: 'settings-title' }, 'Settings'), this.#settings.form), this.#results.element),
    );
    this.#results.mount(Number(this.#settings.fields['durationMs'] ?? 0));
    this.#showNotes();
    this.#settingsChanged();
    this.#openTrace();
  }

  leave() {
    this.#left = true;
    this.stop();
    this.#bar.leave();
    this.#results.leave();
  }

  stop() {
    if (!this.#run || this.#run.state === 'ended') return;
    this.#bar.say('Stopping …');
    this.#run.stop();
  }

  async start() {
    if (this.#run || !this.#bar.able) return;
    this.#problems.clear();
    this.#settings.clearErrors();
    /** @type {Run} */
    let run;
    try {
      run = this.#lab.run(this.#settings.config);
    } catch (error) {
      this.#refused(error);
      return;
    }
    this.#run = run;
    document.documentElement.dataset['lab'] = 'running';
    this.#begin(run);
    const unfollow = follow(run, { frame: this.#frame(run), sample: (sample) => this.#results.record(sample) });
    try {
      const report = await run.report;
      unfollow();
      this.#finish(report);
    } catch (error) {
      unfollow();
      this.#failed(error);
    } finally {
      this.#run = null;
      this.#bar.idle();
      this.#settingsChanged();
      if (!this.#left) document.documentElement.dataset['lab'] = 'ready';
    }
  }

  /** @param {Run} run */
  #begin(run) {
    this.#results.begin(run);
    if (hasTrace(location.href)) forgetTrace();
    this.#bar.starting();
    this.#bar.say(`Starting ${plural(threadsOf(run.config), 'Worker')} …`);
    this.#settingsChanged();
    // The results are below what one chooses from: half a screen of them is not enough to follow a run.
    const { element } = this.#results;
    if (element.getBoundingClientRect().top > innerHeight * 0.5) {
      element.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
    }
  }

  /**
   * @param {Run} run
   * @returns {(sample: Sample, now: number) => void}
   */
  #frame(run) {
    const ofMs = Number(run.config['durationMs'] ?? 0);
    let numbers = 0;
    let running = false;
    return (sample, now) => {
      if (!running && run.state === 'running') {
        running = true;
        this.#sayRunning();
      }
      if (sample.timeMs > 0) document.documentElement.dataset['firstSampleMs'] ??= performance.now().toFixed(1);
      this.#results.frame(run, sample, now);
      if (now - numbers < NUMBERS_MS) return;
      numbers = now;
      this.#bar.passed(sample.timeMs, ofMs);
    };
  }

  #sayRunning() {
    this.#bar.say(this.#results.corrupted ? 'Running. A corruption was observed.' : 'Running.');
  }

  /** @param {Report} report */
  #finish(report) {
    this.#results.finish(report);
    if (report.reason === 'duration') this.#bar.ended(report.timeMs);
    else this.#bar.passed(report.timeMs, Number(report.config['durationMs']));
    this.#bar.say(endInWords(this.#lab, report));
  }

  /** @param {unknown} error  from `run.report` */
  #failed(error) {
    if (error instanceof this.#bench.module.ConfigError) {
      this.#refused(error);
      return;
    }
    this.#results.fail();
    this.#bar.say('The run failed.');
    this.#problems.show(error, { again: () => void this.start(), renew: this.#bench.renew });
  }

  /** @param {unknown} error  thrown by `lab.run`: nothing was started */
  #refused(error) {
    if (error instanceof this.#bench.module.ConfigError && this.#settings.showError(error.field, `Must be ${error.range}.`)) {
      this.#bar.say('Not started: a setting is out of range.');
      return;
    }
    const shown = document.getElementById('not-isolated');
    if (error instanceof this.#bench.module.NotIsolatedError && shown) {
      shown.focus();
      return;
    }
    this.#bar.say('Not started.');
    this.#problems.show(error, { renew: this.#bench.renew });
  }

  #settingsChanged() {
    const { shown } = this.#results;
    this.#results.describe(shown !== null && this.#settings.differ(shown));
    this.#showWidening();
    if (this.#run === null) this.#sayWhetherReady();
  }

  /** Before the first run, and after a choice that cannot be run. */
  #sayWhetherReady() {
    const { scenario } = this.#settings;
    const able = scenario === undefined || scenario.onThreads;
    const before = this.#bar.able;
    this.#bar.able = able;
    if (!this.#lab.isolated) this.#bar.say('Races cannot run here: this page shares no memory between threads.');
    else if (!able) this.#bar.say(`${scenario.title} cannot run on threads: it is for the model only.`);
    else if (!before || this.#results.shown === null) this.#bar.say('Ready.');
  }

  #showWidening() {
    const next = Number(this.#settings.fields['widen'] ?? 0);
    const shown = Number(this.#results.shown?.['widen'] ?? 0);
    this.#widened.hidden = !(next > 0 || shown > 0);
    const turns = plural(next > 0 ? next : shown, 'idle turn');
    setText(this.#widened, next > 0
      ? `Window widening is on: ${turns} between copying a page and publishing the copy. Races show up sooner than they would by themselves; no kernel does this.`
      : `The run shown below had the window widened by ${turns}; the next run has not.`);
  }

  /** What the visitor should know before anything runs. */
  #showNotes() {
    const ignored = linkNotes(this.#bench.link.notes);
    this.#notes.replaceChildren(...(this.#lab.isolated ? [] : [isolationBox()]), ...(ignored ? [ignored] : []));
  }

  /** A link may carry a trace. */
  #openTrace() {
    if (!hasTrace(location.href)) return;
    const { corruption } = this.#results;
    try {
      corruption.showLinked(this.#bench.module.Trace.fromURL(location.href));
      corruption.element.scrollIntoView({ block: 'start' });
    } catch (error) {
      this.#notes.append(traceProblem(error));
    }
  }
}
