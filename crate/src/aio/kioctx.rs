//! `struct kioctx`: one AIO context.

use super::Mapping;
use super::context::{ContextRef, SlotWord};
use crate::machine::{Lock, LockKind, WaitQueue};
use crate::ring::header::{Field, Header};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Frames, Geometry, Memory, Page, Placer};

/// Where a context's words lie, and the shape of its ring: one slot of the pool that contexts come from, together with
/// the ring file that every context there gets.
///
/// Invariants while nobody is inside a critical section: `ring_pages[i]` is the mapping's page `i` (I3); slots in the
/// pool and the cpus' caches, requests in flight and events in the ring together are `nr - 1` (I6).
#[derive(Clone, Copy, Debug)]
pub struct Kioctx {
    /// The mutex that readers hold; after the fix also migration, by trylock.
    pub ring_lock: Lock,
    /// The spinlock of completions; guards `tail` and event writes.
    pub completion_lock: Lock,
    /// Tang and Gu's additional spinlock around ring page 0; in no kernel.
    pub page0_lock: Lock,
    /// Readers that wait for events, `ctx->wait`.
    pub wait: WaitQueue,
    /// Submitters that wait for slots. The kernel has no such queue: `io_submit` says −EAGAIN, and user code waits.
    pub slots: WaitQueue,
    /// Whoever frees the context waits here for the last reference to it.
    pub dying: WaitQueue,
    /// The ring's shape.
    pub ring: Geometry,
    /// `ctx->aio_ring_file->f_mapping`.
    pub file: Mapping,
    state: Addr,
    users: Addr,
    tail: Addr,
    reqs_available: Addr,
    ring_pages: Addr,
    req_batch: u32,
}

impl Kioctx {
    /// Room for a context with a ring of this shape, on a machine with `possible_cpus`.
    pub fn place(placer: &mut Placer, ring: Geometry, possible_cpus: u32) -> Self {
        Self {
            ring_lock: Lock::place(placer, LockKind::Mutex),
            completion_lock: Lock::place(placer, LockKind::Spin),
            page0_lock: Lock::place(placer, LockKind::Spin),
            wait: WaitQueue::place(placer),
            slots: WaitQueue::place(placer),
            dying: WaitQueue::place(placer),
            ring,
            file: Mapping::place(placer, ring.pages()),
            state: placer.line(),
            users: placer.place(LINE, LINE),
            tail: placer.line(),
            reqs_available: placer.line(),
            ring_pages: placer.place(ring.pages(), LINE),
            // ioctx_alloc: "req_batch = (nr_events - 1) / (num_possible_cpus() * 4)", at least 1.
            req_batch: (ring.usable() / (possible_cpus * 4)).max(1),
        }
    }

    /// Makes slot `slot` a free one; nobody may be there yet.
    pub fn init_free(&self, memory: &impl Memory, slot: u32) {
        for i in 0..self.ring.pages() {
            memory.store(self.ring_page(i), Page::NULL.to_word());
            memory.store(self.file.page(i), Page::NULL.to_word());
        }
        memory.store(self.state, SlotWord::new(slot).to_word());
    }

    /// Makes a context with an empty ring out of a free slot and `pages`, which have the page cache's reference and the
    /// ring's: what [`ioctx_alloc`](super::Aio::ioctx_alloc) does, at once. Nobody else may be there yet.
    pub fn init(&self, memory: &impl Memory, frames: &Frames, pages: &[Page], id: u32) -> ContextRef {
        for (i, page) in (0..).zip(pages) {
            memory.fill(frames.data(*page), frames.page_words(), 0);
            memory.store(self.ring_page(i), page.to_word());
        }
        Header::empty(id, self.ring.nr()).write(memory, frames.data(pages[0]));
        memory.store(self.tail, 0);
        memory.store(self.reqs_available, self.ring.usable());
        memory.store(self.users, 1);
        let ctx = SlotWord::from_word(memory.load(self.state)).occupied();
        memory.store(self.state, ctx.to_word());
        self.file.init(memory, pages, ctx);
        ctx
    }

    /// The slot's state: a [`SlotWord`].
    #[must_use]
    pub const fn state(&self) -> Addr {
        self.state
    }

    /// `ctx->users`: references.
    #[must_use]
    pub const fn users(&self) -> Addr {
        self.users
    }

    /// Times that the last reference was put, which must be once.
    #[must_use]
    pub const fn released(&self) -> Addr {
        self.users.offset(1)
    }

    /// `ctx->tail`: the kernel's trusted copy.
    #[inline(always)]
    #[must_use]
    pub const fn tail(&self) -> Addr {
        self.tail
    }

    /// `ctx->reqs_available`: the pool of slots.
    #[inline(always)]
    #[must_use]
    pub const fn reqs_available(&self) -> Addr {
        self.reqs_available
    }

    /// `ctx->ring_pages[i]`.
    #[inline(always)]
    #[must_use]
    pub const fn ring_page(&self, i: u32) -> Addr {
        self.ring_pages.offset(i)
    }

    /// `ctx->req_batch`: slots that move between the pool and a cpu's cache at a time.
    #[inline(always)]
    #[must_use]
    pub const fn req_batch(&self) -> u32 {
        self.req_batch
    }

    /// The locks, with the kernel's names.
    pub fn locks(&self) -> impl Iterator<Item = (&'static str, Lock)> {
        [("ring_lock", self.ring_lock), ("completion_lock", self.completion_lock), ("page0_lock", self.page0_lock)]
            .into_iter()
            .chain(self.file.locks())
    }
}

/// `ring->head` of the page.
#[inline(always)]
#[must_use]
pub fn head_of(frames: &Frames, page: Page) -> Addr {
    Field::Head.at(frames.data(page))
}

/// `ring->tail` of the page.
#[inline(always)]
#[must_use]
pub fn tail_of(frames: &Frames, page: Page) -> Addr {
    Field::Tail.at(frames.data(page))
}
