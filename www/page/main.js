/** Starts the page: loads the lab, shows its progress, mounts the view that the address asks for. */

import { compareView } from './compare-view.js';
import { button, h, setText } from './dom.js';
import { showIsolation, tryServiceWorker } from './isolation.js';
import { Link } from './link.js';
import { matrixView } from './matrix-view.js';
import { Problems } from './problems.js';
import { proveView } from './prove-view.js';
import { raceView } from './race-view.js';
import { mountTheme, restoreTheme } from './theme.js';
import { carried, drawSwitch, isPlain, viewFor } from './views.js';

/** @typedef {import('./types.js').Bench} Bench */

const VIEWS = [raceView, proveView, matrixView, compareView];
const SLOW_MS = 6000;

restoreTheme();
const host = /** @type {HTMLElement} */ (need('view'));
const link = new Link();
/** @type {import('./views.js').Mounted | undefined} */
let mounted;
/** Opens another view, or the same one anew, as a link does. @type {(href: string) => void} */
let go = (href) => location.assign(href);

mountTheme(need('theme'));
await start();

async function start() {
  setState('loading');
  mounted?.leave();
  mounted = undefined;
  const ready = drawLoading();
  const reloading = await tryServiceWorker();
  if (reloading) return;
  // Browsers remember that a module did not load: only a new page asks for it again.
  let again = () => location.reload();
  try {
    // Imported here, not above, so that a site without its module still says what is wrong.
    const module = await import('../lib/index.js').catch((cause) => {
      throw Object.assign(new Error('The module of the lab did not load.', { cause }), {
        name: 'LoadError',
        url: new URL('../lib/index.js', import.meta.url).href,
      });
    });
    again = () => void start();
    const lab = await module.createLab();
    ready();
    showIsolation(need('isolation'), lab.isolated);
    setText(need('version'), `Version ${lab.version}.`);
    const renew = () => {
      void lab.dispose().finally(start);
    };
    mountViews({ lab, module, link, renew, go: (href) => go(href) });
  } catch (error) {
    ready();
    setState('failed');
    const problems = new Problems();
    problems.show(error, { renew: again });
    host.replaceChildren(problems.element);
  }
}

/** @param {Bench} bench */
function mountViews(bench) {
  const show = () => {
    mounted?.leave();
    const view = viewFor(VIEWS, link.view);
    drawSwitch(need('views'), VIEWS, view);
    document.title = `${view.title} · aio-ring-lab`;
    mounted = view.mount(host, bench);
    setState('ready');
  };
  go = (href) => {
    history.pushState(null, '', href);
    show();
    scrollTo({ top: 0, behavior: 'instant' });
  };
  need('views').onclick = (event) => {
    const target = /** @type {Element} */ (event.target).closest('a');
    if (!target || !isPlain(event)) return;
    event.preventDefault();
    if (!target.hasAttribute('aria-current')) go(carried(target.href, location.search, bench.lab));
  };
  window.onpopstate = show;
  show();
}

/** @returns {() => void} ends the loading picture's clock */
function drawLoading() {
  const words = h('p', { role: 'status' }, 'Loading the lab: WebAssembly and the first Worker.');
  const out = h('div', { class: 'row', hidden: true }, button('Reload the page', () => location.reload()));
  host.replaceChildren(
    h('div', { class: 'loading' }, words, h('progress', { 'aria-label': 'Loading the lab' }), out),
  );
  const slow = setTimeout(() => {
    setText(words, 'Still loading. The network or the machine is slow, or something blocks Workers.');
    out.hidden = false;
  }, SLOW_MS);
  return () => clearTimeout(slow);
}

/** @param {'loading' | 'ready' | 'running' | 'failed'} state  for tests and for style sheets */
function setState(state) {
  document.documentElement.dataset['lab'] = state;
}

/** @param {string} id */
function need(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
