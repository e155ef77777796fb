//! Locks that a thread must take before it can do something.

use core::ops::{BitAnd, BitOr};

use crate::explore::learned::table::OutcomeInfo;
use crate::machine::Op;
use crate::ring::Addr;

/// A set of locks, by number; a semaphore for reading apart from one for writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs(u64);

impl Needs {
    /// Locks that there can be; what lies under others is taken to lie under none.
    pub const LOCKS: usize = 31;

    /// More than there can be: what never happens, whichever locks are taken.
    pub const NEVER: Self = Self(u64::MAX);

    /// What nobody can take, and only [never](Self::NEVER) needs.
    const BEYOND: u64 = 1 << 63;

    /// One lock; `alone`: for writing, if it is a semaphore.
    #[must_use]
    pub const fn of(lock: usize, alone: bool) -> Self {
        Self(1 << if alone { lock } else { Self::LOCKS + lock })
    }

    const fn either(lock: usize) -> u64 {
        1 << lock | 1 << (Self::LOCKS + lock)
    }

    /// Whether the lock is among them, for whatever.
    #[must_use]
    pub const fn has(self, lock: usize) -> bool {
        self.0 & Self::either(lock) != 0
    }

    /// Without the lock.
    #[must_use]
    pub const fn without(self, lock: usize) -> Self {
        Self(self.0 & !Self::either(lock))
    }

    /// Whether all of these locks can be taken while another thread holds those of `kept`.
    #[inline(always)]
    #[must_use]
    pub const fn are_met_beside(self, kept: Self) -> bool {
        const ALL: u64 = (1 << Needs::LOCKS) - 1;
        let (alone, reading) = (kept.0 & ALL, (kept.0 >> Self::LOCKS) & ALL);
        // Who holds it alone keeps everybody out; who reads, those that want it alone.
        let closed = alone | alone << Self::LOCKS | reading;
        self.0 & (closed | Self::BEYOND) == 0
    }
}

impl BitAnd for Needs {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Needs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The lock that the step takes, and whether alone.
#[must_use]
pub fn lock_taken(step: &OutcomeInfo) -> Option<(Addr, bool)> {
    match step.op? {
        (Op::Lock | Op::TryLock, at) => Some((at, true)),
        (Op::DownRead, at) => Some((at, false)),
        _ => None,
    }
}

/// Whether a step that changes the word of the `lock` does with it what one does with locks: takes it, queues for it, or gives it
/// back, if the thread `holds` it.
#[must_use]
pub fn is_locking(step: &OutcomeInfo, lock: Addr, holds: bool) -> bool {
    match step.op {
        Some((Op::Lock | Op::TryLock | Op::DownRead | Op::PrepareToWait, at)) => at == lock,
        Some((Op::Unlock | Op::UpRead, at)) => at == lock && holds,
        _ => false,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const ALONE: Needs = Needs::of(3, true);
    const READING: Needs = Needs::of(3, false);
    const OTHER: Needs = Needs::of(30, true);

    #[test]
    fn who_holds_a_lock_keeps_out_those_that_need_it() {
        let nothing = Needs::default();
        for (needs, beside, met) in [
            (nothing, ALONE, true),
            (ALONE, nothing, true),
            (ALONE, OTHER, true),
            (ALONE, ALONE, false),
            (ALONE, READING, false),
            (READING, ALONE, false),
            (READING, READING, true),
            (ALONE | OTHER, OTHER, false),
            (Needs::of(30, false), OTHER, false),
            (Needs::NEVER, nothing, false),
        ] {
            assert_eq!(needs.are_met_beside(beside), met, "{needs:?} beside {beside:?}");
        }
    }

    #[test]
    fn what_is_needed_whichever_way_is_what_all_ways_need() {
        assert_eq!((ALONE | OTHER) & (READING | OTHER), OTHER);
        assert_eq!(Needs::NEVER & ALONE, ALONE);
        assert!((ALONE | READING).has(3) && !(ALONE | READING).without(3).has(3));
    }
}
