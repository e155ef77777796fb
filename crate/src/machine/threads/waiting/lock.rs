//! Waiting for a lock: a thread looks at the word for a while, then rests or parks.
//!
//! How long it [looks](LOOKS) is what hand-over under contention turns on. A critical section of the protocol takes 0.1 to 1 µs, that of a
//! migration up to 5 µs where its steps are recorded. Who has looked for longer than that waits for a holder that is not running,
//! or beside a thread that takes the lock again and again. It only reads while the lock is taken, so that the holder's cache line
//! stays where it is until the release.
//!
//! Who holds no other lock then *rests*: it sleeps for [70 µs](SHORTEST_REST), looks again, sleeps for twice as long, and nobody wakes it,
//! so whoever releases the lock has nothing to do for it. Handing a lock over at each use moves it, and all that it guards, from core to
//! core, some 60 to 125 ns a cache line: two readers that do read less than a third of what one reads alone. Two that rest in turns
//! read nearly as much as one. So who meets one that rests too does so [after a few looks](LOOKS_AT_PEER): one of them goes on.
//!
//! Who has to wait [seldom](SELDOM) has met a section that is longer than usual, and no crowd: it looks four times as often before it
//! rests.
//!
//! Who [holds others](super::super::Threads::nesting) parks, and is woken by the release: while it rested, everybody who wants those would
//! wait for it. Parking and being woken takes two calls of the kernel and, in V8, a mutex and a list, some 10 to 50 µs until both
//! threads run again. A thread that was woken looks for as long again before it parks anew: it competes with those that never slept,
//! and they run already.
//!
//! So those who run overtake those who sleep, which is what makes a lock fast, and could go on for ever. Whoever has waited for
//! [`PATIENCE`] counts itself in the lock word as late, and while somebody is late the lock is
//! [promised](crate::machine::lock) to the late. Being let in takes a core, and beside threads that never block (migrators that
//! are refused) that is a turn of the scheduler, in which nobody holds the lock: measured 3 to 25 ms with 24 threads on two
//! cores. So all of the late are woken at once and share one promise: each takes the lock when it gets its core, and their turns
//! pass side by side.
//!
//! Rates in the following are of `v4` in Chromium on two cores (Intel Xeon), batches of 8, medians of three starts of the browser or
//! more, and those that are compared are interleaved.

use core::time::Duration;

use super::{LOOKS, NAP, Waiter, look, park, time};
use crate::machine::Aborted;
use crate::machine::lock::{Lock, LockKind, LockWord};
use crate::machine::waits::WaitFor;
use crate::ring::Memory;

/// Of the [looks](LOOKS), those that a thread which rests takes at a lock whose holder does so too. The rate over that of all 150, beside
/// a migrator at 1,000/s, or at full pace where it is said:
///
/// | readers | 2 | 8 | 15 | 30 | 60 |
/// |---|---|---|---|---|---|
/// | 2 / 2, full pace | 0.99 / 1.20 | 1.03 / 1.37 | 1.00 / 1.21 | 1.06 | 1.05 |
/// | 4 | 1.16 | 1.18 | 1.15, 1.19 | 1.16 | 1.08 |
/// | 16 | 1.38 | 1.39 | 1.36, 1.45 | 1.21 | 1.17 |
///
/// With 10, two completers beside one reader complete 0.94 and, in another run, 1.00 of what they did. 30 looks at whoever has it gain 16
/// readers as much, but cost the reader beside 8 migrators at full pace a quarter. Few looks after a rest alone, or before mutexes alone:
/// 0.93 to 1.1 with 16 readers, which complete their events themselves and so meet at the spinlock too.
const LOOKS_AT_PEER: u32 = 10;

/// A thread that has not waited for so long does not rest at once. More than from one rest of a crowd to the next, or they never rest;
/// less than from one migration to the next at 1,000 a second.
///
/// Beside a migrator at that pace, batch 1, 8 and 32, the reader had 0.945, 0.957 and 0.970 of the racy `linux-3.12`'s rate without, and
/// has 0.999, 0.990 and 1.004. It is the end of the last wait that counts. By its last rest, two readers keep finding the lock in time
/// and hand it over at each use (0.17 of the rate); by the wait's beginning, or where a third of a millisecond is seldom, 16 do after
/// a long rest (0.5 to 0.7).
const SELDOM: Duration = Duration::from_micros(500);

/// How many more times it looks before it does.
const LOOKS_IF_SELDOM: u32 = 3;

