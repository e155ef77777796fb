/** Rings and limits side by side: what they are called, and rows about all of them at one batch. */
import { ratios } from '../stats.mjs';
import { ofValues } from './row.mjs';

/** By the last part of a subject's name. `less`: what a rival does less than ours. */
const RINGS = {
  ours: { name: 'ours, v4' },
  'ours-one-by-one': { name: 'ours, completed one by one', less: 'nothing; this is Linux’s way' },
  machine: { name: 'ours, v4' },
  'ringbuf.js': { name: 'ringbuf.js', less: 'no lock, one producer and one consumer, its elements are numbers' },
  js: { name: 'plain JavaScript with Atomics', less: 'wakes nobody' },
  rtrb: { name: 'rtrb', less: 'no lock, one producer and one consumer' },
  'rtrb-one-by-one': { name: 'rtrb, pushed one by one', less: 'no lock, one producer and one consumer' },
  'crossbeam-queue': { name: 'crossbeam ArrayQueue', less: 'no lock, no batches: record by record' },
  getevents: { name: 'Linux, io_getevents', less: 'a system call for each batch' },
  mapped: { name: 'Linux’s ring, our reader', less: 'nobody else reads or completes meanwhile' },
  'submit+getevents': { name: 'Linux, io_submit and io_getevents', less: 'its completions are reads and writes of a cached file' },
};

/** @param {string} subject */
const ringOf = (subject) => RINGS[/** @type {keyof typeof RINGS} */ (subject.split('/')[1])];

/**
 * A row for each subject: millions of records a second, and ours beside it.
 *
 * @param {object} table
 * @param {string} table.picture
 * @param {number} table.batch
 * @param {string} table.ours
 * @param {string[]} table.rivals
 * @param {Record<string, { name: string, scale?: number }>} [table.limits] what no ring can beat; scale: units of it in a record
 * @param {Record<string, any>[]} table.rounds nanoseconds a record, or `{ lacks }`
 * @param {Record<string, number>} [table.atLeast] ours over that rival's
 * @param {Record<string, string>} table.versions
 * @param {string} table.how
 * @returns {import('./row.mjs').Row[]}
 */
export function besideRivals({ picture, batch, ours, rivals, limits = {}, rounds, atLeast = {}, versions, how }) {
  const group = `batch ${batch}`;
  const named = (/** @type {string} */ name) => `${picture}, ${group}: ${name}`;
  const rates = (/** @type {string} */ subject, scale = 1) => rounds.map((round) => 1e3 / (round[subject] * scale));
  const common = { unit: 'M records/s' };
  const nanoseconds = (/** @type {string} */ subject, scale = 1) => ({ nsPerRecord: rounds.map((round) => round[subject] * scale) });
  const rows = [ofValues({ ...common, name: named(ringOf(ours).name), values: rates(ours), how, plot: { picture, group, line: ringOf(ours).name, kind: 'ours' }, details: nanoseconds(ours) })];
  for (const rival of rivals) {
    const { name, less } = /** @type {{ name: string, less?: string }} */ (ringOf(rival));
    const lacks = rounds.find((round) => round[rival]?.lacks)?.[rival].lacks;
    if (lacks) {
      rows.push({ name: named(name), figure: null, ...common, target: null, met: null, spread: null, how: `skipped: ${lacks}` });
      continue;
    }
    const version = versions[rival.split('/')[1]];
    rows.push(
      ofValues({
        ...common,
        name: named(name),
        values: rates(rival),
        ratio: { of: `ours over ${name}`, values: ratios(rounds, rival, ours) },
        atLeast: atLeast[rival],
        how: `${how}${version ? `; ${version}` : ''}; does less: ${less}`,
        plot: { picture, group, line: name, kind: 'rival' },
        details: nanoseconds(rival),
      }),
    );
  }
  for (const [limit, { name, scale = 1 }] of Object.entries(limits)) {
    rows.push(
      ofValues({
        ...common,
        name: named(`limit: ${name}`),
        values: rates(limit, scale),
        ratio: { of: `ours over ${name}`, values: rounds.map((round) => (round[limit] * scale) / round[ours]) },
        how,
        plot: { picture, group, line: name, kind: 'limit' },
        details: nanoseconds(limit, scale),
      }),
    );
  }
  return rows;
}
