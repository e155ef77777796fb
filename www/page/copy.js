/** Copying text, and saying whether the browser let it be copied. */

import { button, setText } from './dom.js';

/**
 * @param {string} label
 * @param {() => string} text  may throw: then its message is said
 * @param {Element} said  where it is said
 */
export function copyButton(label, text, said) {
  return button(label, () => {
    /** @type {string} */
    let words;
    try {
      words = text();
    } catch (error) {
      setText(said, error instanceof Error ? error.message : String(error));
      return;
    }
    navigator.clipboard.writeText(words).then(
      () => setText(said, 'Copied.'),
      () => setText(said, 'The browser did not let the page copy; select the text instead.'),
    );
  });
}
