//! The fix, taken apart: a protocol is a set of named parts.
//!
//! Here is what each part can be; [`parts`](super::parts) has their names in the API and the sentence that each comes
//! from, [`presets`](super::presets) which set Linux had when.

/// How migration takes `ring_lock`, the readers' mutex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RingLock {
    /// Not at all: nothing excludes readers.
    None,
    /// Tries; refused, it gives up with −EAGAIN.
    Try,
    /// Waits for it.
    Block,
}

/// How long migration holds the mapping's `private_lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrivateLock {
    /// Around finding the context, the copy and the swap, after the mapping has moved.
    Publish,
    /// Around the checks, and again around copy and swap; free in between.
    Split,
    /// Over the whole migration.
    Whole,
}

/// In which order migration copies the page and publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Copy, publish, release: right.
    CopyPublishRelease,
    /// A mutant: `ring_pages[]` points to the new page before it holds anything.
    PublishFirst,
    /// A mutant: the locks are released before the new page is published.
    ReleaseFirst,
}

/// How long setup holds `ring_lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetupLock {
    /// Not at all: nothing excludes migration.
    None,
    /// While the ring is made; `ring->id` is written later, under `completion_lock`.
    Ring,
    /// From its initialisation until the context can be used.
    Whole,
}

/// When setup fills `ring_pages[]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RingPages {
    /// Once the file has been mapped, as `get_user_pages` finds them.
    AfterMmap,
    /// As the pages are created.
    AsCreated,
}

/// The parts of the fix. Each is one line of it that can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol {
    /// How migration takes `ring_lock`.
    pub ring_lock: RingLock,
    /// How long migration holds `private_lock`.
    pub private_lock: PrivateLock,
    /// Migration holds `completion_lock` around copy and swap.
    pub completion_lock: bool,
    /// Migration checks that `ring_pages[idx]` is still the old page.
    pub identity_check: bool,
    /// Migration keeps the ring's reference on the old page to the end (rather than putting it first).
    pub extra_reference: bool,
    /// Migration takes a reference on the context that it found, to use it without `private_lock`.
    pub ctx_reference: bool,
    /// How long setup holds `ring_lock`.
    pub setup_lock: SetupLock,
    /// A setup whose ring could not be made unlocks `ring_lock` before it frees the context.
    pub unlock_on_failure: bool,
    /// When setup fills `ring_pages[]`.
    pub ring_pages: RingPages,
    /// Teardown disconnects the context from the mapping before it puts the ring's pages.
    pub disconnect_first: bool,
    /// Teardown holds `completion_lock` while it puts the ring's pages.
    pub teardown_lock: bool,
    /// Truncation of the ring file takes the lock of each page, and so waits for a migration in flight.
    pub truncate_waits: bool,
    /// Readers, and migration, take another spinlock around page 0.
    pub reader_spinlock: bool,
    /// Mutant: a refused trylock is ignored, and the page migrates all the same.
    pub ignore_refused: bool,
    /// The order of copy, publication and release.
    pub order: Order,
    /// Mutant: migration puts the reference of the new page instead of the old one.
    pub wrong_frame_put: bool,
}

/// Where the code gets its parts from.
pub trait Rules: Copy {
    /// The parts.
    fn parts(self) -> Protocol;
}

/// Any set of parts, looked at while running.
impl Rules for Protocol {
    #[inline(always)]
    fn parts(self) -> Protocol {
        self
    }
}
