//! The recorder of threads that change pages under others, and move the clock.

use core::cell::Cell;
use core::panic::Location;

use super::{GAP, Record, Records, Words, Writer, place_word};
use crate::machine::{Control, Op, ThreadId};
use crate::ring::{Addr, Memory};

/// Looks at the others' words before a thread that changes pages goes on: some 20 µs.
const MOST_LOOKS: u32 = 4000;

/// Records steps, and moves the clock at each.
///
/// While no watcher takes a step (the kernel of the host has preempted it, say), this thread may go through thousands of
/// operations and would overwrite the one that matters. So of operations in a row that nobody watched only the first
/// `keep` and the last one are kept.
#[derive(Debug)]
pub struct Tick {
    writer: Writer,
    keep: u32,
    /// Where the operation's record starts, and the clock there.
    start: Cell<(u32, u32)>,
    /// Operations in a row that nobody watched.
    unwatched: Cell<u32>,
    /// Whether the thread counts among the [`changers`](Control::changers).
    at_it: Cell<bool>,
}

impl Tick {
    /// The recorder of thread `me`; `keep` operations must tell all that a thread can have missed while it slept.
    #[must_use]
    pub fn new(records: &Records, me: ThreadId, keep: u32) -> Self {
        Self {
            writer: Writer::new(records, me),
            keep,
            start: Cell::new((0, 0)),
            unwatched: Cell::new(0),
            at_it: Cell::new(false),
        }
    }

    /// The thread changes pages from now on. Waits until the others record their steps, or sleep, or have taken more time for
    /// it than most operations take: then they are not running, or read a lot, and will find out when they begin another.
    #[inline(never)]
    fn start_changing(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        self.at_it.set(true);
        memory.poke(control.recording(me), 1);
        memory.poke(control.clock(), memory.peek(control.clock()).wrapping_add(GAP));
        // One more is at it, and one more has begun.
        memory.fetch_add(control.changers(), 1 + (Control::AT_IT + 1));
        let mut looks = 0..MOST_LOOKS;
        for thread in control.all() {
            let is_ready = || {
                let words = [control.recording(thread), control.waits_for(thread), control.ended(thread)];
                words.into_iter().any(|word| memory.load(word) != 0)
            };
            while !is_ready() && looks.next().is_some() {
                core::hint::spin_loop();
            }
        }
    }
}

impl Record for Tick {
    const ON: bool = true;

    #[inline(always)]
    fn rest(&self, memory: Words<'_>, control: &Control) {
        if self.at_it.replace(false) {
            memory.fetch_add(control.changers(), 1_u32.wrapping_neg());
        }
    }

    #[inline(always)]
    fn begin(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        if !self.at_it.get() {
            self.start_changing(memory, control, me);
        }
        let (entry, clock) = self.start.get();
        let watched = memory.peek(control.watched()).wrapping_sub(clock) < u32::MAX / 2;
        self.unwatched.set(if watched { 0 } else { self.unwatched.get() + 1 });
        if self.unwatched.get() > self.keep {
            self.writer.next.set(entry);
        }
        // The first tick of the operation that begins now has the clock's value; a watcher that has seen it has the next.
        self.start.set((self.writer.next.get(), memory.peek(control.clock()).wrapping_add(1)));
    }

    fn publish(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        self.writer.publish(memory, control.recorded(me));
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
        if self.writer.is_open(memory, control.frozen()) {
            let clock = memory.peek(control.clock());
            memory.poke(control.clock(), clock.wrapping_add(1));
            self.writer.write(memory, [clock, op.pack(at), value, place_word(place)]);
        }
    }
}
