/** What came out of a run, while it runs and afterwards: words, numbers, charts, frames, the first corruption, a deadlock. */

import { Charts } from './charts.js';
import { CorruptionPanel } from './corruption.js';
import { h, setText } from './dom.js';
import { explanation, invariants } from './explain.js';
import { FaceOff } from './face-off.js';
import { FrameMapPanel } from './frame-map.js';
import { History } from './history.js';
import { expectationOf, isRight } from './presets.js';
import { Samples } from './samples.js';
import { briefly, chartsInWords, fileName, nameInFiles, runInWords } from './summary.js';
import { Threads } from './threads.js';
import { Tiles, totalOf } from './tiles.js';
import { Turns } from './turns.js';
import { waitPanel } from './wait-graph.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Sample} Sample */

/** How often what is drawn. Numbers that changed at every frame could not be read; cells that glow should fade smoothly. */
const CHART_MS = 150;
const FRAMES_MS = 100;
const NUMBERS_MS = 200;
const WORDS_MS = 500;
const LONG_SPANS = [30, 60, 120, 300, 600, 1200, 1800, 3600];

/** Dispatches `corruption` when the first one of a run is seen. */
export class Results extends EventTarget {
  #lab;
  #faceOff;
  #tiles;
  #charts;
  #history;
  #samples;
  #threads = new Threads();
  #frames = new FrameMapPanel();
  #stuck = h('div', { class: 'stack' });
  #caption = h('p', { class: 'small soft run-caption', id: 'run-caption' }, 'No run yet.');
  #atRest = h('section', { class: 'box bad', id: 'at-rest', hidden: true });
  /** Of the run whose results are shown. @type {Run['config'] | null} */
  #shown = null;
  /** Its protocol. @type {{ name: string, correct: boolean | null }} */
  #protocol = { name: '', correct: null };
  /** When the page first saw a corruption in this run. @type {number | null} */
  #firstMs = null;
  /** @type {Turns<{ run: Run, sample: Sample, now: number }>} */
  #turns;

  /** @param {Lab} lab */
  constructor(lab) {
    super();
    this.#lab = lab;
    this.#faceOff = new FaceOff(lab);
    this.#tiles = new Tiles(lab.kinds);
    this.#charts = new Charts(lab.kinds);
    this.#history = new History(lab.kinds.map((kind) => kind.name));
    this.#samples = new Samples(lab.kinds);
    this.corruption = new CorruptionPanel(lab);
    this.#turns = new Turns([
      ...this.#charts.each.map((chart) => ({ everyMs: CHART_MS, draw: () => chart.draw(this.#history, this.#spanSeconds()) })),
      { everyMs: FRAMES_MS, draw: ({ run, now }) => this.#frames.show(run.frameMap(), now) },
      { everyMs: NUMBERS_MS, draw: ({ sample }) => this.#tiles.show({ sample, rate: this.#history.rate, firstMs: this.#firstMs, exact: false, over: false }) },
      { everyMs: WORDS_MS, draw: ({ sample }) => this.#say(sample) },
    ]);
    this.#tiles.legend.append(h('div', { class: 'tables' }, this.#samples.element, this.#threads.element, this.#samples.download));
    this.element = h(
      'section', { class: 'results', id: 'results', 'aria-label': 'Results' },
      this.#caption, this.#faceOff.element, this.#stuck, this.#tiles.element, this.#charts.element, this.#tiles.legend, this.#atRest,
      this.#frames.element, this.corruption.element, explanation(),
    );
  }

  /** @returns {Run['config'] | null} of the run whose results are shown */
  get shown() {
    return this.#shown;
  }

  /** @returns {boolean} whether a corruption was seen in this run */
  get corrupted() {
    return this.#firstMs !== null;
  }

  leave() {
    this.#charts.leave();
    this.#frames.leave();
  }

  /** @param {number} durationMs  of the next run: the empty charts span it */
  mount(durationMs) {
    this.#charts.draw(this.#history, this.#spanSeconds(durationMs));
  }

  /** @param {Run} run */
  begin({ config }) {
    const lab = this.#lab;
    const scenario = lab.scenarios.find(({ name }) => name === config.scenario) ?? null;
    this.#shown = config;
    this.#firstMs = null;
    this.#turns.restart();
    this.#history.clear();
    const correct = isRight(lab, scenario ?? undefined, config.protocol);
    this.#protocol = { name: nameInFiles(config), correct };
    this.#samples.clear(fileName(config), this.#protocol);
    this.#threads.show([]);
    this.#tiles.prepare(config, correct);
    this.#charts.mark(correct);
    this.#tiles.clear();
    this.#frames.clear();
    this.corruption.clear();
    this.#stuck.replaceChildren();
    this.#atRest.hidden = true;
    this.#faceOff.begin(scenario, briefly(lab, config.protocol), expectationOf(lab, scenario ?? undefined, config.protocol));
    this.#charts.draw(this.#history, this.#spanSeconds());
  }

  /**
   * At every frame of the screen.
   *
   * @param {Run} run
   * @param {Sample} sample
   * @param {number} now
   */
  frame(run, sample, now) {
    this.#take(sample);
    this.#turns.frame(now, { run, sample, now });
  }

  /** @param {Sample} sample  one of those that the table has */
  record(sample) {
    this.#take(sample);
    this.#samples.push(sample);
  }

  /** @param {Report} report */
  finish(report) {
    const mean = report.seconds > 0 ? 1 / report.seconds : 0;
    const rate = { events: report.events * mean, migrations: report.migrations * mean, setups: report.setups * mean, teardowns: report.teardowns * mean };
    this.#history.push(report);
    this.#charts.draw(this.#history, this.#history.end);
    this.#charts.describe(chartsInWords(this.#lab, report, rate, this.#protocol));
    const first = report.firstCorruption;
    this.#tiles.show({ sample: report, rate, firstMs: first?.timeMs ?? this.#firstMs, exact: first !== undefined, over: true });
    this.#frames.settle();
    this.#samples.refresh();
    this.#threads.show(report.threads);
    this.#faceOff.end(report);
    if (report.deadlock) this.#stuck.replaceChildren(waitPanel(report.deadlock));
    this.#showAtRest(report.atRest);
    if (first) this.corruption.showFirst(first, report.config.protocol);
    else if (totalOf(report) > 0) this.corruption.showNone();
  }

  /** The run ended without a report; what was read until then stays. */
  fail() {
    this.#frames.settle();
    this.#samples.refresh();
  }

  /** Results always say what they are results of. @param {boolean} changed  whether the settings have changed since */
  describe(changed) {
    if (!this.#shown) return;
    setText(this.#caption, `${runInWords(this.#lab, this.#shown)}.${changed ? ' The settings have been changed since; they apply to the next run.' : ''}`);
  }

  /** @param {Sample} sample */
  #say(sample) {
    this.#faceOff.show(sample);
    this.#frames.describe();
  }

  /** @param {Sample} sample */
  #take(sample) {
    this.#history.push(sample);
    if (this.#firstMs === null && totalOf(sample) > 0) {
      this.#firstMs = sample.timeMs;
      this.dispatchEvent(new Event('corruption'));
    }
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

  /** @param {number} durationMs  @returns {number} how much time the charts span */
  #spanSeconds(durationMs = Number(this.#shown?.['durationMs'] ?? 0)) {
    const seconds = durationMs / 1000;
    // A long run would be a speck at the left for long: its charts grow in steps instead.
    const enough = LONG_SPANS.find((span) => span > this.#history.end) ?? this.#history.end * 1.1;
    return seconds > 0 ? Math.min(seconds, enough) : enough;
  }
}
