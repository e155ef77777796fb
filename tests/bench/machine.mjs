/** What machine this is, and what was built for it. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @param {string[]} command  @returns {string | null} null: there is no such program, or it failed */
function output(...command) {
  try {
    return execFileSync(command[0], command.slice(1), { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'pipe' }).toString().trim();
  } catch {
    return null;
  }
}

/**
 * @typedef {object} Machine
 * @property {number} cores
 * @property {string | null} model  of the processor; null where the system does not say
 * @property {string} system
 * @property {number} load  at the start
 * @property {string} browser
 * @property {string} node
 * @property {string | null} rustc
 * @property {string | null} commit
 * @property {boolean} changed  since the commit
 * @property {string} date
 */

/** @param {string} browser  @returns {Machine} */
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
