//! Each thread's record of its last steps, in shared memory, so that a corruption can be told as an interleaving.
//!
//! A record must cost next to nothing, or it would change the race that it is to show. So a step is a few plain stores into
//! the thread's own ring, and there is no common counter that all threads would fight for. What orders the steps of different
//! threads is the *clock*: a word that threads which change pages under others ([`Tick`]) move on at each of their steps, and
//! that all the others ([`Watch`]) only read. Several tickers may overwrite each other's count; that costs precision, never
//! correctness of the run. [`trace::merge`](crate::trace::merge) puts the records together and checks the order against the
//! values.
//!
//! While nobody changes pages there is nothing to tell. So tickers say when they are at it and when they rest (a migrator
//! with a pace rests most of the time), and [`Watch::of_changes`] records operations that begin while one is at it, and some
//! more, for damage is noticed later. It also [tells](Watch::is_at_rest) when all must have been, and a reader's operations then
//! need no recorder at all: compiled for [`NoRecord`], they are a sixth faster than with one that is off. A ticker that ends its
//! rest waits until everybody has begun to record: for an operation of theirs, or 20 µs.

mod tick;
mod watch;

use core::cell::Cell;
use core::panic::Location;

use super::Words;
use crate::machine::{Control, Op, Step, ThreadId};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Memory, Placer};
pub use tick::Tick;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(super) use watch::{AFTERMATH, AFTERMATH_STEPS};
pub use watch::{Watch, WatchApart};

/// Words of a recorded step: clock, operation and address, value, place.
const ENTRY: u32 = 4;

/// Steps that a thread's record holds.
pub const DEPTH: u32 = 2048;

/// Ticks that the clock leaps by when a thread starts changing pages: what others did since the last change is in no record.
pub const GAP: u32 = 128;

/// How a thread records its steps.
pub trait Record {
    /// Whether it does at all.
    const ON: bool;

    /// An operation of the thread begins.
    #[inline(always)]
    fn begin(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        let _ = (memory, control, me);
    }

    /// The thread does nothing until its next operation begins.
    #[inline(always)]
    fn rest(&self, memory: Words<'_>, control: &Control) {
        let _ = (memory, control);
    }

    /// The thread is done, and what it recorded can be [read](Records::last_steps).
    fn publish(&self, memory: Words<'_>, control: &Control, me: ThreadId);

    /// Records a step that has just happened.
    fn note(
        &self,
        memory: Words<'_>,
        control: &Control,
        op: Op,
        at: Addr,
        value: u32,
        place: &'static Location<'static>,
    );
}

/// A recorder elsewhere: where its functions are not inlined, a [`Threads`](super::Threads) that held it would have to live in
/// memory, and be loaded again after every atomic access.
impl<R: Record> Record for &R {
    const ON: bool = R::ON;

    #[inline(always)]
    fn begin(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        (**self).begin(memory, control, me);
    }

    #[inline(always)]
    fn rest(&self, memory: Words<'_>, control: &Control) {
        (**self).rest(memory, control);
    }

    fn publish(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        (**self).publish(memory, control, me);
    }

    #[inline(always)]
    fn note(
        &self,
        memory: Words<'_>,
        control: &Control,
        op: Op,
        at: Addr,
        value: u32,
        place: &'static Location<'static>,
    ) {
        (**self).note(memory, control, op, at, value, place);
    }
}

/// Records nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoRecord;

impl Record for NoRecord {
    const ON: bool = false;

