//! The ring file's `struct address_space`: where the page cache keeps the ring's pages, and how one is replaced.

use super::Aio;
use super::context::ContextRef;
use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use crate::machine::{Aborted, Lock, LockKind, Machine};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Memory, Page, Placer};

/// Where a mapping's words lie.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// Guards the link to the context.
    pub private_lock: Lock,
    /// Guards the page cache's slots.
    pub tree_lock: Lock,
    private_data: Addr,
    pages: Addr,
}

impl Mapping {
    /// Room for a mapping of `nr_pages` pages.
    pub fn place(placer: &mut Placer, nr_pages: u32) -> Self {
        Self {
            private_lock: Lock::place(placer, LockKind::Spin),
            tree_lock: Lock::place(placer, LockKind::Spin),
            private_data: placer.line(),
            pages: placer.place(nr_pages, LINE),
        }
    }

    /// Puts the pages into the cache and connects the context; nobody else may be there yet.
    pub fn init(&self, memory: &impl Memory, pages: &[Page], ctx: ContextRef) {
        for (i, page) in (0..).zip(pages) {
            memory.store(self.page(i), page.to_word());
        }
        memory.store(self.private_data, ctx.to_word());
    }

    /// `mapping->private_data`: the [`ContextRef`] of the ring's context, or null once it has been disconnected.
    #[inline(always)]
    #[must_use]
    pub const fn private_data(&self) -> Addr {
        self.private_data
    }

    /// The page cache's slot `i`.
    #[inline(always)]
    #[must_use]
    pub const fn page(&self, i: u32) -> Addr {
        self.pages.offset(i)
    }

    /// The locks, with the kernel's names.
    #[must_use]
    pub const fn locks(&self) -> [(&'static str, Lock); 2] {
        [("private_lock", self.private_lock), ("tree_lock", self.tree_lock)]
    }
}

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `find_get_page`: the page in the cache's slot `idx`, with a reference; `None`: there is none. It may have been replaced
    /// by now: who locks it looks again.
    ///
    /// # Errors
    /// When the run was aborted.
    pub(super) async fn find_get_page(&self, mapping: &Mapping, idx: u32) -> Result<Option<Page>, Aborted> {
        let m = self.machine;
        let start = m.bookmark();
        let mut gone = Page::NULL;
        loop {
            m.forget_since(start, u64::from(gone.to_word()));
            let page = Page::from_word(m.load(mapping.page(idx)).await);
            // A page that is gone has been replaced first; only a broken protocol frees one that the file still has.
            if page.is_null() || page == gone {
                return Ok(None);
            }
            if m.get_page_speculative(page).await? {
                return Ok(Some(page));
            }
            gone = page;
        }
    }

    /// `migrate_page_move_mapping`: puts `new` into the cache's slot in place of `old`, if `old` has just the
    /// `expected` references. The cache's reference moves along. `false`: nothing has changed.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub fn move_mapping(
        &self,
        mapping: &Mapping,
        idx: u32,
        old: Page,
        new: Page,
        expected: u32,
    ) -> impl Future<Output = Result<bool, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.machine;
            m.lock(mapping.tree_lock).await?;
            let ours = Page::from_word(m.load(mapping.page(idx)).await) == old;
            if !ours || !m.freeze_refs(old, expected).await {
                m.unlock(mapping.tree_lock).await;
                return Ok(false);
            }
            m.get_page(new).await;
            m.store(mapping.page(idx), new.to_word()).await;
            m.unfreeze_refs(old, expected - 1).await;
            m.unlock(mapping.tree_lock).await;
            Ok(true)
        }
    }
}
