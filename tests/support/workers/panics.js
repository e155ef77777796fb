/** The module's Worker, whose thread 2 believes to be number 999: there is no such thread, and Rust panics. */
addEventListener('message', ({ data }) => {
  if (data.role === 'follower' && data.index === 2) data.index = 999;
}, { capture: true });
await import('../../../dist/site/lib/worker.js');
