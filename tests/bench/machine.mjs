/** What machine this is, and what was built for it. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @param {string[]} command */
function output(...command) {
  try {
    return execFileSync(command[0], command.slice(1), { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'pipe' }).toString().trim();
  } catch {
    return null;
  }
}

/** @typedef {ReturnType<typeof machine>} Machine */

/** @param {string} browser */
export const machine = (browser) => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? null,
  system: `${type()} ${release()}`,
  load: loadavg()[0],
  browser,
  node: process.version,
  rustc: output('rustc', '--version'),
  commit: output('git', 'rev-parse', 'HEAD'),
  changed: Boolean(output('git', 'status', '--porcelain')),
  date: new Date().toISOString(),
});
