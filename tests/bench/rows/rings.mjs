/** Rings and limits side by side: what they are called, and rows about all of them at one batch. */
import { ratios } from '../stats.mjs';
import { limitOf } from './least.mjs';
import { notMeasured, ofValues } from './row.mjs';

/** By the last part of a subject's name. `way`: of using it; `less`: what a rival does less than ours. */
const RINGS = {
  ours: { name: 'ours, v4', way: 'completed by batches' },
  'ours-one-by-one': { name: 'ours', way: 'completed one by one', less: 'nothing; this is Linux’s way' },
  machine: { name: 'ours, v4' },
  'ringbuf.js': { name: 'ringbuf.js', less: 'no lock, one producer and one consumer, its elements are numbers' },
  js: { name: 'plain JavaScript with Atomics', less: 'whoever finds a lock taken looks until it is free; a page is a place, not a frame' },
  rtrb: { name: 'rtrb', less: 'no lock, one producer and one consumer' },
  'rtrb-one-by-one': { name: 'rtrb', way: 'pushed one by one', less: 'no lock, one producer and one consumer' },
  'crossbeam-queue': { name: 'crossbeam-queue', way: 'ArrayQueue', less: 'no lock, no batches: record by record' },
  getevents: { name: 'Linux', way: 'io_getevents', less: 'a system call for each batch' },
  mapped: { name: 'Linux', way: 'its ring mapped, our reader', less: 'nobody else reads or completes meanwhile' },
  'submit+getevents': { name: 'Linux', way: 'io_submit and io_getevents', less: 'its completions are reads and writes of a cached file' },
};

/** @typedef {{ name: string, of: (round: Record<string, number>) => number, kind?: string, how?: string }} RingLimit  nanoseconds a record; kind: what it is, if no limit */

/**
 * What one thread that completes and one that reads cannot beat: the slower end by itself, which is the one that completes. And, to
 * compare with, what handing each batch over by itself would take, half a round trip of a line that two threads increment in turns:
 * who lets batches gather takes less.
 *
 * @param {import('./least.mjs').Locked} complete  what a batch's completion demands
 * @param {number} batch
 * @returns {RingLimit[]}
 */
export function limitsOfPairs(complete, batch) {
  const end = limitOf(1, complete, batch);
  return [
    { ...end, name: `the end that completes, a ${end.name}`, how: 'by itself, uncontended, one thread' },
    { name: 'one hop of a cache line a batch', kind: 'to compare with', how: 'half a round trip of a line that two threads increment in turns; whoever lets batches gather takes less', of: (/** @type {Record<string, number>} */ { bounce }) => bounce / 2 / batch },
  ];
}


/**
 * What a row calls it, with its version if it has one; and what it does less.
 *
 * @param {string} subject  @param {Record<string, string>} versions
 */
function ringOf(subject, versions) {
  const ring = subject.split('/')[1];
  const { name, way, less } = /** @type {{ name: string, way?: string, less?: string }} */ (RINGS[/** @type {keyof typeof RINGS} */ (ring)]);
  return { name: [versions[ring] ?? name, way].filter(Boolean).join(', '), less };
}

/**
 * A row for each subject: millions of records a second, and ours beside it.
 *
 * @param {object} table
 * @param {string} table.picture
 * @param {number} table.batch
 * @param {string} table.ours
 * @param {string[]} table.rivals
 * @param {RingLimit[]} [table.limits] what no ring can beat
 * @param {Record<string, any>[]} table.rounds nanoseconds a record, or `{ lacks }`
 * @param {Record<string, number>} [table.atLeast] ours over that rival's
 * @param {Record<string, string>} table.versions
 * @param {string} table.how
 * @returns {import('./row.mjs').Row[]}
 */
export function besideRivals({ picture, batch, ours, rivals, limits = [], rounds, atLeast = {}, versions, how }) {
  const group = `batch ${batch}`;
  const named = (/** @type {string} */ name) => `${picture}, ${group}: ${name}`;
  const common = (/** @type {(round: Record<string, any>) => number} */ of) => {
    const nsPerRecord = rounds.map(of);
    return { unit: 'M records/s', values: nsPerRecord.map((ns) => 1e3 / ns), details: { nsPerRecord } };
  };
  const { name: our } = ringOf(ours, versions);
  const rows = [ofValues({ ...common((round) => round[ours]), name: named(our), how, plot: { picture, group, line: our, kind: 'ours' } })];
  for (const rival of rivals) {
    const { name, less } = ringOf(rival, versions);
    const lacks = rounds.find((round) => round[rival]?.lacks)?.[rival].lacks;
    if (lacks) {
      rows.push(notMeasured({ name: named(name), unit: 'M records/s', why: `skipped: ${lacks}` }));
      continue;
    }
    rows.push(
      ofValues({
        ...common((round) => round[rival]),
        name: named(name),
        ratio: { of: `ours over ${name}`, values: ratios(rounds, rival, ours) },
        atLeast: atLeast[rival],
        how: `${how}; does less: ${less}`,
        plot: { picture, group, line: name, kind: 'rival' },
      }),
    );
  }
  for (const { name, of, kind = 'limit', how: itsHow = how } of limits) {
    rows.push(
      ofValues({
        ...common(of),
        name: named(`${kind}: ${name}`),
        ratio: { of: `ours over ${name}`, values: rounds.map((round) => of(round) / round[ours]) },
        how: itsHow,
        plot: { picture, group, line: name, kind: 'limit' },
      }),
    );
  }
  return rows;
}
