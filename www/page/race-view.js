/** The Race view: choose a protocol and threads, run them on real Workers, see what happens. */

import { Charts } from './charts.js';
import { CorruptionPanel, hasTrace, withoutTrace } from './corruption.js';
import { button, calm, h, setText } from './dom.js';
import { explanation, invariants } from './explain.js';
import { Fields } from './fields.js';
import { follow } from './follow.js';
import { FrameMapPanel } from './frame-map.js';
import { plural } from './format.js';
import { History } from './history.js';
import { isolationBox } from './isolation.js';
import { CUSTOM } from './link.js';
import { Parts } from './parts.js';
import { Problems } from './problems.js';
import { ProtocolCards } from './protocols.js';
import { RunBar } from './run-bar.js';
import { Samples } from './samples.js';
import { chartsInWords, endInWords, fileName, runInWords } from './summary.js';
import { Threads } from './threads.js';
import { Tiles, totalOf } from './tiles.js';
import { waitPanel } from './wait-graph.js';

/** @typedef {import('./types.js').Bench} Bench */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Sample} Sample */

/** Numbers that changed at every frame could not be read. */
const NUMBERS_MS = 125;
const WORDS_MS = 500;
const LONG_SPANS = [30, 60, 120, 300, 600, 1200, 1800, 3600];

/** @type {import('./views.js').View} */
export const raceView = {
  name: 'race',
  title: 'Race',
  mount(host, bench) {
    const race = new Race(bench);
    race.mount(host);
    return { leave: () => race.leave() };
  },
};

class Race {
  #bench;
  #lab;
  #cards;
  #parts;
  #fields;
  #bar;
  #tiles;
  #charts;
  #history;
  #samples;
  #corruption;
  #threads = new Threads();
  #frames = new FrameMapPanel();
  #problems = new Problems();
  #notes = h('div', { class: 'stack' });
  #widened = h('p', { class: 'box warn', id: 'widen-banner', hidden: true });
  #stuck = h('div', { class: 'stack' });
  #caption = h('p', { class: 'small soft run-caption', id: 'run-caption' }, 'No run yet.');
  #atRest = h('section', { class: 'box bad', id: 'at-rest', hidden: true });
  #results;

