/** What one sees, what a clean run does not prove, and the words. */

import { h } from './dom.js';

/** @type {readonly (readonly [string, string])[]} */
const WORDS = [
  ['ring page', 'one page of the ring that completions and readers share; counted by its index in the ring'],
  ['frame', 'a 4 KiB piece of the pool that backs a ring page for a while'],
  ['migration', 'moving a ring page to another frame: copy the bytes, publish the new frame, let the old one go'],
  ['refused', 'a migration that found ring_lock taken and gave up with −EAGAIN; the kernel’s migration core tries again'],
  ['reader', 'a thread in io_getevents: takes events out and moves the head on'],
  ['completer', 'a thread in aio_complete: puts events in and moves the tail on; with none, readers complete their own requests'],
  ['migrator', 'a thread that moves ring pages'],
  ['setup', 'a thread in ioctx_alloc: makes a context with its ring, and destroys it again, over and over'],
  ['teardown', 'a thread in aio_free_ring: disconnects a context, drops its pages, frees it'],
  ['address space', 'a thread that takes mmap_sem, as page faults and move_pages do'],
  ['context', 'a ring with its locks and its table of pages; contexts come from a pool, so that a use after teardown is seen and does no harm'],
  ['scenario', 'who does what at once, and what must hold meanwhile: one claim of the fix'],
  ['protocol', 'which locks they take, and in what order: a set of parts'],
  ['part', 'one lock or one order that the fix added'],
  ['corruption', 'something that must always hold, seen broken on threads'],
  ['expected', 'what the table of outcomes says of a scenario under a protocol, by reasoning and by the model: no word about this run'],
  ['not observed', 'it did not happen in this run: no word about the next one'],
];

/** What must hold when all threads have come to rest, by the numbers that reports use. @type {Readonly<Record<string, string>>} */
export const invariants = Object.freeze({
  I1: 'every completed request is delivered exactly once, in order for each completer',
  I2: 'head and tail never go back',
  I3: 'ring_pages[] has the page that the mapping has',
  I4: 'nobody touches a frame that has no reference',
  I5: 'reference counts end where they began',
  I6: 'in flight, completed, cached and pooled slots are as many as the ring has',
  I7: 'no threads wait for each other in a circle, and none sleeps under a spinlock',
  I8: 'once a context is disconnected, no migration touches it',
  I9: 'an error code means that nothing has moved',
  I10: 'the header is what setup wrote',
  I11: 'no lock is held when nobody is inside',
});

export function explanation() {
  return h(
    'section', { class: 'panel explain', 'aria-labelledby': 'explain-title' },
    h('h2', { id: 'explain-title' }, 'What you see'),
    h('div', { class: 'explain-columns' },
      h('div', {},
        h('p', {}, 'Linux keeps the finished requests of an AIO context in a ring of pages. ',
          code('aio_complete()'), ' writes an event and moves the tail on; ', code('io_getevents()'), ' reads events and moves the head on. Head and tail lie in the first ring page itself, and that page can be moved to another frame at any time.'),
        h('p', {}, 'Each thread here is a Worker of its own, on memory that all of them share. A migrator copies a page and then publishes the copy. If a reader stores the new head into the old frame between the two, that store is lost: the head is back where it was, and the same events are delivered again.'),
        h('p', {}, 'The fix lets migration try ', code('ring_lock'), ', the mutex that readers hold anyway, and give up when it is taken. Readers pay nothing; a busy reader makes migrations fail, and these are the refused ones above. Waiting for the lock instead would deadlock with ', code('mmap_sem'), '.')),
      h('div', {},
        h('h3', {}, 'What a clean run does not prove'),
        h('p', {}, '“Not observed in N events” means just that. A race can hide behind a window of a few instructions, behind the number of cores, or behind the order in which the browser happens to run its threads. A longer run makes a bug less likely; it never excludes one.'),
        h('p', {}, 'The detectors look at what each call delivers: whose first and last event it was, and their places in the sequence; while pages change, and until all that was in the ring by then has been read, at every event, with all of its bytes, and at the page it lies in, which has a generation, and poison while it is free. What they report happened. What they do not look at, they do not see.'),
        h('p', {}, 'Nothing is slowed down on purpose unless the window widening is on; the page says so whenever it is.'))),
    h('h3', {}, 'Words'),
    h('dl', { class: 'words small' }, ...WORDS.map(([word, meaning]) => h('div', {}, h('dt', {}, word), h('dd', {}, meaning)))),
  );
}

/** @param {string} text */
function code(text) {
  return h('code', {}, text);
}
