/** What of a link was ignored, said to the visitor. */

import { button, h } from './dom.js';

/** Of what a link asked for in vain, so much is said. */
const SHOWN = 12;

/**
 * @param {readonly string[]} notes  sentences
 * @returns {HTMLElement | null} null: there is nothing to say
 */
export function linkNotes(notes) {
  if (notes.length === 0) return null;
  const box = h('section', { class: 'box', id: 'link-notes', role: 'status' },
    h('h2', {}, 'The link asked for something that was ignored'),
    h('ul', { class: 'small' }, ...notes.slice(0, SHOWN).map((note) => h('li', {}, note)),
      notes.length > SHOWN ? h('li', {}, `And ${notes.length - SHOWN} more.`) : null),
    h('div', { class: 'row' }, button('Close', () => box.remove())));
  return box;
}
