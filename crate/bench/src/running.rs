//! A reader of a run at its work: it makes completions, reads them and counts both, round after round
//! ([`Post`]). What the record of steps and the detectors cost a run is what they cost this.

use aio_ring_lab::aio::kioctx::head_of;
use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Compiled, Tracepoints};
use aio_ring_lab::machine::Aborted;
use aio_ring_lab::machine::threads::{Watch, time};
use aio_ring_lab::ring::{Memory, Page};
use aio_ring_lab::scenario::roles::Reading;
use aio_ring_lab::scenario::watched::Post;
use aio_ring_lab::scenario::{AtRest, Counter, Detector, Work};

use crate::rig::{ME, Rig};

/// Rounds between two looks at the clock.
const ROUNDS: u32 = 4096;

/// Nobody looks: the same rounds, and compiled as a function of their own as those of a run are, which by itself makes a
/// difference of a quarter.
pub fn bare(rig: &Rig, batch: u32) -> u32 {
    let mut reading = Reading::new(batch, true, false);
    play(rig, || {
        // The first round has begun.
        rig.memory().poke(Counter::Rounds.of(&rig.world.control, ME), 1);
        post(rig).read_while(Compiled::<V4>, (), &mut reading, || true).map(|_| ())
    })
}

/// With the record of steps, as while somebody changes pages (`busy`) or nobody does.
pub fn by_watch(rig: &Rig, batch: u32, busy: bool) -> u32 {
    by(rig, batch, busy, (), ())
}

/// With record and detectors, as every reader of a run.
pub fn by_detector(rig: &Rig, batch: u32, busy: bool) -> u32 {
    let memory = rig.memory();
    let detector = Detector::new(&memory, &rig.world, ME, time::now);
    by(rig, batch, busy, detector, AtRest::new(&detector))
}

/// As [`Race::run_thread`](aio_ring_lab::lab::Race::run_thread): rounds while pages are at rest have tracepoints of their own.
fn by(
    rig: &Rig,
    batch: u32,
    busy: bool,
    trace: impl Tracepoints + Copy,
    trace_at_rest: impl Tracepoints + Copy,
) -> u32 {
    rig.memory().store(rig.world.control.changers(), busy.into());
    let watch = Watch::of_changes(&rig.world.records, ME, rig.world.ctx.ring.nr());
    play(rig, || post(rig).read(Compiled::<V4>, watch, trace, trace_at_rest, Reading::new(batch, true, false)))
}

fn post(rig: &Rig) -> Post<'_> {
    Post { memory: rig.memory(), world: &rig.world, me: ME, work: Work::Rounds(ROUNDS) }
}

/// Reads, and says how many events.
fn play(rig: &Rig, read: impl FnOnce() -> Result<(), Aborted>) -> u32 {
    let (world, memory) = (&rig.world, rig.memory());
    memory.poke(Counter::Rounds.of(&world.control, ME), 0);
    // Where nobody looked, the detectors have missed something.
    let head = head_of(&world.frames, Page::from_word(memory.load(world.ctx.ring_page(0))));
    world.ledger.init(&memory, memory.load(head));
    memory.store(world.ledger.expected(ME.index()), memory.load(Counter::Completed.of(&world.control, ME)));
    let events = || memory.load(Counter::Events.of(&world.control, ME));
    let before = events();
    read().expect("nobody aborts");
    events().wrapping_sub(before)
}