/// The first rest; each is twice as long as the one before.
///
/// Before there were rests, all parked: 1, 2, 4 and 16 readers beside a migrator at 1,000/s had 35.6, 8.5, 10.3 and 10.0 million events/s,
/// and with rests 34.0, 33.3, 25.6 and 13.3; 16 beside 8 migrators at full pace 7.7, waiting for 43 ms at the longest, and 11.2, for 21.
/// Tried and left:
/// - resting whoever waits: the migrator then rests before `completion_lock` with `ring_lock` held, and its reader gets 3 to 7
///   million, a sixth to a half of the racy `linux-3.12`'s. Resting unless somebody waits for a lock of one's own, found by looking at what
///   all threads wait for, mends only half of it: who comes later waits for the end of the rest;
/// - counting the locks that a thread holds, instead of being told by its role: as fast, but one nanosecond more a call of one event;
/// - resting before mutexes only, as in the kernel nobody sleeps for a spinlock: 16.9 million at 2 readers, 7.7 at 16;
/// - a first rest of 100, 50 or 30 µs. Without a longer look of who seldom waits, one reader beside the paced migrator got 0.97, 0.985 and
///   0.99 of what it gets under the racy `linux-3.12`, but 4 readers 29.6, 28.2 and 25.9 million, and 16 14.5, 12.9 and 13.4.
const SHORTEST_REST: Duration = Duration::from_micros(70);

/// The longest rest. No difference with 3 or 5 ms.
const LONGEST_REST: Duration = Duration::from_millis(1);

/// A thread that has waited for so long is let in before others; none should wait for 100 ms. Longer than the late need to get
/// in, or the first of them is late again before the last has been, and the lock never opens.
///
/// Found while all parked, with 16 readers and 8 migrators at full pace, by the longest wait of a trial of half a second: median 52 and
/// 56 ms in two runs, at most 84 in 28 trials. Tried and left then:
/// - a promise for one of the late, who then opened the lock for all, after 10 ms: median 64 to 74 ms, at most 107 in 58 trials,
///   three of them over 100. The others, woken in vain, had lost a turn; they lost three to nine one after the other. 16 readers
///   read 11.4 million events/s where they read 15.5 with what is here, in one run;
/// - the same after 20 ms: 88 ms, at most 111 in 12 trials, and 15.7 million. So it is the patience that readers gain by, and
///   sharing the promise that makes waits short;
/// - the shared promise after 10 ms: 42 ms, at most 52 in 16 trials, but 0.42 and 0.32 of the rate; after 30 ms: 64 ms, at most
///   80 in 12 trials;
/// - with the promise for one: patience of 5 ms, or a second promise for those who have waited 40 ms: at most 104 ms each, in 6
///   trials; naps of 2 ms for the late: 67 ms in the median of 12, but one of 506;
/// - before that, a promised lock for anybody who has parked, the longest sleeper woken alone: at most 0.18 to 0.32 s.
const PATIENCE: Duration = Duration::from_millis(20);

