/** The Matrix view: the fix taken apart, part by part or in pairs, under every scenario; filled in as the search goes. */

import { button, h } from './dom.js';
import { download } from './download.js';
import { linkNotes } from './link-notes.js';
import { LEGEND, cellsAsCsv, cellsInWords, columnOf, faceOf, partsInWords } from './matrix-cells.js';
import { MatrixGrid } from './matrix-grid.js';
import { ofTheFix } from './presets.js';
import { Problems, SEARCH_OVER } from './problems.js';
import { RunBar } from './run-bar.js';
import { viewOf } from './views.js';

/** @typedef {import('./types.js').Bench} Bench */
/** @typedef {import('./prove-types.js').Cell} Cell */
/** @typedef {import('./prove-types.js').MatrixResult} MatrixResult */
/** @typedef {import('./prove-types.js').Lab} Lab */

/** @typedef {{ cells: Cell[], result: MatrixResult | null, pairs: boolean, ms: number }} Matrix */

/** Coming back from a cell that one has opened, one finds the matrix as one left it. @type {WeakMap<Lab, Matrix>} */
const kept = new WeakMap();

export const matrixView = viewOf('matrix', 'Matrix', (bench) => new MatrixView(bench));

class MatrixView {
  #bench;
  #lab;
  #bar = new RunBar(() => void this.search(), () => this.cancel(), { run: 'Fill in', stop: 'Cancel', progress: 'The matrix is being searched' });
  #problems = new Problems();
  #notes = h('div', { class: 'stack' });
  #grid;
  #pairs = h('input', { type: 'checkbox', role: 'switch', id: 'matrix-pairs' });
  #csv = button('Download (CSV)', () => this.#save(), { id: 'matrix-csv', disabled: true });
  #answer = h('section', { class: 'panel', id: 'matrix-answer', 'aria-labelledby': 'matrix-answer-title', hidden: true });
  /** @type {Matrix} */
  #matrix = { cells: [], result: null, pairs: false, ms: 0 };
  /** @type {AbortController | null} */
  #search = null;
  #left = false;

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    this.#lab = bench.lab;
    this.#grid = new MatrixGrid(this.#lab, bench.go);
    this.#pairs.addEventListener('change', () => this.#remember());
  }

  /** @param {HTMLElement} host */
  mount(host) {
    this.#readLink();
    host.replaceChildren(
      this.#notes,
      h('section', { class: 'panel', 'aria-labelledby': 'matrix-title' },
        h('div', { class: 'panel-head' }, h('h2', { id: 'matrix-title' }, 'The fix, taken apart'),
          h('p', { class: 'small soft' }, 'Each cell is a search of its own: every interleaving of a scenario under v4 with one thing changed. What is proved is proved for the scenario’s size.')),
        h('div', { class: 'row' }, this.#pairs, h('label', { for: 'matrix-pairs' }, 'In pairs, too: two changes at once'), h('span', { class: 'spring' }), this.#csv)),
      this.#bar.element, this.#problems.element,
      h('section', { class: 'panel matrix-panel', 'aria-label': 'Matrix' }, this.#grid.element,
        h('p', { class: 'small matrix-legend' }, ...LEGEND.map(([outcome, words]) => h('span', { 'data-cell': outcome }, h('span', { 'aria-hidden': 'true', class: 'cell-glyph' }, faceOf(outcome).glyph), ` ${words}`)),
          h('span', { class: 'soft' }, 'below: how many states were searched'))),
      this.#answer);
    const before = kept.get(this.#lab);
    if (before && before.pairs === this.#pairs.checked) this.#showAgain(before);
    else this.#begin();
    const ignored = linkNotes(this.#bench.link.notes);
    if (ignored) this.#notes.append(ignored);
  }

  leave() {
    this.#left = true;
    this.cancel();
    this.#bar.leave();
  }

  cancel() {
    if (!this.#search || this.#search.signal.aborted) return;
    this.#bar.say('Cancelling …');
    this.#search.abort();
  }

  async search() {
    if (this.#search) return;
    const search = (this.#search = new AbortController());
    const began = performance.now();
    this.#problems.clear();
    this.#begin();
    document.documentElement.dataset['lab'] = 'running';
    this.#bar.starting();
    this.#bar.say('Searching.');
    this.#pairs.disabled = true;
    const tick = setInterval(() => this.#bar.passed(performance.now() - began, 0), 100);
    const { pairs } = this.#matrix;
    try {
      const result = await this.#lab.matrix({ pairs, signal: search.signal, onCell: (cell) => this.#put(cell) });
      for (const cell of result.cells) if (!this.#has(cell)) this.#put(cell);
      this.#matrix = { ...this.#matrix, result, ms: performance.now() - began };
      // What was left off says nothing of what is needed.
      if (!search.signal.aborted) this.#showAnswer(result);
      this.#end(search.signal.aborted ? 'Cancelled' : 'Finished');
    } catch (error) {
      this.#matrix.ms = performance.now() - began;
      if (search.signal.aborted) this.#end('Cancelled');
      else {
        this.#end('The search failed');
        this.#problems.show(error, { again: () => void this.search(), renew: this.#bench.renew, after: SEARCH_OVER });
      }
    } finally {
      clearInterval(tick);
      this.#search = null;
      this.#pairs.disabled = false;
      this.#bar.idle();
      if (!this.#left) document.documentElement.dataset['lab'] = 'ready';
    }
  }

  #begin() {
    const pairs = this.#pairs.checked;
    this.#matrix = { cells: [], result: null, pairs, ms: 0 };
    this.#answer.hidden = true;
    this.#csv.disabled = true;
    // The columns of pairs come with their cells: only the search knows which make sense.
    this.#grid.begin(ofTheFix(this.#lab).map(({ name }) => name), this.#lab.columns.map(({ name }) => [name]), pairs);
  }

  /** @param {Cell} cell */
  #put(cell) {
    if (this.#left) return;
    this.#matrix.cells.push(cell);
    this.#grid.put(cell);
    this.#csv.disabled = false;
  }

  /** @param {Cell} cell */
  #has({ scenario, parts }) {
    return this.#matrix.cells.some((cell) => cell.scenario === scenario && columnOf(cell.parts) === columnOf(parts));
  }

  /** @param {string} how */
  #end(how) {
    if (this.#left) return;
    if (how === 'Finished') {
      this.#grid.prune();
      kept.set(this.#lab, this.#matrix);
    }
    this.#bar.ended(this.#matrix.ms);
    this.#bar.say(`${how}. ${cellsInWords(this.#matrix.cells)}.`);
  }

  /** @param {Matrix} matrix */
  #showAgain(matrix) {
    this.#begin();
    this.#matrix = matrix;
    for (const cell of matrix.cells) this.#grid.put(cell);
    this.#csv.disabled = false;
    if (matrix.result) this.#showAnswer(matrix.result);
    this.#end('Finished');
  }

  /** @param {MatrixResult} result */
  #showAnswer({ needed, redundant, together, text }) {
    const title = (/** @type {string} */ name) => this.#lab.scenarios.find((scenario) => scenario.name === name)?.title ?? name;
    const list = (/** @type {string} */ heading, /** @type {MatrixResult['needed']} */ rows) => (rows.length === 0 ? [] : [
      h('h3', {}, heading),
      h('dl', { class: 'matrix-needed' }, ...rows.map(({ parts, scenarios }) => h('div', {}, h('dt', {}, partsInWords(this.#lab, parts)), h('dd', {}, scenarios.map(title).join(', ')))))]);
    this.#answer.replaceChildren(
      h('h2', { id: 'matrix-answer-title' }, 'What is needed for what'),
      ...list('Each of these changes breaks something', needed),
      ...list('These break something only together', together),
      h('h3', {}, 'Redundant for this bound'),
      h('p', {}, redundant.length > 0 ? `${redundant.map((part) => `“${partsInWords(this.#lab, [part])}”`).join(', ')}: nothing of these scenarios, at these sizes, breaks; that is no word about others.`
        : 'None: each of the changes breaks something.'),
      h('details', { class: 'more' }, h('summary', {}, 'All of it in words'), h('ul', { class: 'small' }, ...text.map((words) => h('li', {}, words)))));
    this.#answer.hidden = false;
  }

  #save() {
    download(`aio-ring-lab-matrix${this.#matrix.pairs ? '-pairs' : ''}.csv`, new Blob([cellsAsCsv(this.#matrix.cells)], { type: 'text/csv' }));
  }

  #readLink() {
    const [query, { link }] = [new URLSearchParams(location.search), this.#bench];
    const pairs = query.get('pairs');
    link.notes = [];
    if (pairs !== null && pairs !== 'true') link.ignore('pairs', pairs, 'it is true, or left out');
    link.ignoreOthers(query, ['view', 'pairs']);
    this.#pairs.checked = pairs === 'true';
    this.#remember();
  }

  #remember() {
    history.replaceState(history.state, '', this.#pairs.checked ? '?view=matrix&pairs=true' : '?view=matrix');
    if (!this.#search && this.#matrix.cells.length > 0 && this.#matrix.pairs !== this.#pairs.checked) {
      this.#begin();
      this.#bar.say('Ready.');
    }
  }
}
