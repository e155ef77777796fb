/** The built site with a small search of its own (`fake/prove/`) in place of the module's: what it finds is known beforehand. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SITE = fileURLToPath(new URL('../../dist/site/', import.meta.url));
const FAKE = fileURLToPath(new URL('../fake/prove/', import.meta.url));

/** @returns {string} a folder to be served; gone when the process ends */
export function proveSite() {
  const root = mkdtempSync(join(tmpdir(), 'aio-prove-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  cpSync(SITE, root, { recursive: true });
  renameSync(join(root, 'lib/index.js'), join(root, 'lib/real-index.js'));
  cpSync(FAKE, join(root, 'lib/prove'), { recursive: true });
  renameSync(join(root, 'lib/prove/index.js'), join(root, 'lib/index.js'));
  return root;
}