impl Waiter<'_> {
    /// Takes the lock (a semaphore: for writing).
    #[cold]
    #[inline(never)]
    pub fn lock(self, lock: Lock) -> Result<(), Aborted> {
        let wait = WaitFor::Lock(lock.at);
        match lock.kind {
            LockKind::RwSemaphore => {
                self.wait(lock, wait, |word, _| word.write(self.me), |word: LockWord, _| word.queued().parked())
            }
            LockKind::Spin | LockKind::Mutex => {
                let take =
                    |word: LockWord, late: bool| if late { word.write_late(self.me) } else { word.write(self.me) };
                let park = |word: LockWord, late: bool| if late { word.queued().parked() } else { word.parked() };
                self.wait(lock, wait, take, park)
            }
        }
    }

    /// Releases a lock (a semaphore: of a writer) that somebody waits for; or, under a broken protocol, one that is not held.
    /// How many sleepers it woke.
    #[cold]
    #[inline(never)]
    pub fn unlock(self, lock: Lock) -> u32 {
        let is_semaphore = lock.kind == LockKind::RwSemaphore;
        let release = |word: LockWord| if is_semaphore { LockWord::UNLOCKED } else { word.released() };
        let mut word = LockWord::from_word(self.memory.load(lock.at));
        while let Err(found) = self.memory.compare_exchange(lock.at, word.to_word(), release(word).to_word()) {
            word = LockWord::from_word(found);
        }
        let promised = !is_semaphore && word.late() > 0;
        // What is promised is for the late only: others may sleep on.
        let asleep = if promised { word.is_queued() } else { word.is_parked() };
        if !asleep {
            return 0;
        }
        // A semaphore's waiters may all be able to go on; which of another lock's are late, its word does not say; and of
        // those who wait for one that is free, one can have it.
        park::wake(self.memory.atomic(lock.at), is_semaphore || promised)
    }

    /// Takes the semaphore for reading.
    #[inline(never)]
    pub fn down_read(self, semaphore: Lock) -> Result<(), Aborted> {
        let wait = WaitFor::Reading(semaphore.at);
        self.wait(semaphore, wait, |word, _| word.read(), |word: LockWord, _| word.parked())?;
        self.memory.store(self.control.reads(self.me), semaphore.at.to_word() + 1);
        Ok(())
    }

    /// Gives it back. How many sleepers it woke.
    #[inline(never)]
    pub fn up_read(self, semaphore: Lock) -> u32 {
        self.memory.store(self.control.reads(self.me), 0);
        let mut word = LockWord::from_word(self.memory.load(semaphore.at));
        while let Err(found) = self.memory.compare_exchange(semaphore.at, word.to_word(), word.unread().to_word()) {
            word = LockWord::from_word(found);
        }
        if !word.is_parked() || word.unread().is_parked() {
            return 0;
        }
        park::wake(self.memory.atomic(semaphore.at), true)
    }

    /// Tries `take` until it succeeds: looks, then parks on the lock word with the marks that `park` adds. Both are told whether
    /// the thread is one of the late: it becomes one, but for a semaphore, when it runs out of patience.
    #[inline(always)]
    fn wait(
        self,
        lock: Lock,
        wait: WaitFor,
        take: impl Fn(LockWord, bool) -> Option<LockWord>,
        park: impl Fn(LockWord, bool) -> LockWord,
    ) -> Result<(), Aborted> {
        let Self { memory, control, me, .. } = self;
        let may_be_late = lock.kind != LockKind::RwSemaphore;
        let mut rests = self.rests && may_be_late;
        if self.look(lock, rests, |word| take(word, false)) {
            return Ok(());
        }
        memory.store(control.waits_for(me), wait.to_word());
        let started = time::now();
        let mut late = false;
        let mut looks = if is_seldom(started, memory.peek(control.waited(me))) { LOOKS_IF_SELDOM } else { 0 };
        let mut rest = SHORTEST_REST;
        let result = loop {
            if memory.load(control.abort()) != 0 {
                break Err(Aborted);
            }
            if may_be_late && !late && time::now() - started >= PATIENCE.as_secs_f64() * 1e3 {
                memory.fetch_add(lock.at, LockWord::LATE);
                late = true;
                rests = false;
            }
            if rests && looks > 0 {
                looks -= 1;
            } else if rests {
                // On a word that only this thread changes: nobody wakes it.
                park::wait(memory.atomic(control.waits_for(me)), wait.to_word(), rest);
                rest = (rest * 2).min(LONGEST_REST);
            } else {
                let word = LockWord::from_word(memory.load(lock.at));
                let parked = park(word, late);
                if take(word, late).is_none()
                    && (word == parked || memory.compare_exchange(lock.at, word.to_word(), parked.to_word()).is_ok())
                {
                    let nap = if may_be_late && !late { PATIENCE } else { NAP };
                    park::wait(memory.atomic(lock.at), parked.to_word(), nap);
                }
            }
            // Others may be parked too: whoever has parked once takes the lock with the mark, and wakes one more than needed
            // at the worst.
            if self.look(lock, rests, |word| take(word, late).map(|taken| if rests { taken } else { taken.parked() })) {
                break Ok(());
            }
        };
        memory.store(control.waits_for(me), WaitFor::NOTHING);
        let ended = time::now();
        memory.poke(control.waited(me), micros(ended));
        let (longest, waited) = (control.longest_wait(me), ((ended - started) * 1e3) as u32);
        memory.poke(longest, memory.peek(longest).max(waited));
        result
    }

    /// Looks at the lock for a while, not for long if this thread `rests` and whoever has the lock does too; whether it has taken it.
    #[inline(always)]
    fn look(self, lock: Lock, rests: bool, take: impl Fn(LockWord) -> Option<LockWord>) -> bool {
        let at = || {
            let word = LockWord::from_word(self.memory.load(lock.at));
            let taken = take(word)?;
            self.memory.compare_exchange(lock.at, word.to_word(), taken.to_word()).ok()
        };
        look(0..LOOKS_AT_PEER, at).is_some()
            || (!(rests && self.is_held_by_one_that_rests(lock)) && look(LOOKS_AT_PEER..LOOKS, at).is_some())
    }

    /// Of a spinlock or a mutex.
    pub fn is_held_by_one_that_rests(self, lock: Lock) -> bool {
        let owner = LockWord::from_word(self.memory.load(lock.at)).owner();
        owner.is_some_and(|owner| self.memory.load(self.control.nests(owner)) == 0)
    }
}

/// Milliseconds as [`Control::waited`] keeps them.
pub fn micros(time: f64) -> u32 {
    (time * 1e3) as u64 as u32
}

/// Whether a thread that has to wait `now`, milliseconds, has not for a while; `waited`: when it last [did](Control::waited).
pub fn is_seldom(now: f64, waited: u32) -> bool {
    micros(now).wrapping_sub(waited) > SELDOM.as_micros() as u32
}
