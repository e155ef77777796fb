//! What a thread has observed since its operation began, as one number.
//!
//! A thread is deterministic: where it stands, and what its locals hold, follows from what it was before its operation
//! and from the answers that its steps have given it since. By the contract of
//! [`begin_operation`](crate::machine::Machine::begin_operation) a thread at the beginning of an operation keeps
//! nothing but what lies in shared memory. So this number and the memory decide all that the thread will do.

use core::cell::Cell;
use core::panic::Location;

use crate::machine::Bookmark;

/// Mixes a number into another one: two rounds of multiplication and shift, the finalizer of splitmix64 (Steele, Lea and
/// Flood, 2014).
#[inline(always)]
#[must_use]
pub const fn mix(hash: u64, value: u64) -> u64 {
    let mut x = hash ^ value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The past of one thread.
#[derive(Clone, Debug)]
pub struct Past {
    hash: Cell<u64>,
    forgets: Cell<bool>,
}

impl Past {
    /// Of a thread that has not begun.
    const START: u64 = mix(1, 0);
    /// Of a thread that has just begun an operation.
    const OPERATION: u64 = mix(2, 0);
    /// Of a thread that has ended.
    const END: u64 = mix(3, 0);
    /// The thread is at a place where it has forgotten something.
    const PLACE: u64 = mix(4, 0);
    /// A step happened. No observed word is as large.
    const STEP: u64 = 1 << 32;

    /// The past of a thread that has not begun.
    pub(super) fn new() -> Self {
        Self { hash: Cell::new(Self::START), forgets: Cell::new(true) }
    }

    /// Keeps everything from now on, whatever begins or ends.
    pub(super) fn keep_all(&self) {
        self.forgets.set(false);
    }

    /// The number.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash.get()
    }

    pub(super) fn observe(&self, value: u32) {
        self.add(u64::from(value));
    }

    pub(super) fn step(&self) {
        self.add(Self::STEP);
    }

    pub(super) fn begin_operation(&self) {
        self.become_one(Self::OPERATION);
    }

    pub(super) fn bookmark(&self) -> Bookmark {
        Bookmark(self.hash.get())
    }

    /// Nothing since `bookmark` is known any more but that the thread is at `place`, and `kept`.
    pub(super) fn forget_since(&self, bookmark: Bookmark, place: &Location<'_>, kept: u64) {
        if self.forgets.get() {
            let place = mix(Self::PLACE, u64::from(place.line()) << 32 | u64::from(place.column()));
            self.hash.set(mix(mix(bookmark.0, place), kept));
        }
    }

    pub(super) fn end(&self) {
        self.become_one(Self::END);
    }

    fn add(&self, value: u64) {
        self.hash.set(mix(self.hash.get(), value + 1));
    }

    fn become_one(&self, hash: u64) {
        if self.forgets.get() {
            self.hash.set(hash);
        } else {
            self.add(hash >> 1);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn past(acts: &[fn(&Past)]) -> u64 {
        let past = Past::new();
        acts.iter().for_each(|act| act(&past));
        past.hash()
    }

    #[test]
    fn what_was_observed_and_in_which_order_tells_pasts_apart() {
        let [one, two]: [fn(&Past); 2] = [|past| past.observe(1), |past| past.observe(2)];
        let all = [
            past(&[]),
            past(&[one]),
            past(&[two]),
            past(&[one, two]),
            past(&[two, one]),
            past(&[one, one]),
            past(&[Past::step]),
            past(&[Past::step, Past::step]),
            past(&[Past::step, one]),
            past(&[|past| past.observe(0)]),
            past(&[Past::begin_operation]),
            past(&[Past::end]),
        ];
        for (i, hash) in all.iter().enumerate() {
            assert!(!all[..i].contains(hash), "{i}");
        }
    }

    #[test]
    fn an_operation_begins_without_a_past_unless_everything_is_kept() {
        let begun = past(&[Past::begin_operation]);
        assert_eq!(past(&[Past::step, |past| past.observe(1), Past::begin_operation]), begun);
        assert_ne!(past(&[Past::keep_all, Past::step, Past::begin_operation]), begun);
        assert_ne!(
            past(&[Past::keep_all, Past::begin_operation]),
            past(&[Past::keep_all, Past::step, Past::begin_operation])
        );
    }
    #[test]
    fn what_is_forgotten_leaves_the_place_and_what_is_kept() {
        let (a, b) = (place(), place());
        let (c, _) = (place(), place());
        assert_eq!((a.line(), a.column()), (b.line(), c.column()));
        let at = |value: u32, place: &Location<'_>, kept| {
            let past = Past::new();
            let bookmark = past.bookmark();
            past.observe(value);
            past.forget_since(bookmark, place, kept);
            past.hash()
        };
        assert_eq!(at(1, a, 5), at(2, a, 5));
        assert_ne!(at(1, a, 5), at(1, a, 6));
        assert_ne!(at(1, a, 5), at(1, b, 5), "another column");
        assert_ne!(at(1, a, 5), at(1, c, 5), "another line");
    }

    #[track_caller]
    fn place() -> &'static Location<'static> {
        Location::caller()
    }

    /// A past must not be mistaken for another one: every bit of either number decides every bit of the result, one time
    /// in two.
    #[test]
    fn numbers_are_well_mixed() {
        const ROUNDS: u32 = 600;
        let mut rng = fastrand::Rng::with_seed(1);
        for bit in 0..128 {
            let mut flips = [0_u32; 64];
            for _ in 0..ROUNDS {
                let (hash, value) = (rng.u64(..), rng.u64(..));
                let flip = 1_u128 << bit;
                let changed = mix(hash, value) ^ mix(hash ^ flip as u64, value ^ (flip >> 64) as u64);
                assert_ne!(changed, 0);
                flips.iter_mut().enumerate().for_each(|(i, count)| *count += (changed >> i) as u32 & 1);
            }
            // Six standard deviations and a half.
            assert!(flips.iter().all(|count| (220..=380).contains(count)), "bit {bit}: {flips:?}");
        }
    }
}
