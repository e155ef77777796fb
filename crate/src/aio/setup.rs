//! Setup: `ioctx_alloc`, `aio_setup_ring`, `ioctx_add_table`.

use super::context::{ContextRef, SlotWord};
use super::protocol::{RingPages, Rules, SetupLock};
use super::tracepoints::{Access, Tracepoints};
use super::{Aio, Kioctx, Mm};
use crate::machine::lock::LockWord;
use crate::machine::{Aborted, Machine};
use crate::ring::Page;
use crate::ring::header::{Field, Header};

/// Where setup can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetupStep {
    /// No memory for the context.
    Context,
    /// No ring file.
    File,
    /// No memory for the last page of the ring.
    Pages,
    /// No room in the address space.
    Mmap,
    /// Too many events in the system, `aio_max_nr`.
    Quota,
    /// No room in the table of contexts.
    Table,
}

impl SetupStep {
    /// All of them, in the order in which setup comes to them.
    pub const ALL: [Self; 6] = [Self::Context, Self::File, Self::Pages, Self::Mmap, Self::Quota, Self::Table];
}

/// What a setup is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The process.
    pub mm: &'a Mm,
    /// The slots that contexts come from.
    pub pool: &'a [Kioctx],
    /// Where it is told to fail.
    pub failure: Option<SetupStep>,
    /// Whether allocating a page compacts memory, and so migrates the page that was made before it.
    pub compacts: bool,
    /// Where the search for free frames starts.
    pub hint: u32,
}

/// A context that has been set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The pointer to it.
    pub ctx: ContextRef,
    /// Its index in the table, `ring->id`.
    pub id: u32,
}

impl Made {
    /// All of it as one number.
    #[must_use]
    pub const fn to_number(self) -> u64 {
        (self.ctx.to_word() as u64) << 32 | self.id as u64
    }
}

