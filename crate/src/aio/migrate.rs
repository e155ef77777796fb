//! Migration: `aio_migratepage`, and as much of the migration core as calls it.

use super::mapping::CONNECTED;
use super::protocol::{Order, PrivateLock, RingLock, Rules};
use super::tracepoints::Tracepoints;
use super::{Aio, Kioctx, Mapping};
use crate::machine::{Aborted, Lock, LockKind, Machine};
use crate::ring::{Frames, Page, Put};

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
    /// The context that the mapping belongs to, while it is connected.
    pub ctx: &'a Kioctx,
    /// The ring file's mapping.
    pub mapping: &'a Mapping,
    /// `old->index`.
    pub idx: u32,
    /// The page that the ring has; the caller holds a reference and the page lock.
    pub old: Page,
    /// The page that it is to have; the caller holds a reference.
    pub new: Page,
    /// Turns of spinning between copy and publication, 0 by default: makes the window wider on purpose.
    pub widen: u32,
}

/// `aio_migratepage`'s verdict, or that the run was aborted.
pub type Migrated = Result<Result<(), Errno>, Aborted>;

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `aio_migratepage`: moves one page of the ring.
    ///
    /// References on `old` when it is called: the caller's, the page cache's, the ring's.
    ///
    /// # Errors
    /// The outer one when the run was aborted, the inner one when the page was not moved.
    #[inline(always)]
    pub async fn migrate_page(&self, job: &Migration<'_>) -> Migrated {
        let (m, parts) = (self.machine, self.parts());
        if !parts.extra_reference {
            self.put(job.old).await;
        }
        match parts.private_lock {
            PrivateLock::Publish => self.move_then_publish(job).await,
            PrivateLock::Split => {
                m.lock(job.mapping.private_lock).await?;
                let checked = self.check_under_completion_lock(job).await?;
                m.unlock(job.mapping.private_lock).await;
                match checked {
                    Ok(()) => self.move_then_publish(job).await,
                    Err(errno) => Ok(Err(errno)),
                }
            }
            PrivateLock::Whole => {
                // Here it protects against the teardown of the context, until the end.
                m.lock(job.mapping.private_lock).await?;
                let migrated = self.migrate_connected(job).await?;
                m.unlock(job.mapping.private_lock).await;
                Ok(migrated)
            }
        }
    }

    /// The fixed shape (v3, v4): everything under `private_lock`, with `ring_lock` in between.
    #[inline(always)]
    async fn migrate_connected(&self, job: &Migration<'_>) -> Migrated {
        if self.machine.load(job.mapping.private_data()).await != CONNECTED {
            return Ok(Err(Errno::Inval));
        }
        let held = match self.take_ring_lock(job.ctx).await? {
            Ok(held) => held,
            Err(errno) => return Ok(Err(errno)),
        };
        let migrated = match self.check_identity(job).await {
            Ok(()) => self.move_and_publish(job).await?,
            Err(errno) => Err(errno),
        };
        if held {
            self.machine.unlock(job.ctx.ring_lock).await;
        }
        Ok(migrated)
    }

    /// Takes `ring_lock` as the protocol says; whether it is held.
    #[inline(always)]
    async fn take_ring_lock(&self, ctx: &Kioctx) -> Result<Result<bool, Errno>, Aborted> {
        let (m, parts) = (self.machine, self.parts());
        match parts.ring_lock {
            RingLock::None => Ok(Ok(false)),
            RingLock::Block => {
                m.lock(ctx.ring_lock).await?;
                Ok(Ok(true))
            }
            // Only tried: ring_lock is the outer lock of a reader that may wait for what the migrating thread holds.
            RingLock::Try => match m.try_lock(ctx.ring_lock).await {
                true => Ok(Ok(true)),
                false if parts.ignore_refused => Ok(Ok(false)),
                false => Ok(Err(Errno::Again(Busy::RingLock))),
            },
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
        if m.load(job.mapping.private_data()).await != CONNECTED {
            return Ok(Err(Errno::Inval));
        }
        m.lock(job.ctx.completion_lock).await?;
        let checked = self.check_identity(job).await;
        m.unlock(job.ctx.completion_lock).await;
        Ok(checked)
    }

    /// v4: moves the mapping and publishes the page, with the ring's reference kept throughout.
    #[inline(always)]
    async fn move_and_publish(&self, job: &Migration<'_>) -> Migrated {
        if let Err(errno) = self.move_page(job).await? {
            return Ok(Err(errno));
        }
        self.copy_and_publish(job).await?;
        if self.parts().extra_reference {
            // "The old page is no longer accessible."
            self.put(if self.parts().wrong_frame_put { job.new } else { job.old }).await;
        }
        Ok(Ok(()))
    }

    /// 3.12 and 3.13: the mapping moves first, and only then is the context looked up and locked.
    #[inline(always)]
    async fn move_then_publish(&self, job: &Migration<'_>) -> Migrated {
        let m = self.machine;
        if let Err(errno) = self.move_page(job).await? {
            return Ok(Err(errno));
        }
        m.lock(job.mapping.private_lock).await?;
        let published = if m.load(job.mapping.private_data()).await == CONNECTED {
            match self.take_ring_lock(job.ctx).await? {
                Ok(held) => {
                    let published = self.publish_if_unchanged(job).await?;
                    if held {
                        m.unlock(job.ctx.ring_lock).await;
                    }
                    published
                }
                Err(errno) => Err(errno),
            }
        } else {
            Err(Errno::Busy)
        };
        m.unlock(job.mapping.private_lock).await;
        if self.parts().extra_reference {
            let put_old = published.is_ok() != self.parts().wrong_frame_put;
            self.put(if put_old { job.old } else { job.new }).await;
        }
        Ok(published)
    }

    /// Copies and swaps, unless another migration came between check and swap.
    #[inline(always)]
    async fn publish_if_unchanged(&self, job: &Migration<'_>) -> Migrated {
        if let Err(errno) = self.check_identity(job).await {
            return Ok(Err(errno));
        }
        self.copy_and_publish(job).await?;
        Ok(Ok(()))
    }

    /// Gives `new` the ring's reference and puts it into the page cache in `old`'s place.
    #[inline(always)]
    async fn move_page(&self, job: &Migration<'_>) -> Migrated {
        let m = self.machine;
        let parts = self.parts();
        // Caller, page cache and ring hold one each; 3.12 has put the ring's already.
        let expected = if parts.extra_reference { 3 } else { 2 };
        if parts.extra_reference {
            m.get_page(job.new).await;
        }
        let moved = self.move_mapping(job.mapping, job.idx, job.old, job.new, expected).await?;
        match (moved, parts.extra_reference) {
            (true, true) => {}
            (true, false) => self.get(job.new).await,
            (false, true) => self.put(job.new).await,
            (false, false) => self.get(job.old).await,
        }
        Ok(if moved { Ok(()) } else { Err(Errno::Again(Busy::References)) })
    }

    /// Copies the page and puts it into `ring_pages[]`. `completion_lock` keeps completions from writing to the old page
    /// in between; readers must have been kept out by the caller, or [the head is lost](super#the-lost-head).
    #[inline(always)]
    async fn copy_and_publish(&self, job: &Migration<'_>) -> Result<(), Aborted> {
        let (m, parts, ctx) = (self.machine, self.parts(), job.ctx);
        if parts.completion_lock {
            m.lock(ctx.completion_lock).await?;
        }
        if parts.reader_spinlock {
            m.lock(ctx.page0_lock).await?;
        }
        if parts.order == Order::PublishFirst {
            m.store(ctx.ring_page(job.idx), job.new.to_word()).await;
        }
        m.copy_page(job.old, job.new).await;
        m.widen(job.widen);
        if parts.order == Order::CopyPublishRelease {
            m.store(ctx.ring_page(job.idx), job.new.to_word()).await;
        }
        if parts.reader_spinlock {
            m.unlock(ctx.page0_lock).await;
        }
        if parts.completion_lock {
            m.unlock(ctx.completion_lock).await;
        }
        if parts.order == Order::ReleaseFirst {
            m.store(ctx.ring_page(job.idx), job.new.to_word()).await;
        }
        Ok(())
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
    async fn get(&self, page: Page) {
        if !self.machine.get_page(page).await {
            self.trace.reference_missing(page);
        }
    }
}

/// The page lock of `page`.
#[must_use]
pub const fn page_lock(frames: &Frames, page: Page) -> Lock {
    Lock { at: frames.lock_word(page), kind: LockKind::Mutex }
}

/// Passes of the migration core over a page that says −EAGAIN, as in `migrate_pages`.
pub const PASSES: u32 = 10;

/// How a call of the migration core ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the page was moved.
    pub migrated: bool,
    /// Times that the trylock was refused.
    pub refused: u32,
}

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// The migration core for one page of the ring file (`migrate_pages`, `unmap_and_move`): isolates the page (a
    /// reference), allocates its successor, locks both as far as others could see them, and calls
    /// [`migrate_page`](Self::migrate_page) up to `passes` times while it says −EAGAIN. `hint` is where the search for a
    /// free frame starts.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub async fn migrate(
        &self,
        ctx: &Kioctx,
        mapping: &Mapping,
        idx: u32,
        passes: u32,
        hint: u32,
        widen: u32,
    ) -> Result<Outcome, Aborted> {
        let m = self.machine;
        let mut outcome = Outcome { migrated: false, refused: 0 };
        // Isolation: the page must still be there when its reference has been taken.
        let old = Page::from_word(m.load(mapping.page(idx)).await);
        if !m.get_page(old).await {
            return Ok(outcome);
        }
        let Some(allocated) = m.alloc_page(hint).await else {
            self.put(old).await;
            return Ok(outcome);
        };
        let new = allocated.page;
        if let Some(words) = allocated.damage {
            self.trace.poison_broken(new, words);
        }
        let page_lock = page_lock(m.frames(), old);
        for _ in 0..passes {
            if !m.try_lock(page_lock).await {
                continue;
            }
            let verdict = self.migrate_page(&Migration { ctx, mapping, idx, old, new, widen }).await?;
            m.unlock(page_lock).await;
            outcome.migrated = verdict.is_ok();
            outcome.refused += u32::from(verdict == Err(Errno::Again(Busy::RingLock)));
            if !matches!(verdict, Err(Errno::Again(_))) || !m.keep_going() {
                break;
            }
        }
        // The caller's references: on success the old page dies with it, otherwise the new one.
        self.put(old).await;
        self.put(new).await;
        Ok(outcome)
    }
}
