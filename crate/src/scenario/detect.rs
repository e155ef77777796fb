//! The detectors: tracepoints that notice what must not be. Each costs O(1) per event.
//!
//! All of them are on while somebody changes pages, and a while after; a reader of a run has fewer while pages are [`AtRest`].

mod at_rest;

use core::ops::Range;

use super::kind::{KINDS, Kind};
use super::ledger::Ledger;
use super::tag::{Tag, Verdict};
use super::world::World;
use crate::aio::context::{ContextRef, SlotWord};
use crate::aio::kioctx::head_of;
use crate::aio::{Access, Kioctx, Tracepoints};
use crate::machine::ThreadId;
use crate::machine::lock::LockWord;
use crate::ring::header::{Field, Header};
use crate::ring::{IoEvent, Memory, Page};
pub use at_rest::AtRest;

/// One corruption, as the detector saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The kind.
    pub kind: Kind,
    /// Who noticed.
    pub thread: ThreadId,
    /// Two numbers that say more; see [`Seen::detail`].
    pub numbers: [u32; 2],
}

/// In place of a word's number: a pointer was found stale, whatever was done through it.
const NO_WORD: u32 = u32::MAX;

impl Seen {
    /// The first corruption of a run, as the detector left it in the arena, and when it was (milliseconds).
    #[must_use]
    pub fn first(memory: &impl Memory, world: &World) -> Option<(Self, f64)> {
        let at = world.control.first();
        let [kind, thread, a, b, low, high] = [0, 1, 2, 3, 4, 5].map(|i| memory.load(at.offset(i)));
        let info = KINDS.get(kind.checked_sub(1)? as usize)?;
        let seen = Self { kind: info.kind, thread: ThreadId::new(thread), numbers: [a, b] };
        Some((seen, f64::from_bits(u64::from(high) << 32 | u64::from(low))))
    }

    /// What happened, in a sentence.
    #[must_use]
    pub fn detail(&self, world: &World) -> String {
        let [a, b] = self.numbers;
        let name = |index| world.thread_name(ThreadId::new(index));
        match self.kind {
            Kind::Duplicate => format!("event {b} of {} was delivered again", name(a)),
            Kind::Lost => format!("{b} event(s) of {} were never delivered", name(a)),
            Kind::Reordered => format!("event {b} of {} came after later ones", name(a)),
            Kind::Foreign => format!("slot contents with data {b:#x}{a:08x} are no event of this ring"),
            Kind::StaleHead => format!("the head is {a}, but the last reader had stored {b}"),
            Kind::ReadAfterFree => format!("frame {a} was freed while a reader was still at it"),
            Kind::WriteAfterFree if b == NO_WORD => {
                format!("frame {a} was freed while somebody was still writing to it")
            }
            Kind::WriteAfterFree => format!("frame {a} was free when somebody wrote to its word {b}"),
            Kind::Slots => format!("{a} slots are out, and the ring has {b}"),
            Kind::Reference => format!("frame {a}, generation {b}, had no reference left to put"),
            Kind::LostHeader => format!("ring->{} of a new ring is {b:#x}", Field::ALL[a as usize % 8].name()),
            Kind::UseAfterTeardown if b > 1 => format!("the last reference to context {a} was put {b} times"),
            Kind::UseAfterTeardown => format!("context {a} was used after it had been freed"),
            Kind::ErrorAfterMove => format!("page {b} of context {a} has moved, and the migration says that it failed"),
            Kind::LockLeaked => format!("context {a} was freed with its ring_lock held by {}", name(b)),
        }
    }
}

/// The detector of one thread. By value where it calls what is not inlined: whatever that is told the address of must live in
/// memory from then on, and be loaded again after every atomic access.
#[derive(Debug)]
pub struct Detector<'a, M> {
    memory: &'a M,
    world: &'a World,
    me: ThreadId,
    now: fn() -> f64,
}

impl<M> Clone for Detector<'_, M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Detector<'_, M> {}

impl<'a, M: Memory> Detector<'a, M> {
    /// The detector of thread `me`; `now` tells the time in milliseconds.
    pub fn new(memory: &'a M, world: &'a World, me: ThreadId, now: fn() -> f64) -> Self {
        Self { memory, world, me, now }
    }

