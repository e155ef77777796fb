/** HTML from templates: whatever is put in is escaped, unless it is HTML of a template already. */

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that needs no escaping any more. */
class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** @param {unknown} value  @returns {string} */
function text(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(text).join('');
  if (value === null || value === undefined || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (character)]);
}

/** @param {TemplateStringsArray} strings  @param {unknown[]} values */
export const html = (strings, ...values) => new Html(strings.reduce((all, string, i) => all + text(values[i - 1]) + string));

/** Text that is HTML, or a style sheet, already. @param {string} source */
export const raw = (source) => new Html(source);
