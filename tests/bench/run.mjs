/** All rows of the bench: prints tables, writes dist/bench/*.json and dist/bench/index.html. `node run.mjs [--quick] [--only ROW,...]`, from `./build.sh bench`. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { asked } from '../support/asked.mjs';
import { parseArguments } from './arguments.mjs';
import { startChromium } from './chromium.mjs';
import { OUT, withKept, write, writePage } from './kept.mjs';
import { machine } from './machine.mjs';
import { progress } from './progress.mjs';
import { byName } from './protocols.mjs';
import { GROUPS } from './rows/index.mjs';
import { notMeasured, undecided } from './rows/row.mjs';
import { SURE, roundsAt, shareInWords, shareOfRounds } from './share.mjs';
import { table } from './table.mjs';
import { versions } from './versions.mjs';

/** What a program of this machine prints. @param {string} program  @param {unknown[]} args  @param {string} [input] */
function run(program, args, input = '') {
  const folder = process.env.BENCH_PROGRAMS;
  if (!folder) throw new Error('BENCH_PROGRAMS does not say where the bench’s programs are');
  const printed = execFileSync(`${folder}/${program}`, args.map(String), { input, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
  return JSON.parse(printed.toString());
}

/** @type {import('./rows/row.mjs').Bench['nativeRounds']} */
function nativeRounds({ batch, ms, rounds }) {
  const lines = rounds.flat().map((subject) => `${subject} ${batch} ${ms}\n`);
  const figures = run('bench-rings', [], lines.join('')).values();
  return rounds.map((subjects) => Object.fromEntries(subjects.map((subject) => [subject, figures.next().value])));
}

/** @param {import('./chromium.mjs').Chromium} chromium  @param {boolean} quick  @param {number} share  @param {import('./protocols.mjs').Protocol[]} known  @returns {import('./rows/row.mjs').Bench} */
const bench = (chromium, quick, share, known) => ({
  chromium,
  quick,
  roundsOf: roundsAt(share),
  protocol: byName(known),
  warmUpMs: quick ? 40 : 100,
  versions: versions(),
  here: (program, ...args) => run(program, args),
  native: (subject, batch, ms, samples) => run('bench-native', [subject, batch, ms, samples]),
  nativeRounds,
});

const { quick, check, names } = asked(parseArguments);
if (check) process.exit();
// By how long the build took.
const spent = Number(process.env.BENCH_SPENT ?? 0);
const share = quick ? 0 : shareOfRounds(names.map((name) => GROUPS[name]), spent);
const few = quick ? '--quick' : share < SURE ? 'few rounds, for building took long' : null;
if (!quick && share < 1) console.error(`building took ${(spent / 60).toFixed(1)} min, so that medians are of ${(share * 100).toFixed(0)} % of their rounds: built as it is now, the next bench has all of them`);

const chromium = await startChromium();
const about = machine(await chromium.version());
await chromium.openBench();
/** @type {import('./protocols.mjs').Protocol[]} */
const known = await chromium.call('() => bench.protocols()');
/** @type {import('./kept.mjs').Group[]} */
const groups = [];
const bar = progress(names.map((name) => ({ title: GROUPS[name].title, seconds: GROUPS[name].seconds[quick ? 1 : 0] })), console.error);
try {
  if (about.load > 0.5) console.error(`this machine is busy (load ${about.load.toFixed(1)}): figures will scatter`);
  for (const name of names) {
    const { title, measure } = GROUPS[name];
    bar.next();
    const began = bar.passed();
    /** @type {import('./rows/row.mjs').Row[]} */
    let rows;
    try {
      rows = await measure(bench(chromium, quick, share, known));
      if (few) rows = rows.map((row) => undecided(row, few));
    } catch (error) {
      process.exitCode = 1;
      const { message } = /** @type {Error} */ (error);
      console.error(`  ${name} could not be measured: ${message}`);
      rows = [notMeasured({ name: title, unit: '', why: `not measured: ${message}` })];
    }
    const group = { name, title, seconds: bar.passed() - began, rows };
    groups.push(group);
    write(`${name}.json`, { machine: about, quick, share, ...group });
  }
} finally {
  await chromium.close();
}
const result = { machine: about, versions: versions(), quick, share, seconds: bar.passed(), groups: withKept(groups) };
write('results.json', result);
writePage(result);

console.log(`\n${about.browser}, ${about.cores} cores (${about.model}), ${about.commit?.slice(0, 12) ?? 'no commit'}${about.changed ? ' with changes' : ''}${shareInWords(quick, share)}, ${(bar.passed() / 60).toFixed(1)} min`);
for (const { title, rows } of groups) console.log(`\n${title}\n\n${table(rows)}`);
console.log(`\nhow each was measured, and plots: ${fileURLToPath(new URL('index.html', OUT))}`);
