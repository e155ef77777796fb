//! Waiting for a lock: a thread looks at the word for a while, then rests or parks.
//!
//! How long it looks is what hand-over under contention turns on. A critical section of the protocol takes 0.1 to 1 µs, that of a
//! migration up to 5 µs where its steps are recorded. Who has looked for longer than that waits for a holder that is not running,
//! or beside a thread that takes the lock again and again. It only reads while the lock is taken, so that the holder's cache line
//! stays where it is until the release.
//!
//! Who holds no other lock then *rests*: it sleeps for 70 µs, looks again, sleeps for twice as long, and nobody wakes it, so whoever
//! releases the lock has nothing to do for it. Handing a lock over at each use moves it, and all that it guards, from core to core,
//! some 60 to 125 ns a cache line: two readers that do read less than a third of what one reads alone. Two that rest in turns read
//! nearly as much as one.
//!
//! Who has to wait [seldom](SELDOM) has met a section that is longer than usual, and no crowd: it looks four times as long before it
//! rests. Beside a migrator at 1,000/s in Chromium (two cores of an Intel Xeon), interleaved, batch 1, 8 and 32, `v4`'s reader had 0.945,
//! 0.957 and 0.970 of `linux-3.12`'s rate without that, and has 0.999, 0.990 and 1.004; a run's reader 43 million events/s, now 50, and
//! 2, 4 and 16 readers as many as before. It is the end of the last wait that counts. By its last rest, two readers keep finding the
//! lock in time and hand it over at each use (0.17 of the rate); by the wait's beginning, or where a third of a millisecond is
//! seldom, 16 do after a long rest (0.5 to 0.7).
//!
//! Who [holds others](super::Threads::nesting) parks, and is woken by the release: while it rested, everybody who wants those would
//! wait for it. Parking and being woken takes two calls of the kernel and, in V8, a mutex and a list, some 10 to 50 µs until both
//! threads run again. A thread that was woken looks for as long again before it parks anew: it competes with those that never slept,
//! and they run already.
//!
//! Measured in Chromium on two cores (Intel Xeon), batches of 8, million events/s, medians of three starts of the browser, before
//! and now interleaved; before, all parked after 10 µs, and migrators went on [in vain](crate::scenario::roles) for longer:
//!
//! | `v4` | before | now |
//! |---|---|---|
//! | 1 / 2 / 4 / 16 readers, migrator at 1,000/s | 35.6 / 8.5 / 10.3 / 10.0 | 34.0 / 33.3 / 25.6 / 13.3 |
//! | 1 reader, 1 migrator at full pace; thousand migrations/s | 8.3; 564 | 9.9; 701 |
//! | 1 reader, 8 migrators at full pace | 5.5; 291 | 7.2; 625 |
//! | 16 readers, 8 migrators at full pace; longest wait | 7.7; 43 ms | 11.2; 21 ms |
//!
//! Tried and left:
//! - resting whoever waits: `v4`'s migrator then rests before `completion_lock` with `ring_lock` held, and its reader gets 3 to 7
//!   million, a sixth to a half of `linux-3.12`'s. Resting unless somebody waits for a lock of one's own, found by looking at what
//!   all threads wait for, mends only half of it: who comes later waits for the end of the rest;
//! - counting the locks that a thread holds, instead of being told by its role: as fast, but one nanosecond more a call of one event;
//! - resting before mutexes only, as in the kernel nobody sleeps for a spinlock: 16.9 million at 2 readers, 7.7 at 16;
//! - looking for 10 µs: 7 million at 16 readers; for 3.6 µs: 20, but a paced migrator's section is then too long for the reader beside
//!   it, which falls by a seventh. Rests up to 5 ms, or ending a look at the first exchange that is lost: no difference;
//! - a first rest of 100, 50 or 30 µs. Who meets a paced migration rests once, and one reader gets 0.97, 0.985 and 0.99 of what it
//!   gets under `linux-3.12`, but 4 readers 29.6, 28.2 and 25.9 million, and 16 14.5, 12.9 and 13.4. With 70 µs it was 0.971, 29.1 and
//!   14.0, where 100 µs had 0.970, 29.7 and 13.7, in one run;
//! - with parking: pauses of 32 or 128 turns between looks, 8.6 and 10.1 million where 8 turns had 10.8, at 2 readers.
//!
//! In a wait queue a thread looks as long before it sleeps, and who wakes the queue calls the kernel only if somebody does: the next
//! completion mostly comes while the reader looks. In Chromium on two cores, batches of 8, `v4`, slept at once and now, interleaved:
//! 1 reader and 1 completer 1.76 and 2.41 million events/s, 2 and 1 1.33 and 3.42, 16 and 8 2.53 and 2.90. Another 20 or 40 looks
//! at the ring itself before announcing oneself, in batches of 1 to 32: 0.93 to 1.14 of that, not kept.
//!
//! Before it announces itself at all, it [lingers](LINGER), and looks at nothing. A reader that is told of each completion gets one
//! event a call, for some eight cache lines that go from core to core and back; while it lingers, a completer makes many, with its
//! lines where they are. Million events/s, interleaved, Chromium on two cores (Intel Xeon), `v4`, batches of 8 where nothing is said, the
//! ring of 128 events, which a completer fills in some 12 µs:
//!
//! | readers and completers | not at all | 2 µs | 4 µs, as now | 9 µs | 18 µs |
//! |---|---|---|---|---|---|
//! | 1 and 1, batch 1 | 2.1 | 4.1 | 4.5 | 4.8 | 4.1 |
//! | 1 and 1 | 1.6 | 6.8 | 9.3 | 6.6 | 4.5 |
//! | 1 and 1, batch 32 | 1.6 | 6.7 | 11.1 | 6.7 | 4.6 |
//! | 2 and 1 | 2.4 | 6.6 | 7.7 | 5.1 | 2.7 |
//! | 1 and 2 | 4.3 | 6.8 | 8.2 | 5.5 | 4.4 |
//! | 16 and 8 | 2.7 | 6.3 | 6.5 | 6.8 | 7.0 |
//! | 1 and 1, a migrator at 1,000/s | 2.1 | 4.9 | 7.9 | 6.4 | 4.4 |
//! | 4 and 1, a migrator at 1,000/s | 2.1 | 5.2 | 6.1 | 6.2 | 3.7 |
//!
//! So those who run overtake those who sleep, which is what makes a lock fast, and could go on for ever. Whoever has waited for
//! [`PATIENCE`] counts itself in the lock word as late, and while somebody is late the lock is
//! [promised](crate::machine::lock) to the late. Being let in takes a core, and beside threads that never block (migrators that
//! are refused) that is a turn of the scheduler, in which nobody holds the lock: measured 3 to 25 ms with 24 threads on two
//! cores. So all of the late are woken at once and share one promise: each takes the lock when it gets its core, and their turns
//! pass side by side.
//!
//! That was found while all parked, in Chromium on two cores, 16 readers and 8 migrators at full pace, the longest wait of a trial of
//! half a second: median 52 and 56 ms in two runs, at most 84 in 28 trials. Tried and left then:
//! - a promise for one of the late, who then opened the lock for all, after 10 ms: median 64 to 74 ms, at most 107 in 58 trials,
//!   three of them over 100. The others, woken in vain, had lost a turn; they lost three to nine one after the other. 16 readers
//!   read 11.4 million events/s where they now read 15.5, in one run;
//! - the same after 20 ms: 88 ms, at most 111 in 12 trials, and 15.7 million. So it is the patience that readers gain by, and
//!   sharing the promise that makes waits short;
//! - the shared promise after 10 ms: 42 ms, at most 52 in 16 trials, but 0.42 and 0.32 of the rate; after 30 ms: 64 ms, at most
//!   80 in 12 trials;
//! - with the promise for one: patience of 5 ms, or a second promise for those who have waited 40 ms: at most 104 ms each, in 6
//!   trials; naps of 2 ms for the late: 67 ms in the median of 12, but one of 506;
//! - before that, a promised lock for anybody who has parked, the longest sleeper woken alone: at most 0.18 to 0.32 s.

