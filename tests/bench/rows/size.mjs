/** How much there is to load. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const WASM = new URL('../../../dist/site/lib/wasm/aio_ring_lab_bg.wasm', import.meta.url);

/** @returns {Promise<import('./row.mjs').Row[]>} */
export async function size() {
  const wasm = readFileSync(WASM);
  const figure = gzipSync(wasm, { level: 9 }).length / 1000;
  return [
    {
      name: 'wasm file, gzipped',
      figure,
      unit: 'kB',
      target: '≤ 150',
      met: figure <= 150,
      spread: null,
      how: `gzip -9 of lib/wasm/aio_ring_lab_bg.wasm (${(wasm.length / 1000).toFixed(0)} kB)`,
    },
  ];
}
