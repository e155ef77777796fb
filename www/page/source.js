/**
 * Places in the project's source. They are links where the page says where that source can be read:
 * `<meta name="source" content="https://…/blob/main/">`, an address to which a path and a line are added.
 */

import { h } from './dom.js';

/** @param {string} place  `crate/src/aio/read.rs:41`  @returns {HTMLElement} */
export function sourceNode(place) {
  const link = sourceLink(place, document.querySelector('meta[name="source"]')?.getAttribute('content') ?? '');
  return link ? h('a', { class: 'step-source', href: link, rel: 'noreferrer' }, place) : h('span', { class: 'step-source' }, place);
}

/**
 * @param {string} place
 * @param {string} base  empty: nobody says where the source is
 * @returns {string | null}
 */
export function sourceLink(place, base) {
  const [, path, line] = /^((?:[\w-]+\/)*[\w-]+\.rs):(\d+)$/.exec(place) ?? [];
  if (!path || !base.startsWith('https://')) return null;
  return `${base.replace(/\/?$/, '/')}${path}#L${line}`;
}
