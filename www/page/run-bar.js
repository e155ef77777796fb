/** Run, Stop, how far the run is, and in words what is going on. Stays in sight while one scrolls. */

import { button, enable, h, setText } from './dom.js';
import { duration } from './format.js';

const WORDS = { run: 'Run', stop: 'Stop', progress: 'Time of the run that has passed' };
const APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

export class RunBar {
  #gone = new AbortController();
  #run;
  #stop;
  #ready = true;
  #status = h('p', { id: 'status', role: 'status' }, 'Ready.');
  #time = h('span', { class: 'num soft runbar-time' });
  #progress;

  /**
   * @param {() => void} onRun
   * @param {() => void} onStop
   * @param {typeof WORDS} [words]
   */
  constructor(onRun, onStop, words = WORDS) {
    this.#progress = h('progress', { max: '1', value: '0', 'aria-label': words.progress });
    this.#run = button(words.run, onRun, { id: 'run', class: 'primary', 'aria-keyshortcuts': 'Control+Enter' });
    this.#run.append(h('kbd', { 'aria-hidden': 'true' }, APPLE ? '⌘ ⏎' : 'Ctrl ⏎'));
    this.#stop = button(words.stop, onStop, { id: 'stop', 'aria-keyshortcuts': 'Escape' });
    this.#stop.append(h('kbd', { 'aria-hidden': 'true' }, 'Esc'));
    this.element = h(
      'div', { class: 'panel runbar', role: 'group', 'aria-label': words.run },
      this.#run, this.#stop,
      h('div', { class: 'runbar-state' }, h('div', { class: 'runbar-words' }, this.#status, this.#time), this.#progress),
    );
    this.idle();
    document.addEventListener('keydown', (event) => this.#key(event, onRun, onStop), { signal: this.#gone.signal });
  }

  /** Lets go of the keyboard. */
  leave() {
    this.#gone.abort();
  }

  /** @param {string} text  for eyes and for screen readers; only when something happened */
  say(text) {
    setText(this.#status, text);
  }

  /** Whether what is chosen can be run; for the time when nothing runs. */
  get able() {
    return this.#ready;
  }

  set able(able) {
    this.#ready = able;
    enable(this.#run, able);
  }

  idle() {
    enable(this.#run, this.#ready);
    enable(this.#stop, false);
    this.element.removeAttribute('data-running');
  }

  starting() {
    enable(this.#run, false);
    enable(this.#stop, true);
    this.element.setAttribute('data-running', '');
    this.#progress.removeAttribute('value');
    setText(this.#time, '');
  }

  /**
   * @param {number} timeMs
   * @param {number} ofMs  0: until stopped
   */
  passed(timeMs, ofMs) {
    const time = duration(Math.max(10, timeMs));
    // A run without an end has a clock, but no share of it that has passed.
    this.reached(ofMs > 0 ? timeMs / ofMs : null, ofMs > 0 ? `${time} of ${duration(ofMs)}` : time);
  }

  /**
   * @param {number | null} share  of the whole that is done; null: not known
   * @param {string} words  beside it; for eyes only, as it changes all the time
   */
  reached(share, words) {
    if (share !== null) this.#progress.value = Math.min(1, share);
    setText(this.#time, words);
  }

  /** @param {number} timeMs  how long the run was */
  ended(timeMs) {
    this.#progress.value = 1;
    setText(this.#time, duration(Math.max(10, timeMs)));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {() => void} onRun
   * @param {() => void} onStop
   */
  #key(event, onRun, onStop) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) {
      event.preventDefault();
      onRun();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      onStop();
    }
  }
}
