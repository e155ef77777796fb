//! The fingerprints that have been seen: a hash set of 64-bit numbers that takes little more room than they do.
//!
//! Open addressing with linear probing, at most four fifths full, and grown by one half at a time, so that a
//! remembered state takes 10 to 15 bytes. The set is cut into shards that are rebuilt one by one: at no time is more
//! there twice than one shard of each thread that rebuilds.
//!
//! Threads [insert at once](Seen::insert_shared), and take no lock: a slot goes from empty to a fingerprint once, by
//! compare-and-exchange, and stays what it is until the set [grows](Growth), while nobody inserts. When that is due is
//! for the owner to [ask](Seen::is_crowded); until then the set takes what comes, if need be beside its slots.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Parts of the set. A power of two.
const SHARDS: usize = 64;

/// Slots of each shard of an empty set.
const SLOTS: usize = 128;

/// The set is crowded when more than this part of it is taken.
const FULL: (usize, usize) = (4, 5);

/// Slots that are looked through for a fingerprint at the most.
const REACH: usize = 256;

/// What stands in a slot that nothing is in; a fingerprint that is 0 is remembered as 1.
const EMPTY: u64 = 0;

/// One shard.
#[derive(Debug, Default)]
struct Shard {
    slots: Box<[AtomicU64]>,
}

/// What a look through a shard has found.
enum Found {
    /// The fingerprint itself.
    Same,
    /// A slot that is empty; the fingerprint is in none before it.
    Free(usize),
    /// Others in all slots that the fingerprint could be in, and there they stay.
    Others,
}

/// The first slot that `print` may be in. The high half decides; the shard was chosen by the low one.
#[inline(always)]
const fn home(print: u64, slots: usize) -> usize {
    (((print >> 32) * slots as u64) >> 32) as usize
}

/// Looks for `print` in a shard of `slots`, of which `slot` says what is in it.
#[inline(always)]
fn look(print: u64, slots: usize, mut slot: impl FnMut(usize) -> u64) -> Found {
    let mut i = home(print, slots);
    for _ in 0..REACH.min(slots) {
        let found = slot(i);
        if found == print {
            return Found::Same;
        }
        if found == EMPTY {
            return Found::Free(i);
        }
        i += 1;
        if i == slots {
            i = 0;
        }
    }
    Found::Others
}

impl Shard {
    fn new(slots: usize) -> Self {
        Self { slots: (0..slots).map(|_| AtomicU64::new(EMPTY)).collect() }
    }

    /// Whether `print` was not there; `None`: it has no place here.
    #[inline(always)]
    fn insert(&mut self, print: u64) -> Option<bool> {
        match look(print, self.slots.len(), |i| *self.slots[i].get_mut()) {
            Found::Same => Some(false),
            Found::Free(i) => {
                *self.slots[i].get_mut() = print;
                Some(true)
            }
            Found::Others => None,
        }
    }

    /// The same, while others do it too.
    #[inline(always)]
    fn insert_shared(&self, print: u64) -> Option<bool> {
        // ORDERING: a slot says nothing of any other memory, here and below.
        let take = |i: usize| self.slots[i].compare_exchange(EMPTY, print, Ordering::Relaxed, Ordering::Relaxed);
        // Most that are new find their first slot empty. Whoever looks before taking it waits for the cache line twice: for
        // a copy of it, and for having it alone.
        match take(home(print, self.slots.len())) {
            Ok(_) => return Some(true),
            Err(found) if found == print => return Some(false),
            Err(_) => {}
        }
        loop {
            match look(print, self.slots.len(), |i| self.slots[i].load(Ordering::Relaxed)) {
                Found::Same => return Some(false),
                Found::Free(i) if take(i).is_ok() => return Some(true),
                // Somebody was faster, perhaps with the same one.
                Found::Free(_) => {}
                Found::Others => return None,
            }
        }
    }
}

/// A set of fingerprints.
#[derive(Debug)]
pub struct Seen {
    shards: Box<[Shard]>,
    /// Slots of each shard.
    slots: usize,
    /// Fingerprints whose slots were all taken by others.
    beside: Mutex<HashSet<u64>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::new(SLOTS)).collect(), slots: SLOTS, beside: Mutex::default() }
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
        self.shards[Self::shard(print)].insert(print).unwrap_or_else(|| self.insert_beside(print))
    }

    /// Remembers `print`, while others may do the same; whether it is new.
    #[inline(always)]
    pub fn insert_shared(&self, print: u64) -> bool {
        let print = print.max(1);
        self.shards[Self::shard(print)].insert_shared(print).unwrap_or_else(|| self.insert_beside(print))
    }

    #[cold]
    #[inline(never)]
    fn insert_beside(&self, print: u64) -> bool {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).insert(print)
    }

    /// Whether it should [grow](Growth), `count` being remembered.
    #[inline(always)]
    #[must_use]
    pub fn is_crowded(&self, count: u64) -> bool {
        count * FULL.1 as u64 > (SHARDS * self.slots * FULL.0) as u64
    }

    /// Grows, on this thread alone, if it should.
    #[inline(always)]
    pub fn make_room(&mut self, count: u64) {
        if self.is_crowded(count) {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let growth = Growth::of(core::mem::take(self));
        growth.work();
        *self = growth.end();
    }

    /// Bytes that the set takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A hash set takes about one more entry in eight, and a byte for each.
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner).capacity();
        SHARDS * self.slots * size_of::<u64>() + beside * (size_of::<u64>() + 1) * 9 / 8
    }
}

