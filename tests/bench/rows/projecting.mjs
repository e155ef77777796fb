/** What more cores would do for threads of one ring: not measured, but between what was. */
import { project } from '../scaling.mjs';
import { interval, median } from '../stats.mjs';
import { eventRate, migrationRate, timeOfCall, trials } from './comparing.mjs';
import { notMeasured } from './row.mjs';

/** @typedef {import('./comparing.mjs').Comparison} Comparison */
/** @typedef {import('./row.mjs').Limit} Limit */

/** Numbers of readers, with a core each. */
const READERS = [1, 2, 4, 8, 16];

/** What is read while somebody is in a read call. @param {import('./comparing.mjs').Trial} trial */
const rateInCalls = (trial) => (1e9 * trial.events) / (trial.calls * timeOfCall(trial));

/** @param {number[]} values  @returns {number} NaN of none */
const medianOf = (values) => (values.length > 0 ? median(values) : NaN);

/** Of the trials of v4 with one reader. @param {Comparison} readers  readers swept  @param {(trial: any) => number} of  @returns {number} NaN: there are none */
function ofOneReader({ points }, of) {
  const one = points.find((/** @type {any} */ { value }) => value === 1);
  return medianOf(one ? trials(one).map(of).filter(Number.isFinite) : []);
}

/**
 * What passes the two locks of a ring, whose readers complete what they read.
 *
 * @param {Comparison} readers  readers swept  @param {Limit} most  events a second
 */
const inTurn = (readers, most) => ({
  serial: Math.min(ofOneReader(readers, rateInCalls), most.figure),
  atMost: `what one reader reads while it is in read calls, for all of a call is under ring_lock, or what can be completed, ${most.name}, whichever is less: both pass one after the other on any number of cores`,
});

const READERS_TAKE_TURNS = 'more readers running at once lose no more at the locks than those did by taking turns, since who meets another one there rests';
const IN_THE_WAY = 'more migrators running at once are no more in the way of readers than those that took cores from them: one at a time is past private_lock, and has ring_lock for as long as ever, and completion_lock while it copies. That may be too much: one that is refused 40 times pauses for 1 ms, and others, with a core each, go on meanwhile';

/**
 * Readers, told to share the ring with a migrator that makes 1,000 migrations a second.
 *
 * @param {Comparison} comparison  v4 first, readers swept
 * @param {Limit} most  events a second, of many
 * @param {number} cores
 * @param {string} how
 */
export function ofReaders(comparison, most, cores, how) {
  const one = ofOneReader(comparison, eventRate);
  const { serial, atMost } = inTurn(comparison, most);
  return bracket(comparison, cores, how, {
    title: 'Readers of one ring with a core each: a projection',
    label: 'readers',
    counts: READERS,
    name: (count) => `${count} readers on ${count} cores`,
    unit: 'events/s',
    of: eventRate,
    // The migrator sleeps nearly all of the time.
    threads: (count) => count,
    serial,
    apart: (count) => count * one,
    atMost: `${atMost}; no more than as many times what one reads in all`,
    granted: READERS_TAKE_TURNS,
    lacking: 'one reader alone was not timed',
  });
}

/** Migrators at full pace beside one reader. @param {Comparison} comparison  v4 first, migrators swept  @param {Limit} most  @param {number} cores  @param {string} how */
export function ofMigrators(comparison, most, cores, how) {
  return bracket(comparison, cores, how, {
    title: 'Migrators of one ring with a core each, beside 1 reader: migrations, a projection',
    label: 'migrators',
    name: (count) => `${count} migrators and 1 reader on ${count + 1} cores: migrations`,
    unit: 'migrations/s',
    of: migrationRate,
    threads: (count) => count + 1,
    serial: most.figure,
    atMost: `their limit, ${most.name}: whoever moves a page of the ring holds its private_lock`,
    granted: 'more migrators running at once lose no more than those did by taking turns. That may be too much: who waits for a page or for private_lock looks and then parks, and to hand a lock over to one that parks takes 10 to 50 µs, which who has to wait for a core does not notice',
  });
}