use core::time::Duration;

use super::{Control, ThreadId, Words, park, time};
use crate::machine::Aborted;
use crate::machine::lock::{Lock, LockKind, LockWord, WaitQueue};
use crate::machine::waits::WaitFor;
use crate::ring::frames::{FrameWord, Speculative};
use crate::ring::{Frames, Memory, Page};

/// Looks at a taken lock, or at a queue, before resting, parking or sleeping. In V8, with the pauses between them, 0.7 µs on a word that
/// nobody writes meanwhile, and some 5 µs on one whose line goes from core to core.
const LOOKS: u32 = 150;

/// The longest pause between two looks, in turns of [`relax`]: longer ones find the lock free too late.
const LONGEST_PAUSE: u32 = 8;

/// Turns of [`relax`] that a thread lets pass before it announces itself in a queue: some 4 µs, in which the smallest ring does not
/// become full.
const LINGER: u32 = if cfg!(target_arch = "wasm32") { 8_000 } else { 400 };

/// A parked thread looks up this often, so that even a lost wake-up or an abort without one cannot hang it.
pub(super) const NAP: Duration = Duration::from_millis(50);

/// A thread that has waited for so long is let in before others; none should wait for 100 ms. Longer than the late need to get
/// in, or the first of them is late again before the last has been, and the lock never opens.
const PATIENCE: Duration = Duration::from_millis(20);