/// A set that grows, on as many threads as [work](Self::work) at it. Nobody can insert meanwhile: it has taken the set.
#[derive(Debug)]
pub struct Growth {
    shards: Vec<Mutex<Shard>>,
    /// The next one to rebuild.
    next: AtomicUsize,
    /// Slots of each, once it is rebuilt.
    slots: usize,
    beside: Mutex<HashSet<u64>>,
}

impl Growth {
    /// Takes the set.
    #[must_use]
    pub fn of(seen: Seen) -> Self {
        let shards = seen.shards.into_iter().map(Mutex::new).collect();
        Self { shards, next: AtomicUsize::new(0), slots: seen.slots * 3 / 2, beside: seen.beside }
    }

    /// Rebuilds shards until none is left that nobody has begun with.
    pub fn work(&self) {
        while let Some(shard) = self.shards.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let mut bigger = Shard::new(self.slots);
            for slot in &mut shard.slots {
                let print = *slot.get_mut();
                if print != EMPTY && bigger.insert(print).is_none() {
                    self.beside.lock().unwrap_or_else(PoisonError::into_inner).insert(print);
                }
            }
            *shard = bigger;
        }
    }

    /// Gives the set back, when everybody has done their work.
    #[must_use]
    pub fn end(self) -> Seen {
        let shards = self.shards.into_iter().map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut seen = Seen { shards: shards.collect(), slots: self.slots, beside: Mutex::default() };
        for print in self.beside.into_inner().unwrap_or_else(PoisonError::into_inner) {
            seen.insert(print);
        }
        seen
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Half of them in few slots: long probes, a wrap at the end, and some that have to stand beside.
    fn print(rng: &mut fastrand::Rng) -> u64 {
        let print = rng.u64(..) | if rng.bool() { 0xffff_f000 << 32 } else { 0 };
        if rng.u8(..) == 0 { print & 0xff } else { print }
    }

    #[test]
    fn it_remembers_what_a_set_remembers() {
        let mut rng = fastrand::Rng::with_seed(7);
        let (mut seen, mut model) = (Seen::default(), HashSet::new());
        let mut beside = 0;
        for _ in 0..300_000 {
            if seen.is_crowded(model.len() as u64) {
                beside += seen.beside.lock().unwrap().len();
                seen.make_room(model.len() as u64);
            }
            let print = print(&mut rng);
            assert_eq!(seen.insert(print), model.insert(print.max(1)));
            let again = rng.u64(..100);
            assert_eq!(seen.insert_shared(again), model.insert(again.max(1)));
        }
        assert!(beside > 0, "none had to stand beside");
    }

    #[test]
    fn of_threads_that_insert_the_same_one_is_the_first() {
        const THREADS: usize = 4;
        let mut seen = Seen::default();
        let mut all = HashSet::new();
        for round in 0..40 {
            let prints: Vec<u64> = {
                let mut rng = fastrand::Rng::with_seed(round);
                (0..2_000).map(|_| print(&mut rng)).collect()
            };
            let news = all.len();
            all.extend(prints.iter().map(|&print| print.max(1)));
            let news = all.len() - news;
            let firsts: usize = std::thread::scope(|scope| {
                let insert = || prints.iter().filter(|&&print| seen.insert_shared(print)).count();
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(insert)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(firsts, news, "round {round}");
            while seen.is_crowded(all.len() as u64) {
                let growth = Growth::of(seen);
                std::thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(|| growth.work()))));
                seen = growth.end();
            }
            assert!(prints.iter().all(|&print| !seen.insert(print)), "round {round}: forgotten");
        }
    }

    #[test]
    fn a_state_takes_fifteen_bytes_at_the_most() {
        let mut rng = fastrand::Rng::with_seed(8);
        let mut seen = Seen::default();
        for count in 1..2_000_000_u64 {
            seen.insert(rng.u64(..));
            seen.make_room(count);
            if count > 100_000 && count % 1_000 == 0 {
                let bytes = seen.bytes() as u64;
                assert!(bytes <= 15 * count + 1_000, "{bytes} bytes for {count}");
            }
        }
    }
}
