//! The system calls of AIO.

use std::io;
use std::marker::PhantomData;
use std::mem::size_of;
use std::ptr;
use std::time::Duration;

use aio_ring_lab::ring::IoEvent;
use aio_ring_lab::ring::header::{HEADER_BYTES, Header};

use crate::host::{self, Lacks};
use crate::requests::Requests;

/// `struct iocb` of `include/uapi/linux/aio_abi.h`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Iocb {
    /// `aio_data`.
    pub data: u64,
    /// `aio_key` and `aio_rw_flags`, in an order that depends on the machine's: always 0 here. The kernel writes the key.
    pub key_and_flags: [u32; 2],
    /// `aio_lio_opcode`.
    pub opcode: u16,
    /// `aio_reqprio`.
    pub priority: i16,
    /// `aio_fildes`.
    pub file: u32,
    /// `aio_buf`.
    pub buffer: u64,
    /// `aio_nbytes`.
    pub bytes: u64,
    /// `aio_offset`.
    pub offset: i64,
    /// `aio_reserved2`, `aio_flags` and `aio_resfd`: all 0 here.
    pub unused: [u64; 2],
}

const _: () = assert!(size_of::<Iocb>() == 64);

/// `IOCB_CMD_PREAD`.
pub const PREAD: u16 = 0;
/// `IOCB_CMD_PWRITE`.
pub const PWRITE: u16 = 1;

/// A context of the kernel's, destroyed when dropped.
///
/// `'m` is the life of the memory that its requests name: the kernel may read and write it until the context is destroyed,
/// which waits for all requests. It must not shrink, hence a function's argument and result.
#[derive(Debug)]
pub struct Context<'m> {
    id: usize,
    memory: PhantomData<fn(&'m Requests) -> &'m Requests>,
}

impl<'m> Context<'m> {
    /// `io_setup(2)`.
    pub fn setup(asked: u32) -> Result<Self, Lacks> {
        let mut id = 0_usize;
        // SAFETY: the kernel writes the id to where the pointer points.
        let made = call(unsafe { libc::syscall(libc::SYS_io_setup, asked as usize, &raw mut id) });
        match made.map_err(|error| (error.raw_os_error(), error)) {
            Ok(_) => {}
            // Not compiled in, or forbidden by a filter of system calls.
            Err((Some(libc::ENOSYS | libc::EPERM), error)) => {
                return Err(Lacks::because(&format!("io_setup({asked})"), &error));
            }
            Err((Some(libc::EAGAIN), _)) => {
                let room = host::room_for_events()?;
                return Err(Lacks(format!("io_setup({asked}): fs.aio-max-nr leaves room for {room} events")));
            }
            Err((_, error)) => panic!("io_setup({asked}): {error}"),
        }
        let context = Self { id, memory: PhantomData };
        // gVisor's page there is empty, which is how it tells user code to keep to io_getevents.
        if context.bytes(0, HEADER_BYTES as usize).iter().all(|&byte| byte == 0) {
            return Err(Lacks("io_setup maps an empty page: this kernel's AIO has no ring".to_owned()));
        }
        Ok(context)
    }

    /// The context's id: the address of its ring.
    pub fn id(&self) -> usize {
        self.id
    }

    /// What the ring's header holds now, as bytes from the mapping.
    pub fn header(&self) -> Header {
        Header::from_bytes(self.bytes(0, HEADER_BYTES as usize).try_into().expect("as many as asked for"))
    }

    /// A copy of bytes of the mapped ring; the kernel must be writing none of them.
    pub fn bytes(&self, offset: usize, bytes: usize) -> Vec<u8> {
        let mut copy = vec![0; bytes];
        // SAFETY: the ring is mapped at its id, in one piece, and callers stay inside it.
        unsafe { ptr::copy_nonoverlapping(ptr::with_exposed_provenance(self.id + offset), copy.as_mut_ptr(), bytes) };
        copy
    }

    /// `io_submit(2)`: how many of these requests were taken.
    pub fn submit(&self, requests: &'m Requests, slots: &[usize]) -> io::Result<usize> {
        let iocbs: Vec<*mut Iocb> = slots.iter().map(|&slot| requests.iocb(slot)).collect();
        // SAFETY: the requests, and the memory that they name, live as long as the context does ('m).
        call(unsafe { libc::syscall(libc::SYS_io_submit, self.id, iocbs.len(), iocbs.as_ptr()) })
    }

    /// `io_getevents(2)`: how many events there were, waiting no longer than `timeout`, or a signal, for at least `min`.
    pub fn get_events(&self, min: usize, into: &mut [IoEvent], timeout: Duration) -> io::Result<usize> {
        let timeout = libc::timespec {
            tv_sec: timeout.as_secs().try_into().expect("a short time"),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        // SAFETY: the kernel writes at most as many events as there is room for; `IoEvent` is its `struct io_event`.
        let found = call(unsafe {
            let (room, events) = (into.len(), into.as_mut_ptr());
            libc::syscall(libc::SYS_io_getevents, self.id, min, room, events, &raw const timeout)
        });
        // Interrupted: only when there was none.
        found.or_else(|error| if error.kind() == io::ErrorKind::Interrupted { Ok(0) } else { Err(error) })
    }

    /// `mremap(2)`: moves the ring to `address`, which becomes the context's id, as checkpointing tools rely on.
    ///
    /// # Safety
    /// The ring is `bytes` long, nobody looks at it, and what lies at `address` is the caller's to replace.
    pub unsafe fn move_to(&mut self, address: usize, bytes: usize) -> io::Result<()> {
        let (from, to) = (ptr::with_exposed_provenance_mut(self.id), ptr::with_exposed_provenance_mut::<u8>(address));
        // SAFETY: the caller's.
        let moved = unsafe { libc::mremap(from, bytes, bytes, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED, to) };
        if moved == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        self.id = address;
        Ok(())
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        // SAFETY: no pointers; the kernel unmaps the ring, to which no reference is left.
        let destroyed = call(unsafe { libc::syscall(libc::SYS_io_destroy, self.id) });
        assert!(destroyed.is_ok() || std::thread::panicking(), "io_destroy: {destroyed:?}");
    }
}

/// What a system call returned.
fn call(returned: libc::c_long) -> io::Result<usize> {
    usize::try_from(returned).map_err(|_| io::Error::last_os_error())
}
