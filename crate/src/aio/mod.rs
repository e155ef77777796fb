//! The protocol: what `fs/aio.c` does to a ring, over any [`Machine`].
//!
//! | file | kernel |
//! |---|---|
//! | [`mm`] | `struct mm_struct`: `mmap_sem`, the table of contexts |
//! | [`kioctx`], [`context`] | `struct kioctx`; pointers to it |
//! | [`mapping`] | the ring file's `struct address_space`; `migrate_page_move_mapping` |
//! | [`setup`] | `ioctx_alloc`, `aio_setup_ring`, `ioctx_add_table` |
//! | [`teardown`], [`users`] | `kill_ioctx`, `aio_free_ring`, `put_aio_ring_file`; `percpu_ref` |
//! | [`slots`] | `get_reqs_available`, `put_reqs_available` |
//! | [`complete`] | `aio_complete` |
//! | [`read`] | `aio_read_events_ring` |
//! | [`migrate`] | `aio_migratepage` |
//! | [`unmap_and_move`] | the migration core that calls it |
//! | [`user`] | user code that goes through its own mapping of the ring |
//! | [`protocol`], [`parts`], [`presets`] | the parts of the fix, and the versions that Linux had |
//! | [`tracepoints`] | where an observer may look |
//!
//! # The lost head
//!
//! The race of commit fa8a53c3 (Linux 3.15), with the names used here; comments elsewhere cite this picture.
//!
//! ```text
//!   migrator: aio_migratepage()          reader: aio_read_events_ring()
//!   ----------------------------------   ----------------------------------
//!                                        lock(ring_lock)
//!                                        load ring_pages[0] -> old
//!                                        load old->head = h1
//!   lock(completion_lock)                copy events h1..h2 to the user
//!   copy old -> new         (head h1)
//!                                        store old->head = h2        <- lost
//!   ring_pages[0] = new     (head h1)
//!   unlock(completion_lock)              unlock(ring_lock)
//!                                        ...
//!                                        load new->head = h1: events h1..h2 are delivered again
//! ```

// `async fn` by hand, where it is hot: of an `async fn`, `#[inline(always)]` reaches only the call that makes the future, and
// its body is left to the compiler's judgement. Once that is not inlined any more (a second caller is enough), the state of the
// future lives in memory: 43 ns instead of 13 for a read of one event in V8.
//
// And everything by value there, `self` too: a future that refers to a variable of the one that awaits it has told an address within
// the state of both, which then lives in memory altogether. Readers of a run took 2.5 times as long when an event and a ticket
// were lent that way.
#![allow(clippy::manual_async_fn)]

pub mod complete;
pub mod context;
pub mod kioctx;
pub mod mapping;
pub mod migrate;
pub mod mm;
pub mod parts;
pub mod presets;
pub mod protocol;
pub mod read;
pub mod setup;
pub mod slots;
pub mod teardown;
pub mod tracepoints;
pub mod unmap_and_move;
pub mod user;
pub mod users;

pub use context::ContextRef;
pub use kioctx::Kioctx;
pub use mapping::Mapping;
pub use migrate::{Errno, Migration};
pub use mm::Mm;
pub use presets::{Compiled, PRESETS, Preset};
pub use protocol::{Protocol, Rules};
pub use tracepoints::{Access, Tracepoints};

use crate::machine::Machine;

/// The protocol at work for one thread: on a machine, by some rules, with an observer. Two references and the rules, to be copied.
#[derive(Debug)]
pub struct Aio<'a, M, P, T> {
    /// Where the steps happen.
    pub machine: &'a M,
    /// Which parts of the fix are in.
    pub rules: P,
    /// Who looks.
    pub trace: &'a T,
}

impl<M, P: Copy, T> Clone for Aio<'_, M, P, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, P: Copy, T> Copy for Aio<'_, M, P, T> {}

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// The parts of the fix that are in; a constant where the protocol is [`Compiled`].
    #[inline(always)]
    pub fn parts(&self) -> Protocol {
        self.rules.parts()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