    /// Counts a corruption; the first of the run freezes the records of steps.
    #[cold]
    #[inline(never)]
    fn report(self, kind: Kind, count: u32, numbers: [u32; 2]) {
        let control = &self.world.control;
        let counter = self.world.corruptions(self.me, kind);
        self.memory.poke(counter, self.memory.peek(counter).wrapping_add(count));
        if self.memory.compare_exchange(control.frozen(), 0, 1).is_ok() {
            let time = (self.now)().to_bits();
            let [a, b] = numbers;
            let words = [self.me.index(), a, b, time as u32, (time >> 32) as u32];
            for (i, word) in (1..).zip(words) {
                self.memory.store(control.first().offset(i), word);
            }
            self.memory.store(control.first(), kind as u32 + 1);
        }
    }

    /// Looks at events one by one.
    #[inline(never)]
    fn examine_all(self, events: &[IoEvent]) {
        for event in events {
            self.examine(event);
        }
    }

    /// Tells what an event is.
    fn examine(self, event: &IoEvent) {
        match Tag::read(event, self.world.cookie) {
            Verdict::Ours(tag) if tag.completer < self.world.ledger.completers() => {
                let at = self.world.ledger.expected(tag.completer);
                let expected = self.memory.peek(at);
                if tag.sequence == expected {
                    self.memory.poke(at, expected.wrapping_add(1));
                } else {
                    self.out_of_sequence(tag, expected);
                }
            }
            Verdict::Poison => self.report(Kind::ReadAfterFree, 1, [0, 0]),
            Verdict::Ours(_) | Verdict::Foreign => {
                self.report(Kind::Foreign, 1, [event.data as u32, (event.data >> 32) as u32]);
            }
        }
    }

    /// An event that is not the one expected: a duplicate, a gap, or a latecomer.
    #[cold]
    #[inline(never)]
    fn out_of_sequence(self, tag: Tag, expected: u32) {
        let ledger = &self.world.ledger;
        let Tag { completer, sequence } = tag;
        let ahead = sequence.wrapping_sub(expected);
        if ahead < u32::MAX / 2 {
            self.open_gap(ledger, completer, expected, ahead);
            self.memory.poke(ledger.expected(completer), sequence.wrapping_add(1));
            self.report(Kind::Lost, ahead, [completer, ahead]);
        } else if self.close_gap(ledger, completer, sequence) {
            self.report(Kind::Reordered, 1, [completer, sequence]);
        } else {
            self.report(Kind::Duplicate, 1, [completer, sequence]);
        }
    }

    /// Remembers missing events; the shortest gap makes room.
    fn open_gap(self, ledger: &Ledger, completer: u32, first: u32, length: u32) {
        let gap = (0..Ledger::GAPS)
            .map(|i| ledger.gap(completer, i))
            .min_by_key(|gap| self.memory.peek(gap.offset(1)))
            .expect("there are gaps");
        self.memory.poke(gap, first);
        self.memory.poke(gap.offset(1), length);
    }

    /// Whether the event was missing; it no longer is.
    fn close_gap(self, ledger: &Ledger, completer: u32, sequence: u32) -> bool {
        for i in 0..Ledger::GAPS {
            let gap = ledger.gap(completer, i);
            let (first, length) = (self.memory.peek(gap), self.memory.peek(gap.offset(1)));
            let offset = sequence.wrapping_sub(first);
            if offset < length {
                // What lay before it is given up: events of a completer that come late come in order.
                self.memory.poke(gap, sequence.wrapping_add(1));
                self.memory.poke(gap.offset(1), length - offset - 1);
                return true;
            }
        }
        false
    }

    /// Number of the context's slot.
    fn slot_of(&self, slot: &Kioctx) -> u32 {
        SlotWord::from_word(self.memory.load(slot.state())).slot()
    }

    /// Somebody used a pointer to a frame that has been freed.
    #[cold]
    #[inline(never)]
    fn touched_freed(self, page: Page, access: Access) {
        let touched = self.world.ledger.touched(page.frame());
        self.memory.poke(touched, self.memory.peek(touched).wrapping_add(1));
        let kind = match access {
            Access::Read => Kind::ReadAfterFree,
            Access::Write => Kind::WriteAfterFree,
        };
        self.report(kind, 1, [page.frame(), NO_WORD]);
    }
}

