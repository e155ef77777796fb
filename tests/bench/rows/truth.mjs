/** That every cell of the table of truth is so, searched to the end at more than the smallest sizes. */

/** @param {import('./row.mjs').Bench} bench @returns {Promise<import('./row.mjs').Row[]>} */
export async function truth({ here, quick }) {
  const cells = here('bench-prove', 'truth', 2, ...(quick ? ['smallest'] : []));
  const confirmed = cells.filter((cell) => cell.confirmed);
  const other = cells.filter((cell) => !cell.confirmed).map(({ scenario, protocol, expected, found }) => `${scenario} under ${protocol}: ${expected} expected, ${found ?? 'nothing proved'}`);
  const sum = (of) => cells.reduce((all, cell) => all + of(cell), 0);
  return [
    {
      name: 'table of truth, every interleaving searched',
      figure: confirmed.length,
      unit: 'cells',
      target: `all ${cells.length}`,
      // At the smallest sizes a cell says less than what the target asks for.
      met: confirmed.length < cells.length ? false : quick ? null : true,
      spread: null,
      how: `native, 2 threads: ${sum((cell) => cell.states)} states in ${sum((cell) => cell.seconds).toFixed(0)} s; ${quick ? '--quick: each scenario at its smallest sizes' : 'two readers, two migrations, two completions or more, a ring of two pages that begins at its last slot'}; what each proof covers is in the details; ${other.length ? other.join('; ') : 'none differs'}`,
      details: cells,
    },
  ];
}
