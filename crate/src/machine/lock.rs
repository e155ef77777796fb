//! Locks, as words that know their owner.
//!
//! One lock is one word. Who holds it can be read at any time, so a wait-for graph needs no bookkeeping on the fast
//! path ([`waits`](super::waits)). The functions here only say what a word may become; *waiting* is the machine's.
//!
//! Spinlock and mutex:
//!
//! | state | owner + 1 (bits 0-15) | late (bits 16-29) | `QUEUED` (bit 30) | `PARKED` (bit 31) | next |
//! |---|---|---|---|---|---|
//! | unlocked | 0 | 0 | 0 | 0 | held; promised |
//! | held | t + 1 | 0 | 0 | 0 | unlocked; held and waited for; held and promised |
//! | held and waited for | t + 1 | 0 | 0 | 1 | unlocked (whoever releases wakes one); held and promised |
//! | held and promised | t + 1 | n | 0 | any | promised (whoever releases wakes nobody); held, promised and slept for |
//! | held, promised and slept for | t + 1 | n | 1 | 1 | promised (whoever releases wakes all) |
//! | promised | 0 | n | 0 | any | held, by one of the late: promised to n - 1 others, or to nobody more |
//!
//! Late is who has waited too long. A promised lock is kept from all others, as with the kernel's `MUTEX_FLAG_HANDOFF`, but for
//! all of the late instead of one: it opens when the last of them has taken it. Invariants: each thread that counts as late
//! waits, and takes itself off when it takes the lock; where one of them sleeps, the lock is held and `QUEUED` is set.
//!
//! Rw-semaphore: bits 0-15 hold the writer + 1, bits 16-29 count the readers, bit 30 (`QUEUED`) says that a writer waits
//! and keeps new readers out, as the kernel's fair rwsem does. Which threads read is in their own blocks
//! ([`Control::reads`](super::Control::reads)).

use super::ThreadId;
use crate::ring::memory::LINE;
use crate::ring::{Addr, Placer};

/// What a lock is to the kernel. On threads all of them spin first and then rest or park; the kind decides what may be held
/// while waiting for it (nobody may sleep under a spinlock, I7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockKind {
    /// Never sleeps in the kernel.
    Spin,
    /// May sleep.
    Mutex,
    /// May sleep; many readers or one writer.
    RwSemaphore,
}

/// A lock: where its word is, and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lock {
    /// The lock word.
    pub at: Addr,
    /// The kind.
    pub kind: LockKind,
}

impl Lock {
    /// A lock on a cache line of its own.
    pub fn place(placer: &mut Placer, kind: LockKind) -> Self {
        Self { at: placer.line(), kind }
    }
}

/// A queue of threads that wait for something to happen: a sequence number (word 0), the number of waiters (word 1) and, on threads,
/// how many of them sleep (word 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaitQueue {
    /// The sequence number; it moves when the queue is woken.
    pub at: Addr,
}

impl WaitQueue {
    /// A queue on a cache line of its own.
    pub fn place(placer: &mut Placer) -> Self {
        Self { at: placer.place(LINE, LINE) }
    }

    /// The number of waiters.
    #[inline(always)]
    #[must_use]
    pub const fn waiters(self) -> Addr {
        self.at.offset(1)
    }

    /// How many waiters sleep: to them a new sequence number is not enough, they must be woken.
    #[inline(always)]
    #[must_use]
    pub const fn sleepers(self) -> Addr {
        self.at.offset(2)
    }
}

/// The word of a lock of any kind; see the tables above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockWord(u32);

impl LockWord {
    /// Nobody holds the lock, nobody waits.
    pub const UNLOCKED: Self = Self(0);

    const OWNER: u32 = 0xffff;
    const READER: u32 = 1 << 16;
    const READERS: u32 = 0x3fff << 16;
    /// What the word of a spinlock or a mutex grows by when one more has waited too long. The readers' bits: it has none.
    pub const LATE: u32 = Self::READER;
    const QUEUED: u32 = 1 << 30;
    const PARKED: u32 = 1 << 31;

    /// From the word in memory.
    #[inline(always)]
    #[must_use]
    pub const fn from_word(word: u32) -> Self {
        Self(word)
    }

    /// As kept in memory.
    #[inline(always)]
    #[must_use]
    pub const fn to_word(self) -> u32 {
        self.0
    }

    /// Held by `owner`, nobody waits.
    #[inline(always)]
    #[must_use]
    pub const fn held_by(owner: ThreadId) -> Self {
        Self(owner.index() + 1)
    }

    /// Who holds it (a semaphore: for writing).
    #[inline(always)]
    #[must_use]
    pub const fn owner(self) -> Option<ThreadId> {
        match self.0 & Self::OWNER {
            0 => None,
            owner => Some(ThreadId::new(owner - 1)),
        }
    }

    /// How many threads hold the semaphore for reading.
    #[must_use]
    pub const fn readers(self) -> u32 {
        (self.0 & Self::READERS) >> 16
    }

    /// Whether somebody is parked on the word and must be woken.
    #[inline(always)]
    #[must_use]
    pub const fn is_parked(self) -> bool {
        self.0 & Self::PARKED != 0
    }

    /// With the mark that somebody is parked.
    #[must_use]
    pub const fn parked(self) -> Self {
        Self(self.0 | Self::PARKED)
    }

    /// With the mark that a writer waits; that one of the late is parked on a mutex.
    #[must_use]
    pub const fn queued(self) -> Self {
        Self(self.0 | Self::QUEUED)
    }

    /// Whether it has that mark.
    #[must_use]
    pub const fn is_queued(self) -> bool {
        self.0 & Self::QUEUED != 0
    }

