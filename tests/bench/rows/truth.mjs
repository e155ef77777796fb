/** That every cell of the table of truth is so, searched to the end at more than the smallest sizes. */

/** What is asked of each cell, in one search of it. */
const ASKED = { readers: 2, migrations: 2, completions: 2 };

/** @typedef {Record<keyof typeof ASKED | 'states' | 'seconds', number> & { found: string }} Proof  one search of a cell */
/** @typedef {{ scenario: string, protocol: string, expected: string, confirmed: boolean, proofs: Proof[] }} Cell  as `bench-prove truth` prints it */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function truth({ here, quick }) {
  /** @type {Cell[]} */
  const searched = here('bench-prove', 'truth', 2, ...(quick ? ['smallest'] : []));
  const cells = searched.map((cell) => ({ ...cell, lacks: lackOf(cell) }));
  const confirmed = cells.filter((cell) => cell.confirmed);
  const lacking = cells.filter(({ lacks }) => lacks !== '');
  const other = cells.filter((cell) => !cell.confirmed).map((cell) => `${cell.scenario} under ${cell.protocol}: ${cell.expected} expected, ${cell.proofs.map(({ found }) => found).join(' and ')}`);
  const proofs = cells.flatMap((cell) => cell.proofs);
  const sum = (/** @type {(proof: Proof) => number} */ of) => proofs.reduce((all, proof) => all + of(proof), 0);
  return [
    {
      name: 'table of truth, every interleaving searched',
      figure: confirmed.length,
      unit: 'cells',
      target: `all ${cells.length}`,
      // At the smallest sizes a cell says less than what the target asks for.
      met: confirmed.length === cells.length && (quick ? null : lacking.length === 0),
      spread: null,
      how: `native, by persistent sets, 2 cells at a time, ${proofs.length} searches: ${sum((proof) => proof.states)} states in ${sum((proof) => proof.seconds).toFixed(0)} s of both; ${quick ? '--quick: each scenario at its smallest sizes' : sizesInWords(lacking)}; what each proof covers is in the details; ${other.length ? other.join('; ') : 'none differs'}`,
      details: cells,
    },
  ];
}

/** What none of the cell's searches has as often as is asked, by the one that has the most; empty: one has it all. @param {Cell} cell */
function lackOf({ proofs }) {
  const asked = /** @type {[keyof typeof ASKED, number][]} */ (Object.entries(ASKED));
  const lacks = proofs.map((proof) => asked.filter(([name, least]) => proof[name] < least).map(([name]) => `${proof[name]} ${name}`));
  return lacks.sort((a, b) => a.length - b.length)[0].join(', ');
}

/** What was asked, and which cells have less. @param {{ scenario: string, protocol: string, lacks: string }[]} lacking */
function sizesInWords(lacking) {
  const less = lacking.map(({ scenario, protocol, lacks }) => `; ${scenario} under ${protocol}: ${lacks}`);
  return `each cell with two readers, two migrations, two completions at least, and a ring of two pages that begins at its last slot; where rings come and go, without readers too, so that both migrations are of such a ring${less.join('')}`;
}
