/** What is to be compared: protocols, parts, workload, sweep, kept in step with each other and with the address. */

import { h, setText } from './dom.js';
import { FEWEST, OWN, compareQuery, readCompare } from './compare-link.js';
import { ProtocolPicker } from './compare-protocols.js';
import { SweepChooser } from './compare-sweep.js';
import { crowdInWords } from './compare-words.js';
import { Fields } from './fields.js';
import { count, duration, plural } from './format.js';
import { Parts } from './parts.js';
import { threadsOf } from './roles.js';

/** @typedef {import('./compare-types.js').CompareConfig} CompareConfig */
/** @typedef {import('./compare-types.js').Lab} Lab */

/** @type {NonNullable<NonNullable<ConstructorParameters<typeof Fields>[3]>['groups']>} */
const GROUPS = [
  { title: 'Threads', names: ['readers', 'migrators', 'completers'], open: true },
  { title: 'Ring and migration', names: ['batch', 'ringEvents', 'pace', 'page'], open: true },
  { title: 'Trials', names: ['rounds', 'trialMs', 'warmupMs', 'control', 'seed'], open: true },
];

/** The control that is one trial more. */
const CONTROL = 'untimed';

/** Dispatches `change` when anything of it changed. */
export class CompareSettings extends EventTarget {
  #lab;
  #picker;
  /** Of each own set, by its name. @type {Map<string, Parts>} */
  #parts;
  #fields;
  #sweep;
  #sum = h('p', { id: 'trials-words' });
  #complaint = h('p', { id: 'trials-error', class: 'field-error', role: 'alert' });
  #crowd = h('p', { class: 'small soft', id: 'crowd-words' });

