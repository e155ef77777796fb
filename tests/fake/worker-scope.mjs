// What a Worker's script finds around it in a browser, inside one of Node's worker threads.
import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

register('./resolve.mjs', import.meta.url);

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

Object.assign(globalThis, {
  self: globalThis,
  onmessage: () => {},
  postMessage: (/** @type {unknown} */ message) => port.postMessage(message),
  close: () => port.close(),
});
try {
  await import(workerData.url);
} catch (error) {
  throw Object.assign(/** @type {Error} */ (error), { unloadable: true });
}
/** The script puts its own here. */
const scope = /** @type {{ onmessage: (event: { data: unknown }) => void }} */ (/** @type {unknown} */ (globalThis));
port.on('message', (data) => scope.onmessage({ data }));
