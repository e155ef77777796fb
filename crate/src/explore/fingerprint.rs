//! A state as 64 bits.
//!
//! The fingerprint of a state is the XOR of one scattered number for each shared word (its address and what it holds)
//! and for each thread (its number and its [past](crate::machine::model::past)), so that a step changes it by a few
//! operations and undoing the step changes it back.
//!
//! # When are two states one?
//!
//! A state is the shared memory, and for each thread where it stands and what its locals hold. The latter two follow
//! from what the thread has observed since its operation began (it is deterministic, and at the beginning of an
//! operation it keeps nothing: [`past`](crate::machine::model::past)). Locks, reference counts and queues are words of the
//! memory. So two states with the same words and the same pasts have the same future, step by step, and only one of them
//! needs to be followed; the converse does not hold, some pasts differ that make no difference, and cost time only.
//! What has happened *before* is lost in the merging: an invariant that speaks of history needs words that keep it
//! (the detectors' ledger), and those are part of the memory.
//!
//! # And if two states collide?
//!
//! Only the fingerprint is remembered (as in Murphi and SPIN's hash compaction). Two different states are taken for one
//! with probability 2⁻⁶⁴ per pair, so that among *n* states anything at all is overlooked with probability at most
//! *n*² / 2⁶⁵: below one in three million for 3,000,000 states, one in 3,600 for 100,000,000 ([`collision`]). A
//! collision can only hide states from a proof; a counterexample is always executed for real before it is shown.

use crate::machine::ThreadId;
use crate::machine::model::past::mix;
use crate::ring::Addr;

/// The part of a word in the fingerprint.
#[inline(always)]
#[must_use]
pub fn of_word(at: Addr, value: u32) -> u64 {
    // The finalizer of splitmix64; one multiplication less than `mix`, for the hottest line of the search.
    let mut x = (u64::from(at.to_word()) << 32 | u64::from(value)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The part of a thread in the fingerprint.
#[must_use]
pub fn of_past(thread: ThreadId, past: u64) -> u64 {
    mix(past, u64::from(thread.index()) + 1)
}

/// The probability that, among so many states, any two were taken for one; an upper bound.
#[must_use]
pub fn collision(states: u64) -> f64 {
    let n = states as f64;
    (n * n / 2_f64.powi(65)).min(1.0)
}