/** One reader beside migrators at full pace. @param {Comparison} comparison  v4 first, migrators swept  @param {Limit} most  @param {number} cores  @param {string} how */
export function ofReaderBesideMigrators(comparison, most, cores, how) {
  return bracket(comparison, cores, how, {
    title: 'Migrators at full pace with a core each: events of 1 reader, a projection',
    label: 'migrators',
    name: (count) => `1 reader and ${count} migrators on ${count + 1} cores: events`,
    unit: 'events/s',
    of: eventRate,
    threads: (count) => count + 1,
    // Of one reader nothing passes in turn: what bounds it is its own limit.
    serial: most.figure,
    atMost: `the limit of one reader that nobody meets, ${most.name}`,
    granted: IN_THE_WAY,
  });
}

/** All readers beside migrators at full pace. @param {Comparison} comparison  v4 first, migrators swept  @param {Comparison} readers  readers swept  @param {Limit} most  events a second, of many  @param {number} cores  @param {string} how */
export function ofReadersBesideMigrators(comparison, readers, most, cores, how) {
  const among = Number(comparison.config.fields.readers);
  return bracket(comparison, cores, how, {
    title: `Migrators at full pace with a core each: events of ${among} readers, a projection`,
    label: 'migrators',
    name: (count) => `${among} readers and ${count} migrators on ${count + among} cores: events`,
    unit: 'events/s',
    of: eventRate,
    threads: (count) => count + among,
    ...inTurn(readers, most),
    granted: `${READERS_TAKE_TURNS}; and that ${IN_THE_WAY}`,
    lacking: 'one reader alone was not timed',
  });
}

/**
 * @typedef {object} Projection
 * @property {string} title
 * @property {string} label  of what was swept
 * @property {number[]} [counts]  those measured, if not given
 * @property {(count: number) => string} name
 * @property {'events/s' | 'migrations/s'} unit
 * @property {(trial: any) => number} of  a trial's rate
 * @property {(count: number) => number} threads  how many need a core
 * @property {number} serial  see {@link project}
 * @property {(count: number) => number} [apart]
 * @property {string} atMost  what `serial` and `apart` are, in words
 * @property {string} granted  what the least takes for granted
 * @property {string} [lacking]  why there is no most, where there may be none
 */

/**
 * The most and the least, with a curve of both.
 *
 * @param {Comparison} comparison  v4 first
 * @param {number} cores
 * @param {string} how
 * @param {Projection} projection
 * @returns {import('./row.mjs').Row[]}
 */
function bracket({ points }, cores, how, { title, label, counts: few, name, unit, of, threads, serial, apart = () => Infinity, atMost, granted, lacking = 'its limit was not measured' }) {
  const rates = new Map(points.map((/** @type {any} */ point) => [point.value, trials(point).map(of)]));
  const measured = few ?? [...rates.keys()];
  const fits = (/** @type {number} */ count) => threads(count) <= cores;
  // Where all had a core, it goes on to more.
  const counts = fits(measured[measured.length - 1]) ? [...measured, 2 * cores] : measured;
  const { atMost: most, atLeast: least, missing } = project({ rates, serial, apart }, fits, counts);

  const unknown = missing.length > 0 ? `. Of ${missing.join(', ')} ${label} no rate was measured, so the least is not known there` : '';
  const said = `no law, but a bracket around what was measured on ${cores} cores (${how}). At most ${atMost}; no less than any trial had. At least the lowest rate of any trial of as many, which took turns on ${cores} cores; that takes for granted that ${granted}${unknown}`;
  const beyond = counts[counts.length - 1];
  const bound = (/** @type {string} */ side, /** @type {(number | null)[]} */ bounds, /** @type {string} */ why) => {
    const row = { name: `projected, not measured: v4, ${name(beyond)}, ${side}`, unit };
    const figure = bounds[bounds.length - 1];
    return figure === null ? notMeasured({ ...row, why: `nothing to project from: ${why}` }) : { ...row, figure, target: null, met: null, spread: null, how: said };
  };
  const ofEach = (/** @type {(values: number[]) => number} */ of) => counts.map((n) => (missing.includes(n) ? null : of(/** @type {number[]} */ (rates.get(n)))));
  const none = counts.map(() => null);
  const drawn = {
    title,
    label,
    unit,
    x: counts,
    series: [
      { name: `measured on ${cores} cores`, values: ofEach(median), low: ofEach((values) => interval(values)[0]), high: ofEach((values) => interval(values)[1]) },
      { name: 'projected with a core each, at most', projected: true, values: most, low: none, high: none },
      { name: 'projected with a core each, at least', projected: true, values: least, low: none, high: none },
    ],
  };
  return [{ ...bound('at most', most, lacking), curves: [drawn] }, bound('at least', least, `no rate of ${beyond} ${label} was measured`)];
}