/// `ring->id` until the context is in the table.
const NO_ID: u32 = u32::MAX;

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `ioctx_alloc`: makes a context with its ring and puts it into the process's table. The caller gets a reference, to be
    /// put when `io_setup` is over. `Err` names the step that failed;
    /// then everything has been undone.
    ///
    /// # Errors
    /// The outer one when the run was aborted.
    pub async fn ioctx_alloc(&self, setup: &Setup<'_>) -> Result<Result<Made, SetupStep>, Aborted> {
        let (m, parts) = (self.machine, self.parts());
        if setup.failure == Some(SetupStep::Context) {
            return Ok(Err(SetupStep::Context));
        }
        let Some((slot, ctx)) = self.zalloc_context(setup.pool).await else { return Ok(Err(SetupStep::Context)) };
        if parts.setup_lock != SetupLock::None {
            // v3 and v4: "keeping the ring_lock mutex held until setup is complete".
            m.lock(slot.ring_lock).await?;
        }
        let ring = self.setup_ring(setup, slot, ctx).await?;
        if parts.setup_lock == SetupLock::Ring {
            m.unlock(slot.ring_lock).await;
        }
        if let Err(step) = ring {
            if parts.setup_lock == SetupLock::Whole && parts.unlock_on_failure {
                m.unlock(slot.ring_lock).await;
            }
            self.free_context(slot, ctx).await;
            return Ok(Err(step));
        }

        m.store(slot.reqs_available(), slot.ring.usable()).await;
        // "io_setup() will drop this ref": others can find the context before this function has returned.
        self.get_ioctx(slot, ctx).await;
        let id = match setup.failure {
            Some(SetupStep::Quota) => Err(SetupStep::Quota),
            _ => self.ioctx_add_table(setup, slot, ctx).await?,
        };
        if id.is_err() {
            self.free_ring(slot).await?;
        }
        if parts.setup_lock == SetupLock::Whole {
            m.unlock(slot.ring_lock).await;
        }
        match id {
            Ok(id) => Ok(Ok(Made { ctx, id })),
            Err(step) => {
                self.free_context(slot, ctx).await;
                Ok(Err(step))
            }
        }
    }

    /// `kmem_cache_zalloc(kioctx_cachep)` and the initialisation of what it gives. The words are written at once, since
    /// nobody can know the context yet.
    async fn zalloc_context<'p>(&self, pool: &'p [Kioctx]) -> Option<(&'p Kioctx, ContextRef)> {
        let m = self.machine;
        let start = m.bookmark();
        for (i, slot) in (0..).zip(pool) {
            m.forget_since(start, i);
            let word = SlotWord::from_word(m.load(slot.state()).await);
            let ctx = word.occupied();
            if !word.is_free() || m.compare_exchange(slot.state(), word.to_word(), ctx.to_word()).await.is_err() {
                continue;
            }
            let unlocked = [slot.ring_lock, slot.completion_lock, slot.page0_lock].map(|lock| lock.at);
            for at in unlocked {
                m.this_cpu_write(at, LockWord::UNLOCKED.to_word());
            }
            for i in 0..slot.ring.pages() {
                m.this_cpu_write(slot.ring_page(i), Page::NULL.to_word());
            }
            // One reference, which is the table's.
            for (at, value) in [(slot.users(), 1), (slot.released(), 0), (slot.tail(), 0), (slot.reqs_available(), 0)] {
                m.this_cpu_write(at, value);
            }
            return Some((slot, ctx));
        }
        None
    }

    /// `kmem_cache_free(kioctx_cachep)`.
    pub(super) async fn free_context(&self, slot: &Kioctx, ctx: ContextRef) {
        self.trace.context_freed(slot);
        self.machine.store(slot.state(), SlotWord::vacated(ctx).to_word()).await;
    }

    /// `aio_setup_ring`: the file, its pages, `ring_pages[]`, the mapping, the header.
    async fn setup_ring(
        &self,
        setup: &Setup<'_>,
        slot: &Kioctx,
        ctx: ContextRef,
    ) -> Result<Result<(), SetupStep>, Aborted> {
        let (m, parts) = (self.machine, self.parts());
        if setup.failure == Some(SetupStep::File) {
            return Ok(Err(SetupStep::File));
        }
        // aio_private_file: from here on a migration of one of its pages can find the context.
        m.store(slot.file.private_data(), ctx.to_word()).await;

        for i in 0..slot.ring.pages() {
            let fails = setup.failure == Some(SetupStep::Pages) && i + 1 == slot.ring.pages();
            if fails || !self.create_page(setup, slot, i).await? {
                self.free_ring(slot).await?;
                return Ok(Err(SetupStep::Pages));
            }
        }

        m.lock(setup.mm.mmap_sem).await?;
        let mapped = setup.failure != Some(SetupStep::Mmap);
        if mapped && parts.ring_pages == RingPages::AfterMmap {
            self.get_user_pages(slot).await?;
        }
        m.unlock(setup.mm.mmap_sem).await;
        if !mapped {
            self.free_ring(slot).await?;
            return Ok(Err(SetupStep::Mmap));
        }
        self.write_header(slot).await;
        Ok(Ok(()))
    }

    /// `find_or_create_page`: a zeroed page with the page cache's reference and the ring's; `false`: there is no memory.
    async fn create_page(&self, setup: &Setup<'_>, slot: &Kioctx, i: u32) -> Result<bool, Aborted> {
        let m = self.machine;
        if setup.compacts && i > 0 {
            self.migrate(slot, i - 1, setup.hint, 0).await?;
        }
        let Some(allocated) = m.alloc_page(setup.hint.wrapping_add(i)).await else { return Ok(false) };
        if let Some(words) = allocated.damage {
            self.trace.poison_broken(allocated.page, words);
        }
        m.clear_page(allocated.page).await;
        self.get(allocated.page).await;
        m.store(slot.file.page(i), allocated.page.to_word()).await;
        if self.parts().ring_pages == RingPages::AsCreated {
            m.store(slot.ring_page(i), allocated.page.to_word()).await;
        }
        Ok(true)
    }

    /// `get_user_pages` over the ring's mapping, as 3.12 filled `ring_pages[]`: each page is faulted in, which waits while it
    /// is being migrated.
    async fn get_user_pages(&self, slot: &Kioctx) -> Result<(), Aborted> {
        for i in 0..slot.ring.pages() {
            if let Some(page) = self.lock_user_page(slot, i).await? {
                self.machine.store(slot.ring_page(i), page.to_word()).await;
                self.unlock_user_page(page).await;
            }
        }
        Ok(())
    }

    /// The header, field by field; the page was looked up once. `id` stays [`NO_ID`] for the time being.
    async fn write_header(&self, slot: &Kioctx) {
        let m = self.machine;
        let ring = Page::from_word(m.load(slot.ring_page(0)).await);
        let header = Header::empty(NO_ID, slot.ring.nr());
        for (field, word) in Field::ALL.into_iter().zip(header.to_words()) {
            m.store(field.at(m.frames().data(ring)), word).await;
        }
        self.trace.page_accessed(ring, Access::Write);
    }

    /// `ioctx_add_table`: puts the context into the table, and its index there into the ring.
    async fn ioctx_add_table(
        &self,
        setup: &Setup<'_>,
        slot: &Kioctx,
        ctx: ContextRef,
    ) -> Result<Result<u32, SetupStep>, Aborted> {
        let (m, mm) = (self.machine, setup.mm);
        m.lock(mm.ioctx_lock).await?;
        let mut id = None;
        if setup.failure != Some(SetupStep::Table) {
            for entry in 0..mm.nr() {
                if ContextRef::from_word(m.load(mm.ioctx(entry)).await).is_null() {
                    m.store(mm.ioctx(entry), ctx.to_word()).await;
                    id = Some(entry);
                    break;
                }
            }
        }
        m.unlock(mm.ioctx_lock).await;
        let Some(id) = id else { return Ok(Err(SetupStep::Table)) };

        // v1 and v2 have let go of ring_lock by now and take completion_lock instead, which migration holds while it copies.
        let guarded = self.parts().setup_lock == SetupLock::Ring;
        if guarded {
            m.lock(slot.completion_lock).await?;
        }
        let ring = Page::from_word(m.load(slot.ring_page(0)).await);
        m.store(Field::Id.at(m.frames().data(ring)), id).await;
        self.trace.page_accessed(ring, Access::Write);
        if guarded {
            m.unlock(slot.completion_lock).await;
        }
        Ok(Ok(id))
    }
}
