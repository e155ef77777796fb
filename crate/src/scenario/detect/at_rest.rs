//! The detectors of a reader while pages are at rest.

use super::{Detector, Tag};
use crate::aio::{Kioctx, Tracepoints};
use crate::ring::{IoEvent, Memory};

/// The detectors that are on when nobody has changed pages for as many operations as the ring has slots.
///
/// No page is freed then, and each of those operations has read an event or found the ring empty, so whatever the changes did to
/// events has been read. What can still come to light is looked at: heads, and the numbers of events, which are out of sequence
/// where slots too many have let the tail overwrite them. Pages and slots are not, nor the other words of any event but a call's
/// first.
///
/// A reader that was preempted in such a round, and goes on when a migration has begun, does not notice by itself that its page was
/// freed; it does by the poison that it reads, and others by what it wrote.
#[derive(Clone, Copy, Debug)]
pub struct AtRest<'a, M>(pub Detector<'a, M>);

impl<M: Memory> Tracepoints for AtRest<'_, M> {
    #[inline(always)]
    fn head_read(&self, ctx: &Kioctx, head: u32, tail: u32) {
        self.0.head_read(ctx, head, tail);
    }

    #[inline(always)]
    fn head_stored(&self, ctx: &Kioctx, head: u32) {
        self.0.head_stored(ctx, head);
    }

    #[inline(always)]
    fn delivered(&self, _ctx: &Kioctx, events: &[IoEvent]) {
        self.0.delivered_as(events, Tag::leads_by_number);
    }

    #[inline(always)]
    fn slots_returned(&self, ctx: &Kioctx, pool: u32) {
        self.0.slots_returned(ctx, pool);
    }
}