    fn publish(&self, _: Words<'_>, _: &Control, _: ThreadId) {}

    #[inline(always)]
    fn note(&self, _: Words<'_>, _: &Control, _: Op, _: Addr, _: u32, _: &'static Location<'static>) {}
}

/// The writing end of one thread's record.
#[derive(Debug)]
struct Writer {
    entries: Addr,
    /// Steps written. The others learn it when the thread ends: a step that stored it where they see it would have one store more, and
    /// load what the step before has stored. A recorder that is held by value has it in a register.
    next: Cell<u32>,
    closed: Cell<bool>,
}

impl Writer {
    fn new(records: &Records, me: ThreadId) -> Self {
        Self { entries: records.of(me), next: Cell::new(0), closed: Cell::new(false) }
    }

    /// Whether a step that has just happened is recorded: it is unless the records were frozen before it began. The one
    /// that was going on then may be the one that matters.
    #[inline(always)]
    fn is_open(&self, memory: Words<'_>, frozen: Addr) -> bool {
        memory.peek(frozen) == 0 || !self.closed.replace(true)
    }

    /// In as few stores as can be: they are what it costs.
    #[inline(always)]
    fn write(&self, memory: Words<'_>, [clock, op, value, place]: [u32; ENTRY as usize]) {
        let next = self.next.get();
        let entry = self.entries.offset((next % DEPTH) * ENTRY);
        memory.poke_pair(entry, [clock, op]);
        memory.poke_pair(entry.offset(2), [value, place]);
        self.next.set(next.wrapping_add(1));
    }

    /// Tells the others how many steps there are.
    fn publish(&self, memory: Words<'_>, recorded: Addr) {
        memory.store(recorded, self.next.get());
    }
}

/// A recorded step and the clock at its end.
#[derive(Clone, Copy, Debug)]
pub struct Recorded {
    /// The clock: steps of [`Tick`] threads with a smaller one were before, with a larger one were (almost surely)
    /// after.
    pub clock: u32,
    /// The step.
    pub step: Step,
}

/// Where the records of all threads lie.
#[derive(Clone, Copy, Debug)]
pub struct Records {
    at: Addr,
}

impl Records {
    /// Room for the records of `threads` threads.
    pub fn place(placer: &mut Placer, threads: u32) -> Self {
        Self { at: placer.place(threads * DEPTH * ENTRY, LINE) }
    }

    const fn of(&self, thread: ThreadId) -> Addr {
        self.at.offset(thread.index() * DEPTH * ENTRY)
    }

    /// The last steps of `thread`, oldest first, once they are [published](Record::publish).
    #[must_use]
    pub fn last_steps(&self, memory: &impl Memory, control: &Control, thread: ThreadId) -> Vec<Recorded> {
        let written = memory.load(control.recorded(thread));
        (0..DEPTH.min(written))
            .rev()
            .filter_map(|back| {
                let entry = self.of(thread).offset(((written - 1 - back) % DEPTH) * ENTRY);
                let [clock, packed, value, place] = [0, 1, 2, 3].map(|i| memory.load(entry.offset(i)));
                let (op, at) = Op::unpack(packed)?;
                // SAFETY: only `Writer::write` writes this ring, always with a word of `place_word`.
                let place = unsafe { place_of(place) };
                Some(Recorded { clock, step: Step { thread, op, at, value, place } })
            })
            .collect()
    }
}

/// All places are static data of this one module, so the distance from one of them fits a word, natively too, and is
/// the same in every Worker.
#[track_caller]
const fn anchor() -> &'static Location<'static> {
    Location::caller()
}

static ANCHOR: &Location<'static> = anchor();

/// The place as one word.
#[inline(always)]
pub(in crate::machine) fn place_word(place: &'static Location<'static>) -> u32 {
    core::ptr::from_ref(place).addr().wrapping_sub(core::ptr::from_ref(ANCHOR).addr()) as u32
}

/// The place that [`place_word`] was given.
///
/// # Safety
/// `word` must come from [`place_word`] in this process (in wasm: from any thread of this module).
pub(in crate::machine) unsafe fn place_of(word: u32) -> &'static Location<'static> {
    let anchor = core::ptr::from_ref(ANCHOR);
    let address = anchor.addr().wrapping_add_signed(word as i32 as isize);
    // SAFETY: this is the address that `place_word` was given, a `&'static Location`.
    unsafe { &*anchor.with_addr(address) }
}
