//! Teardown: `kill_ioctx`, `free_ioctx`, `aio_free_ring`, `put_aio_ring_file`.

use super::context::ContextRef;
use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use super::unmap_and_move::page_lock;
use super::{Aio, Kioctx, Mm};
use crate::machine::{Aborted, Machine};
use crate::ring::Page;

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `io_destroy` of the context at `id` in the table, to the end: out of the table, the last reference, the ring, the
    /// memory. `false`: there is none.
    ///
    /// # Errors
    /// When the run was aborted.
    pub async fn io_destroy(&self, mm: &Mm, pool: &[Kioctx], id: u32) -> Result<bool, Aborted> {
        let m = self.machine;
        m.lock(mm.ioctx_lock).await?;
        let ctx = ContextRef::from_word(m.load(mm.ioctx(id)).await);
        if !ctx.is_null() {
            m.store(mm.ioctx(id), ContextRef::NULL.to_word()).await;
        }
        m.unlock(mm.ioctx_lock).await;
        if ctx.is_null() {
            return Ok(false);
        }
        let slot = &pool[ctx.slot() as usize];
        self.put_ioctx(slot, ctx).await;
        self.wait_for_users(slot).await?;
        self.free_ring(slot).await?;
        self.free_context(slot, ctx).await;
        Ok(true)
    }

    /// `aio_free_ring`: disconnects the context from the ring file and puts the ring's pages, in the protocol's order.
    pub(super) async fn free_ring(&self, slot: &Kioctx) -> Result<(), Aborted> {
        let (m, parts) = (self.machine, self.parts());
        if parts.disconnect_first {
            // "This prevents future accesses to the kioctx from page migration."
            self.put_ring_file(slot).await?;
        }
        if parts.teardown_lock {
            m.lock(slot.completion_lock).await?;
        }
        for i in 0..slot.ring.pages() {
            let page = Page::from_word(m.load(slot.ring_page(i)).await);
            if !page.is_null() {
                m.store(slot.ring_page(i), Page::NULL.to_word()).await;
                self.put(page).await;
            }
        }
        if parts.teardown_lock {
            m.unlock(slot.completion_lock).await;
        }
        if !parts.disconnect_first {
            self.put_ring_file(slot).await?;
        }
        Ok(())
    }

    /// `put_aio_ring_file`: truncates the file, then disconnects the context from its mapping.
    async fn put_ring_file(&self, slot: &Kioctx) -> Result<(), Aborted> {
        let (m, file) = (self.machine, &slot.file);
        for i in 0..slot.ring.pages() {
            self.truncate_page(slot, i).await?;
        }
        m.lock(file.private_lock).await?;
        m.store(file.private_data(), ContextRef::NULL.to_word()).await;
        m.unlock(file.private_lock).await;
        Ok(())
    }

    /// `truncate_inode_page`: takes page `i` out of the page cache. The page lock makes it wait for a migration of that
    /// page, and nobody who comes later finds the page in the file.
    async fn truncate_page(&self, slot: &Kioctx, i: u32) -> Result<(), Aborted> {
        let (m, file, waits) = (self.machine, &slot.file, self.parts().truncate_waits);
        let start = m.bookmark();
        loop {
            m.forget_since(start, 0);
            let Some(page) = self.find_get_page(file, i).await? else { return Ok(()) };
            let lock = page_lock(m.frames(), page);
            if waits {
                m.lock(lock).await?;
            }
            m.lock(file.tree_lock).await?;
            let ours = Page::from_word(m.load(file.page(i)).await) == page;
            if ours {
                m.store(file.page(i), Page::NULL.to_word()).await;
            }
            m.unlock(file.tree_lock).await;
            if waits {
                m.unlock(lock).await;
            }
            self.put(page).await;
            if ours {
                self.put(page).await;
                return Ok(());
            }
        }
    }
}
