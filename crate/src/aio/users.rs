//! References to a context: `percpu_ref`, of which only the counting matters here.

use super::context::ContextRef;
use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use super::{Aio, Kioctx};
use crate::machine::{Aborted, Machine};

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `percpu_ref_get`: adds a reference without asking whether there is one to add to.
    #[inline(always)]
    pub async fn get_ioctx(&self, slot: &Kioctx, ctx: ContextRef) {
        self.machine.fetch_add(slot.users(), 1).await;
        self.trace.context_used(slot, ctx);
    }

    /// `percpu_ref_put`: puts a reference; the last one lets [`wait_for_users`](Self::wait_for_users) go on
    /// (`free_ioctx_users`, which queues the work that frees the context).
    #[inline(always)]
    pub async fn put_ioctx(&self, slot: &Kioctx, ctx: ContextRef) {
        let m = self.machine;
        // Looked at before: once the reference is put, others may free the context at any time.
        self.trace.context_used(slot, ctx);
        let before = m.fetch_add(slot.users(), 1_u32.wrapping_neg()).await;
        if before == 1 {
            let times = m.fetch_add(slot.released(), 1).await + 1;
            self.trace.context_released(slot, times);
            m.wake_up(slot.dying).await;
        }
    }

    /// Waits until the last reference has been put.
    ///
    /// # Errors
    /// When the run was aborted.
    pub async fn wait_for_users(&self, slot: &Kioctx) -> Result<(), Aborted> {
        let m = self.machine;
        let start = m.bookmark();
        while m.load(slot.released()).await == 0 {
            let ticket = m.prepare_to_wait(slot.dying).await;
            let woken = match m.load(slot.released()).await {
                0 => m.wait(slot.dying, ticket).await,
                _ => Ok(()),
            };
            m.finish_wait(slot.dying).await;
            woken?;
            m.forget_since(start, 0);
        }
        Ok(())
    }
}
