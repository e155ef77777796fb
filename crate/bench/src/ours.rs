//! The lab's ring as something that records go through: completed by batches or, as Linux does, one by one, and read by
//! batches. Under `v4`, nobody records and nobody looks.
//!
//! What a record costs here is five locked instructions a batch, one after the other: two locks taken and released, and the tail
//! published, where a ring of one producer and one consumer needs two. What is possible with them: a flat array behind the same five,
//! written by hand, without pages, slots or anybody to wake, takes 28.2 ns at batch 1 where this takes 31.8 and rtrb's `push` 23.1 (V8
//! 14.6, outside a browser).
//!
//! Where the time goes, by Linux's `perf` with its clock, in the code that V8 makes of one thread's loop (Xeon of model 207, some 330
//! instructions at batch 1): the five locked instructions have 59, 57 and 58 % of it at batch 1, 8 and 32, none of them less than 8 %,
//! and no other instruction more than 1.1 %; `memory.copy`, outside of the loop's code, takes 2 and 9 % as much again at 8 and 32.
//!
//! What gains is fewer instructions after a lock has been taken; before, they hide behind the unlocking before. V8 looks whether
//! atomic accesses are aligned, and stores what a call could need on its stack, also where that call is hardly ever made. So what can
//! be is loaded plainly. And an end keeps its [`Threads`]: made anew at each call, those are values, all of which V8 stores after each
//! lock for the wait that there could have been; kept, they are loaded again where they are needed, which takes 3 % less at batch 1 and
//! 2 % at 32.
//!
//! Tried, in V8 on x86-64 (times are one thread's, which completes and reads by one, unless said):
//! - no faster: the words of a context at constant offsets from one address; addresses in bytes, and pages found by a shift; events
//!   aligned to 16 or 32 bytes; slots taken by a shorter way; the lock's kind as a constant (0.4 %);
//! - SIMD for the copies: slower from 8 events on, where `memory.copy` is 64 bytes wide;
//! - a copy of the whole context on the stack: 5 % slower, for V8 stores it;
//! - the page's size as a constant behind a check: a tenth slower, though without the check it gains 2 %;
//! - the places of `ring_pages[]` and of the tail looked up before the lock is taken: no faster reading, completing takes 2 % longer;
//! - the next events touched after the head is stored, so that their lines come while that store waits for its own: no faster from one
//!   Worker to another, and 3 to 12 % slower on one;
//! - whoever waits passed by reference: completing one by one takes 3 % less, but a run's reader gets 2 % fewer events;
//! - a view of memory made anew at each call: 3 % slower; with the frames behind a reference, so that little but its base is a value: no
//!   faster;
//! - either end as a function that is not inlined: 6 % slower;
//! - locks released by an addition in place of a compare-and-exchange: 1.02, 1.02 and 1.01 of the time at batch 1, 8 and 32 (a pair of
//!   locking and releasing by itself 0.96, native);
//! - Binaryen's `wasm-opt -O4` over the whole module: no difference seen over rtrb's times, which it changes as well;
//! - branch hints on the ways to wait and to panic (`metadata.code.branch_hint`): 2 % less, but LLVM 22 writes none, and wasm-bindgen
//!   moves what they would point at: a tool of our own.
//!
//! No tail is cached on the reader's side: `struct aio_ring` has head and tail side by side, so a reader that stores its head has the line
//! of the tail in its cache anyway. Tried with the tail that was last seen kept in the context, under `ring_lock`, and loaded anew where
//! it was too near: from one Worker to another 0.986 [0.965, 1.012], 0.999 [0.978, 1.019] and 0.977 [0.954, 0.995] of the time at batch
//! 1, 8 and 32, on one thread 1.006, 1.009 and 1.008 [1.003, 1.017]. Two hundredths at one batch are not worth a word that Linux does not
//! have, and that would hide a lost tail from the reader.
//!
//! Between two Workers, storing the tail is what costs most: the only atomic store that wasm has is sequentially consistent, which on
//! x86-64 is an exchange that waits until the events before it have their cache lines, and then for its own. A plain store, after which
//! the unlocking waits for all of them together, took 0.48 of the time at batch 1, 0.52 at 8 and 0.96 at 32. It would not do: nothing
//! then orders it after the events, in wasm's memory model as on ARM. Asking for the line before the events or after them, by a plain
//! store of what is in it, is slower (native, batch 8: 1.5 and 1.2 times): the reader has it back by then.

use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled};
use aio_ring_lab::lab::RunConfig;
use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::threads::{NoRecord, Shared, Threads, run};
use aio_ring_lab::ring::{Addr, IoEvent};
use aio_ring_lab::scenario::World;

use crate::pipe::{Pop, Push};

/// Records that the ring holds at the most: of four pages, as in [`rig`](crate::rig), whose 510 slots go to a completer in
/// batches of 63.
pub const CAPACITY: usize = 504;

/// One end, of a thread of its own or of the same as the other's.
#[derive(Debug)]
pub struct End {
    world: &'static World,
    machine: Threads<'static, NoRecord>,
    /// This thread's slots.
    cache: Addr,
}

/// How many threads are at the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// One, which submits for itself: its slots never leave it.
    Together,
    /// Two.
    Apart,
}

