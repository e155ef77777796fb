/** The Worker that compares, whose third thread ends in a trap: its comparison is at an odd address, where nothing is atomic. */
addEventListener('message', ({ data }) => {
  if (data.role === 'follower' && data.index === 2) data.handle += 1;
}, { capture: true });
await import('../../../dist/site/lib/compare-worker.js');
