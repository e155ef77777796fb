//! The read path, uncontended: the ring is read empty in batches, rewound, and read again.

use core::hint::black_box;

use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled, Tracepoints};
use aio_ring_lab::machine::Machine;
use aio_ring_lab::machine::threads::{Threads, Watch, run, time};
use aio_ring_lab::ring::IoEvent;
use aio_ring_lab::scenario::Detector;

use crate::rig::{ME, Rig};
use crate::twin::Twin;

/// How often the ring is read empty between two looks at the clock: 130,560 events, 0.3 to 4 ms.
const ROUNDS: u32 = 256;

/// Reads the ring empty [`ROUNDS`] times; how many events. The same loop around every subject, compiled once for each.
#[inline(never)]
pub(crate) fn drain(rig: &Rig, into: &mut [IoEvent], read: impl Fn(&mut [IoEvent]) -> usize) -> u32 {
    let mut events = 0;
    for _ in 0..ROUNDS {
        rig.rewind();
        let until = events + rig.events();
        while events < until {
            events += read(into) as u32;
            black_box(&mut *into);
        }
    }
    events
}

/// By hand.
pub fn by_twin(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    let twin = Twin::new(rig);
    drain(rig, into, |into| twin.read_events(into).expect("nobody aborts"))
}

/// Through the machine: `Compiled<V4>` and nobody looking.
pub fn by_machine(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    through(rig, into, rig.machine(), ())
}

/// Through the machine that records its steps, as every run in the lab does.
pub fn by_watch(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    let watch = Watch::new(&rig.world.records, ME);
    through(rig, into, watching(rig, &watch), ())
}

/// With the record of steps and the detectors: what a reader of the lab does.
pub fn by_detector(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    let memory = rig.memory();
    let watch = Watch::new(&rig.world.records, ME);
    let detector = Detector::new(&memory, &rig.world, ME, time::now);
    through(rig, into, watching(rig, &watch), detector)
}

fn watching<'a>(rig: &'a Rig, watch: &'a Watch) -> Threads<'a, &'a Watch> {
    Threads::new(rig.memory(), &rig.world.control, rig.world.frames, ME, watch)
}

/// `machine` and `trace` go into the loop by value: a run's threads have them as variables of their own, too.
fn through(rig: &Rig, into: &mut [IoEvent], machine: impl Machine, trace: impl Tracepoints) -> u32 {
    drain(rig, into, move |into| {
        let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &trace };
        run(aio.read_events(&rig.world.ctx, rig.cache(), into, None)).expect("nobody aborts")
    })
}

#[cfg(test)]
mod tests {
    use aio_ring_lab::ring::EventBuffer;

    use super::*;

    #[test]
    fn every_subject_reads_all_events_and_damages_nothing() {
        let rig = Rig::new();
        let subjects: [fn(&Rig, &mut [IoEvent]) -> u32; 4] = [by_twin, by_machine, by_watch, by_detector];
        for read in subjects {
            for batch in [1, 8, 32] {
                assert_eq!(read(&rig, &mut EventBuffer::new(batch)), ROUNDS * rig.events());
                assert_eq!(rig.world.corruption_counts(&rig.memory()), []);
            }
        }
    }
}
