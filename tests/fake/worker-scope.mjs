// What a Worker's script finds around it in a browser, inside one of Node's worker threads.
import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

register('./resolve.mjs', import.meta.url);

Object.assign(globalThis, {
  self: globalThis,
  onmessage: () => {},
  postMessage: (message) => parentPort.postMessage(message),
  close: () => parentPort.close(),
});
try {
  await import(workerData.url);
} catch (error) {
  throw Object.assign(error, { unloadable: true });
}
parentPort.on('message', (data) => globalThis.onmessage({ data }));