  /**
   * @param {Lab} lab
   * @param {import('./link.js').Link} link
   */
  constructor(lab, link) {
    super();
    this.#lab = lab;
    const read = readCompare(link, lab);
    const usual = Object.fromEntries(lab.comparing.fields.map((field) => [field.name, field.default]));
    this.#picker = new ProtocolPicker(lab, read.protocols);
    this.#parts = new Map(OWN.map(({ name, title, prefix }) => [name, new Parts(lab, read.parts[name] ?? {}, { owner: title, prefix })]));
    this.#fields = new Fields(lab.comparing.fields, read.fields, usual, { legend: 'Workload and trials', groups: GROUPS });
    this.#sweep = new SweepChooser(lab, read.sweep);
    for (const part of [this.#picker, ...this.#parts.values(), this.#fields, this.#sweep]) part.addEventListener('change', () => this.#changed());
    this.#changed();
  }

  /** What one chooses from, in order. */
  get choosers() {
    return [this.#picker.element, ...[...this.#parts.values()].map(({ element }) => element)];
  }

  /** Workload, trials, sweep; and what they come to. */
  get form() {
    return h('div', { class: 'compare-form' }, this.#fields.element, this.#sweep.element,
      h('div', { class: 'compare-sum' }, this.#sum, this.#complaint, this.#crowd));
  }

  /** @returns {CompareConfig} */
  get config() {
    const { field } = this.#sweep;
    const fields = Object.entries(this.#fields.values).filter(([name]) => name !== field);
    const protocols = this.#picker.value.map((name) => this.#parts.get(name)?.values ?? name);
    const sweep = this.#sweep.value;
    return { protocols, ...Object.fromEntries(fields), ...(sweep && { sweep }) };
  }

  /** @returns {string} for the address */
  get query() {
    const parts = Object.fromEntries([...this.#parts].map(([name, { values }]) => [name, values]));
    return compareQuery(this.#lab, { protocols: this.#picker.value, parts, fields: this.#fields.values, sweep: this.#sweep.written });
  }

  /** @returns {string} what is wrong with what has been chosen, or nothing */
  get #choice() {
    const chosen = this.#picker.value;
    if (chosen.length < FEWEST) return `A comparison takes at least ${FEWEST} protocols.`;
    const own = OWN.filter(({ name }) => chosen.includes(name)).map(({ name, title }) => ({ title, parts: JSON.stringify(this.#parts.get(name)?.values) }));
    const again = own.find(({ parts }, i) => own.findIndex((other) => other.parts === parts) < i);
    // In results nothing but its parts tells one from the other.
    return again ? `${again.title} has the parts of another one: turn a switch of either.` : '';
  }

  /** @returns {string} why nothing can be measured like this, or nothing */
  get obstacle() {
    const protocols = this.#picker.value.length;
    const { most } = this.#lab.comparing;
    if (this.#choice) return this.#choice;
    if (protocols > most.protocols) return `A comparison takes at most ${most.protocols} protocols.`;
    if (this.#trials > most.trials) return `That is more than the ${count(most.trials)} trials that a comparison can have.`;
    const ms = this.#trials * this.#trialMs;
    return ms > most.seconds * 1000 ? `The trials take about ${duration(ms)}, and those of a comparison can take ${duration(most.seconds * 1000)}: it takes fewer rounds, values or protocols, or shorter trials.` : '';
  }

  /**
   * Shows an error where the lab says that it is, and goes there.
   *
   * @param {string} name
   * @param {string} message
   * @returns {boolean} whether there is such a place
   */
  showError(name, message) {
    if (name === 'sweep' || name.startsWith('sweep.')) {
      this.#sweep.showError(message);
      this.#sweep.focus();
      return true;
    }
    if (/^protocols?\b/.test(name)) {
      this.#picker.complain(message);
      this.#picker.focus();
      return true;
    }
    return this.#fields.showError(name, message);
  }

  clearErrors() {
    this.#fields.clearErrors();
    this.#sweep.showError(this.#sweep.complaint);
    this.#picker.complain('');
  }

  get #trials() {
    return (this.#picker.value.length + this.#controls) * this.#points * Number(this.#fields.values['rounds']);
  }

  /** Trials of a block that are of no protocol, but of the stopwatch. */
  get #controls() {
    return this.#fields.values['control'] === CONTROL ? 1 : 0;
  }

  /** One of them, with all that belongs to it. */
  get #trialMs() {
    return Number(this.#fields.values['trialMs']) + this.#lab.comparing.most.overheadMs;
  }

  get #points() {
    return this.#sweep.field === null ? 1 : Math.max(1, this.#sweep.value?.values.length ?? 1);
  }

  #changed() {
    const { field } = this.#sweep;
    for (const [name, { element }] of this.#parts) element.hidden = !this.#picker.value.includes(name);
    // What is swept over has its values there.
    this.#fields.only((name) => name !== field);
    this.#picker.complain(this.#choice);
    this.#sumUp();
    const url = new URL(location.href);
    url.search = this.query;
    if (url.href !== location.href) history.replaceState(history.state, '', url);
    this.dispatchEvent(new Event('change'));
  }

  #sumUp() {
    const { rounds = Number.NaN, warmupMs = 0 } = /** @type {Record<string, number>} */ (this.#fields.values);
    const trials = this.#trials;
    const protocols = this.#picker.value.length;
    const subjects = this.#controls ? `(${plural(protocols, 'protocol')} + 1 control)` : plural(protocols, 'protocol');
    const factors = [subjects, ...(this.#points > 1 ? [plural(this.#points, 'value')] : []), plural(rounds, 'round')];
    const ms = trials * this.#trialMs + (protocols + this.#controls) * warmupMs;
    setText(this.#sum, Number.isFinite(ms) ? `${factors.join(' × ')}: ${plural(trials, 'trial')}, about ${duration(ms)}.` : '');
    setText(this.#complaint, this.#choice ? '' : this.obstacle);
    const sweep = this.#sweep.value;
    const threads = Math.max(1, ...(sweep?.values ?? [0]).map((value) => threadsOf({ ...this.#fields.values, ...(sweep && { [sweep.field]: value }) })));
    setText(this.#crowd, crowdInWords(threads, navigator.hardwareConcurrency));
  }
}
