/** A plain table in a box of its own, so that a wide one scrolls there and not the page. */

import { h } from './dom.js';

/** A place for a table, and the disclosure that opens it. */
export class TableOnDemand {
  #place;
  #fill;

  /**
   * @param {string} summary
   * @param {() => { heads: string[], rows: string[][] } | null} content  asked for only while the table is open
   * @param {{ prose?: boolean }} [look]  prose: cells are sentences, not numbers
   */
  constructor(summary, content, { prose = false } = {}) {
    this.#place = h('div', { class: `table-scroll${prose ? ' prose' : ''}`, tabindex: '0', role: 'region', 'aria-label': summary });
    this.#fill = content;
    this.element = h('details', { class: 'more' }, h('summary', {}, summary), this.#place);
    this.element.addEventListener('toggle', () => this.refresh());
  }

  /** Brings the table up to date, if anybody looks at it. */
  refresh() {
    if (!this.element.open) return;
    const content = this.#fill();
    this.#place.replaceChildren(content ? table(content.heads, content.rows) : h('p', { class: 'small soft' }, 'No run yet.'));
  }
}

/**
 * @param {string[]} heads
 * @param {string[][]} rows  the first cell of each names the row
 */
function table(heads, rows) {
  return h(
    'table', { class: 'num small' },
    h('thead', {}, h('tr', {}, ...heads.map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells.map((text, k) => (k === 0 ? h('th', { scope: 'row' }, text) : h('td', {}, text)))))),
  );
}
