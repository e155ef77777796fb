/** Cross-origin isolation: without it a browser shares no memory between threads. Says how things stand, and tries to mend it. */

import { button, h, setText } from './dom.js';

const TRIED = 'aio-ring-lab:isolation-tried';

export const HEADERS = Object.freeze({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
});

/**
 * @param {Element} chip
 * @param {boolean} isolated
 */
export function showIsolation(chip, isolated) {
  chip.setAttribute('data-state', isolated ? 'yes' : 'no');
  setText(chip, isolated ? `isolated: threads share memory (${navigator.hardwareConcurrency} cores)` : 'not isolated: no threads');
}

const RACES = { title: 'Races cannot run here: no memory shared between threads', rest: 'The rest of the page works: protocols, parts, settings, and traces opened from a link.' };

/**
 * What is missing, and the ways to it.
 *
 * @param {{ title: string, rest: string }} [words]  what cannot be done; and what can, all the same
 */
export function isolationBox({ title, rest } = RACES) {
  const headers = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`).join('\n');
  const why = globalThis.crossOriginIsolated
    ? 'The page is isolated, but this browser offers no SharedArrayBuffer, or does not hand shared memory to Workers.'
    : globalThis.isSecureContext
      ? 'The page was sent without the two headers that a browser asks for before it shares memory between threads:'
      : 'The page did not come over https or from this machine (localhost), so the browser shares no memory between threads, whatever the headers are:';
  const box = h(
    'section',
    { class: 'box warn', id: 'not-isolated', tabindex: '-1', 'aria-labelledby': 'not-isolated-title' },
    h('h2', { id: 'not-isolated-title' }, title),
    h('p', {}, why),
  );
  if (!globalThis.crossOriginIsolated) {
    box.append(
      h('pre', {}, headers),
      h('p', {}, h('code', {}, './build.sh serve'), ' serves the page with them, on 127.0.0.1; a host that reads the ',
        h('code', {}, '_headers'), ' file of the build sends them too.'),
    );
  } else {
    box.append(h('p', {}, 'A current Chromium, Firefox or Safari does.'));
  }
  box.append(h('p', {}, rest));
  box.append(h('div', { class: 'row' }, button('Reload', () => location.reload())));
  return box;
}

/**
 * Hosts that cannot send headers: a service worker adds them, after one reload. Tried once for each tab, so that a
 * browser where it does not help is not reloaded for ever.
 *
 * @returns {Promise<boolean>} whether the page is about to be loaded again
 */
export async function tryServiceWorker() {
  if (globalThis.crossOriginIsolated || !globalThis.isSecureContext || !('serviceWorker' in navigator)) return false;
  try {
    if (sessionStorage.getItem(TRIED)) return false;
    sessionStorage.setItem(TRIED, 'yes');
    await navigator.serviceWorker.register('./coi-serviceworker.js');
    await patience(navigator.serviceWorker.ready, 3000);
    location.reload();
    return true;
  } catch {
    // No such file on this host, storage or service workers forbidden: the box above says what is left to do.
    return false;
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>} rejects if `promise` is not settled in time
 */
function patience(promise, ms) {
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      setTimeout(() => reject(new Error('too slow')), ms);
    }),
  ]);
}