  /** @type {Run | null} */
  #run = null;
  /** @type {Run['config'] | null} of the run whose results are shown */
  #shown = null;
  /** When the page first saw a corruption in this run. @type {number | null} */
  #firstMs = null;
  #left = false;

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    const lab = (this.#lab = bench.lab);
    const settings = bench.link.read(lab);
    this.#cards = new ProtocolCards(lab.protocols, settings.protocol);
    this.#parts = new Parts(lab.parts, lab.protocols, settings.parts);
    this.#fields = new Fields(lab.fields, settings.fields);
    this.#bar = new RunBar(() => void this.start(), () => this.stop());
    this.#tiles = new Tiles(lab.kinds);
    this.#charts = new Charts(lab.kinds);
    this.#history = new History(lab.kinds.map((kind) => kind.name));
    this.#samples = new Samples(lab.kinds);
    this.#corruption = new CorruptionPanel(lab);
    for (const part of [this.#cards, this.#parts, this.#fields]) part.addEventListener('change', () => this.#settingsChanged());
    this.#tiles.legend.append(h('div', { class: 'tables' }, this.#samples.element, this.#threads.element, this.#samples.download));
    this.#results = h(
      'section', { class: 'results', id: 'results', 'aria-label': 'Results' },
      this.#caption, this.#tiles.element, this.#charts.element, this.#tiles.legend, this.#atRest,
      this.#frames.element, this.#corruption.element, explanation(),
    );
  }

  /** @param {HTMLElement} host */
  mount(host) {
    host.replaceChildren(
      this.#notes, this.#cards.element, this.#parts.element, this.#widened, this.#bar.element, this.#problems.element, this.#stuck,
      h('div', { class: 'race' }, h('section', { class: 'panel controls', 'aria-labelledby': 'settings-title' },
        h('h2', { id: 'settings-title' }, 'Settings'), this.#fields.element), this.#results),
    );
    this.#charts.draw(this.#history, this.#spanSeconds());
    this.#showNotes();
    this.#settingsChanged();
    this.#bar.say(this.#lab.isolated ? 'Ready.' : 'Races cannot run here: this page shares no memory between threads.');
    this.#openTrace();
  }

  leave() {
    this.#left = true;
    this.stop();
    this.#bar.leave();
    this.#charts.leave();
    this.#frames.leave();
  }

  stop() {
    if (!this.#run || this.#run.state === 'ended') return;
    this.#bar.say('Stopping …');
    this.#run.stop();
  }

  async start() {
    if (this.#run) return;
    this.#problems.clear();
    this.#fields.clearErrors();
    /** @type {Run} */
    let run;
    try {
      run = this.#lab.run({ protocol: this.#protocol(), ...this.#fields.values });
    } catch (error) {
      this.#refused(error);
      return;
    }
    this.#run = run;
    this.#shown = run.config;
    document.documentElement.dataset['lab'] = 'running';
    this.#clearResults(run);
    const unfollow = follow(run, { frame: this.#frame(run), sample: (sample) => this.#record(sample) });
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
      if (!this.#left) document.documentElement.dataset['lab'] = 'ready';
    }
  }

  #protocol() {
    return this.#cards.value === CUSTOM ? this.#parts.values : this.#cards.value;
  }

  /** @param {Run} run */
  #clearResults(run) {
    this.#firstMs = null;
    this.#history.clear();
    this.#samples.clear(fileName(run.config));
    this.#threads.show([]);
    this.#tiles.clear();
    this.#frames.clear();
    this.#corruption.clear();
    if (hasTrace(location.href)) history.replaceState(history.state, '', withoutTrace(location.href));
    this.#stuck.replaceChildren();
    this.#atRest.hidden = true;
    this.#charts.draw(this.#history, this.#spanSeconds());
    this.#bar.starting();
    const threads = ['readers', 'migrators', 'completers'].reduce((sum, role) => sum + Number(run.config[role] ?? 0), 0);
    this.#bar.say(`Starting ${plural(threads, 'Worker')} …`);
    this.#describeRun();
    // On a narrow screen the results are below the settings.
    if (this.#results.getBoundingClientRect().top > innerHeight * 0.8) {
      this.#results.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
    }
  }

  /**
   * @param {Run} run
   * @returns {(sample: Sample, now: number) => void}
   */
  #frame(run) {
    const ofMs = Number(run.config['durationMs'] ?? 0);
    let numbers = 0;
    let words = 0;
    let running = false;
    return (sample, now) => {
      if (!running && run.state === 'running') {
        running = true;
        this.#bar.say(this.#firstMs === null ? 'Running.' : 'Running. A corruption was observed.');
      }
      if (sample.timeMs > 0) document.documentElement.dataset['firstSampleMs'] ??= performance.now().toFixed(1);
      this.#take(sample);
      this.#charts.draw(this.#history, this.#spanSeconds());
      this.#frames.show(run.frameMap(), now);
      if (now - numbers >= NUMBERS_MS) {
        numbers = now;
        this.#bar.passed(sample.timeMs, ofMs);
        this.#tiles.show({ sample, rate: this.#history.rate, firstMs: this.#firstMs, exact: false, over: false });
      }
      if (now - words >= WORDS_MS) {
        words = now;
        this.#frames.describe();
      }
    };
  }

  /** @param {Sample} sample */
  #record(sample) {
    this.#take(sample);
    this.#samples.push(sample);
  }

  /** @param {Sample} sample */
  #take(sample) {
    this.#history.push(sample);
    if (this.#firstMs === null && totalOf(sample) > 0) {
      this.#firstMs = sample.timeMs;
      this.#bar.say('Running. A corruption was observed.');
    }
  }

  /** @param {Report} report */
  #finish(report) {
    const mean = report.seconds > 0 ? 1 / report.seconds : 0;
    const rate = { events: report.events * mean, migrations: report.migrations * mean };
    this.#history.push(report);
    this.#charts.draw(this.#history, this.#history.end);
    this.#charts.describe(chartsInWords(this.#lab, report, rate));
    const first = report.firstCorruption;
    this.#tiles.show({ sample: report, rate, firstMs: first?.timeMs ?? this.#firstMs, exact: first !== undefined, over: true });
    this.#frames.settle();
    this.#samples.refresh();
    this.#threads.show(report.threads);
    if (report.reason === 'duration') this.#bar.ended(report.timeMs);
    else this.#bar.passed(report.timeMs, Number(report.config['durationMs']));
    this.#bar.say(endInWords(this.#lab, report));
    if (report.deadlock) this.#stuck.replaceChildren(waitPanel(report.deadlock));
    this.#showAtRest(report.atRest);
    if (first) this.#corruption.showFirst(first);
    else if (totalOf(report) > 0) this.#corruption.showNone();
  }

  /** @param {string[]} broken  what did not hold when all threads had come to rest */
  #showAtRest(broken) {
    this.#atRest.hidden = broken.length === 0;
    this.#atRest.replaceChildren(
      h('h2', {}, 'Broken when all had come to rest'),
      h('ul', { class: 'small' }, ...broken.map((text) => {
        const must = invariants[text.split(':')[0] ?? ''];
        return h('li', {}, text, must ? h('span', { class: 'soft' }, ` (must hold: ${must})`) : null);
      })));
  }

  /** @param {unknown} error  from `run.report` */
  #failed(error) {
    if (error instanceof this.#bench.module.ConfigError) {
      this.#refused(error);
      return;
    }
    this.#frames.settle();
    this.#bar.say('The run failed.');
    this.#problems.show(error, { again: () => void this.start(), renew: this.#bench.renew });
    this.#samples.refresh();
  }

  /** @param {unknown} error  thrown by `lab.run`: nothing was started */
  #refused(error) {
    if (error instanceof this.#bench.module.ConfigError && this.#fields.showError(error.field, `Must be ${error.range}.`)) {
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
    const custom = this.#cards.value === CUSTOM;
    this.#parts.element.hidden = !custom;
    this.#bench.link.write(this.#lab, { protocol: this.#cards.value, parts: this.#parts.values, fields: this.#fields.values });
    this.#describeRun();
    this.#showWidening();
  }

  /** Results always say what they are results of. */
  #describeRun() {
    if (!this.#shown) return;
    const shown = this.#shown;
    const now = this.#fields.values;
    const same = sameProtocol(shown.protocol, this.#protocol()) && Object.entries(now).every(([name, value]) => shown[name] === value);
    setText(this.#caption, `${runInWords(this.#lab, shown)}.${same ? '' : ' The settings have been changed since; they apply to the next run.'}`);
  }

  #showWidening() {
    const next = Number(this.#fields.values['widen'] ?? 0);
    const shown = Number(this.#shown?.['widen'] ?? 0);
    this.#widened.hidden = !(next > 0 || shown > 0);
    const turns = plural(next > 0 ? next : shown, 'idle turn');
    setText(this.#widened, next > 0
      ? `Window widening is on: ${turns} between copying a page and publishing the copy. Races show up sooner than they would by themselves; no kernel does this.`
      : `The run shown below had the window widened by ${turns}; the next run has not.`);
  }

  /** @returns {number} how much time the charts span */
  #spanSeconds() {
    const seconds = Number((this.#run ? this.#shown?.['durationMs'] : this.#fields.values['durationMs']) ?? 0) / 1000;
    // A long run would be a speck at the left for long: its charts grow in steps instead.
    const enough = LONG_SPANS.find((span) => span > this.#history.end) ?? this.#history.end * 1.1;
    return seconds > 0 ? Math.min(seconds, enough) : enough;
  }

  /** What the visitor should know before anything runs. */
  #showNotes() {
    const { notes } = this.#bench.link;
    const ignored = notes.length > 0 && h('section', { class: 'box', id: 'link-notes', role: 'status' },
      h('h2', {}, 'The link asked for something that was ignored'),
      h('ul', { class: 'small' }, ...notes.slice(0, 8).map((note) => h('li', {}, note))),
      h('div', { class: 'row' }, button('Close', () => document.getElementById('link-notes')?.remove())));
    this.#notes.replaceChildren(...(this.#lab.isolated ? [] : [isolationBox()]), ...(ignored ? [ignored] : []));
  }

  /** A link may carry a trace. */
  #openTrace() {
    if (!hasTrace(location.href)) return;
    try {
      this.#corruption.showLinked(this.#bench.module.Trace.fromURL(location.href));
      this.#corruption.element.scrollIntoView({ block: 'start' });
    } catch (error) {
      const box = h('section', { class: 'box', id: 'trace-problem', role: 'status' },
        h('h2', {}, 'The trace in this link cannot be shown'),
        h('p', {}, error instanceof Error ? error.message : String(error)),
        h('p', {}, 'Links of traces are long; a mail program may have cut it. Everything else on this page works.'),
        h('div', { class: 'row' }, button('Close', () => {
          history.replaceState(history.state, '', withoutTrace(location.href));
          box.remove();
        })));
      this.#notes.append(box);
    }
  }
}

/**
 * @param {Run['config']['protocol']} a
 * @param {Run['config']['protocol']} b
 */
function sameProtocol(a, b) {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return Object.entries(a).every(([name, value]) => b[name] === value);
}
