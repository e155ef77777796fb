/** The matrix as a grid: a row for each scenario, a column for each change to v4. The arrow keys walk through it. */

import { breakable, h } from './dom.js';
import { cellInWords, cellLink, columnOf, faceOf, notesOf, partsInWords } from './matrix-cells.js';
import { isPlain } from './views.js';

/** @typedef {import('./prove-types.js').Cell} Cell */
/** @typedef {import('./prove-types.js').Lab} Lab */

export class MatrixGrid {
  #lab;
  #go;
  #head = h('tr', {});
  #body = h('tbody', {});
  #table;
  element;
  /** Of the columns: what is taken out. @type {string[][]} */
  #columns = [];
  /** @type {Map<string, { row: HTMLTableRowElement, cells: Map<string, HTMLTableCellElement> }>} */
  #rows = new Map();
  /** The one that Tab goes to. @type {HTMLElement | null} */
  #home = null;

  /**
   * @param {Lab} lab
   * @param {(href: string) => void} go
   */
  constructor(lab, go) {
    this.#lab = lab;
    this.#go = go;
    this.#table = h('table', { class: 'matrix', role: 'grid', 'aria-label': 'Scenarios, and what of v4 is changed' }, h('thead', {}, this.#head), this.#body);
    this.element = h('div', { class: 'matrix-scroll', id: 'matrix', role: 'region', 'aria-label': 'The matrix' }, this.#table);
    this.#table.addEventListener('keydown', (event) => this.#key(event));
    this.#table.addEventListener('focusin', (event) => this.#rove(/** @type {HTMLElement} */ (event.target)));
    this.#table.addEventListener('click', (event) => {
      const link = /** @type {Element} */ (event.target).closest('a');
      if (!link || !isPlain(event)) return;
      event.preventDefault();
      this.#go(link.href);
    });
  }

  /**
   * An empty grid.
   *
   * @param {readonly string[]} scenarios
   * @param {readonly string[][]} columns
   * @param {boolean} dense  signs without words
   */
  begin(scenarios, columns, dense) {
    this.#columns = [];
    this.#rows.clear();
    this.#home = null;
    // Without cells to go to, only so can it be scrolled by keys.
    this.element.tabIndex = 0;
    this.#table.toggleAttribute('data-dense', dense);
    this.#head.replaceChildren(h('th', { scope: 'col', class: 'matrix-corner' }, 'Scenario', h('span', { class: 'soft' }, 'v4 with →')));
    this.#body.replaceChildren();
    for (const parts of columns) this.#column(parts);
    for (const scenario of scenarios) this.#row(scenario);
  }

  /** @param {Cell} cell */
  put(cell) {
    const key = this.#column(cell.parts);
    const place = this.#row(cell.scenario).cells.get(key);
    if (!place) return;
    const words = cellInWords(this.#lab, cell);
    const link = cellLink(this.#lab, cell);
    const { word, glyph } = faceOf(cell.outcome);
    const face = [
      h('span', { class: 'cell-glyph', 'aria-hidden': 'true' }, glyph), h('span', { class: 'cell-word', 'aria-hidden': 'true' }, word),
      ...notesOf(cell).map(noteNode), h('span', { class: 'unseen-by-eye' }, words)];
    const inner = link ? h('a', { href: link, tabindex: '-1', class: 'cell' }, ...face) : h('span', { tabindex: '-1', class: 'cell' }, ...face);
    place.title = words;
    place.dataset['cell'] = cell.outcome;
    place.replaceChildren(inner);
    if (!this.#home) {
      this.element.removeAttribute('tabindex');
      this.#rove(inner);
    }
  }

  /** What nothing was searched in goes. */
  prune() {
    const used = this.#columns.filter((parts) => [...this.#rows.values()].some(({ cells }) => cells.get(columnOf(parts))?.hasChildNodes()));
    this.#columns.forEach((parts, i) => {
      const keep = used.includes(parts);
      const head = this.#head.children[i + 1];
      if (head instanceof HTMLElement) head.hidden = !keep;
      for (const { cells } of this.#rows.values()) {
        const cell = cells.get(columnOf(parts));
        if (cell) cell.hidden = !keep;
      }
    });
    for (const { row, cells } of this.#rows.values()) row.hidden = ![...cells.values()].some((cell) => cell.hasChildNodes());
  }

  /** @param {string[]} parts  @returns {string} its key */
  #column(parts) {
    const key = columnOf(parts);
    if (this.#columns.some((known) => columnOf(known) === key)) return key;
    this.#columns.push(parts);
    this.#head.append(h('th', { scope: 'col', 'data-parts': key, title: this.#help(parts) }, h('span', { class: 'matrix-head' }, ...parts.map((part, i) => h('span', { class: 'matrix-part' }, i > 0 ? '+ ' : '', ...breakable(partsInWords(this.#lab, [part])))))));
    for (const { row, cells } of this.#rows.values()) this.#place(row, cells, key);
    return key;
  }

  /** @param {string[]} parts  @returns {string} what the commit says about them */
  #help(parts) {
    return parts.map((name) => `${partsInWords(this.#lab, [name])}. ${this.#lab.columns.find((column) => column.name === name)?.sentence ?? ''}`).join('\n');
  }

  /** @param {string} scenario */
  #row(scenario) {
    const known = this.#rows.get(scenario);
    if (known) return known;
    const title = this.#lab.scenarios.find(({ name }) => name === scenario)?.title ?? scenario;
    const made = { row: h('tr', { 'data-scenario': scenario }, h('th', { scope: 'row' }, title)), cells: /** @type {Map<string, HTMLTableCellElement>} */ (new Map()) };
    this.#rows.set(scenario, made);
    for (const parts of this.#columns) this.#place(made.row, made.cells, columnOf(parts));
    this.#body.append(made.row);
    return made;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {Map<string, HTMLTableCellElement>} cells
   * @param {string} key
   */
  #place(row, cells, key) {
    const cell = h('td', { role: 'gridcell' });
    cells.set(key, cell);
    row.append(cell);
  }

  /** @param {HTMLElement} cell  which from now on is the one that Tab goes to */
  #rove(cell) {
    if (!cell.classList.contains('cell')) return;
    this.#home?.setAttribute('tabindex', '-1');
    cell.setAttribute('tabindex', '0');
    this.#home = cell;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.metaKey) return;
    const lines = [...this.#body.rows].filter((row) => !row.hidden).map((row) => [...row.querySelectorAll('.cell')].filter((cell) => !cell.closest('[hidden]')))
      .filter((line) => line.length > 0);
    const y = lines.findIndex((line) => line.some((cell) => cell === document.activeElement));
    const line = lines[y];
    if (!line) return;
    const x = line.findIndex((cell) => cell === document.activeElement);
    const column = (/** @type {number} */ to) => {
      // By place on the screen: a row may have holes while cells come in.
      const left = line[x]?.getBoundingClientRect().left ?? 0;
      const other = lines[to] ?? [];
      return [...other].sort((a, b) => Math.abs(a.getBoundingClientRect().left - left) - Math.abs(b.getBoundingClientRect().left - left))[0];
    };
    /** @type {Record<string, Element | undefined>} */
    const places = {
      ArrowRight: line[x + 1], ArrowLeft: line[x - 1], ArrowDown: column(y + 1), ArrowUp: column(y - 1),
      Home: event.ctrlKey ? lines[0]?.[0] : line[0], End: event.ctrlKey ? lines.at(-1)?.at(-1) : line.at(-1),
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    const to = places[event.key];
    if (to instanceof HTMLElement) to.focus();
  }
}

/** @param {string} note  @returns {HTMLElement} it, with a unit that goes where there is no room for it */
function noteNode(note) {
  const [number = '', unit = ''] = note.split(' ');
  return h('span', { class: `cell-note num of-${unit.replace(/s$/, '')}`, 'aria-hidden': 'true' }, number, h('span', { class: 'cell-unit' }, ` ${unit}`));
}
