//! A reader of a run at its work: it makes completions, reads them and counts both, round after round
//! ([`Actor::read`]). What the record of steps and the detectors cost a run is what they cost this.

use aio_ring_lab::aio::kioctx::head_of;
use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled, Tracepoints};
use aio_ring_lab::machine::Machine;
use aio_ring_lab::machine::threads::{NoRecord, Record, Threads, Watch, run, time};
use aio_ring_lab::ring::{Memory, Page};
use aio_ring_lab::scenario::roles::Actor;
use aio_ring_lab::scenario::{Counter, Detector, Work};

use crate::rig::{ME, Rig};

/// Rounds between two looks at the clock.
const ROUNDS: u32 = 4096;

/// Nobody looks.
pub fn bare(rig: &Rig, batch: u32) -> u32 {
    play(rig, batch, NoRecord, &())
}

/// With the record of steps, as while somebody changes pages (`busy`) or nobody does.
pub fn by_watch(rig: &Rig, batch: u32, busy: bool) -> u32 {
    rig.memory().store(rig.world.control.changers(), busy.into());
    play(rig, batch, Watch::of_changes(&rig.world.records, ME), &())
}

/// With record and detectors, as every reader of a run.
pub fn by_detector(rig: &Rig, batch: u32, busy: bool) -> u32 {
    let memory = rig.memory();
    memory.store(rig.world.control.changers(), busy.into());
    let detector = Detector::new(&memory, &rig.world, ME, time::now);
    play(rig, batch, Watch::of_changes(&rig.world.records, ME), &detector)
}

fn play<R: Record>(rig: &Rig, batch: u32, record: R, trace: &impl Tracepoints) -> u32 {
    let (world, memory) = (&rig.world, rig.memory());
    let machine = Threads::new(memory, world.control, world.frames, ME, &record);
    machine.this_cpu_write(Counter::Rounds.of(&world.control, ME), 0);
    // Where nobody looked, the detectors have missed something.
    let head = head_of(&world.frames, Page::from_word(memory.load(world.ctx.ring_page(0))));
    memory.store(world.ledger.head(), memory.load(head));
    memory.store(world.ledger.expected(ME.index()), memory.load(Counter::Completed.of(&world.control, ME)));
    let events = || memory.load(Counter::Events.of(&world.control, ME));
    let before = events();
    let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace };
    let actor = Actor { aio, world, work: Work::Rounds(ROUNDS), passes: None };
    run(actor.read(batch, true, false)).expect("nobody aborts");
    events().wrapping_sub(before)
}
