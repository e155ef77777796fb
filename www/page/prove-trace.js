/** A trace and the state of the world at each of its steps: the picture, where one is in it, ways to go on, ways to take it along. */

import { h, setText } from './dom.js';
import { plural } from './format.js';
import { lanes } from './lanes.js';
import { exportRow } from './prove-export.js';
import { cycleMisfit, misfits } from './prove-fit.js';
import { LanePicture } from './prove-lanes.js';
import { packCycle } from './prove-link.js';
import { Player } from './prove-player.js';
import { Programs } from './prove-program.js';
import { stateAt } from './prove-state.js';
import { Timeline } from './prove-timeline.js';
import { breachTitle, findingNodes } from './prove-verdict.js';
import { Ways } from './prove-ways.js';
import { forgetTrace, withoutTrace } from './trace-link.js';

/** @typedef {import('./prove-types.js').Lab} Lab */
/** @typedef {import('./prove-types.js').Subject} Subject */
/** @typedef {import('./prove-types.js').Move} Move */
/** @typedef {import('./prove-types.js').Way} Way */
/** @typedef {import('./prove-types.js').Examined} Examined */

/** What is slow, or what browsers allow only so often, waits until one stands still. */
const REST_MS = 120;

/** More of them take all the room that there is: their programs go below. */
const MOST_LANES = 2;

const ENDLESS = 'A fair schedule that repeats for ever';
const FOR_EVER = 'All is here as it was at the dashed line: this can go on for ever.';
/** @type {Readonly<Record<Examined['standing'], string>>} */
const ENDS = {
  going: 'The threads can go on from here.',
  finished: 'All threads have come to their end. Nothing is broken.',
  stuck: 'Nobody can go on.',
  broken: 'Something is broken.',
  beside: 'The scenario ends here, and counts as nothing: it is beside what is asked.',
};

/**
 * @typedef {object} Opening
 * @property {number} [position]  the end, if left out
 * @property {string} title  unless it repeats for ever
 * @property {number} [cycle]  the move from which on all is said to be repeated for ever
 * @property {boolean} [told]  what is wrong at its end has been said already
 * @property {import('../lib/trace.js').Trace} [recorded]  what it once was
 */

/** @typedef {{ subject: Subject, examined: Examined, timeline: Timeline, opening: Opening, title: string, cycle: number | undefined, misfit: string[] }} Shown */

