/** Results as files: saved as CSV or JSON, and a JSON file opened again. */

import { button, h, setText } from './dom.js';
import { download } from './download.js';
import { count, sentence } from './format.js';

/** @typedef {import('./compare-types.js').ComparisonData} ComparisonData */
/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').LabModule} LabModule */

/** More than the module takes: so large a file need not be read to be refused. */
const LARGEST = 20_000_000;

/** Dispatches `open` (a `CustomEvent` with the file's name and its data), or `refuse` with an error. */
export class CompareFiles extends EventTarget {
  #module;
  #lab;
  #said = h('span', { class: 'small soft', role: 'status' });
  #saving;
  #chooser = h('input', { type: 'file', accept: '.json,application/json', id: 'compare-file', class: 'unseen-by-eye', tabindex: '-1', 'aria-label': 'A file of results (JSON)' });

  /**
   * @param {LabModule} module
   * @param {Lab} lab  which must know what is in a file
   * @param {() => ComparisonData | null} current
   */
  constructor(module, lab, current) {
    super();
    this.#module = module;
    this.#lab = lab;
    const save = (/** @type {'csv' | 'json'} */ suffix) => button(`Save ${suffix.toUpperCase()}`, () => {
      const data = current();
      if (data) download(fileName(data, suffix), this.#file(data, suffix));
    }, { 'data-export': suffix, disabled: true });
    this.#saving = [save('csv'), save('json')];
    this.#chooser.addEventListener('change', () => {
      const [file] = this.#chooser.files ?? [];
      if (file) void this.read(file);
      // Or the same file could not be chosen again.
      this.#chooser.value = '';
    });
    this.element = h('div', { class: 'row exports', role: 'group', 'aria-label': 'Results as files' },
      ...this.#saving, button('Open a file …', () => this.#chooser.click(), { id: 'compare-open', title: 'A JSON file that was saved here; or drop it on the page.' }), this.#chooser, this.#said);
  }

  /** Takes files that are dropped on an element. @param {HTMLElement} place */
  takeDropsOn(place) {
    const over = (/** @type {boolean} */ on) => place.toggleAttribute('data-drop', on);
    place.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      over(true);
    });
    place.addEventListener('dragleave', (event) => {
      if (!place.contains(/** @type {Node | null} */ (event.relatedTarget))) over(false);
    });
    place.addEventListener('drop', (event) => {
      over(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void this.read(file);
    });
  }

  /** @param {boolean} able  whether there is something to be saved */
  set able(able) {
    for (const each of this.#saving) each.disabled = !able;
  }

  /** @param {File} file  from anywhere */
  async read(file) {
    setText(this.#said, 'Reading …');
    try {
      if (file.size > LARGEST) throw new Error(`It has ${count(file.size)} bytes, and results at most ${count(LARGEST)}.`);
      const data = this.#module.Comparison.parse(await file.text(), this.#lab).toJSON();
      this.dispatchEvent(new CustomEvent('open', { detail: { name: file.name, data } }));
    } catch (error) {
      this.dispatchEvent(new CustomEvent('refuse', { detail: { name: file.name, error } }));
    } finally {
      setText(this.#said, '');
    }
  }

  /**
   * @param {ComparisonData} data
   * @param {'csv' | 'json'} suffix
   */
  #file(data, suffix) {
    const comparison = new this.#module.Comparison(data);
    return suffix === 'csv'
      ? new Blob([comparison.toCSV()], { type: 'text/csv' })
      : new Blob([`${JSON.stringify(comparison, null, 2)}\n`], { type: 'application/json' });
  }
}

/**
 * What is said of a file that is none.
 *
 * @param {string} name
 * @param {unknown} error
 */
export function fileProblem(name, error) {
  const box = h('section', { class: 'box', id: 'file-problem', role: 'status' },
    h('h2', {}, `“${name.length > 60 ? `${name.slice(0, 60)}…` : name}” cannot be shown`),
    h('p', {}, sentence(error instanceof Error ? error.message : String(error))),
    h('p', {}, 'What can be opened is a JSON file of results that was saved here. Nothing has changed.'),
    h('div', { class: 'row' }, button('Close', () => box.remove())));
  return box;
}

/**
 * @param {ComparisonData} data
 * @param {string} suffix
 */
function fileName({ config: { protocols, sweep }, machine: { date } }, suffix) {
  const names = protocols.map((protocol) => (typeof protocol === 'string' ? protocol : 'custom'));
  return `aio-ring-lab-compare-${names.join('-')}${sweep ? `-by-${sweep.field}` : ''}-${date.slice(0, 10)}.${suffix}`;
}
