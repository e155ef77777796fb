/** The views of the laboratory and the switch between them. A view is added by adding it to the list in main.js. */

import { h } from './dom.js';

/** Views that look at many scenarios or protocols at once: they take nothing along, and give nothing. */
const APART = ['matrix', 'compare'];

/**
 * @typedef {object} View
 * @property {string} name  as in the address
 * @property {string} title
 * @property {(host: HTMLElement, bench: import('./types.js').Bench) => Mounted} mount
 *
 * @typedef {object} Mounted
 * @property {() => void} leave  ends what runs and lets go of listeners
 */

/**
 * A view that is drawn by an object of its own.
 *
 * @param {string} name
 * @param {string} title
 * @param {(bench: import('./types.js').Bench) => { mount(host: HTMLElement): void, leave(): void }} make
 * @returns {View}
 */
export function viewOf(name, title, make) {
  return {
    name,
    title,
    mount(host, bench) {
      const view = make(bench);
      view.mount(host);
      return { leave: () => view.leave() };
    },
  };
}

/**
 * @param {readonly View[]} views  the first is where one lands
 * @param {string | null} asked
 */
export function viewFor(views, asked) {
  const view = views.find((known) => known.name === asked) ?? views[0];
  if (!view) throw new Error('the page has no views');
  return view;
}

/**
 * @param {Element} host
 * @param {readonly View[]} views
 * @param {View} current
 */
export function drawSwitch(host, views, current) {
  const links = views.map((view) =>
    h('a', { href: `?view=${view.name}`, 'aria-current': view === current ? 'page' : false }, view.title),
  );
  host.replaceChildren(...links);
}

/** @param {MouseEvent} event  @returns {boolean} whether a click on a link is meant for this page, not for another tab or window */
export function isPlain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/**
 * From one view to another one takes along what one looks at, if both know it.
 *
 * @param {string} href  of the other view
 * @param {string} search  of the present address
 * @param {import('./types.js').Lab} lab
 * @returns {string}
 */
export function carried(href, search, lab) {
  const [from, to] = [new URLSearchParams(search), new URL(href)];
  const scenario = lab.scenarios.find(({ name }) => name === from.get('scenario'));
  // A scenario with protocols of its own is not for threads.
  if (APART.includes(from.get('view') ?? '') || APART.includes(to.searchParams.get('view') ?? '') || scenario?.protocols) return href;
  for (const [name, value] of from) if (name === 'scenario' || name === 'protocol' || name.startsWith('part.')) to.searchParams.set(name, value);
  return to.href;
}
