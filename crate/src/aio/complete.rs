//! Completion: `aio_complete`.

use super::kioctx::tail_of;
use super::protocol::Rules;
use super::tracepoints::{Access, Tracepoints};
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Machine};
use crate::ring::{IoEvent, Page};

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `aio_complete`: writes the event into the next slot of the ring and publishes it. The caller owns a slot
    /// ([`get_reqs_available`](Self::get_reqs_available)), which is why there is no check for room.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub async fn complete(&self, ctx: &Kioctx, event: &IoEvent) -> Result<(), Aborted> {
        let m = self.machine;
        // completion_lock keeps other completions out, and migration's copy: an event written to the old page after
        // it was copied would be lost.
        m.lock(ctx.completion_lock).await?;
        let slot = m.load(ctx.tail()).await;
        let tail = ctx.ring.next(slot);

        let place = ctx.ring.locate(slot);
        let page = Page::from_word(m.load(ctx.ring_page(place.page)).await);
        m.write_event(page, place.index, event).await;
        self.trace.page_accessed(page, Access::Write);

        self.trace.completing(ctx, tail);
        // ORDERING: the event must be visible before the tail that covers it (the kernel's smp_wmb()). The store below
        // is sequentially consistent, so it is.
        m.store(ctx.tail(), tail).await;
        let ring = Page::from_word(m.load(ctx.ring_page(0)).await);
        m.store(tail_of(m.frames(), ring), tail).await;
        self.trace.page_accessed(ring, Access::Write);
        m.unlock(ctx.completion_lock).await;

        m.wake_up(ctx.wait).await;
        Ok(())
    }
}
