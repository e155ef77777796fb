//! `struct mm_struct`, as far as AIO uses it: the address space's semaphore and the table of contexts.

use crate::machine::{Lock, LockKind};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Placer};

/// Where a process's words lie.
#[derive(Clone, Copy, Debug)]
pub struct Mm {
    /// The address space: `mmap` takes it for writing, page faults and `move_pages` for reading.
    pub mmap_sem: Lock,
    /// Guards the table of contexts.
    pub ioctx_lock: Lock,
    ioctx_table: Addr,
    nr: u32,
}

impl Mm {
    /// Room for a process with up to `nr` contexts.
    pub fn place(placer: &mut Placer, nr: u32) -> Self {
        Self {
            mmap_sem: Lock::place(placer, LockKind::RwSemaphore),
            ioctx_lock: Lock::place(placer, LockKind::Spin),
            ioctx_table: placer.place(nr, LINE),
            nr,
        }
    }

    /// Entry `id` of `mm->ioctx_table`: a [`ContextRef`](super::context::ContextRef).
    #[must_use]
    pub const fn ioctx(&self, id: u32) -> Addr {
        self.ioctx_table.offset(id)
    }

    /// Entries in the table.
    #[must_use]
    pub const fn nr(&self) -> u32 {
        self.nr
    }

    /// The locks, with the kernel's names.
    #[must_use]
    pub const fn locks(&self) -> [(&'static str, Lock); 2] {
        [("mmap_sem", self.mmap_sem), ("ioctx_lock", self.ioctx_lock)]
    }
}
