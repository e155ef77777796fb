/** Light, dark, or as the system says. The choice stays in this browser; it is not part of a link. */

import { h } from './dom.js';

const KEY = 'aio-ring-lab:theme';
const CHOICES = /** @type {const} */ (['auto', 'light', 'dark']);

/** Tells canvases that the colours they resolved are old. */
export const themeChanges = new EventTarget();

/** @param {Element} host */
export function mountTheme(host) {
  const set = h('fieldset', { class: 'segments' }, h('legend', { class: 'unseen-by-eye' }, 'Theme'));
  const stored = read();
  for (const choice of CHOICES) {
    const radio = h('input', { type: 'radio', name: 'theme', value: choice, checked: choice === stored });
    radio.addEventListener('change', () => apply(choice));
    set.append(h('label', {}, radio, h('span', {}, choice)));
  }
  host.replaceChildren(set);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);
}

/** Applies the remembered choice; early, so that nothing flashes. */
export function restoreTheme() {
  const stored = read();
  if (stored !== 'auto') document.documentElement.dataset['theme'] = stored;
}

/** @param {typeof CHOICES[number]} choice */
function apply(choice) {
  if (choice === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  announce();
}

function announce() {
  themeChanges.dispatchEvent(new Event('change'));
}

/** @returns {typeof CHOICES[number]} */
function read() {
  try {
    const stored = localStorage.getItem(KEY);
    return CHOICES.find((choice) => choice === stored) ?? 'auto';
  } catch {
    return 'auto';
  }
}
