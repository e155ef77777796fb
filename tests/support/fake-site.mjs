/** The built site with a fake of its own (`fake/prove/`, `fake/compare/`) around the module: what it finds is known beforehand. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SITE = fileURLToPath(new URL('../../dist/site/', import.meta.url));
const FAKES = fileURLToPath(new URL('../fake/', import.meta.url));

/**
 * @param {'prove' | 'compare'} name
 * @returns {string} a folder to be served; gone when the process ends
 */
export function fakeSite(name) {
  const root = mkdtempSync(join(tmpdir(), `aio-${name}-`));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  cpSync(SITE, root, { recursive: true });
  renameSync(join(root, 'lib/index.js'), join(root, 'lib/real-index.js'));
  cpSync(join(FAKES, name), join(root, 'lib', name), { recursive: true });
  renameSync(join(root, 'lib', name, 'index.js'), join(root, 'lib/index.js'));
  return root;
}