    /// Of a spinlock or a mutex, how many have waited for it too long: it is promised to them.
    #[must_use]
    pub const fn late(self) -> u32 {
        self.readers()
    }

    /// Of a spinlock or a mutex, what is left when its owner releases it: free for all, or for the late.
    #[must_use]
    pub const fn released(self) -> Self {
        match (self.late(), self.is_queued()) {
            (0, _) => Self::UNLOCKED,
            // All are woken then, and whoever parks again marks it again.
            (_, true) => Self(self.0 & Self::READERS),
            (_, false) => Self(self.0 & (Self::READERS | Self::PARKED)),
        }
    }

    /// A spinlock or a mutex taken by `me`, who is one of the late, if nobody has it.
    #[must_use]
    pub const fn write_late(self, me: ThreadId) -> Option<Self> {
        match self.owner() {
            // Nobody counts any more where the word has been set up anew under those who wait, as broken protocols do.
            None if self.late() == 0 => Some(Self(self.0 | (me.index() + 1))),
            None => Some(Self(self.0 - Self::LATE + me.index() + 1)),
            Some(_) => None,
        }
    }

    /// Taken by `me` alone, if nobody has it, nor has it been promised.
    #[must_use]
    pub const fn write(self, me: ThreadId) -> Option<Self> {
        if self.0 & (Self::OWNER | Self::READERS) == 0 {
            // The queue mark was this writer's; another queued writer puts its own back.
            Some(Self((self.0 & Self::PARKED) | (me.index() + 1)))
        } else {
            None
        }
    }

    /// Taken by one more reader, if no writer has it or waits for it.
    #[must_use]
    pub const fn read(self) -> Option<Self> {
        if self.0 & (Self::OWNER | Self::QUEUED) == 0 { Some(Self(self.0 + Self::READER)) } else { None }
    }

    /// Without one reader; the marks go with the last one.
    #[must_use]
    pub const fn unread(self) -> Self {
        let left = Self(self.0 - Self::READER);
        if left.readers() == 0 { Self(left.0 & Self::QUEUED) } else { left }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const A: ThreadId = ThreadId::new(0);
    const B: ThreadId = ThreadId::new(4095);

    #[test]
    fn a_held_lock_names_its_owner() {
        for me in [A, B] {
            let held = LockWord::UNLOCKED.write(me).unwrap();
            assert_eq!(held, LockWord::held_by(me));
            assert_eq!(held.owner(), Some(me));
            assert_eq!(held.parked().owner(), Some(me));
            assert_eq!(held.write(A), None);
            assert!(!held.is_parked() && held.parked().is_parked());
        }
        assert_eq!(LockWord::UNLOCKED.owner(), None);
    }

    #[test]
    fn a_mark_that_is_there_stays() {
        let held = LockWord::held_by(A);
        assert_eq!(held.parked().parked(), held.parked());
        assert_eq!(held.queued().queued(), held.queued());
    }

    /// With one more who has waited too long.
    fn later(word: LockWord) -> LockWord {
        LockWord::from_word(word.to_word() + LockWord::LATE)
    }

    #[test]
    fn a_lock_is_promised_until_the_last_who_has_waited_too_long_takes_it() {
        let held = LockWord::held_by(A).parked();
        assert_eq!(held.released(), LockWord::UNLOCKED);
        let promised = later(later(held)).released();
        assert_eq!((promised.owner(), promised.late(), promised.is_parked()), (None, 2, true));
        assert_eq!(promised.write(A), None, "promised to others");
        let taken = promised.write_late(B).unwrap();
        assert_eq!((taken.owner(), taken.late(), taken.is_parked()), (Some(B), 1, true));
        assert_eq!((taken.write(A), taken.write_late(A)), (None, None), "held");
        let last = taken.released().write_late(A).unwrap();
        assert_eq!(last, LockWord::held_by(A).parked());
        assert_eq!(last.released(), LockWord::UNLOCKED);
    }

    #[test]
    fn a_free_lock_is_promised_as_soon_as_somebody_has_waited_too_long() {
        let promised = later(LockWord::UNLOCKED);
        assert_eq!(promised.write(A), None);
        assert_eq!(promised.write_late(B), Some(LockWord::held_by(B)));
    }

    #[test]
    fn a_lock_that_was_set_up_anew_has_forgotten_who_was_late_and_lets_them_in() {
        assert_eq!(LockWord::UNLOCKED.write_late(A), Some(LockWord::held_by(A)));
    }

    #[test]
    fn marks_of_sleepers_go_when_all_are_woken() {
        let slept_for = later(LockWord::held_by(A)).queued().parked();
        assert_eq!(slept_for.released(), later(LockWord::UNLOCKED));
    }

    #[test]
    fn many_readers_or_one_writer() {
        let two = LockWord::UNLOCKED.read().unwrap().read().unwrap();
        assert_eq!((two.readers(), two.owner()), (2, None));
        assert_eq!(two.write(A), None);
        assert_eq!(two.unread().unread(), LockWord::UNLOCKED);
        assert_eq!(LockWord::held_by(A).read(), None);
    }

    #[test]
    fn a_queued_writer_keeps_new_readers_out_and_gets_in_when_the_last_one_leaves() {
        let queued = LockWord::UNLOCKED.read().unwrap().queued().parked();
        assert_eq!(queued.read(), None);
        let left = queued.unread();
        assert!(!left.is_parked());
        assert_eq!(left.read(), None);
        assert_eq!(left.write(B), Some(LockWord::held_by(B)));
    }
}
