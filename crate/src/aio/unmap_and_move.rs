//! The migration core, as far as it calls [`migrate_page`](Aio::migrate_page): `migrate_pages`, `unmap_and_move`.

use super::migrate::{Busy, Errno, Migration};
use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Lock, LockKind, Machine};
use crate::ring::{Frames, Page};

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
    /// Passes of which nothing came, because of whichever lock or reference somebody else had.
    pub in_vain: u32,
}

impl Outcome {
    /// There was nothing to move, or nowhere to move it to.
    const NOTHING: Self = Self { migrated: false, refused: 0, in_vain: 0 };
}

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// The migration core for page `idx` of `ctx`'s ring file (`migrate_pages`, `unmap_and_move`): isolates the page (a
    /// reference), allocates its successor, locks both, and calls [`migrate_page`](Self::migrate_page) up to
    /// [`PASSES`] times while it says −EAGAIN. `hint` is where the search for a free frame starts.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub async fn migrate(&self, ctx: &Kioctx, idx: u32, hint: u32, widen: u32) -> Result<Outcome, Aborted> {
        self.migrate_in_passes(ctx, idx, hint, widen, Some(PASSES)).await
    }

    /// [`migrate`](Self::migrate) in so many passes, or in as many as it takes.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub async fn migrate_in_passes(
        &self,
        ctx: &Kioctx,
        idx: u32,
        hint: u32,
        widen: u32,
        passes: Option<u32>,
    ) -> Result<Outcome, Aborted> {
        let m = self.machine;
        // Isolation: the page must still be there when its reference has been taken.
        let old = Page::from_word(m.load(ctx.file.page(idx)).await);
        if old.is_null() || !m.get_page(old).await {
            return Ok(Outcome::NOTHING);
        }
        let Some(allocated) = m.alloc_page(hint).await else {
            self.put(old).await;
            return Ok(Outcome::NOTHING);
        };
        let new = allocated.page;
        if let Some(words) = allocated.damage {
            self.trace.poison_broken(new, words);
        }
        let outcome = self.move_to_new_page(&Migration { ctx, idx, old, new, widen }, passes).await?;
        // The caller's references: on success the old page dies with it, otherwise the new one.
        self.put(old).await;
        self.put(new).await;
        Ok(outcome)
    }

    /// `unmap_and_move`, pass after pass, with both pages locked.
    #[inline(always)]
    async fn move_to_new_page(&self, job: &Migration<'_>, passes: Option<u32>) -> Result<Outcome, Aborted> {
        let m = self.machine;
        let [old, new] = [job.old, job.new].map(|page| page_lock(m.frames(), page));
        let mut outcome = Outcome::NOTHING;
        // Nobody knows the new page yet; once it is in the page cache, its lock keeps truncation waiting. It is free unless
        // a broken protocol has let the frame be handed out while somebody held its lock.
        let locked = m.try_lock(new).await;
        let start = m.bookmark();
        let mut left = passes;
        while left != Some(0) {
            // Why the pass before was refused makes no difference.
            m.forget_since(start, u64::from(left.unwrap_or(0)));
            left = left.map(|left| left - 1);
            if !m.try_lock(old).await {
                outcome.in_vain += 1;
                continue;
            }
            // `page->mapping`: truncation, or another migration, has taken it out of the file.
            if m.load(job.ctx.file.page(job.idx)).await != job.old.to_word() {
                m.unlock(old).await;
                break;
            }
            let verdict = self.migrate_page(job).await?;
            m.unlock(old).await;
            outcome.migrated = verdict.is_ok();
            outcome.refused += u32::from(verdict == Err(Errno::Again(Busy::RingLock)));
            outcome.in_vain += u32::from(matches!(verdict, Err(Errno::Again(_))));
            if !matches!(verdict, Err(Errno::Again(_))) || !m.keep_going() {
                break;
            }
        }
        m.forget_since(start, 0);
        if locked {
            m.unlock(new).await;
        }
        Ok(outcome)
    }
}
