/** What one does on the Compare view, and what one reads there. */

/** @param {import('./page.mjs').Page} page */
export const compareView = (page) => ({
  /** The address, field by field. */
  query: async () => Object.fromEntries(new URL(await page.driver.getCurrentUrl()).searchParams),

  /** Fills a field. @param {string} name  @param {string} value */
  put: (name, value) => page.call((/** @type {string} */ name, /** @type {string} */ value) => {
    const input = /** @type {HTMLInputElement} */ (document.querySelector(`[name="${name}"]`));
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, name, value),

  /** Chooses a protocol, or no longer. @param {string} name */
  tick: (name) => page.click(`label[for="compare-${name.replaceAll('.', '_')}"]`),

  /** The protocols that are chosen, the baseline with a star. @returns {Promise<string[]>} */
  chosen: () => page.call(() => {
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[name=compared]:checked'));
    const isBaseline = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (document.querySelector(`[name=baseline][value="${name}"]`)).checked;
    return [...boxes].map(({ value }) => value + (isBaseline(value) ? '*' : ''));
  }),

  /** The results of a link. @param {string} link */
  async measured(link) {
    await page.open(link);
    await page.click('#run');
    await page.says('#status', /^Finished: [\d,]+ trials\.$/);
    await page.lab('ready');
  },

  /** @param {string} metric  @returns {Promise<Record<string, string[]>>} the cells of its table, by protocol */
  rows: (metric) => page.call((/** @type {string} */ metric) => {
    const rows = /** @type {NodeListOf<HTMLTableRowElement>} */ (document.querySelectorAll(`table[data-metric="${metric}"] tbody tr`));
    return Object.fromEntries([...rows].map((row) => [row.dataset.protocol, [...row.cells].slice(1).map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())]));
  }, metric),
});
