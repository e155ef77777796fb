/** What a comparison came to: where and when, what the data support, the numbers of each point, and a sweep drawn. */

import { h, setText } from './dom.js';
import { SweepCharts } from './compare-charts.js';
import { PointPanel } from './compare-points.js';
import { nameOf, seriesOf } from './compare-series.js';
import { MEANING, crowdInWords, mostThreads, nanoseconds, roundsInWords } from './compare-words.js';
import { duration, plural } from './format.js';
import { steadily } from './steady.js';

/** @typedef {import('./compare-types.js').ComparisonData} ComparisonData */
/** @typedef {import('./compare-types.js').Lab} Lab */
/** @typedef {import('./compare-types.js').Shown} Shown */

/** So many sentences at once; the rest on demand. */
const SENTENCES = 8;

/** What stands before the machine, by origin; with what there is to add. @type {Readonly<Record<Shown['origin'], (note: string) => string>>} */
const ORIGINS = {
  measured: () => 'Measured',
  running: (note) => `So far, the first ${note}:`,
  cancelled: (note) => `Cancelled; the first ${note}:`,
  failed: (note) => `Failed; the first ${note}:`,
  imported: (note) => `Imported from “${note}”: measured on`,
};

export class CompareResults {
  #lab;
  #points;
  #charts;
  #origin = h('strong', { class: 'origin', id: 'origin' });
  #machine = h('span', { id: 'machine' });
  #changed = h('p', { class: 'small soft', id: 'settings-changed' });
  #legend = h('p', { class: 'sweep-legend small' });
  #meaning = h('p', { class: 'small soft' });
  #text = h('div', { class: 'compare-text', id: 'compare-text' });
  #head = h('section', { class: 'panel compare-head', id: 'compare-head', 'aria-labelledby': 'compare-title', hidden: true },
    h('div', { class: 'panel-head' }, h('h2', { id: 'compare-title' }, 'What the data support'), this.#legend),
    h('p', { class: 'small' }, this.#origin, ' ', this.#machine), this.#changed, this.#text, this.#meaning);

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
    this.#points = new PointPanel(lab.comparing);
    this.#charts = new SweepCharts(lab.comparing);
    this.element = h('div', { class: 'stack' }, this.#head, this.#points.element, this.#charts.element, this.#explanation());
    this.clear();
  }

  leave() {
    this.#charts.leave();
  }

  clear() {
    this.#head.hidden = this.#points.element.hidden = this.#charts.element.hidden = true;
  }

  /** @param {Shown} shown */
  show(shown) {
    steadily([this.#points.element, this.#charts.element], () => this.#draw(shown));
  }

  /** @param {Shown} shown */
  #draw({ data, origin, note = '' }) {
    const { config, machine, points, text } = data;
    const series = seriesOf(this.#lab, points[0]?.measured ?? []);
    const swept = config.sweep?.field ?? null;
    this.#head.hidden = this.#points.element.hidden = false;
    this.#head.dataset['origin'] = origin;
    setText(this.#origin, ORIGINS[origin](note));
    setText(this.#machine, machineInWords(data));
    this.#legend.replaceChildren(...series.map((each) => nameOf(each)));
    setText(this.#meaning, `${MEANING} ${crowdInWords(mostThreads(data), machine.cores)}`);
    this.#say(text);
    this.#points.show(swept, points, series);
    this.#charts.show(swept, points, series);
  }

  /** @param {boolean} changed  whether the settings are those of what is shown */
  describe(changed) {
    setText(this.#changed, changed ? 'The settings have been changed since.' : '');
  }

  /** @param {readonly string[]} text */
  #say(text) {
    const list = (/** @type {readonly string[]} */ some) => h('ul', {}, ...some.map((sentence) => h('li', {}, sentence)));
    const open = this.#text.querySelector('details')?.open ?? false;
    this.#text.replaceChildren(list(text.slice(0, SENTENCES)), ...(text.length > SENTENCES
      ? [h('details', { class: 'more', open }, h('summary', {}, `${plural(text.length - SENTENCES, 'more sentence')}`), list(text.slice(SENTENCES)))] : []));
  }

  #explanation() {
    return h('section', { class: 'panel', 'aria-labelledby': 'metrics-title' },
      h('h2', { id: 'metrics-title' }, 'What is measured, and how'),
      h('p', { class: 'small compare-how' }, 'A trial is a short run on real Workers, which stay from trial to trial; all protocols are warmed up before the first, at every value of a sweep. A round has one trial of each protocol at each value, in random order, so that what else the machine does meets all alike. '
        + 'A ratio is taken within a round, and its median over the rounds is shown. An interval is a 95 % bootstrap interval: of a hundred comparisons like this one, about ninety-five would have what they look for inside. '
        + '“No difference seen” says that the interval has 1 in it. That is no proof that there is none: more rounds may see one. The control is the baseline without the stopwatch: what measuring itself costs.'),
      h('dl', { class: 'words small' }, ...this.#lab.comparing.metrics.map(({ label, help }) => h('div', {}, h('dt', {}, label), h('dd', {}, help)))));
  }
}

/** @param {ComparisonData} data */
function machineInWords(data) {
  const { machine: { engine, system, architecture, cores, isolated, clockStepNs, date, version }, seconds } = data;
  const when = new Date(date);
  return [
    `${engine} on ${system === 'unknown' ? 'an unknown system' : system}${architecture === 'unknown' ? '' : ` (${architecture})`}, ${plural(cores, 'core')}${isolated ? '' : ', not isolated'}, ${Number.isNaN(when.getTime()) ? date : when.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`,
    roundsInWords(data), `in ${duration(seconds * 1000)}`, `clock step ${nanoseconds(clockStepNs)}`, `version ${version}`,
  ].join(' · ');
}
