//! What a thread can do to shared memory, one step at a time.
//!
//! The protocol is written once, as `async` functions over a [`Machine`]. Every method here that returns a future is
//! one *step*: one access to shared memory, one lock operation, or one bulk copy. Between two steps another thread may
//! run.
//!
//! | machine | a step | serves |
//! |---|---|---|
//! | [`threads`] | happens at once, for real; the future is ready at its first poll | "it happens" |
//! | [`model`] | waits until the schedule picks its thread | "it always / never happens" |
//! | [`gated`] | happens for real, when the schedule says so | "watch it happen" |
//!
//! Steps know their place in the source (`#[track_caller]`) and the word that they touch, so a recorded step needs no
//! label of its own.

pub mod gated;
pub mod lock;
pub mod model;
pub mod step;
pub mod thread;
pub mod threads;
pub mod waits;

use core::future::Future;

pub use lock::{Lock, LockKind, WaitQueue};
pub use step::{Op, Step};
pub use thread::{Control, ThreadId};
pub use waits::{Stuck, Wait, WaitFor};

use crate::ring::frames::Allocated;
use crate::ring::{Addr, Frames, IoEvent, Page, Put};

/// The run was stopped while the caller waited; locks that it holds stay held, the whole arena is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aborted;

/// A place in what a thread observes: see [`Machine::bookmark`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookmark(u64);

/// A thread's view of shared memory.
///
/// Data in shared words is handled by the *atomic* steps; page contents move by the *bulk* steps, which on real threads
/// are plain copies (a race with them is what the lab is about).
#[allow(async_fn_in_trait)]
pub trait Machine {
    /// The thread that this view belongs to.
    fn me(&self) -> ThreadId;

    /// The page frames.
    fn frames(&self) -> &Frames;

    /// Whether the thread should go on; checked between operations.
    fn keep_going(&self) -> bool;

    // --- atomic steps ---

    /// Atomic load.
    #[track_caller]
    fn load(&self, at: Addr) -> impl Future<Output = u32>;
    /// Atomic store.
    #[track_caller]
    fn store(&self, at: Addr, value: u32) -> impl Future<Output = ()>;
    /// Atomic wrapping addition; the value before.
    #[track_caller]
    fn fetch_add(&self, at: Addr, by: u32) -> impl Future<Output = u32>;
    /// Atomic compare and exchange; `Err` holds the value found.
    #[track_caller]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> impl Future<Output = Result<u32, u32>>;

    // --- plain steps ---

    /// Load of a word that is stored under a lock that the caller holds: `ctx->tail`, `ring->head`. A plain one where the lock is
    /// enough.
    #[track_caller]
    #[inline(always)]
    fn load_locked(&self, at: Addr) -> impl Future<Output = u32> {
        self.load(at)
    }
    /// Store to a word that only the holder of a lock writes; others see it when the lock is released, at the latest.
    #[track_caller]
    #[inline(always)]
    fn store_locked(&self, at: Addr, value: u32) -> impl Future<Output = ()> {
        self.store(at, value)
    }

    // --- bulk steps ---

    /// `migrate_page_copy`: the bytes of `from` to `to`.
    #[track_caller]
    fn copy_page(&self, from: Page, to: Page) -> impl Future<Output = ()>;
    /// `clear_page`: zeroes.
    #[track_caller]
    fn clear_page(&self, page: Page) -> impl Future<Output = ()>;
    /// Copies the events at `page`, from the event `index` in it, out to `into`.
    #[track_caller]
    fn read_events(&self, page: Page, index: u32, into: &mut [IoEvent]) -> impl Future<Output = ()>;
    /// Writes an event to `page` at `index`.
    #[track_caller]
    fn write_event(&self, page: Page, index: u32, event: IoEvent) -> impl Future<Output = ()>;
    /// Writes events to `page` from `index` on, one by one where it makes a difference.
    #[track_caller]
    fn write_events(&self, page: Page, index: u32, events: &[IoEvent]) -> impl Future<Output = ()> {
        async move {
            for (index, event) in (index..).zip(events) {
                self.write_event(page, index, *event).await;
            }
        }
    }

    // --- pages ---

