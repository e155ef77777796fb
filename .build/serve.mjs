// Serves dist/site with the headers without which a browser shares no memory between threads.
// `node serve.mjs [--port N] [--host H]`, or `serve({ port, host })` from a test.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const site = fileURLToPath(new URL('../dist/site', import.meta.url));

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * @param {{ port?: number, host?: string, root?: string, isolated?: boolean }} [options]
 *   port 0: any free one; isolated false: without the headers, to test the page's fallback
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ port = 0, host = '127.0.0.1', root = site, isolated = true } = {}) {
  const sirv = createRequire(new URL('../www/package.json', import.meta.url))('sirv');
  const files = sirv(root, { dev: true, etag: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(isolated ? isolation : {})) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-cache');
    files(request, response, () => response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n'));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve(undefined)));
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://${nameOf(host)}:${taken}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections?.();
    }),
  };
}

// Browsers isolate only secure origins, and localhost is one without https.
/** @param {string} host */
function nameOf(host) {
  if (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, host: { type: 'string', default: '127.0.0.1' } } });
  const asked = values.port === undefined ? undefined : Number(values.port);
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 0 && asked <= 65535)) {
    throw new Error(`--port is '${values.port}'; it must be a number from 0 to 65535`);
  }
  for (let port = asked ?? 8080; ; port += 1) {
    try {
      const { url } = await serve({ port, host: values.host });
      console.log(`serving dist/site at ${url} (Ctrl-C stops)`);
      return;
    } catch (error) {
      const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EADDRINUSE') {
        if (asked === undefined && port < 8180) continue;
        throw new Error(`port ${port} is taken; choose another with --port N`);
      }
      if (code === 'EACCES') throw new Error(`port ${port} is not for this user; choose one above 1023 with --port N`);
      if (['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN'].includes(code)) throw new Error(`'${values.host}' is no address of this machine`);
      throw error;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`build.sh: ${error.message}`);
    process.exitCode = 1;
  });
}
