/** That every cell of the table of truth is so, searched to the end at more than the smallest sizes. */

/** What is asked of each cell, in one search of it. */
const ASKED = { readers: 2, migrations: 2, completions: 2 };

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function truth({ here, quick }) {
  const cells = here('bench-prove', 'truth', 2, ...(quick ? ['smallest'] : [])).map((cell) => ({ ...cell, lacks: lackOf(cell) }));
  const confirmed = cells.filter((cell) => cell.confirmed);
  const whole = confirmed.filter((cell) => cell.lacks === '');
    const other = cells.filter((cell) => !cell.confirmed).map((cell) => `${cell.scenario} under ${cell.protocol}: ${cell.expected} expected, ${cell.proof.found}`);
  const sum = (of) => cells.reduce((all, { proof }) => all + of(proof), 0);
  return [
    {
      name: 'table of truth, every interleaving searched',
      figure: confirmed.length,
      unit: 'cells',
      target: `all ${cells.length}`,
      // At the smallest sizes a cell says less than what the target asks for.
      met: confirmed.length < cells.length ? false : quick ? null : whole.length === cells.length,
      spread: null,
      how: `native, by persistent sets, 2 cells at a time: ${sum((proof) => proof.states)} states in ${sum((proof) => proof.seconds).toFixed(0)} s of both; ${quick ? '--quick: each scenario at its smallest sizes' : sizesInWords(cells)}; what each proof covers is in the details; ${other.length ? other.join('; ') : 'none differs'}`,
      details: cells,
    },
  ];
}

/** What the cell's search has less often than is asked; empty: it has it all. */
function lackOf({ proof }) {
  return Object.entries(ASKED).filter(([name, least]) => proof[name] < least).map(([name]) => `${proof[name]} ${name}`).join(', ');
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
  return `${asked} in ${whole} cells; ${less.join('; ')}: where contexts come and go beside two readers, the searches that take longer than a bench has time for are made with one or none, and by \`bench-prove truth 2 all\` with two; lost-completion is about completions alone, and where readers lose heads they would break it by that`;
}
