//! Completion: `aio_complete`.

use super::kioctx::tail_of;
use super::protocol::Rules;
use super::tracepoints::{Access, Tracepoints};
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Lock, Machine};
use crate::ring::{IoEvent, Page};

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `aio_complete`: fills the event into the next slot of the ring and publishes it. The caller owns a slot
    /// ([`get_reqs_available`](Self::get_reqs_available)), which is why there is no check for room.
    /// `event` makes it where the kernel fills it in; made before, it would be part of the state that waits for the lock.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub fn complete(self, ctx: &Kioctx, event: impl FnOnce() -> IoEvent) -> impl Future<Output = Result<(), Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            // completion_lock keeps other completions out, and migration's copy: an event written to the old page after
            // it was copied would be lost.
            let lock = ctx.completion_lock;
            m.lock(lock).await?;
            let slot = m.load_locked(ctx.tail()).await;
            let place = ctx.ring.locate(slot);
            // ORDERING: none of its own, here and below: migration stores ring_pages[] under completion_lock.
            let page = Page::from_word(m.load_locked(ctx.ring_page(place.page)).await);
            m.write_event(page, place.index, event()).await;
            self.trace.page_accessed(page, Access::Write);
            self.publish_tail(ctx, lock, slot, 1, ctx.ring.next(slot)).await;
            Ok(())
        }
    }

    /// `aio_complete` for as many events as a device reports at once (a driver collects them in an `io_comp_batch`), in one
    /// critical section: they are written page by page, and one store of the tail publishes them all. The caller owns a slot
    /// for each. Not in Linux, whose completions come one by one; to readers and migrations it is one completion that takes
    /// longer. Searched in `tests/explore_batches.rs`.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub fn complete_batch(self, ctx: &Kioctx, events: &[IoEvent]) -> impl Future<Output = Result<(), Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            let lock = ctx.completion_lock;
            m.lock(lock).await?;
            let first = m.load_locked(ctx.tail()).await;
            let (mut slot, mut left) = (first, events);
            while !left.is_empty() {
                let place = ctx.ring.locate(slot);
                // The ring's end is that of its last page.
                let room = ctx.ring.events_per_page() - place.index;
                let (now, later) = left.split_at(left.len().min(room as usize));
                let page = Page::from_word(m.load_locked(ctx.ring_page(place.page)).await);
                m.write_events(page, place.index, now).await;
                self.trace.page_accessed(page, Access::Write);
                slot += now.len() as u32;
                if slot == ctx.ring.nr() {
                    slot = 0;
                }
                left = later;
            }
            self.publish_tail(ctx, lock, first, events.len() as u32, slot).await;
            Ok(())
        }
    }

    /// Moves the tail from `slot` on by `count` completions, to `tail`, and ends the critical section.
    #[inline(always)]
    fn publish_tail(self, ctx: &Kioctx, lock: Lock, slot: u32, count: u32, tail: u32) -> impl Future<Output = ()> {
        #[inline(always)]
        async move {
            let m = self.machine;
            self.trace.completing(ctx, slot, count);
            m.store_locked(ctx.tail(), tail).await;
            let ring = Page::from_word(m.load_locked(ctx.ring_page(0)).await);
            // ORDERING: the event must be visible before the tail that covers it (the kernel's smp_wmb()). This store is
            // sequentially consistent, so it is.
            m.store(tail_of(m.frames(), ring), tail).await;
            self.trace.page_accessed(ring, Access::Write);
            m.unlock(lock).await;

            m.wake_up(ctx.wait).await;
        }
    }
}
