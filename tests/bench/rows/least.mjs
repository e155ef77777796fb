/** The least that something of ours could take: copies and locked instructions, each measured by itself, added up. */
import { shuffledRounds } from '../stats.mjs';

/** What is added up: copies of records batch by batch from the places that readers have them from, and uncontended locked instructions. */
export const PARTS = ['records', 'cas', 'store'];
const MS = 8;

/** @typedef {{ cas: number, store: number }} Locked  how many locked instructions a batch: compare-and-exchanges, stores */

/**
 * What the protocol itself demands, as the bench's own tests count it: of a read call, of one under another spinlock, of completing
 * a batch, of completing and reading it, of a migration.
 *
 * @typedef {'read' | 'read with the spinlock' | 'complete' | 'pass' | 'migration'} Demand
 */

/** @param {import('../chromium.mjs').Chromium} chromium  with the bench's page  @param {Demand} of  @returns {Promise<Locked>} */
export async function demandedOf(chromium, of) {
  const [cas, store] = await chromium.call('(of) => bench.ask("demanded", { of })', of);
  return { cas, store };
}

/** @param {Locked} locked */
export const locksIn = ({ cas, store }) => cas + store;

/**
 * A batch that is completed one by one, as Linux does and as a run's readers do, and read at once.
 *
 * @param {Locked} complete  what is demanded of each completion
 * @param {Locked} read  and of the read call
 * @param {number} batch
 * @returns {Locked}
 */
export const oneByOne = (complete, read, batch) => ({ cas: batch * complete.cas + read.cas, store: batch * complete.store + read.store });

/**
 * A limit of what moves records: its name, and nanoseconds a record in a round that has {@link PARTS} in it.
 *
 * @param {number} copies  of each record
 * @param {Locked} locked  a batch
 * @param {number} batch
 */
export const limitOf = (copies, locked, batch) => ({
  name: `${copies === 1 ? 'plain copy' : `${copies} plain copies`} and ${locksIn(locked)} locked instructions a batch`,
  of: (/** @type {Record<string, number>} */ { records, cas, store }) => copies * records + (locked.cas * cas + locked.store * store) / batch,
});

/** A load and a store of the same bytes, and nothing else. @param {number} copies */
export const copiesOnly = (copies) => ({
  name: copies === 1 ? 'plain copy' : `${copies} plain copies`,
  of: (/** @type {Record<string, number>} */ { records }) => copies * records,
});

/** For `how`. */
export const COPY_IN_WORDS = 'a plain copy is a load and a store of the same bytes, from the same places, by as many at a time';

/**
 * What events take at the least in a run, where readers complete one by one what they read by batches.
 *
 * @typedef {object} Least
 * @property {number} batch
 * @property {number} read  nanoseconds an event, in calls of a full batch
 * @property {number} complete  nanoseconds an event
 * @property {{ read: number, complete: number }} locks  locked instructions in a call, in a completion
 */

/** How the two of them together are called. @param {Least['locks']} locks */
const inWords = ({ read, complete }) => `2 plain copies, ${complete} locked instructions to complete an event and ${read} a read call`;

/**
 * @param {import('../chromium.mjs').Chromium} chromium  with the bench's page
 * @returns {Promise<(batch: number, rounds: Record<string, number>[]) => Least>} of the fastest of some rounds that have {@link PARTS}
 *   in them: what is measured at another time may have met a faster machine
 */
export async function leastIn(chromium) {
  const [read, complete] = [await demandedOf(chromium, 'read'), await demandedOf(chromium, 'complete')];
  const fastest = (/** @type {Record<string, number>[]} */ rounds, /** @type {(round: Record<string, number>) => number} */ of) => Math.min(...rounds.map(of));
  return (batch, rounds) => ({
    batch,
    read: fastest(rounds, limitOf(1, read, batch).of),
    complete: fastest(rounds, limitOf(1, complete, 1).of),
    locks: { read: locksIn(read), complete: locksIn(complete) },
  });
}

/**
 * The same from rounds of its own.
 *
 * @param {import('../chromium.mjs').Chromium} chromium  with the bench's page
 * @param {number[]} batches
 * @param {{ warmUpMs: number, quick: boolean }} about
 * @returns {Promise<Least[]>} for each batch
 */
export async function leastOf(chromium, batches, { warmUpMs, quick }) {
  const least = await leastIn(chromium);
  const leasts = [];
  for (const batch of batches) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [PARTS] });
    leasts.push(least(batch, await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(PARTS, quick ? 5 : 11) })));
  }
  return leasts;
}

/**
 * Of a run's reader, which completes one by one and reads by batches: as {@link limitOf}, for rounds with the reader in them.
 *
 * @param {Locked} complete  what is demanded of each completion
 * @param {Locked} read  and of a read call
 * @param {number} batch
 */
export const limitOfRun = (complete, read, batch) => ({ name: inWords({ read: locksIn(read), complete: locksIn(complete) }), of: limitOf(2, oneByOne(complete, read, batch), batch).of });

/** A read call, in ns. Not all calls of a run are full, and those that are not copy less. @param {Least} least  @returns {import('./row.mjs').Limit} */
export const leastCall = ({ batch, read, locks }) => ({ name: `a full call's plain copy and ${locks.read} locked instructions`, figure: batch * read });

/**
 * Events a second at the most. Readers with a core each complete and read beside one another, but all completions are under the ring's
 * one `completion_lock`, and all read calls under its one `ring_lock`.
 *
 * @param {Least} least
 * @param {number} readers
 * @param {number} cores
 * @returns {import('./row.mjs').Limit}
 */
export function mostEvents({ read, complete, locks }, readers, cores) {
  const bounds = [
    { name: inWords(locks), ns: (read + complete) / Math.min(readers, cores) },
    { name: `a plain copy and ${locks.complete} locked instructions an event, one after the other under completion_lock`, ns: complete },
    { name: `a plain copy and ${locks.read} locked instructions a read call, one after the other under ring_lock`, ns: read },
  ];
  const { name, ns } = bounds.reduce((slowest, bound) => (bound.ns > slowest.ns ? bound : slowest));
  return { name, figure: 1e9 / ns };
}

/** The same over the rate of one reader that takes so many nanoseconds an event. @param {Least} least  @param {number} ns  @returns {import('./row.mjs').Limit} */
export function mostOver(least, ns) {
  const { name, figure } = mostEvents(least, 1, 1);
  return { name, figure: (figure * ns) / 1e9 };
}

/**
 * How many migrations a second there could be at the most: a page copy and what is demanded besides, one after the other. However
 * many migrators there are, they do it under locks.
 *
 * @param {import('../chromium.mjs').Chromium} chromium  with the bench's page
 * @param {{ warmUpMs: number, quick: boolean }} about
 * @returns {Promise<import('./row.mjs').Limit>}
 */
export async function mostMigrations(chromium, { warmUpMs, quick }) {
  const locked = await demandedOf(chromium, 'migration');
  const parts = ['copy', 'cas', 'store'];
  await chromium.sample({ batch: 1, ms: warmUpMs, rounds: [parts] });
  const rounds = await chromium.sample({ batch: 1, ms: MS, rounds: shuffledRounds(parts, quick ? 5 : 11) });
  // The fastest round, as in `leastIn`.
  const ns = Math.min(...rounds.map((/** @type {Record<string, number>} */ { copy, cas, store }) => copy + locked.cas * cas + locked.store * store));
  return { name: `a page copy and ${locksIn(locked)} locked instructions each, one after the other`, figure: 1e9 / ns };
}