/// A thread that has not waited for so long does not rest at once. More than from one rest of a crowd to the next, or they never rest;
/// less than from one migration to the next at 1,000 a second.
const SELDOM: Duration = Duration::from_micros(500);

/// How often it looks again [for as long](LOOKS) before it does.
const LOOKS_IF_SELDOM: u32 = 3;

/// The first rest, and the longest: each is twice as long as the one before.
const SHORTEST_REST: Duration = Duration::from_micros(70);
const LONGEST_REST: Duration = Duration::from_millis(1);

/// How long a thread sleeps that waits for references to be thawed: whoever froze them has lost its core.
const THAW: Duration = Duration::from_millis(1);

/// A turn of doing nothing: 0.55 ns in V8, 9 ns natively (Intel Xeon).
#[inline(always)]
fn relax() {
    if cfg!(target_arch = "wasm32") {
        // There is no pause instruction. Words that go through memory keep the loop from being removed.
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
    pub(super) control: &'a Control,
    pub(super) me: ThreadId,
    /// Whether it rests.
    pub(super) rests: bool,
}

impl Waiter<'_> {
    /// Takes the lock (a semaphore: for writing).
    #[cold]
    #[inline(never)]
    pub(super) fn lock(self, lock: Lock) -> Result<(), Aborted> {
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
    #[cold]
    #[inline(never)]
    pub(super) fn unlock(self, lock: Lock) {
        let is_semaphore = lock.kind == LockKind::RwSemaphore;
        let release = |word: LockWord| if is_semaphore { LockWord::UNLOCKED } else { word.released() };
        let mut word = LockWord::from_word(self.memory.load(lock.at));
        while let Err(found) = self.memory.compare_exchange(lock.at, word.to_word(), release(word).to_word()) {
            word = LockWord::from_word(found);
        }
        let promised = !is_semaphore && word.late() > 0;
        // What is promised is for the late only: others may sleep on.
        let asleep = if promised { word.is_queued() } else { word.is_parked() };
        if asleep {
            // A semaphore's waiters may all be able to go on; which of another lock's are late, its word does not say; and of
            // those who wait for one that is free, one can have it.
            park::wake(self.memory.atomic(lock.at), is_semaphore || promised);
        }
    }

    /// Takes the semaphore for reading.
    #[inline(never)]
    pub(super) fn down_read(self, semaphore: Lock) -> Result<(), Aborted> {
        let wait = WaitFor::Reading(semaphore.at);
        self.wait(semaphore, wait, |word, _| word.read(), |word: LockWord, _| word.parked())?;
        self.memory.store(self.control.reads(self.me), semaphore.at.to_word() + 1);
        Ok(())
    }

    /// Gives it back.
    #[inline(never)]
    pub(super) fn up_read(self, semaphore: Lock) {
        self.memory.store(self.control.reads(self.me), 0);
        let mut word = LockWord::from_word(self.memory.load(semaphore.at));
        while let Err(found) = self.memory.compare_exchange(semaphore.at, word.to_word(), word.unread().to_word()) {
            word = LockWord::from_word(found);
        }
        if word.is_parked() && !word.unread().is_parked() {
            park::wake(self.memory.atomic(semaphore.at), true);
        }
    }

    /// Reaches for a page until its references are not frozen. Who freezes them takes a few steps until they are back, and wakes
    /// nobody.
    #[inline(never)]
    pub(super) fn get_page_speculative(self, frames: Frames, page: Page) -> Result<bool, Aborted> {
        let Self { memory, control, .. } = self;
        loop {
            for _ in 0..LOOKS {
                match frames.get_speculative(&memory, page) {
                    Speculative::Got => return Ok(true),
                    Speculative::Gone => return Ok(false),
                    Speculative::Frozen => relax(),
                }
            }
            if memory.load(control.abort()) != 0 {
                return Err(Aborted);
            }
            let word = memory.atomic(frames.word(page.frame()));
            park::wait(word, FrameWord::frozen(page.generation()).to_word(), THAW);
        }
    }

    /// Waits until the queue is woken, which it was if its ticket has changed: looks for a while, then sleeps.
    #[inline(never)]
    pub(super) fn sleep(self, queue: WaitQueue, ticket: u32) -> Result<(), Aborted> {
        let Self { memory, control, me, .. } = self;
        let woken = || (memory.load(queue.at) != ticket).then_some(());
        if look(woken).is_some() {
            return Ok(());
        }
        // Whoever wakes the queue moves its number before it looks for sleepers, and this thread counts itself among them before it looks
        // at the number for the last time: one of the two sees the other.
        memory.fetch_add(queue.sleepers(), 1);
        memory.store(control.waits_for(me), WaitFor::Queue(queue.at).to_word());
        let result = loop {
            if woken().is_some() {
                break Ok(());
            }
            if control.is_stopping(&memory) {
                break Err(Aborted);
            }
            park::wait(memory.atomic(queue.at), ticket, NAP);
        };
        memory.store(control.waits_for(me), WaitFor::NOTHING);
        memory.fetch_add(queue.sleepers(), 1_u32.wrapping_neg());
        result
    }

    /// Wakes whoever waits in the queue.
    #[cold]
    #[inline(never)]
    pub(super) fn wake(self, queue: WaitQueue) {
        self.memory.fetch_add(queue.at, 1);
        if self.memory.load(queue.sleepers()) != 0 {
            park::wake(self.memory.atomic(queue.at), true);
        }
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
        let Self { memory, control, me, rests } = self;
        if self.look(lock, |word| take(word, false)) {
            return Ok(());
        }
        memory.store(control.waits_for(me), wait.to_word());
        let started = time::now();
        let (may_be_late, mut late) = (lock.kind != LockKind::RwSemaphore, false);
        let mut looks = if is_seldom(started, memory.peek(control.waited(me))) { LOOKS_IF_SELDOM } else { 0 };
        let mut rest = SHORTEST_REST;
        let result = loop {
            if memory.load(control.abort()) != 0 {
                break Err(Aborted);
            }
            if may_be_late && !late && time::now() - started >= PATIENCE.as_secs_f64() * 1e3 {
                memory.fetch_add(lock.at, LockWord::LATE);
                late = true;
            }
            let rests = rests && may_be_late && !late;
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
            if self.look(lock, |word| take(word, late).map(|taken| if rests { taken } else { taken.parked() })) {
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

    /// Looks at the lock for a while; whether it has been taken.
    #[inline(always)]
    fn look(self, lock: Lock, take: impl Fn(LockWord) -> Option<LockWord>) -> bool {
        let taken = look(|| {
            let word = LockWord::from_word(self.memory.load(lock.at));
            let taken = take(word)?;
            self.memory.compare_exchange(lock.at, word.to_word(), taken.to_word()).ok()
        });
        taken.is_some()
    }
}

/// Lets others go on [for a moment](LINGER).
#[cold]
#[inline(never)]
pub(super) fn linger() {
    for _ in 0..LINGER {
        relax();
    }
}

/// Milliseconds as [`Control::waited`] keeps them.
pub(super) fn micros(time: f64) -> u32 {
    (time * 1e3) as u64 as u32
}

/// Whether a thread that has to wait `now`, milliseconds, has not for a while; `waited`: when it last [did](Control::waited).
pub(super) fn is_seldom(now: f64, waited: u32) -> bool {
    micros(now).wrapping_sub(waited) > SELDOM.as_micros() as u32
}

/// Looks [for a while](LOOKS), with pauses, until there is something.
#[inline(always)]
fn look<T>(at: impl Fn() -> Option<T>) -> Option<T> {
    for look in 0..LOOKS {
        if let Some(found) = at() {
            return Some(found);
        }
        for _ in 0..look.min(LONGEST_PAUSE) {
            relax();
        }
    }
    None
}
