//! The detectors of a reader while pages are at rest.

use super::{Detector, Ledger};
use crate::aio::kioctx::head_of;
use crate::aio::{Kioctx, Tracepoints};
use crate::ring::{IoEvent, Memory, Page};

/// The detectors that are on when nobody has changed pages for as many operations as the ring has slots.
///
/// No page is freed then, and each of those operations has read an event or found the ring empty, so whatever the changes did to
/// events has been read. What can still come to light is looked at: heads, and the numbers of events, which are out of sequence
/// where slots too many have let the tail overwrite them. The numbers of a call's first and last event are enough: between them
/// there is room for those that their completer made in between, and for no others. And where the first one is the one expected,
/// the head was too.
///
/// Pages and slots are not looked at, nor the other words of events. A reader that was preempted in such a round, and goes on when a
/// migration has begun, does not notice by itself that its page was freed; it does by the poison that it reads, and others by what
/// it wrote.
#[derive(Clone, Copy, Debug)]
pub struct AtRest<'a, M> {
    // Copies of what the detector finds behind references, where it would be loaded again after every atomic access.
    memory: M,
    ledger: Ledger,
    detector: Detector<'a, M>,
}

impl<'a, M: Memory + Copy> AtRest<'a, M> {
    /// Those of this thread.
    #[must_use]
    pub fn new(detector: Detector<'a, M>) -> Self {
        Self { memory: *detector.memory, ledger: detector.world.ledger, detector }
    }

    /// Looks at the head, as whoever has delivered events has read it, and at each of them.
    #[cold]
    #[inline(never)]
    fn examine_all(self, ctx: &Kioctx, events: &[IoEvent]) {
        let ring = Page::from_word(self.memory.load(ctx.ring_page(0)));
        let head = self.memory.load(head_of(&self.detector.world.frames, ring));
        self.detector.head_read(ctx, head, head);
        self.detector.examine_all(events);
    }
}

impl<M: Memory + Copy> Tracepoints for AtRest<'_, M> {
    #[inline(always)]
    fn head_read(&self, ctx: &Kioctx, head: u32, tail: u32) {
        // Where no event will be delivered.
        if head == tail || head >= ctx.ring.nr() {
            self.detector.head_read(ctx, head, tail);
        }
    }

    #[inline(always)]
    fn head_stored(&self, _ctx: &Kioctx, head: u32) {
        self.memory.poke(self.ledger.head(), head);
    }

    #[inline(always)]
    fn delivered(&self, ctx: &Kioctx, events: &[IoEvent]) {
        if !self.ledger.follow(&self.memory, events, |tag| tag.spans(events)) {
            self.examine_all(ctx, events);
        }
    }

    #[inline(always)]
    fn slots_returned(&self, ctx: &Kioctx, pool: u32) {
        self.detector.slots_returned(ctx, pool);
    }
}