impl<M: Memory> Tracepoints for Detector<'_, M> {
    #[inline(always)]
    fn page_accessed(&self, page: Page, access: Access) {
        if !self.world.frames.is_live(self.memory, page) {
            self.touched_freed(page, access);
        }
    }

    #[inline(always)]
    fn head_read(&self, ctx: &Kioctx, head: u32, _tail: u32) {
        self.world.ledger.end_streak(self.memory);
        let stored = self.memory.peek(self.world.ledger.head());
        if head != stored {
            self.report(Kind::StaleHead, 1, [head, stored]);
            if head < ctx.ring.nr() {
                // One lost store is one corruption: go on from the head that the ring has now.
                self.memory.poke(self.world.ledger.head(), head);
            }
        }
    }

    #[inline(always)]
    fn head_stored(&self, _ctx: &Kioctx, head: u32) {
        self.memory.poke(self.world.ledger.head(), head);
    }

    #[inline(always)]
    fn delivered(&self, _ctx: &Kioctx, events: &[IoEvent]) {
        if !self.world.ledger.follow(self.memory, events, self.world.cookie) {
            self.examine_all(events);
        }
    }

    #[inline(always)]
    fn completing(&self, ctx: &Kioctx, slot: u32, count: u32) {
        // A reader gives slots back after it has stored its head, so whoever owns a slot sees that head or a later one; and
        // before the tail is published no reader can have followed it. Where a head was lost, it is the old head that the
        // tail runs into.
        // ORDERING: none of its own: migration stores ring_pages[] under completion_lock, which is held here, and where it does
        // not, any page that it had will do.
        let ring = Page::from_word(self.memory.peek(ctx.ring_page(0)));
        let head = self.memory.peek(head_of(&self.world.frames, ring));
        let to_head = if head > slot { head - slot } else { head.wrapping_add(ctx.ring.nr()).wrapping_sub(slot) };
        if to_head <= count {
            self.report(Kind::Slots, 1, [ctx.ring.nr(), ctx.ring.usable()]);
        }
    }

    #[inline(always)]
    fn slots_returned(&self, ctx: &Kioctx, pool: u32) {
        if pool > ctx.ring.usable() {
            self.report(Kind::Slots, 1, [pool, ctx.ring.usable()]);
        }
    }

    #[inline(always)]
    fn reference_missing(&self, page: Page) {
        self.report(Kind::Reference, 1, [page.frame(), page.generation()]);
    }

    #[inline(always)]
    fn context_used(&self, slot: &Kioctx, ctx: ContextRef) {
        if self.memory.load(slot.state()) != ctx.to_word() {
            self.report(Kind::UseAfterTeardown, 1, [ctx.slot(), 0]);
        }
    }

    fn context_released(&self, slot: &Kioctx, times: u32) {
        if times > 1 {
            self.report(Kind::UseAfterTeardown, 1, [self.slot_of(slot), times]);
        }
    }

    fn context_freed(&self, slot: &Kioctx) {
        if let Some(owner) = LockWord::from_word(self.memory.load(slot.ring_lock.at)).owner() {
            self.report(Kind::LockLeaked, 1, [self.slot_of(slot), owner.index()]);
        }
    }

    fn header_seen(&self, _slot: &Kioctx, expected: Header, found: Header) {
        if let Some((field, value)) = found.unlike(expected) {
            self.report(Kind::LostHeader, 1, [field as u32, value]);
        }
    }

    fn failed_after_move(&self, slot: &Kioctx, idx: u32) {
        self.report(Kind::ErrorAfterMove, 1, [self.slot_of(slot), idx]);
    }

    #[inline(always)]
    fn poison_broken(&self, page: Page, words: Range<u32>) {
        let touched = self.world.ledger.touched(page.frame());
        self.memory.poke(touched, self.memory.peek(touched).wrapping_add(1));
        self.report(Kind::WriteAfterFree, 1, [page.frame(), words.start]);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests_of_contexts;
