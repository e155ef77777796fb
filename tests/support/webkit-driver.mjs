/** WebKitWebDriver as a server; selenium starts the drivers of the other browsers by itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 30_000;

/**
 * @param {string} program
 * @param {Record<string, string>} environment
 */
export async function startWebKitDriver(program, environment) {
  const port = await freePort();
  const child = spawn(program, [`--port=${port}`], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => child.kill();
  process.once('exit', stop);

  const until = Date.now() + START_MS;
  for (;;) {
    if (await fetch(`${url}/status`).then((answer) => answer.ok, () => false)) break;
    if (child.exitCode !== null || Date.now() > until) {
      stop();
      throw new Error(`WebKitWebDriver did not start:\n${said}`);
    }
    await sleep(50);
  }
  return { url, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