    /// A new page with one reference, if there is one; the search starts at frame `hint`.
    #[track_caller]
    fn alloc_page(&self, hint: u32) -> impl Future<Output = Option<Allocated>>;
    /// `get_page`; `false` when nobody held a reference.
    #[track_caller]
    fn get_page(&self, page: Page) -> impl Future<Output = bool>;
    /// `page_cache_get_speculative`, as whoever has found the page in the page cache does it: a `get_page` that waits while the
    /// references are [frozen](Self::freeze_refs). `false`: the page has been freed.
    #[track_caller]
    fn get_page_speculative(&self, page: Page) -> impl Future<Output = Result<bool, Aborted>>;
    /// `put_page`.
    #[track_caller]
    fn put_page(&self, page: Page) -> impl Future<Output = Put>;
    /// `page_freeze_refs`; `false` when there are not exactly `expected` references.
    #[track_caller]
    fn freeze_refs(&self, page: Page, expected: u32) -> impl Future<Output = bool>;
    /// `page_unfreeze_refs`.
    #[track_caller]
    fn unfreeze_refs(&self, page: Page, refs: u32) -> impl Future<Output = ()>;

    // --- locks ---

    /// Takes the lock (a semaphore: for writing), waiting for it.
    #[track_caller]
    fn lock(&self, lock: Lock) -> impl Future<Output = Result<(), Aborted>>;
    /// Takes the lock if it is free.
    #[track_caller]
    fn try_lock(&self, lock: Lock) -> impl Future<Output = bool>;
    /// Releases the lock.
    #[track_caller]
    fn unlock(&self, lock: Lock) -> impl Future<Output = ()>;
    /// `down_read`: takes a semaphore for reading, waiting for it.
    #[track_caller]
    fn down_read(&self, semaphore: Lock) -> impl Future<Output = Result<(), Aborted>>;
    /// `up_read`.
    #[track_caller]
    fn up_read(&self, semaphore: Lock) -> impl Future<Output = ()>;

    // --- wait queues ---

    /// `prepare_to_wait`: announces a waiter; the ticket tells a later [`wait`](Self::wait) whether it was woken.
    #[track_caller]
    fn prepare_to_wait(&self, queue: WaitQueue) -> impl Future<Output = u32>;
    /// Waits until the queue was woken after `ticket` was drawn.
    #[track_caller]
    fn wait(&self, queue: WaitQueue, ticket: u32) -> impl Future<Output = Result<(), Aborted>>;
    /// `finish_wait`: the waiter is gone.
    #[track_caller]
    fn finish_wait(&self, queue: WaitQueue) -> impl Future<Output = ()>;
    /// `waitqueue_active` and `wake_up`: wakes everybody, if anybody waits.
    #[track_caller]
    fn wake_up(&self, queue: WaitQueue) -> impl Future<Output = ()>;

    // --- chance ---

    /// What nobody can foresee, such as a failed allocation: a number below `among`. The model goes every way; real threads
    /// take `turn`.
    #[track_caller]
    fn choose(&self, among: u32, turn: u32) -> impl Future<Output = u32> {
        let _ = among;
        core::future::ready(turn)
    }

    // --- what is no step ---

    /// A new operation of this thread begins: what it has observed until now matters no more.
    fn begin_operation(&self);

    /// Where the thread is in what it observes, to [forget](Self::forget_since) what follows.
    fn bookmark(&self) -> Bookmark {
        Bookmark::default()
    }

    /// What the thread has observed since `bookmark` matters no more, but for `kept`: no local variable that is still
    /// looked at depends on anything else of it. So the next pass of a loop is the same as the one before, and whatever
    /// went on inside a function is forgotten when it has returned. Means nothing but to the model, where fewer states are
    /// left to tell apart.
    #[track_caller]
    fn forget_since(&self, bookmark: Bookmark, kept: u64) {
        let _ = (bookmark, kept);
    }

    /// `this_cpu_read`: a word that only this thread uses, or of an object that no other thread knows yet.
    fn this_cpu_read(&self, at: Addr) -> u32;
    /// `this_cpu_write`.
    fn this_cpu_write(&self, at: Addr, value: u32);
    /// Makes the race window wider by `turns` turns of spinning, where time passes at all. Never on by default.
    fn widen(&self, turns: u32);
    /// Milliseconds of some clock, where time passes at all.
    fn now(&self) -> f64;
    /// Does nothing until [`now`](Self::now) is `due`, or the run stops; no step.
    fn pause_until(&self, due: f64);
}
