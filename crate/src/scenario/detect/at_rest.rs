//! The detectors of a reader while pages are at rest.

use super::Detector;
use crate::aio::kioctx::head_of;
use crate::aio::{Kioctx, Tracepoints};
use crate::ring::{IoEvent, Memory, Page};
use crate::scenario::streak::Streak;

/// The detectors that are on while nobody changes pages, once nothing is left in the ring of what was there at the last change: it
/// has been empty since, or this reader has read as many events as the ring has slots, or has done as many operations, each of which
/// has read an event or found the ring empty.
///
/// No page is freed then, and whatever the changes did to events has been read. What can still come to light is looked at: heads,
/// and the numbers of events, which are out of sequence where slots too many have let the tail overwrite them. The numbers of a
/// call's first and last event are enough: between them there is room for those that their completer made in between, and for no
/// others. And where the first one is the one expected, the head was too.
///
/// Pages and slots are not looked at, nor the other words of events. A reader that was preempted in such a round, and goes on when a
/// migration has begun, does not notice by itself that its page was freed; it does by the poison that it reads, and others by what
/// it wrote.
///
/// What is delivered is the [streak](crate::scenario::streak)'s, and with it the head that is stored.
#[derive(Clone, Copy, Debug)]
pub struct AtRest<'a, M> {
    // Copies of what the detector finds behind references, where it would be loaded again after every atomic access; and the
    // detector behind one, or the loop of reading would have its fields to keep.
    memory: M,
    streak: Streak,
    detector: &'a Detector<'a, M>,
}

impl<'a, M: Memory + Copy> AtRest<'a, M> {
    /// Those of this thread.
    #[must_use]
    pub fn new(detector: &'a Detector<'a, M>) -> Self {
        Self { memory: *detector.memory, streak: detector.world.ledger.streak(), detector }
    }

    /// Looks at the head.
    #[cold]
    #[inline(never)]
    fn examine_head(self, ctx: &Kioctx, head: u32, tail: u32) {
        self.detector.head_read(ctx, head, tail);
    }

    /// What a call has delivered does not prolong the streak: it begins another, or is looked at event by event, and so is the head
    /// as the call has read it.
    #[cold]
    #[inline(never)]
    fn begin_streak(self, ctx: &Kioctx, events: &[IoEvent]) {
        let Detector { world, .. } = *self.detector;
        if !world.ledger.begin_streak(&self.memory, events) {
            let ring = Page::from_word(self.memory.load(ctx.ring_page(0)));
            let head = self.memory.load(head_of(&world.frames, ring));
            self.detector.head_read(ctx, head, head);
            self.detector.examine_all(events);
            self.detector.head_stored(ctx, (head + events.len() as u32) % ctx.ring.nr());
        }
    }
}

impl<M: Memory + Copy> Tracepoints for AtRest<'_, M> {
    #[inline(always)]
    fn head_read(&self, ctx: &Kioctx, head: u32, tail: u32) {
        // Where no event will be delivered.
        if head == tail || head >= ctx.ring.nr() {
            self.examine_head(ctx, head, tail);
        }
    }

    #[inline(always)]
    fn delivered(&self, ctx: &Kioctx, events: &[IoEvent]) {
        if !self.streak.prolong(&self.memory, events) {
            self.begin_streak(ctx, events);
        }
    }

    #[inline(always)]
    fn slots_returned(&self, ctx: &Kioctx, pool: u32) {
        self.detector.slots_returned(ctx, pool);
    }
}
