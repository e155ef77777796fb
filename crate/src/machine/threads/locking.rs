//! Waiting for a lock: a thread looks at the word for a while, then parks.
//!
//! How long it looks is what hand-over under contention turns on. A critical section of the protocol takes 0.1 to 1 µs;
//! parking and being woken takes two calls of the kernel and, in V8, a mutex and a list, some 10 to 50 µs until both threads
//! run again. So whoever parks before the holder can have finished loses a hundred critical sections for one, and whoever
//! looks for as long as parking takes loses no more than twice the best. With more threads than cores the holder may not be
//! running at all: then looking is in vain, costs a hundredth of a time slice, and the thread parks.
//!
//! A thread that was woken looks for as long again before it parks anew: it competes with those that never slept, and they
//! run already. It only reads while the lock is taken, so that the holder's cache line stays where it is until the release.

use core::time::Duration;

use super::{Control, ThreadId, Words, park, time};
use crate::machine::Aborted;
use crate::machine::lock::{Lock, LockKind, LockWord};
use crate::machine::waits::WaitFor;
use crate::ring::Memory;

/// Looks at a taken lock before parking: with the pauses between them, some 10 µs.
const LOOKS: u32 = 300;

/// The longest pause between two looks, in turns of [`relax`]: longer ones find the lock free too late.
const LONGEST_PAUSE: u32 = 8;

/// A parked thread looks up this often, so that even a lost wake-up or an abort without one cannot hang it.
pub(super) const NAP: Duration = Duration::from_millis(50);

/// A turn of doing nothing, some nanoseconds.
#[inline(always)]
fn relax() {
    if cfg!(target_arch = "wasm32") {
        // There is no pause instruction; words that go through memory one after the other take about as long as one.
        for turn in 0..4_u32 {
            core::hint::black_box(turn);
        }
    } else {
        core::hint::spin_loop();
    }
}

/// A thread that has found a lock taken. By value, since whatever is passed by reference to code that is not inlined must
/// live in memory from then on, and be loaded again after every atomic access.
#[derive(Clone, Copy)]
pub(super) struct Waiter<'a> {
    pub(super) memory: Words<'a>,
    pub(super) control: Control,
    pub(super) me: ThreadId,
}

impl Waiter<'_> {
    /// Takes the lock (a semaphore: for writing).
    #[cold]
    #[inline(never)]
    pub(super) fn lock(self, lock: Lock) -> Result<(), Aborted> {
        let park = match lock.kind {
            LockKind::RwSemaphore => |word: LockWord| word.queued().parked(),
            LockKind::Spin | LockKind::Mutex => LockWord::parked,
        };
        self.wait(lock, WaitFor::Lock(lock.at), |word| word.write(self.me), park)
    }

    /// Takes the semaphore for reading.
    #[inline(never)]
    pub(super) fn down_read(self, semaphore: Lock) -> Result<(), Aborted> {
        self.wait(semaphore, WaitFor::Reading(semaphore.at), LockWord::read, LockWord::parked)
    }

    /// Tries `take` until it succeeds: looks, then parks on the lock word with the mark that `park` adds.
    #[inline(always)]
    fn wait(
        self,
        lock: Lock,
        wait: WaitFor,
        take: impl Fn(LockWord) -> Option<LockWord>,
        park: impl Fn(LockWord) -> LockWord,
    ) -> Result<(), Aborted> {
        let Self { memory, control, me } = self;
        if self.look(lock, &take) {
            return Ok(());
        }
        memory.store(control.waits_for(me), wait.to_word());
        let started = time::now();
        // Others may be parked too: whoever has parked once takes the lock with the mark, and wakes one more than needed at
        // the worst.
        let take_parked = |word| take(word).map(LockWord::parked);
        let result = loop {
            if memory.load(control.abort()) != 0 {
                break Err(Aborted);
            }
            let word = LockWord::from_word(memory.load(lock.at));
            if take(word).is_none() {
                let parked = park(word);
                if word == parked || memory.compare_exchange(lock.at, word.to_word(), parked.to_word()).is_ok() {
                    park::wait(memory.atomic(lock.at), parked.to_word(), NAP);
                }
            }
            if self.look(lock, take_parked) {
                break Ok(());
            }
        };
        memory.store(control.waits_for(me), WaitFor::NOTHING);
        let (longest, waited) = (control.longest_wait(me), ((time::now() - started) * 1e3) as u32);
        memory.poke(longest, memory.peek(longest).max(waited));
        result
    }

    /// Looks at the lock for a while; whether it has been taken.
    #[inline(always)]
    fn look(self, lock: Lock, take: impl Fn(LockWord) -> Option<LockWord>) -> bool {
        for look in 0..LOOKS {
            let word = LockWord::from_word(self.memory.load(lock.at));
            if let Some(taken) = take(word)
                && self.memory.compare_exchange(lock.at, word.to_word(), taken.to_word()).is_ok()
            {
                return true;
            }
            for _ in 0..look.min(LONGEST_PAUSE) {
                relax();
            }
        }
        false
    }
}
