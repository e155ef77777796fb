//! Reading: `aio_read_events_ring`, the hot path that the fix does not touch.

use super::kioctx::{head_of, tail_of};
use super::protocol::Rules;
use super::tracepoints::{Access, Tracepoints};
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Lock, Machine};
use crate::ring::{Addr, IoEvent, Page};

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `aio_read_events_ring`: moves at most `into.len()` events to the user; how many there were. `cache` is this cpu's
    /// slot cache; `faults`: the address space's semaphore, if copying to the user faults.
    ///
    /// The store of the new head is the one that is lost when a migration copies page 0 between the first load and that
    /// store; see [the picture](super#the-lost-head).
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub fn read_events(
        self,
        ctx: &Kioctx,
        cache: Addr,
        into: &mut [IoEvent],
        faults: Option<Lock>,
    ) -> impl Future<Output = Result<usize, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            // One copy for both ends: V8 then checks once that the word is aligned.
            let lock = ctx.ring_lock;
            m.lock(lock).await?;
            let read = self.read_events_locked(ctx, into, faults).await?;
            // 3.12 and 3.13: as many slots come back as were read, whoever read them before.
            let pooled = read > 0 && self.put_reqs_available(ctx, cache, read as u32).await;
            m.unlock(lock).await;
            // Who waits for slots waits for the pool's.
            if pooled {
                m.wake_up(ctx.slots).await;
            }
            Ok(read)
        }
    }

    #[inline(always)]
    fn read_events_locked(
        self,
        ctx: &Kioctx,
        into: &mut [IoEvent],
        faults: Option<Lock>,
    ) -> impl Future<Output = Result<usize, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            self.lock_page0(ctx).await?;
            // ORDERING: none of their own, as in the kernel. The head is the readers', and so are the pages where migration holds
            // ring_lock; where it does not, what is read next is reached through the pointer, and the pointer came after the copy.
            let ring = Page::from_word(m.load_locked(ctx.ring_page(0)).await);
            let head = m.load_locked(head_of(m.frames(), ring)).await;
            // ORDERING: acquires the events up to it, which completers publish without ring_lock (the kernel's smp_rmb() came
            // with 3.17).
            let tail = m.load(tail_of(m.frames(), ring)).await;
            self.trace.page_accessed(ring, Access::Read);
            self.unlock_page0(ctx).await;
            self.trace.head_read(ctx, head, tail);
            if head >= ctx.ring.nr() || tail >= ctx.ring.nr() {
                // Not a ring any more: the page was freed under the reader. 3.12 would go on and index ring_pages[] with
                // it (what came of that from user space is CVE-2014-0206).
                return Ok(0);
            }

            if into.is_empty() || head == tail {
                return Ok(0);
            }
            // The first page's part is out of the loop, for most reads need no other: V8 keeps what a loop changes on its stack. A
            // reader of a run gets 1 to 3 % more events by it.
            let (mut read, mut head) = self.read_page(ctx, head, tail, into, faults).await?;
            while read < into.len() && head != tail {
                let (more, next) = self.read_page(ctx, head, tail, &mut into[read..], faults).await?;
                (read, head) = (read + more, next);
            }
            self.trace.delivered(ctx, &into[..read]);

            self.lock_page0(ctx).await?;
            let ring = Page::from_word(m.load_locked(ctx.ring_page(0)).await);
            // ORDERING: none of its own, as in the kernel: the next reader comes after the release of ring_lock, and to whoever
            // looks without it (user space, the detectors) an old head is a ring with less room.
            m.store_locked(head_of(m.frames(), ring), head).await;
            self.trace.page_accessed(ring, Access::Write);
            self.unlock_page0(ctx).await;
            self.trace.head_stored(ctx, head);
            Ok(read)
        }
    }

    /// Moves what is there on the head's page, and `into` has room for: how many events, and the new head.
    #[inline(always)]
    fn read_page(
        self,
        ctx: &Kioctx,
        head: u32,
        tail: u32,
        into: &mut [IoEvent],
        faults: Option<Lock>,
    ) -> impl Future<Output = Result<(usize, u32), Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            let place = ctx.ring.locate(head);
            // From a head behind the tail, this is more than there can be: then only the page's end is one, and the ring's end
            // is that of its last page.
            let to_tail = tail.wrapping_sub(head);
            let room = ctx.ring.events_per_page() - place.index;
            let avail = to_tail.min(into.len() as u32).min(room);
            let page = Page::from_word(m.load_locked(ctx.ring_page(place.page)).await);
            if let Some(mmap_sem) = faults {
                // copy_to_user: the page fault needs the address space, and ring_lock is held.
                m.down_read(mmap_sem).await?;
                m.up_read(mmap_sem).await;
            }
            m.read_events(page, place.index, &mut into[..avail as usize]).await;
            self.trace.page_accessed(page, Access::Read);
            let next = head + avail;
            Ok((avail as usize, if next >= ctx.ring.nr() { 0 } else { next }))
        }
    }

    #[inline(always)]
    fn lock_page0(self, ctx: &Kioctx) -> impl Future<Output = Result<(), Aborted>> {
        #[inline(always)]
        async move {
            if self.parts().reader_spinlock {
                self.machine.lock(ctx.page0_lock).await?;
            }
            Ok(())
        }
    }

    #[inline(always)]
    fn unlock_page0(self, ctx: &Kioctx) -> impl Future<Output = ()> {
        #[inline(always)]
        async move {
            if self.parts().reader_spinlock {
                self.machine.unlock(ctx.page0_lock).await;
            }
        }
    }
}
