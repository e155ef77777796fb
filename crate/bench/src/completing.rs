//! Completing and reading on one thread, uncontended: as many events as a read takes are completed, then read.

use core::hint::black_box;

use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled};
use aio_ring_lab::machine::threads::{NoRecord, Threads, run};
use aio_ring_lab::ring::IoEvent;

use crate::rig::Rig;

/// Batches between two looks at the clock: 4,096 to 131,072 events.
const ROUNDS: u32 = 4096;

type Bare<'a> = Aio<'a, Threads<'a, NoRecord>, Compiled<V4>, ()>;

/// Completes the events one by one; how many were moved.
pub fn one_by_one(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    moved(rig, into, |aio, events| {
        for event in events {
            run(aio.complete(&rig.world.ctx, event)).expect("nobody aborts");
        }
    })
}

/// Completes them in one critical section; how many were moved.
pub fn as_batch(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    moved(rig, into, |aio, events| run(aio.complete_batch(&rig.world.ctx, events)).expect("nobody aborts"))
}

#[inline(never)]
fn moved(rig: &Rig, into: &mut [IoEvent], complete: impl Fn(&Bare<'_>, &[IoEvent])) -> u32 {
    let machine = rig.machine();
    let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
    let (ctx, cache, batch) = (&rig.world.ctx, rig.cache(), into.len() as u32);
    let mut events = Rig::buffer(batch);
    for round in 0..ROUNDS {
        for (i, event) in (0..).zip(&mut events) {
            assert!(run(aio.get_reqs_available(ctx, cache)), "there are slots for a batch");
            *event = IoEvent { data: u64::from(round * batch + i), obj: 1, res: 2, res2: 3 };
        }
        complete(&aio, &events);
        assert_eq!(run(aio.read_events(ctx, cache, into, None)), Ok(into.len()));
        black_box(&mut *into);
    }
    ROUNDS * batch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_completed_is_what_is_read_one_by_one_and_in_batches() {
        for batch in [1, 3, 8, 32, 300] {
            let rig = Rig::empty();
            let mut into = Rig::buffer(batch);
            for subject in [one_by_one, as_batch] {
                assert_eq!(subject(&rig, &mut into), ROUNDS * batch);
                let last = u64::from(ROUNDS * batch - batch);
                assert!((last..).zip(&into).all(|(data, event)| event.data == data && event.res2 == 3));
            }
        }
    }
}
