/** Locks and wait queues of the twin: words of shared memory, as crate/src/machine/threads has them, for those who never park. */

const [FREE, HELD] = [0, 1];

/** What a queue has at its sequence number's word, and behind it. */
const [WAITERS, SLEEPERS] = [1, 2];

/** @param {Int32Array} words  @param {number} at */
export function lock(words, at) {
  if (Atomics.compareExchange(words, at, FREE, HELD) !== FREE) lockTaken(words, at);
}

/** Looks before it tries: a refused try takes the line away from who holds the lock. @param {Int32Array} words  @param {number} at */
function lockTaken(words, at) {
  do {
    while (Atomics.load(words, at) !== FREE);
  } while (Atomics.compareExchange(words, at, FREE, HELD) !== FREE);
}

/** An exchange with a comparison, as where the word could have marks of those who wait. @param {Int32Array} words  @param {number} at */
export function unlock(words, at) {
  if (Atomics.compareExchange(words, at, HELD, FREE) !== HELD) throw new Error('a lock was released that nobody held');
}

/** `wake_up`: looks whether somebody waits. @param {Int32Array} words  @param {number} queue */
export function wakeUp(words, queue) {
  if (Atomics.load(words, queue + WAITERS) !== 0) wake(words, queue);
}

/** @param {Int32Array} words  @param {number} queue */
function wake(words, queue) {
  Atomics.add(words, queue, 1);
  if (Atomics.load(words, queue + SLEEPERS) !== 0) Atomics.notify(words, queue);
}
