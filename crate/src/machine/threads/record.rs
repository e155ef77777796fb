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
//! more, for damage is noticed later: [`AFTERMATH`], or until [all that there is](Watch::settle) has been. It also
//! [tells](Watch::is_at_rest) when all must have been, and a reader's operations then need no recorder at all: compiled for
//! [`NoRecord`], they are a sixth faster than with one that is off. A ticker that ends its rest waits until everybody has begun to
//! record: for an operation of theirs, or 20 µs.
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
//! Beside a migrator with a pace of 1,000 a second a watched reader that completes what it reads takes 1.033 / 1.032 of the time of one
//! that nobody looks at (batch 1 / 8, medians of sixteen starts, interleaved), and took 1.048 / 1.039 when it recorded all of
//! [`AFTERMATH`] although nothing was left in the ring. An `AFTERMATH` of 16 in place of 64 gained the same 1 % at batch 1. But where
//! completers are apart the ring is full, and an event that was lost in it is read 127 events later: of such first corruptions
//! (natively, batch 1) the cause was found of 7 in 27, and with 64 of 29 in 32.
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

use super::Words;
use crate::machine::{Control, Op, Step, ThreadId};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Memory, Placer};

/// Words of a recorded step: clock, operation and address, value, place.
const ENTRY: u32 = 4;

/// Steps that a thread's record holds.
pub const DEPTH: u32 = 2048;

/// Operations that a thread still records when pages have come to rest, since it is later that damage is noticed: so many at the
/// most, of them those that begin before [`AFTERMATH_STEPS`] are recorded, and none after they [settled](Watch::settle).
pub(super) const AFTERMATH: u32 = 64;

/// Half of a record: more would overwrite those steps that matter.
pub(super) const AFTERMATH_STEPS: u32 = DEPTH / 2;

/// Ticks that the clock leaps by when a thread starts changing pages: what others did since the last change is in no record.
pub const GAP: u32 = 128;

/// Looks at the others' words before a thread that changes pages goes on: some 20 µs.
const MOST_LOOKS: u32 = 4000;

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

    /// The recorder of thread `me` in a run where none but [`Tick`] threads change pages: it records operations that begin
    /// while one of those is at it, and some more. What they may have damaged has come to light after `rest` operations.
    #[must_use]
    pub fn of_changes(records: &Records, me: ThreadId, rest: u32) -> Self {
        let rest = rest.max(AFTERMATH);
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

    /// What changes may have damaged has come to light already: pages are at rest, and the thread need not record any more.
    #[inline(always)]
    pub fn settle(&self, memory: Words<'_>, control: &Control, me: ThreadId) {
        if let Some(rest) = self.rest {
            self.since.set(rest);
            if self.recording.replace(false) {
                memory.poke(control.recording(me), 0);
            }
        }
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
            let recording = since < AFTERMATH && recorded.wrapping_sub(self.changed.get()) < AFTERMATH_STEPS;
            if self.recording.replace(recording) != recording {
                memory.poke(control.recording(me), recording.into());
            }
            if !recording {
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
