/** The Worker that compares, whose third thread ends in a trap: its comparison is at an address that there is not. */
addEventListener('message', ({ data }) => {
  if (data.role === 'follower' && data.index === 2) data.handle = 0xffff_fff0;
}, { capture: true });
await import('../../../dist/site/lib/compare-worker.js');