/// Completer's end and reader's end of a new ring, of one reader and one completer. It is never freed: the ends refer to it, and a
/// bench makes a few hundred, of 20 kB.
///
/// # Panics
/// When the library refuses the ring.
#[must_use]
pub fn ends(ends: Ends) -> (End, End) {
    let config = RunConfig::parse(r#"{"ringEvents": 250, "readers": 1, "completers": 1, "migrators": 0}"#);
    let world: &World = Box::leak(Box::new(config.expect("the configuration is valid").world()));
    let (slots, batch) = (world.ctx.ring.usable(), world.ctx.req_batch());
    assert_eq!((slots - slots % batch) as usize, CAPACITY);
    let arena: &Shared = Box::leak(Box::new(Shared::new(world.words())));
    world.init(&arena.words());
    let reader = ThreadId::new(0);
    let completer = if ends == Ends::Together { reader } else { ThreadId::new(1) };
    let end = |me| End {
        world,
        machine: Threads::new(arena.words(), &world.control, world.frames, me, NoRecord),
        cache: world.control.reqs_available(me),
    };
    (end(completer), end(reader))
}

impl End {
    #[inline(always)]
    fn aio(&self) -> Aio<'_, Threads<'static, NoRecord>, Compiled<V4>, ()> {
        Aio { machine: &self.machine, rules: Compiled::<V4>, trace: &() }
    }
}

impl Push for End {
    /// `io_submit` for as many as there are slots for, and one critical section for all of them.
    #[inline(always)]
    fn push(&mut self, records: &[IoEvent]) -> usize {
        let (aio, Self { world, cache, .. }) = (self.aio(), &*self);
        let slots = run(aio.get_reqs_available_upto(&world.ctx, *cache, records.len() as u32)) as usize;
        // One as Linux does, which takes some 7 % less than a batch of one.
        let completed = match &records[..slots] {
            [] => return 0,
            [record] => run(aio.complete(&world.ctx, || *record)),
            some => run(aio.complete_batch(&world.ctx, some)),
        };
        completed.expect("nobody aborts");
        slots
    }
}

/// Completes one by one, as Linux does.
#[derive(Debug)]
pub struct OneByOne(pub End);

impl Push for OneByOne {
    #[inline(always)]
    fn push(&mut self, records: &[IoEvent]) -> usize {
        let (aio, End { world, cache, .. }) = (self.0.aio(), &self.0);
        for (pushed, record) in records.iter().enumerate() {
            if !run(aio.get_reqs_available(&world.ctx, *cache)) {
                return pushed;
            }
            run(aio.complete(&world.ctx, || *record)).expect("nobody aborts");
        }
        records.len()
    }
}

impl Pop for End {
    #[inline(always)]
    fn pop(&mut self, into: &mut [IoEvent]) -> usize {
        let (aio, Self { world, cache, .. }) = (self.aio(), &*self);
        run(aio.read_events(&world.ctx, *cache, into, None)).expect("nobody aborts")
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use aio_ring_lab::machine::threads::Watch;

    use super::*;
    use crate::limits::{DEMANDED_BY_COMPLETING, accesses};
    use crate::pipe::{Passing, pair};
    use crate::rig::{ME, Rig};

    #[test]
    fn the_list_of_demanded_accesses_is_what_completing_a_batch_does() {
        let rig = Rig::empty();
        let Rig { world, .. } = &rig;
        let watch = Watch::new(&world.records, ME);
        let machine = Threads::new(rig.memory(), &world.control, world.frames, ME, watch);
        let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
        run(aio.complete_batch(&world.ctx, &[IoEvent::default(); 8])).expect("nobody aborts");
        assert_eq!(accesses(&rig, &machine, &[world.ctx.tail()]), DEMANDED_BY_COMPLETING.map(|(_, access)| access));
    }

    #[test]
    fn records_go_through_on_one_thread_and_on_two() {
        for batch in [1, 8, 32, 128] {
            let (push, pop) = ends(Ends::Together);
            assert_eq!(Passing::new(push, pop, batch).some() % batch, 0);
            let (push, pop) = ends(Ends::Together);
            assert_eq!(Passing::new(OneByOne(push), pop, batch).some() % batch, 0);
            let (push, pop) = ends(Ends::Apart);
            assert!(pair(push, pop, batch).sample(2.0).unwrap() > 0.0);
            let (push, pop) = ends(Ends::Apart);
            assert!(pair(OneByOne(push), pop, batch).sample(2.0).unwrap() > 0.0);
        }
    }

    #[test]
    fn a_full_ring_takes_no_more() {
        let [mut records, mut into] = [(); 2].map(|()| vec![IoEvent::default(); CAPACITY + 1]);
        for (record, data) in records.iter_mut().zip(1..) {
            record.data = data;
        }
        let (mut push, mut pop) = ends(Ends::Together);
        assert_eq!((push.push(&records), push.push(&records)), (CAPACITY, 0));
        assert_eq!((pop.pop(&mut into), &into[..CAPACITY]), (CAPACITY, &records[..CAPACITY]));
        let mut push = OneByOne(push);
        assert_eq!((push.push(&records), push.push(&records)), (CAPACITY, 0));
        assert_eq!((pop.pop(&mut into), &into[..CAPACITY]), (CAPACITY, &records[..CAPACITY]));
    }
}
