//! The memory: what Linux lays out in a ring page, and the page frames that back it.
//!
//! | file | holds |
//! |---|---|
//! | [`memory`] | words, addresses, and the one trait through which shared memory is touched |
//! | [`header`] | `struct aio_ring`, byte for byte |
//! | [`event`] | `struct io_event`, byte for byte |
//! | [`buffer`] | room for a batch of events, one thread's own |
//! | [`size`] | the kernel's sizing rule and where event *i* lies |
//! | [`frames`] | page frames: reference counts, generations, poison |
//!
//! Nothing here knows threads, locks or the protocol.

pub mod buffer;
pub mod event;
pub mod frames;
pub mod header;
pub mod memory;
pub mod size;

pub use buffer::EventBuffer;
pub use event::IoEvent;
pub use frames::{Frames, Page, Put};
pub use memory::{Addr, Memory, Placer};
pub use size::Geometry;
