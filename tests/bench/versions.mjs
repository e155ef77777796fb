/** What the bench measures against, in which version: as locked, never as remembered. */
import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), 'utf8');

/** The version of a package in the text of a Cargo.lock. @param {string} lock  @param {string} name */
export function lockedVersion(lock, name) {
  const found = lock.split('[[package]]').find((entry) => entry.includes(`\nname = "${name}"\n`));
  const version = found?.match(/\nversion = "([^"]+)"/)?.[1];
  if (!version) throw new Error(`Cargo.lock has no ${name}`);
  return version;
}

/** @returns {Record<string, string>} by the names that rows use */
export function versions() {
  const lock = read('Cargo.lock');
  const crates = ['rtrb', 'crossbeam-queue', 'loom', 'shuttle'].map((name) => [name, `${name} ${lockedVersion(lock, name)}`]);
  const { version } = JSON.parse(read('tests/node_modules/ringbuf.js/package.json'));
  const linux = `${type()} ${release()}`;
  const locked = Object.fromEntries(crates);
  return { ...locked, 'rtrb-one-by-one': locked.rtrb, 'ringbuf.js': `ringbuf.js ${version}`, getevents: linux, mapped: linux, 'submit+getevents': linux };
}
