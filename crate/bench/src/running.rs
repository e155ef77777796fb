//! A reader of a run at its work: it makes completions, reads them and counts both, round after round
//! ([`Post`]). What the record of steps and the detectors cost a run is what they cost this.

use aio_ring_lab::aio::kioctx::head_of;
use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Compiled, Rules, Tracepoints};
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
    play(rig, || read_bare(post(rig), Compiled::<V4>, batch))
}

/// With the record of steps, as while somebody changes pages (`busy`) or nobody does.
pub fn by_watch(rig: &Rig, batch: u32, busy: bool) -> u32 {
    change(rig, busy);
    play(rig, || read(post(rig), Compiled::<V4>, batch, (), ()))
}

/// With record and detectors, as every reader of a run.
pub fn by_detector(rig: &Rig, batch: u32, busy: bool) -> u32 {
    change(rig, busy);
    play(rig, || read_watched(post(rig), Compiled::<V4>, batch))
}

/// The post's rounds with nobody looking.
pub(crate) fn read_bare(post: Post<'_>, rules: impl Rules, batch: u32) -> Result<(), Aborted> {
    read_unrecorded(post, rules, batch, ())
}

/// The post's rounds with the detectors of those while pages change, and no record of steps.
pub(crate) fn read_detected(post: Post<'_>, rules: impl Rules, batch: u32) -> Result<(), Aborted> {
    read_unrecorded(post, rules, batch, Detector::new(&post.memory, post.world, post.me, time::now))
}

fn read_unrecorded(post: Post<'_>, rules: impl Rules, batch: u32, trace: impl Tracepoints) -> Result<(), Aborted> {
    // The first round has begun.
    post.memory.poke(Counter::Rounds.of(&post.world.control, post.me), 1);
    post.read_while(rules, trace, &mut Reading::new(batch, true, false), || true).map(|_| ())
}

/// The post's rounds as [`Race::run_thread`](aio_ring_lab::lab::Race::run_thread) does them: those while pages are at rest have
/// tracepoints of their own.
pub(crate) fn read_watched(post: Post<'_>, rules: impl Rules, batch: u32) -> Result<(), Aborted> {
    let detector = Detector::new(&post.memory, post.world, post.me, time::now);
    read(post, rules, batch, detector, AtRest::new(&detector))
}

fn read(
    post: Post<'_>,
    rules: impl Rules,
    batch: u32,
    trace: impl Tracepoints + Copy,
    at_rest: impl Tracepoints + Copy,
) -> Result<(), Aborted> {
    post.memory.poke(Counter::Rounds.of(&post.world.control, post.me), 0);
    let watch = Watch::of_changes(&post.world.records, post.me, post.world.ctx.ring.nr());
    post.read(rules, watch, trace, at_rest, Reading::new(batch, true, false))
}

/// Says that somebody changes pages, or nobody.
fn change(rig: &Rig, busy: bool) {
    rig.memory().store(rig.world.control.changers(), busy.into());
}

fn post(rig: &Rig) -> Post<'_> {
    Post { memory: rig.memory(), world: &rig.world, me: ME, work: Work::Rounds(ROUNDS) }
}

/// Reads, and says how many events.
fn play(rig: &Rig, read: impl FnOnce() -> Result<(), Aborted>) -> u32 {
    let (world, memory) = (&rig.world, rig.memory());
    // Where nobody looked, the detectors have missed something.
    let head = head_of(&world.frames, Page::from_word(memory.load(world.ctx.ring_page(0))));
    world.ledger.init(&memory, memory.load(head));
    memory.store(world.ledger.expected(ME.index()), memory.load(Counter::Completed.of(&world.control, ME)));
    let events = || memory.load(Counter::Events.of(&world.control, ME));
    let before = events();
    read().expect("nobody aborts");
    events().wrapping_sub(before)
}
