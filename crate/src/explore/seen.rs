//! The fingerprints that have been seen: a hash set of 64-bit numbers that takes little more room than they do.
//!
//! Open addressing with linear probing, at most four fifths full, and grown by one half at a time, so that a
//! remembered state takes 10 to 15 bytes. The set is cut into shards that grow one by one: at no time is more
//! than one shard there twice. Each shard has a lock of its own, which a search on one thread never takes.

use std::sync::{Mutex, PoisonError};

/// Parts of the set. A power of two.
const SHARDS: usize = 128;

/// A shard grows when more than this part of it would be taken.
const FULL: (usize, usize) = (4, 5);

/// What stands in a slot that nothing is in; a fingerprint that is 0 is remembered as 1.
const EMPTY: u64 = 0;

/// One shard.
#[derive(Debug)]
struct Shard {
    slots: Vec<u64>,
    taken: usize,
}

impl Shard {
    fn new(slots: usize) -> Self {
        Self { slots: vec![EMPTY; slots], taken: 0 }
    }

    /// Where the search for `print` starts. The high half decides; the shard was chosen by the low one.
    #[inline(always)]
    fn start(&self, print: u64) -> usize {
        (((print >> 32) * self.slots.len() as u64) >> 32) as usize
    }

    /// Puts `print` where it belongs; whether it was not there.
    #[inline(always)]
    fn insert(&mut self, print: u64) -> bool {
        let mut i = self.start(print);
        loop {
            let found = self.slots[i];
            if found == print {
                return false;
            }
            if found == EMPTY {
                break;
            }
            i += 1;
            if i == self.slots.len() {
                i = 0;
            }
        }
        self.slots[i] = print;
        self.taken += 1;
        if self.taken * FULL.1 > self.slots.len() * FULL.0 {
            self.grow();
        }
        true
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let bigger = Self::new(self.slots.len() * 3 / 2);
        let old = core::mem::replace(self, bigger);
        for print in old.slots.into_iter().filter(|&print| print != EMPTY) {
            self.insert(print);
        }
    }
}

/// A set of fingerprints.
#[derive(Debug)]
pub struct Seen {
    shards: Box<[Mutex<Shard>]>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::new(Shard::new(64))).collect() }
    }
}

impl Seen {
    #[inline(always)]
    fn shard(print: u64) -> usize {
        print as usize % SHARDS
    }

    /// Remembers `print`; whether it is new.
    #[inline(always)]
    pub fn insert(&mut self, print: u64) -> bool {
        let print = print.max(1);
        self.shards[Self::shard(print)].get_mut().unwrap_or_else(PoisonError::into_inner).insert(print)
    }

    /// Remembers `print`, while others may do the same; whether it is new.
    #[inline(always)]
    pub fn insert_shared(&self, print: u64) -> bool {
        let print = print.max(1);
        self.shards[Self::shard(print)].lock().unwrap_or_else(PoisonError::into_inner).insert(print)
    }

    /// Adds up what `of` says of each shard.
    fn sum(&self, of: impl Fn(&Shard) -> usize) -> usize {
        self.shards.iter().map(|shard| of(&shard.lock().unwrap_or_else(PoisonError::into_inner))).sum()
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sum(|shard| shard.taken)
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the set takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.sum(|shard| shard.slots.capacity() * size_of::<u64>())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn it_remembers_what_a_set_remembers() {
        let mut rng = fastrand::Rng::with_seed(7);
        let (mut seen, mut model) = (Seen::default(), HashSet::new());
        for _ in 0..300_000 {
            // The high bits decide the slot: few of them make long probes, and a wrap at the end.
            let print = rng.u64(..) | if rng.bool() { 0xffff_f000 << 32 } else { 0 };
            let print = if rng.u8(..) == 0 { print & 0xff } else { print };
            assert_eq!(seen.insert(print), model.insert(print.max(1)));
            let again = rng.u64(..100);
            assert_eq!(seen.insert_shared(again), model.insert(again.max(1)));
        }
        assert_eq!(seen.len(), model.len());
    }

    #[test]
    fn a_state_takes_fifteen_bytes_at_the_most() {
        let mut rng = fastrand::Rng::with_seed(8);
        let mut seen = Seen::default();
        for count in 1..2_000_000_usize {
            seen.insert(rng.u64(..));
            if count > 100_000 && count % 1_000 == 0 {
                assert!(seen.bytes() <= 16 * count, "{} bytes for {count}", seen.bytes());
            }
        }
    }
}
