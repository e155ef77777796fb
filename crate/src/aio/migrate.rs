//! Migration: `aio_migratepage`, in all its versions.

use super::context::ContextRef;
use super::protocol::{Order, PrivateLock, RingLock, Rules};
use super::tracepoints::Tracepoints;
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Machine};
use crate::ring::{Page, Put};

/// Why a page was not migrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errno {
    /// −EAGAIN: somebody uses it; try again.
    Again(Busy),
    /// −EINVAL: the context is gone, or the page is none of its ring's.
    Inval,
    /// −EBUSY: the context is gone, although the mapping has moved (3.12 and 3.13).
    Busy,
}

/// What −EAGAIN was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// `ring_lock` was taken: the trylock was refused.
    RingLock,
    /// The page has more references than expected, or has left the mapping.
    References,
    /// `ring_pages[idx]` is another page by now.
    Identity,
}

/// The page to migrate, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Migration<'a> {
    /// The slot of the context that the ring file belongs to, while it is connected.
    pub ctx: &'a Kioctx,
    /// `old->index`.
    pub idx: u32,
    /// The page that the ring has; the caller holds a reference and the page lock.
    pub old: Page,
    /// The page that it is to have; the caller holds a reference and the page lock.
    pub new: Page,
    /// Turns of spinning between copy and publication, 0 by default: makes the window wider on purpose.
    pub widen: u32,
}

/// `aio_migratepage`'s verdict, or that the run was aborted.
pub type Migrated = Result<Result<(), Errno>, Aborted>;

