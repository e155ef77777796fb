//! User code's own way to the ring: loads through its mapping of the file, where migration makes it wait.
//!
//! The migration core unmaps a page before it moves it, and a user access that comes meanwhile faults and waits for the
//! page lock. That is why user code never sees a page half copied, and why it does nothing for those who go through
//! `ring_pages[]`.

use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use super::unmap_and_move::page_lock;
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Machine};
use crate::ring::Page;
use crate::ring::header::{Field, Header};

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// The file's page `i`, with a reference and locked, so that it stays where it is; `None`: there is none.
    pub(super) async fn lock_user_page(&self, slot: &Kioctx, i: u32) -> Result<Option<Page>, Aborted> {
        let m = self.machine;
        let start = m.bookmark();
        loop {
            m.forget_since(start, 0);
            let Some(page) = self.find_get_page(&slot.file, i).await? else { return Ok(None) };
            // migration_entry_wait.
            m.lock(page_lock(m.frames(), page)).await?;
            if Page::from_word(m.load(slot.file.page(i)).await) == page {
                return Ok(Some(page));
            }
            self.unlock_user_page(page).await;
        }
    }

    /// Ends [`lock_user_page`](Self::lock_user_page).
    pub(super) async fn unlock_user_page(&self, page: Page) {
        self.machine.unlock(page_lock(self.machine.frames(), page)).await;
        self.put(page).await;
    }

    /// What `io_submit` does first with a new context: looks at the ring's header through the user's mapping, where
    /// `ring->id` must lead back to the context (`lookup_ioctx`; −EINVAL otherwise).
    ///
    /// # Errors
    /// When the run was aborted.
    pub async fn look_at_header(&self, slot: &Kioctx, id: u32) -> Result<(), Aborted> {
        let m = self.machine;
        let Some(page) = self.lock_user_page(slot, 0).await? else { return Ok(()) };
        let expected = Header::empty(id, slot.ring.nr());
        let mut words = expected.to_words();
        for field in [Field::Id, Field::Nr, Field::Magic] {
            words[field as usize] = m.load(field.at(m.frames().data(page))).await;
        }
        self.unlock_user_page(page).await;
        self.trace.header_seen(slot, expected, Header::from_words(words));
        Ok(())
    }
}