/** Dispatches `opening` when another schedule is asked for, and `open` when it is shown. */
export class TracePanel extends EventTarget {
  #lab;
  #title = h('h2', { id: 'trace-title' });
  #about = h('span', { class: 'small soft', id: 'trace-about' });
  #words = h('div', { class: 'stack', id: 'trace-words' });
  #picture = new LanePicture('The trace, a lane for each thread, time downward; arrow keys step through it');
  #player = new Player();
  #state = h('div', { class: 'state', id: 'trace-state' });
  #stateTitle = h('h3', { id: 'state-title' });
  #ways = new Ways();
  #programs = new Programs();
  #grid = h('div', { class: 'proof-grid' }, this.#picture.element, this.#programs.element,
    h('div', { class: 'proof-side' }, h('section', { 'aria-labelledby': 'state-title' }, this.#stateTitle, this.#state), this.#ways.element));
  #twin = h('div', {});
  element;
  /** @type {Shown | null} */
  #shown = null;
  /** Schedules that were shown, and which of them is. @type {{ schedule: readonly Move[], position: number, opening: Opening }[]} */
  #past = [];
  #at = 0;
  /** By moves made. @type {Map<number, readonly Way[]>} */
  #known = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  #turn = 0;

  /** @param {Lab} lab */
  constructor(lab) {
    super();
    this.#lab = lab;
    const exports = exportRow(() => this.#shown && { timeline: this.#shown.timeline, look: this.#look() }, () => this.#link());
    this.element = h('section', { class: 'panel proof', id: 'trace', 'aria-labelledby': 'trace-title', hidden: true },
      h('div', { class: 'panel-head' }, this.#title, this.#about, h('span', { class: 'spring' }), exports),
      this.#words, this.#player.element,
      this.#grid,
      this.#twin);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.#player.addEventListener('change', () => {
      const entry = this.#past[this.#at];
      if (entry) entry.position = this.#player.position;
      this.#moved();
    });
    const go = (/** @type {Event} */ event) => this.#player.goTo(/** @type {CustomEvent<number>} */ (event).detail);
    this.#picture.addEventListener('step', go);
    this.#programs.addEventListener('step', go);
    this.#ways.addEventListener('way', (event) => void this.#take(/** @type {CustomEvent<Move>} */ (event).detail));
    this.#ways.addEventListener('undo', () => void this.#back(-1));
    this.#ways.addEventListener('redo', () => void this.#back(1));
  }

  /** @returns {Examined | null} what is shown */
  get examined() {
    return this.#shown?.examined ?? null;
  }

  /** @returns {Subject | null} what it is a trace of */
  get subject() {
    return this.#shown?.subject ?? null;
  }

  leave() {
    clearTimeout(this.#resting);
    this.#picture.leave();
  }

  clear() {
    this.#turn += 1;
    clearTimeout(this.#resting);
    this.#shown = null;
    this.#past = [];
    this.element.hidden = true;
    this.dispatchEvent(new Event('open'));
  }

  /**
   * Opens a schedule from the beginning of time.
   *
   * @param {Subject} subject
   * @param {readonly Move[]} schedule
   * @param {Opening} opening
   * @returns {Promise<void>} rejects if the lab does not know what is asked
   */
  async open(subject, schedule, opening) {
    if (!(await this.#show(subject, schedule, opening, opening.position))) return;
    this.#past = [{ schedule: this.#shown?.timeline.schedule ?? schedule, position: this.#player.position, opening }];
    this.#at = 0;
    this.#ways.able(false, false);
  }

  /** @param {number} move  goes to the first step of that move */
  goToMove(move) {
    this.#player.goTo(this.#shown?.timeline.positionOf(move) ?? 0);
    this.#picture.focus();
  }

  /**
   * @param {Subject} subject
   * @param {readonly Move[]} schedule
   * @param {Opening} opening
   * @param {number} [position]
   * @returns {Promise<boolean>} false: meanwhile something else was asked for
   */
  async #show(subject, schedule, opening, position) {
    const turn = (this.#turn += 1);
    this.dispatchEvent(new Event('opening'));
    const examined = await this.#lab.examine({ ...subject, schedule: [...schedule] });
    if (turn !== this.#turn) return false;
    const timeline = new Timeline(examined);
    this.#shown = { subject, examined, timeline, opening, ...judge(opening, examined) };
    this.#known = new Map([[timeline.schedule.length, examined.moves]]);
    this.element.hidden = false;
    this.#grid.dataset['lanes'] = timeline.lanes.length > MOST_LANES ? 'many' : 'few';
    this.#describe();
    this.#player.show(timeline, position ?? timeline.length);
    this.#picture.show(timeline, this.#look(), this.#player.position);
    this.#programs.show(timeline);
    this.#moved();
    this.dispatchEvent(new Event('open'));
    return true;
  }

  #describe() {
    const { examined, timeline, opening, title, misfit } = /** @type {Shown} */ (this.#shown);
    const { finding } = examined;
    const switches = timeline.steps.filter((_, k) => timeline.turnsAt(k)).length;
    setText(this.#title, title);
    setText(this.#about, `${plural(timeline.length, 'step')}, ${plural(switches, 'switch', 'switches')} between ${plural(timeline.lanes.length, 'thread')}, time downward`);
    this.#words.replaceChildren(
      ...(misfit.length > 0 ? [h('section', { class: 'box warn', id: 'trace-misfit', role: 'status' },
        h('h3', {}, 'This trace does not fit the protocol any more'), ...misfit.map((words) => h('p', {}, words)))] : []),
      ...(finding && !opening.told ? findingNodes(this.#lab, finding) : []));
    const caption = `${title}: ${plural(timeline.length, 'step')}`;
    const text = timeline.trace.toText();
    const table = h('div', {});
    const asTable = h('details', { class: 'more' }, h('summary', {}, 'As a table'), table);
    // A table of five hundred steps is made when somebody wants it.
    asTable.addEventListener('toggle', () => {
      if (table.childElementCount === 0) table.append(lanes(timeline.trace, caption));
    });
    this.#twin.replaceChildren(asTable, h('details', { class: 'more' }, h('summary', {}, 'As text, the way the commit message draws it'),
      h('pre', { class: 'trace-text', tabindex: '0', 'aria-label': 'The trace as text' }, text)));
  }

  /** What the picture says besides the steps. */
  #look() {
    const { examined, cycle, timeline } = /** @type {Shown} */ (this.#shown);
    const { finding, standing } = examined;
    return {
      end: finding ? `${breachTitle(this.#lab, finding.invariant)}: ${finding.text}` : cycle === undefined ? ENDS[standing] : FOR_EVER,
      calm: finding === undefined && standing !== 'stuck',
      ...(cycle !== undefined && { cycle: timeline.positionOf(cycle) }),
    };
  }

  /** Another step. */
  #moved() {
    const shown = this.#shown;
    if (!shown) return;
    const { timeline } = shown;
    const { position } = this.#player;
    this.#picture.goTo(position);
    this.#programs.goTo(position);
    setText(this.#stateTitle, position < timeline.length ? `State before step ${position + 1}` : 'State at the end');
    this.#state.replaceChildren(...stateAt(timeline, position));
    this.#ways.wait();
    clearTimeout(this.#resting);
    const known = this.#known.get(timeline.moveAt(position));
    if (known) this.#showWays(known);
    this.#resting = setTimeout(() => {
      this.#remember();
      if (!known) void this.#askWays();
    }, REST_MS);
  }

  async #askWays() {
    const shown = this.#shown;
    if (!shown) return;
    const move = shown.timeline.moveAt(this.#player.position);
    try {
      const { moves } = await this.#lab.examine({ ...shown.subject, schedule: shown.timeline.schedule.slice(0, move) });
      if (this.#shown !== shown) return;
      this.#known.set(move, moves);
      if (shown.timeline.moveAt(this.#player.position) === move) this.#showWays(moves);
    } catch (error) {
      if (this.#shown === shown) this.#ways.fail(inWords(error));
    }
  }

  /** @param {readonly Way[]} moves */
  #showWays(moves) {
    const timeline = this.#shown?.timeline;
    if (timeline) this.#ways.show(moves, timeline, timeline.schedule[timeline.moveAt(this.#player.position)]);
  }

  /** @param {Move} move */
  async #take(move) {
    const shown = this.#shown;
    if (!shown) return;
    const { timeline, subject } = shown;
    const made = timeline.moveAt(this.#player.position);
    const taken = timeline.schedule[made];
    if (taken?.[0] === move[0] && taken[1] === move[1]) {
      this.#player.goTo(timeline.positionOf(made + 1));
      this.#focusWays();
      return;
    }
    const schedule = [...timeline.schedule.slice(0, made), move];
    const opening = { title: 'Your own way' };
    // Pressed twice, it is gone once.
    if (!(await this.#goOn(subject, { schedule, opening }))) return;
    this.#past = [...this.#past.slice(0, this.#at + 1), { schedule, position: this.#player.position, opening }];
    this.#at = this.#past.length - 1;
    this.#ways.able(true, false);
    this.#focusWays();
  }

  /** @param {-1 | 1} direction */
  async #back(direction) {
    const to = this.#at + direction;
    const entry = this.#past[to];
    const subject = this.#shown?.subject;
    if (!entry || !subject || !(await this.#goOn(subject, entry))) return;
    this.#at = to;
    this.#ways.able(this.#at > 0, this.#at < this.#past.length - 1);
  }

  /**
   * Another schedule of what is shown. What is shown stays if that fails, and the ways say why.
   *
   * @param {Subject} subject
   * @param {{ schedule: readonly Move[], opening: Opening, position?: number }} entry
   * @returns {Promise<boolean>} whether it is shown
   */
  async #goOn(subject, { schedule, opening, position }) {
    try {
      return await this.#show(subject, schedule, opening, position);
    } catch (error) {
      this.#ways.fail(inWords(error));
      return false;
    }
  }

  /** The button that was pressed is gone: the focus goes to the first that can be pressed next. */
  #focusWays() {
    const first = this.#ways.element.querySelector('.way-list button') ?? this.#ways.element.querySelector('button');
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  }

  /** @returns {string} a link to this trace at this step */
  #link() {
    if (!this.#shown) return location.href;
    const { timeline, cycle } = this.#shown;
    return `${timeline.trace.toURL(withoutTrace(location.href))}${packCycle(cycle)}&step=${this.#player.position + 1}`;
  }

  /** The address brings back what is shown. */
  #remember() {
    try {
      history.replaceState(history.state, '', this.#link());
    } catch {
      // Too long for a link; the copy button says so.
      forgetTrace();
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.#back(event.shiftKey ? 1 : -1);
      return;
    }
    this.#player.key(event);
  }
}

/**
 * What can be said of a schedule, now that one knows where it leads. One that cannot be made to its end has no end to repeat.
 *
 * @param {Opening} opening
 * @param {Examined} examined
 * @returns {{ title: string, cycle: number | undefined, misfit: string[] }}
 */
function judge({ title, cycle, recorded }, examined) {
  const misfit = misfits(recorded, examined);
  const flaw = cycle === undefined || examined.refused ? '' : cycleMisfit(cycle, examined);
  if (cycle === undefined || examined.refused || flaw) return { title, cycle: undefined, misfit: flaw ? [...misfit, flaw] : misfit };
  return { title: recorded ? `${ENDLESS}, from a link` : ENDLESS, cycle, misfit };
}

/** @param {unknown} error */
function inWords(error) {
  return error instanceof Error ? error.message : String(error);
}
