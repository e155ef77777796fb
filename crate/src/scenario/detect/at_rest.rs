//! The detectors of a reader while pages are at rest.

use super::{Detector, Tag};
use crate::aio::{Kioctx, Tracepoints};
use crate::ring::{IoEvent, Memory};

/// The detectors that are on when nobody has changed pages for as many operations as the ring has slots.
///
/// Nothing should be left to find then: no page is freed, and each of those operations has read an event or found the ring empty,
/// so whatever the changes did to events has been read. Heads and the numbers of events are still looked at, since damage there
/// stays. Pages and slots are not, nor the other words of any event but a call's first.
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
