//! The recorder of threads that only watch the clock: for how long it records, and what a step costs.
//!
//! # What was tried
//!
//! Times of a reader that completes and reads 8 events over the same with nobody recording, in V8, medians of seven starts of the
//! browser:
//!
//! | recorder | nobody changes pages | somebody does |
//! |---|---|---|
//! | all steps, always | 3.5 | 3.5 |
//! | while pages change, inline | 1.2 | 3.2 |
//! | while pages change, one function for all steps | 3.6 | 7.0: not kept |
//! | while pages change, and rounds at rest compiled for no recorder | 1.01 | 3.1, before what follows |
//!
//! What a step costs is its stores: the next atomic access of the protocol waits until they have left the store buffer. A
//! function of its own for the record makes code smaller and critical sections longer, for readers and for migrators.
//!
//! A reader holds its recorder by value, so that the number of steps is in a register, and tells the others of it when it ends.
//! With that number in shared memory, as the other words, each step stored it and loaded what the step before had stored: a round
//! while somebody changes pages took 1.15 (batch 1), 1.12 (8) and 1.10 (32) times as long (Intel Xeon, V8 14.6, interleaved), and
//! beside a migrator at full pace a reader of a run got a tenth fewer events.
//!
//! Beside a migrator with a pace of 1,000 a second a watched reader that completes what it reads takes 1.033 / 1.041 / 1.016 of the
//! time of one that nobody looks at (batch 1 / 8 / 32, medians of eight starts, interleaved), and took 1.045 / 1.042 / 1.026 when it
//! recorded all of [`AFTERMATH`] although nothing was left in the ring. An `AFTERMATH` of 16 in place of 64 gained the same 1 % at
//! batch 1. But where completers are apart the ring is full, and an event that was lost in it is read 127 events later: of such first
//! corruptions (natively, batch 1) the cause was found of 7 in 27, and with 64 of 29 in 32.
//!
//! # At full pace
//!
//! Beside a migrator at full pace (two Workers, `beside` of the bench) a reader that is watched takes 1.5 to 4 times as long as one that
//! is not, and more than a twentieth it must take: a round of it is 18 steps (batch 1) or 81 (batch 8) and takes 72 or 440 ns while
//! nobody looks, so a twentieth would be 0.2 or 0.3 ns a step, half a cycle or so for a look at the clock and two stores. What it is
//! made of, as times over a reader that nobody looks at, at batch 1 / 8 (Intel Xeon, medians of four to six starts of the browser,
//! interleaved; from one to the next they differ by a third, for the two settle into different rhythms, and half an hour later, on the same
//! machine, all of it was 2.3 / 1.4):
//!
//! | who looks | time |
//! |---|---|
//! | the migrator, at itself: its record and detectors | 0.93 to 0.95 / 0.88 to 0.91: it migrates less |
//! | and the reader by its detectors, its steps not recorded | 1.2 to 1.3 / 1.1 to 1.2 |
//! | and by its record too, which takes the clock from nowhere, and neither `frozen` nor `watched` | 1.9 / 1.3 |
//! | that with the clock, once an operation | 2.1 / 1.5 |
//! | all, as it is | 2.7 to 3.2 / 3.6 to 4.4 |
//! | all but the record's stores | 2.3 / 2.1 |
//!
//! So half of it are steps that are stored, and half looks at what the migrator writes meanwhile, each of which fetches a line in the
//! middle of a section. Tried and left:
//! - the clock once an operation, and steps within have the same: 2.2 / 1.6 to 2.3; but the cause is found of 0 to 9 in 20 first
//!   corruptions of `linux-3.12` (natively, one reader, four mixes), and as it is of all. Once more where events are read: of 16 to 20, and
//!   no faster than as it is;
//! - the clock once an operation, and again where a lock is released when 24 steps have passed, with a
//!   [`merge`](crate::trace::merge) that looks ahead as far: the cause is found of as many as it is now. It took 0.92 / 0.99 (0.91 at
//!   batch 32) of the time in twelve starts, within their scatter: too little for a record that says less;
//! - the clock only at locks and stores, or at stores: 2.5 / 3.4 and 2.3 / 3.2;
//! - `frozen` and `changers` on a line where the clock is not, and `watched` stored only when it has moved by 16: 2.7 to 2.8 / 3.4 to 3.5,
//!   no difference seen;
//! - tickers that move the clock only at steps that change a page or free one, for locks and values order the others: 0.8 of the time, and
//!   the cause found of 2 in 30.

use core::cell::Cell;
use core::panic::Location;

use super::{DEPTH, Record, Records, Words, Writer, place_word};
use crate::machine::{Control, Op, ThreadId};
use crate::ring::{Addr, Memory};

/// Operations that a thread still records when pages have come to rest, since it is later that damage is noticed: at most so many,
/// none that begins after [`AFTERMATH_STEPS`], and none after [`Watch::settle`].
pub(in crate::machine::threads) const AFTERMATH: u32 = 64;

/// Half of a record: more would overwrite those steps that matter.
pub(in crate::machine::threads) const AFTERMATH_STEPS: u32 = DEPTH / 2;

/// Records steps at the clock that it reads.
#[derive(Debug)]
pub struct Watch {
    writer: Writer,
    /// After how many operations pages have [come to rest](Self::is_at_rest) at the latest; `None`: never.
    rest: Option<u32>,
    /// [`Control::changers`] as it was when the last operation began: a change that begins and ends during an operation shows too.
    seen: Cell<u32>,
    /// Operations, this one included, that began since the last one during which somebody changed pages; `rest` when pages have come
    /// to rest.
    since: Cell<u32>,
    /// Steps recorded when the last change was over.
    changed: Cell<u32>,
    recording: Cell<bool>,
}

