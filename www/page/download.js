/** Handing a file to the visitor. */

import { h } from './dom.js';

/**
 * @param {string} name  of the file; odd characters become underscores
 * @param {Blob} file
 */
export function download(name, file) {
  const url = URL.createObjectURL(file);
  h('a', { href: url, download: name.replace(/[^\w.-]/g, '_') }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
