/** The least that something of ours could take: copies and locked instructions, each measured by itself, added up. */
import { median, shuffledRounds } from '../stats.mjs';

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
 * What a read call of a full batch takes at the least, in ns.
 *
 * @param {import('../chromium.mjs').Chromium} chromium  with the bench's page
 * @param {number[]} batches
 * @param {{ warmUpMs: number, quick: boolean }} about
 * @returns {Promise<{ name: string, ns: number[] }>} for each batch
 */
export async function leastCalls(chromium, batches, { warmUpMs, quick }) {
  const locked = await demandedOf(chromium, 'read');
  const ns = [];
  for (const batch of batches) {
    await chromium.sample({ batch, ms: warmUpMs, rounds: [PARTS] });
    const rounds = await chromium.sample({ batch, ms: MS, rounds: shuffledRounds(PARTS, quick ? 5 : 11) });
    ns.push(batch * median(rounds.map(limitOf(1, locked, batch).of)));
  }
  return { name: `limit of a read call: a plain copy and ${locksIn(locked)} locked instructions`, ns };
}

/**
 * How many migrations a second there could be at the most: a page copy and what is demanded besides, one after the other. However
 * many migrators there are, they do it under locks.
 *
 * @param {import('../chromium.mjs').Chromium} chromium  with the bench's page
 * @param {{ warmUpMs: number, quick: boolean }} about
 * @returns {Promise<{ name: string, perSecond: number }>}
 */
export async function mostMigrations(chromium, { warmUpMs, quick }) {
  const locked = await demandedOf(chromium, 'migration');
  const parts = ['copy', 'cas', 'store'];
  await chromium.sample({ batch: 1, ms: warmUpMs, rounds: [parts] });
  const rounds = await chromium.sample({ batch: 1, ms: MS, rounds: shuffledRounds(parts, quick ? 5 : 11) });
  const ns = median(rounds.map((/** @type {Record<string, number>} */ { copy, cas, store }) => copy + locked.cas * cas + locked.store * store));
  return { name: `limit: a page copy and ${locksIn(locked)} locked instructions each`, perSecond: 1e9 / ns };
}
