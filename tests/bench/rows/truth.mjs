/** That every cell of the table of truth is so, searched to the end at more than the smallest sizes. */

/** What is asked of each cell, in one search of it. */
const ASKED = { readers: 2, migrations: 2, completions: 2 };

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function truth({ here, quick }) {
  const cells = here('bench-prove', 'truth', 2, ...(quick ? ['smallest'] : [])).map((cell) => ({ ...cell, lacks: lackOf(cell) }));
  const confirmed = cells.filter((cell) => cell.confirmed);
  const whole = confirmed.filter((cell) => cell.lacks === '');
  const found = ({ proofs }) => proofs.map((proof) => proof.found ?? 'nothing proved').join(', ');
  const other = cells.filter((cell) => !cell.confirmed).map((cell) => `${cell.scenario} under ${cell.protocol}: ${cell.expected} expected, ${found(cell)}`);
  const sum = (of) => cells.flatMap(({ proofs }) => proofs).reduce((all, proof) => all + of(proof), 0);
  return [
    {
      name: 'table of truth, every interleaving searched',
      figure: confirmed.length,
      unit: 'cells',
      target: `all ${cells.length}`,
      // At the smallest sizes a cell says less than what the target asks for.
      met: confirmed.length < cells.length ? false : quick ? null : whole.length === cells.length,
      spread: null,
      how: `native, 2 threads: ${sum((proof) => proof.states)} states in ${sum((proof) => proof.seconds).toFixed(0)} s; ${quick ? '--quick: each scenario at its smallest sizes' : sizesInWords(cells)}; what each proof covers is in the details; ${other.length ? other.join('; ') : 'none differs'}`,
      details: cells,
    },
  ];
}

/** What no search of the cell has as often as is asked; empty: there is one that has it all. */
function lackOf({ proofs }) {
  const lacks = proofs.map((proof) => Object.entries(ASKED).filter(([name, least]) => proof[name] < least).map(([name]) => `${proof[name]} ${name}`));
  return lacks.sort((a, b) => a.length - b.length)[0].join(', ');
}

/** Cells by what they lack. (`Map.groupBy` is not in Node 18.) */
function byLack(cells) {
  const groups = new Map();
  for (const cell of cells) groups.set(cell.lacks, [...(groups.get(cell.lacks) ?? []), cell]);
  return groups;
}

function sizesInWords(cells) {
  const asked = 'two readers, two migrations, two completions or more, a ring of two pages that begins at its last slot';
  const lacking = byLack(cells);
  const whole = lacking.get('')?.length ?? 0;
  lacking.delete('');
  if (lacking.size === 0) return asked;
  const less = [...lacking].map(([lacks, some]) => `${lacks} in ${some.length} (${[...new Set(some.map(({ scenario }) => scenario))].join(', ')})`);
  return `${asked} in ${whole} cells; ${less.join('; ')}: where contexts come and go with a second reader v4 alone was not at its end after 35 million states, a reader of lost completions has a race of its own, and the three largest beside a reader are searched by \`bench-prove truth 2 all\` only, for the time they take`;
}