/// The parts of the protocol are looked up where they are needed: kept in a variable of an `async` function they would outlast a
/// step, in memory, where the compiler does not see any more that they are constants.
impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `aio_migratepage`: moves one page of the ring.
    ///
    /// References on `old` when it is called: the caller's, the page cache's, the ring's.
    ///
    /// # Errors
    /// The outer one when the run was aborted, the inner one when the page was not moved.
    #[inline(always)]
    pub fn migrate_page(&self, job: &Migration<'_>) -> impl Future<Output = Migrated> {
        #[inline(always)]
        async move {
            let (m, file) = (self.machine, &job.ctx.file);
            match self.parts().private_lock {
                PrivateLock::Publish => self.move_then_publish(job, self.parts().ring_lock).await,
                PrivateLock::Split => self.migrate_in_two_halves(job).await,
                PrivateLock::Whole => {
                    // Here it protects against the teardown of the context, until the end.
                    m.lock(file.private_lock).await?;
                    let migrated = self.migrate_connected(job).await?;
                    m.unlock(file.private_lock).await;
                    Ok(migrated)
                }
            }
        }
    }

    /// The fixed shape (v3, v4): everything under `private_lock`, with `ring_lock` in between.
    #[inline(always)]
    fn migrate_connected(&self, job: &Migration<'_>) -> impl Future<Output = Migrated> {
        #[inline(always)]
        async move {
            let Some(ctx) = self.private_data(job).await else { return Ok(Err(Errno::Inval)) };
            let held = match self.take_ring_lock(job, ctx, self.parts().ring_lock).await? {
                Ok(held) => held,
                Err(errno) => return Ok(Err(errno)),
            };
            let migrated = match self.check_identity(job).await {
                Ok(()) => self.move_and_publish(job, ctx).await?,
                Err(errno) => Err(errno),
            };
            if held {
                self.machine.unlock(job.ctx.ring_lock).await;
            }
            Ok(migrated)
        }
    }

    /// 3.13's shape, and what v1 and v2 put around it: the checks first, the swap in another critical section, and in
    /// between `private_lock` is free. v1 and v2 hold `ring_lock` over both, on a context that they have a reference to.
    #[inline(always)]
    async fn migrate_in_two_halves(&self, job: &Migration<'_>) -> Migrated {
        let m = self.machine;
        if self.parts().ring_lock == RingLock::None && !self.parts().ctx_reference {
            return self.check_then_move(job).await;
        }
        m.lock(job.ctx.file.private_lock).await?;
        let found = self.private_data(job).await;
        if let Some(ctx) = found
            && self.parts().ctx_reference
        {
            self.get_ioctx(job.ctx, ctx).await;
        }
        m.unlock(job.ctx.file.private_lock).await;
        let Some(ctx) = found else { return Ok(Err(Errno::Inval)) };

        let migrated = match self.take_ring_lock(job, ctx, self.parts().ring_lock).await? {
            Ok(held) => {
                let migrated = self.check_then_move(job).await?;
                if held {
                    m.unlock(job.ctx.ring_lock).await;
                }
                migrated
            }
            Err(errno) => Err(errno),
        };
        if self.parts().ctx_reference {
            self.put_ioctx(job.ctx, ctx).await;
        }
        Ok(migrated)
    }

    /// 3.13: both halves.
    #[inline(always)]
    async fn check_then_move(&self, job: &Migration<'_>) -> Migrated {
        let m = self.machine;
        m.lock(job.ctx.file.private_lock).await?;
        let checked = self.check_under_completion_lock(job).await?;
        m.unlock(job.ctx.file.private_lock).await;
        match checked {
            Ok(()) => self.move_then_publish(job, RingLock::None).await,
            Err(errno) => Ok(Err(errno)),
        }
    }

    /// `mapping->private_data`: the context, while it is connected.
    #[inline(always)]
    async fn private_data(&self, job: &Migration<'_>) -> Option<ContextRef> {
        let ctx = ContextRef::from_word(self.machine.load(job.ctx.file.private_data()).await);
        (!ctx.is_null()).then_some(ctx)
    }

    /// Takes `ring_lock` in the way of `how`; whether it is held.
    #[inline(always)]
    fn take_ring_lock(
        &self,
        job: &Migration<'_>,
        ctx: ContextRef,
        how: RingLock,
    ) -> impl Future<Output = Result<Result<bool, Errno>, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            let held = match how {
                RingLock::None => false,
                RingLock::Block => {
                    m.lock(job.ctx.ring_lock).await?;
                    true
                }
                // Only tried: ring_lock is the outer lock of a reader that may wait for what the migrating thread holds.
                RingLock::Try => match m.try_lock(job.ctx.ring_lock).await {
                    true => true,
                    false if self.parts().ignore_refused => false,
                    false => return Ok(Err(Errno::Again(Busy::RingLock))),
                },
            };
            self.trace.context_used(job.ctx, ctx);
            Ok(Ok(held))
        }
    }

    /// "Make sure the old page hasn't already been changed."
    #[inline(always)]
    async fn check_identity(&self, job: &Migration<'_>) -> Result<(), Errno> {
        if job.idx >= job.ctx.ring.pages() {
            return Err(Errno::Inval);
        }
        if self.parts().identity_check && self.machine.load(job.ctx.ring_page(job.idx)).await != job.old.to_word() {
            return Err(Errno::Again(Busy::Identity));
        }
        Ok(())
    }

    /// 3.13's first half: the checks, under `private_lock` and `completion_lock`, both released before the page moves.
    #[inline(always)]
    async fn check_under_completion_lock(&self, job: &Migration<'_>) -> Migrated {
        let m = self.machine;
        let Some(ctx) = self.private_data(job).await else { return Ok(Err(Errno::Inval)) };
        m.lock(job.ctx.completion_lock).await?;
        let checked = self.check_identity(job).await;
        m.unlock(job.ctx.completion_lock).await;
        self.trace.context_used(job.ctx, ctx);
        Ok(checked)
    }

    /// v4: moves the mapping and publishes the page, with the ring's reference kept throughout.
    #[inline(always)]
    fn move_and_publish(&self, job: &Migration<'_>, ctx: ContextRef) -> impl Future<Output = Migrated> {
        #[inline(always)]
        async move {
            if let Err(errno) = self.move_page(job).await? {
                return Ok(Err(errno));
            }
            if let Err(errno) = self.copy_and_publish(job, ctx, false).await? {
                return Ok(Err(errno));
            }
            if self.parts().extra_reference {
                // "The old page is no longer accessible."
                self.put(if self.parts().wrong_frame_put { job.new } else { job.old }).await;
            }
            Ok(Ok(()))
        }
    }

    /// 3.12 and 3.13: the mapping moves first, and only then is the context looked up and locked.
    #[inline(always)]
    async fn move_then_publish(&self, job: &Migration<'_>, ring_lock: RingLock) -> Migrated {
        let (m, file) = (self.machine, &job.ctx.file);
        if let Err(errno) = self.move_page(job).await? {
            return Ok(Err(errno));
        }
        m.lock(file.private_lock).await?;
        let published = match self.private_data(job).await {
            Some(ctx) => match self.take_ring_lock(job, ctx, ring_lock).await? {
                Ok(held) => {
                    let published = self.copy_and_publish(job, ctx, true).await?;
                    if held {
                        m.unlock(job.ctx.ring_lock).await;
                    }
                    published
                }
                Err(errno) => Err(errno),
            },
            None => Err(Errno::Busy),
        };
        m.unlock(file.private_lock).await;
        if published.is_err() {
            self.trace.failed_after_move(job.ctx, job.idx);
        }
        if self.parts().extra_reference {
            let put_old = published.is_ok() != self.parts().wrong_frame_put;
            self.put(if put_old { job.old } else { job.new }).await;
        }
        Ok(published)
    }

    /// Gives `new` the ring's reference and puts it into the page cache in `old`'s place.
    #[inline(always)]
    fn move_page(&self, job: &Migration<'_>) -> impl Future<Output = Migrated> {
        #[inline(always)]
        async move {
            // Caller, page cache and ring hold one each; 3.12 puts the ring's "at once".
            let expected = if self.parts().extra_reference { 3 } else { 2 };
            match self.parts().extra_reference {
                true => self.get(job.new).await,
                false => self.put(job.old).await,
            }
            let moved = self.move_mapping(&job.ctx.file, job.idx, job.old, job.new, expected).await?;
            match (moved, self.parts().extra_reference) {
                (true, true) => {}
                (true, false) => self.get(job.new).await,
                (false, true) => self.put(job.new).await,
                (false, false) => self.get(job.old).await,
            }
            Ok(if moved { Ok(()) } else { Err(Errno::Again(Busy::References)) })
        }
    }

    /// Copies the page and puts it into `ring_pages[]`. `completion_lock` keeps completions from writing to the old page
    /// in between; readers must have been kept out by the caller, or [the head is lost](super#the-lost-head). `recheck`:
    /// only if the ring still has the old page ("and only do the move if things haven't changed", 3.13).
    #[inline(always)]
    fn copy_and_publish(
        &self,
        job: &Migration<'_>,
        pointer: ContextRef,
        recheck: bool,
    ) -> impl Future<Output = Migrated> {
        #[inline(always)]
        async move {
            let (m, ctx) = (self.machine, job.ctx);
            if self.parts().completion_lock {
                m.lock(ctx.completion_lock).await?;
            }
            if self.parts().reader_spinlock {
                m.lock(ctx.page0_lock).await?;
            }
            let mut published = Ok(());
            if self.parts().order == Order::PublishFirst {
                published = self.publish(job, recheck).await;
            }
            m.copy_page(job.old, job.new).await;
            m.widen(job.widen);
            if self.parts().order == Order::CopyPublishRelease {
                published = self.publish(job, recheck).await;
            }
            if self.parts().reader_spinlock {
                m.unlock(ctx.page0_lock).await;
            }
            if self.parts().completion_lock {
                m.unlock(ctx.completion_lock).await;
            }
            if self.parts().order == Order::ReleaseFirst {
                published = self.publish(job, recheck).await;
            }
            self.trace.context_used(ctx, pointer);
            Ok(published)
        }
    }

    /// `ctx->ring_pages[idx] = new`.
    #[inline(always)]
    fn publish(&self, job: &Migration<'_>, recheck: bool) -> impl Future<Output = Result<(), Errno>> {
        #[inline(always)]
        async move {
            if recheck {
                self.check_identity(job).await?;
            }
            self.machine.store(job.ctx.ring_page(job.idx), job.new.to_word()).await;
            Ok(())
        }
    }

    /// `put_page`, observed.
    #[inline(always)]
    pub async fn put(&self, page: Page) {
        if self.machine.put_page(page).await == Put::Underflow {
            self.trace.reference_missing(page);
        }
    }

    /// `get_page`, observed.
    #[inline(always)]
    pub async fn get(&self, page: Page) {
        if !self.machine.get_page(page).await {
            self.trace.reference_missing(page);
        }
    }
}
