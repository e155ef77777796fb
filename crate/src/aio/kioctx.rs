//! `struct kioctx`: one AIO context.

use crate::machine::{Lock, LockKind, WaitQueue};
use crate::ring::header::{Field, Header};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Frames, Geometry, Memory, Page, Placer};

/// Where a context's words lie, and the shape of its ring.
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
    /// The ring's shape.
    pub ring: Geometry,
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
            ring,
            tail: placer.line(),
            reqs_available: placer.line(),
            ring_pages: placer.place(ring.pages(), LINE),
            // ioctx_alloc: "req_batch = (nr_events - 1) / (num_possible_cpus() * 4)", at least 1.
            req_batch: (ring.usable() / (possible_cpus * 4)).max(1),
        }
    }

    /// Makes an empty ring out of `pages`: header, `ring_pages[]`, all slots in the pool. Nobody else may be there yet.
    pub fn init(&self, memory: &impl Memory, frames: &Frames, pages: &[Page], id: u32) {
        for (i, page) in (0..).zip(pages) {
            memory.fill(frames.data(*page), frames.page_words(), 0);
            memory.store(self.ring_page(i), page.to_word());
        }
        Header::empty(id, self.ring.nr()).write(memory, frames.data(pages[0]));
        memory.store(self.tail, 0);
        memory.store(self.reqs_available, self.ring.usable());
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
    #[must_use]
    pub const fn locks(&self) -> [(&'static str, Lock); 3] {
        [("ring_lock", self.ring_lock), ("completion_lock", self.completion_lock), ("page0_lock", self.page0_lock)]
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
