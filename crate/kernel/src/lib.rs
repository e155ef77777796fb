//! The running Linux's own AIO, to hold the lab's ring against: by its tests (`tests/linux_aio.rs`), and by the
//! bench (`crate/rivals/rings`). Never a dependency of the library.
//!
//! | file | holds |
//! |---|---|
//! | [`host`] | what the host has and says: cpus, quota, mappings, page frames |
//! | [`context`] | the system calls of AIO, and a context that is destroyed when dropped |
//! | [`arena`] | the lab's own words with a kernel's ring in the midst of them, and the lab's reader on it |
//! | [`requests`] | reads and writes of a temporary file, and what each must come back with |
//!
//! Empty where the host is no Linux of 64 bits.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

pub mod arena;
pub mod context;
pub mod host;
pub mod requests;

pub use arena::{MappedRing, Reader};
pub use context::Context;
pub use host::Lacks;
pub use requests::Requests;