impl Watch {
    /// The recorder of thread `me`.
    #[must_use]
    pub fn new(records: &Records, me: ThreadId) -> Self {
        let writer = Writer::new(records, me);
        Self {
            writer,
            rest: None,
            seen: Cell::new(0),
            since: Cell::new(0),
            changed: Cell::new(0),
            recording: Cell::new(true),
        }
    }

    /// The recorder of thread `me` in a run where none but [`Tick`](super::Tick) threads change pages: it records operations that begin
    /// while one of those is at it, and some more. What they may have damaged has come to light after `rest` operations.
    #[must_use]
    pub fn of_changes(records: &Records, me: ThreadId, rest: u32) -> Self {
        // Not before it has ceased to record, which takes an operation that finds nobody at it.
        let rest = rest.max(AFTERMATH + 1);
        Self { rest: Some(rest), since: Cell::new(rest), recording: Cell::new(false), ..Self::new(records, me) }
    }

    /// Whether nobody changed pages when this operation began, nor for so many operations before it, or for fewer that
    /// [showed all](Self::settle).
    #[inline(always)]
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        Some(self.since.get()) == self.rest
    }

    /// In place of [`begin`](Record::begin) where the operation before it was [at rest](Self::is_at_rest): whether this one is.
    #[inline(always)]
    #[must_use]
    pub fn stays_at_rest(&self, memory: Words<'_>, control: &Control, me: ThreadId) -> bool {
        // At rest one more operation at rest changes nothing of what the watch knows.
        let changing = memory.peek(control.changers()) != self.seen.get();
        if changing {
            self.begin(memory, control, me);
        }
        !changing
    }

    /// Operations, this one included, that began since the last one during which somebody changed pages; when pages have come to
    /// rest, as many as that takes.
    #[inline(always)]
    #[must_use]
    pub fn since_change(&self) -> u32 {
        self.since.get()
    }

    /// What changes may have damaged has come to light: the thread ceases to record and pages are at rest, at once, unless
    /// somebody has begun to change them since this operation began. Only for operations that began when nobody did.
    #[inline(always)]
    pub fn settle(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        if let Some(rest) = self.rest
            && self.ceases_to_record(memory, control, me)
        {
            debug_assert!(self.since.get() > 0, "somebody changed pages when this operation began");
            self.since.set(rest);
        }
    }

    /// Ceases to record, unless somebody has begun to change pages since this operation began; whether nobody has.
    #[inline(never)]
    fn ceases_to_record(&self, memory: Words<'_>, control: &Control, me: ThreadId) -> bool {
        // ORDERING: whoever begins to change pages says so before it asks whether this thread records, and this thread says that it
        // does not before it asks whether anybody changes pages: so either that one waits, or this one goes on recording. A plain
        // store could be seen after both have asked.
        memory.store(control.recording(me), 0);
        let ceases = memory.load(control.changers()) == self.seen.get();
        if ceases {
            self.recording.set(false);
        } else {
            memory.poke(control.recording(me), self.recording.get().into());
        }
        ceases
    }
}

impl Record for Watch {
    const ON: bool = true;

    #[inline(always)]
    fn begin(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        // Tickers may be waiting to hear whether the thread records.
        if let Some(rest) = self.rest {
            let (was, changers) = (self.since.get(), memory.peek(control.changers()));
            let begun = (self.seen.replace(changers) ^ changers) & !Control::AT_IT;
            let changing = begun | (changers & Control::AT_IT) != 0;
            if was == rest && !changing {
                return;
            }
            let recorded = self.writer.next.get();
            if changing || was == 0 {
                self.changed.set(recorded);
            }
            let since = if changing { 0 } else { was + 1 };
            self.since.set(since);
            let record = since < AFTERMATH && recorded.wrapping_sub(self.changed.get()) < AFTERMATH_STEPS;
            if record != self.recording.get() {
                if record {
                    self.recording.set(true);
                    memory.poke(control.recording(me), 1);
                } else {
                    self.ceases_to_record(memory, control, me);
                }
            }
            if !self.recording.get() {
                return;
            }
        } else {
            memory.poke(control.recording(me), 1);
        }
        // Tickers count the operations that nobody watched; for that once an operation is often enough.
        let clock = memory.peek(control.clock());
        if memory.peek(control.watched()) != clock {
            memory.poke(control.watched(), clock);
        }
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
        if self.recording.get() && self.writer.is_open(memory, control.frozen()) {
            let clock = memory.peek(control.clock());
            self.writer.write(memory, [clock, op.pack(at), value, place_word(place)]);
        }
    }
}

/// As [`Watch`], out of line altogether: for roles with many steps and no hurry.
#[derive(Debug)]
pub struct WatchApart(Watch);

impl WatchApart {
    /// The same recorder, out of line.
    #[must_use]
    pub const fn new(watch: Watch) -> Self {
        Self(watch)
    }
}

impl Record for WatchApart {
    const ON: bool = true;

    #[inline(never)]
    fn begin(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        self.0.begin(memory, control, me);
    }

    fn publish(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        self.0.publish(memory, control, me);
    }

    #[inline(never)]
    fn note(
        &self,
        memory: Words<'_>,
        control: &Control,
        op: Op,
        at: Addr,
        value: u32,
        place: &'static Location<'static>,
    ) {
        self.0.note(memory, control, op, at, value, place);
    }
}
