/** All rows of the bench: prints a table, writes dist/bench/results.json. `node run.mjs [--quick]`, from `./build.sh bench`. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startChromium } from './chromium.mjs';
import { brokenCells } from './rows/broken-cells.mjs';
import { cleanRun } from './rows/clean-run.mjs';
import { cleanScenarios } from './rows/clean-scenarios.mjs';
import { firstCorruption } from './rows/first-corruption.mjs';
import { firstSample } from './rows/first-sample.mjs';
import { migration } from './rows/migration.mjs';
import { againstNative } from './rows/native.mjs';
import { reading } from './rows/reading.mjs';
import { rivals } from './rows/rivals.mjs';
import { searching } from './rows/searching.mjs';
import { size } from './rows/size.mjs';
import { truth } from './rows/truth.mjs';
import { table } from './table.mjs';

const ROWS = { firstCorruption, brokenCells, cleanRun, cleanScenarios, reading, migration, againstNative, searching, truth, rivals, size, firstSample };
const RESULTS = new URL('../../dist/bench/results.json', import.meta.url);

const { quick, only } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } }).values;

/** @param {string[]} command */
function output(...command) {
  try {
    return execFileSync(command[0], command.slice(1), { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'pipe' }).toString().trim();
  } catch {
    return null;
  }
}

/** @param {string} browser */
const machine = (browser) => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? null,
  load: loadavg()[0],
  browser,
  node: process.version,
  rustc: output('rustc', '--version'),
  commit: output('git', 'rev-parse', 'HEAD'),
  changed: Boolean(output('git', 'status', '--porcelain')),
  date: new Date().toISOString(),
});

/** What a program of this machine prints. @param {string} program  @param {unknown[]} args */
const here = (program, ...args) => {
  const folder = process.env.BENCH_PROGRAMS;
  if (!folder) throw new Error('BENCH_PROGRAMS does not say where the bench’s programs are');
  return JSON.parse(execFileSync(`${folder}/${program}`, args.map(String), { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 }).toString());
};

const native = (subject, batch, ms, samples) => here('bench-native', subject, batch, ms, samples);

const chromium = await startChromium();
/** @type {import('./rows/row.mjs').Row[]} */
const rows = [];
const about = machine(await chromium.version());
try {
  if (about.load > 0.5) console.error(`this machine is busy (load ${about.load.toFixed(1)}): figures will scatter`);
  for (const [name, measure] of Object.entries(ROWS)) {
    if (only && !only.split(',').includes(name)) continue;
    console.error(`measuring ${name}`);
    try {
      rows.push(...(await measure({ chromium, native, here, quick })));
    } catch (error) {
      process.exitCode = 1;
      console.error(`  ${name} could not be measured: ${error.message}`);
      rows.push({ name, figure: null, unit: '', target: null, met: null, spread: null, how: `not measured: ${error.message}` });
    }
  }
} finally {
  await chromium.close();
}
writeFileSync(RESULTS, `${JSON.stringify({ machine: about, quick, rows }, null, 2)}\n`);
console.log(`\n${about.browser}, ${about.cores} cores (${about.model}), ${about.commit?.slice(0, 12) ?? 'no commit'}${about.changed ? ' with changes' : ''}${quick ? ', --quick' : ''}\n`);
console.log(table(rows));
console.log(`\nhow each was measured: ${fileURLToPath(RESULTS)}`);
