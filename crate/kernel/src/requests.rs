//! Real I/O on a temporary file, in requests whose every result is known beforehand.

use std::cell::UnsafeCell;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::process;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use aio_ring_lab::ring::IoEvent;

use crate::arena::Mapping;
use crate::context::{Iocb, PREAD, PWRITE};

/// Bytes of a request's buffer; also what O_DIRECT wants its memory and offsets aligned to, at the most.
const BLOCK: usize = 4096;
/// Bytes of ordinary requests, at the most.
const SMALL: u64 = 512;
/// One request of so many goes to the device itself, which may well be a thousand times slower than the page cache.
const DIRECT_EVERY: u64 = 64;
/// Where the file may be written; from there on to its end it holds [`pattern`].
const WRITTEN: u64 = 64 * 1024;
/// The file's length.
const FILE: u64 = 2 * WRITTEN;

/// The byte at `offset` of the file.
fn pattern(offset: u64) -> u8 {
    (offset % 251) as u8
}

/// What a request asks for, and what must come of it.
#[derive(Clone, Copy, Debug)]
struct Wish {
    opcode: u16,
    direct: bool,
    nowhere: bool,
    bytes: u64,
    offset: u64,
    res: i64,
}

impl Wish {
    /// Request number `sequence`: writes and reads of all lengths, reads across the end of the file, reads to an address
    /// where nothing is, and reads past the page cache, whose completions come from elsewhere than `io_submit`.
    fn number(sequence: u64) -> Self {
        let bytes = 1 + sequence * 31 % SMALL;
        let read = Self {
            opcode: PREAD,
            direct: false,
            nowhere: false,
            bytes,
            offset: WRITTEN + sequence * SMALL % (FILE - WRITTEN),
            res: bytes as i64,
        };
        if sequence % DIRECT_EVERY == DIRECT_EVERY - 1 {
            let offset = WRITTEN + sequence / DIRECT_EVERY * BLOCK as u64 % (FILE - WRITTEN);
            return Self { direct: true, bytes: BLOCK as u64, offset, res: BLOCK as i64, ..read };
        }
        match sequence % 4 {
            0 => Self { opcode: PWRITE, offset: sequence * SMALL % WRITTEN, ..read },
            1 => read,
            2 => {
                let left = sequence % 64;
                Self { bytes: SMALL, offset: FILE - left, res: left as i64, ..read }
            }
            _ => Self { nowhere: true, res: -i64::from(libc::EFAULT), ..read },
        }
    }
}

/// A temporary file, and slots for requests to it.
///
/// A slot belongs to one party at a time: to whoever prepares it, then to the kernel, then to whoever has its event.
pub struct Requests {
    iocbs: Box<[UnsafeCell<Iocb>]>,
    /// The number of the request that is in the slot.
    sequences: Box<[AtomicU64]>,
    buffers: Mapping,
    file: File,
    /// The same file with O_DIRECT, where its file system has that.
    direct: Option<File>,
}

// SAFETY: a slot's request and buffer are touched only by the party that the slot belongs to; it changes hands through a
// system call or a channel, both of which order what was done before.
unsafe impl Sync for Requests {}

impl Requests {
    /// `slots` free slots, and a file in `folder`, which is made if it is not there.
    ///
    /// # Panics
    /// When no file can be written there.
    #[must_use]
    pub fn new(slots: usize, folder: &Path) -> Self {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let name = format!("linux-aio-{}-{}", process::id(), FILES.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        fs::create_dir_all(folder).expect("a folder for temporary files");
        let file = File::options().read(true).write(true).create_new(true).open(&path).expect("a temporary file");
        let direct = File::options().read(true).custom_flags(libc::O_DIRECT).open(&path).ok();
        // No name, nothing to clear away.
        fs::remove_file(&path).expect("the file just made");
        let bytes: Vec<u8> = (0..FILE).map(pattern).collect();
        file.write_all_at(&bytes, 0).expect("room for the file");

        let requests = Self {
            iocbs: (0..slots).map(|_| UnsafeCell::default()).collect(),
            sequences: (0..slots).map(|_| AtomicU64::new(u64::MAX)).collect(),
            buffers: Mapping::new((slots * BLOCK).next_multiple_of(BLOCK)),
            file,
            direct: None,
        };
        // Some file systems take the flag and then refuse the reads.
        // SAFETY: slot 0 is free.
        let trial = unsafe { slice::from_raw_parts_mut(requests.buffer(0), BLOCK) };
        let direct = direct.filter(|file| file.read_exact_at(trial, WRITTEN).is_ok());
        Self { direct, ..requests }
    }

    /// The same, but all of them from the page cache: each is complete when `io_submit` returns.
    #[must_use]
    pub fn cached(self) -> Self {
        Self { direct: None, ..self }
    }

    /// How many slots.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.iocbs.len()
    }

    /// Whether some requests go past the page cache.
    #[must_use]
    pub fn has_direct(&self) -> bool {
        self.direct.is_some()
    }

    /// The address of the slot's request, `obj` of its event.
    #[must_use]
    pub fn iocb(&self, slot: usize) -> *mut Iocb {
        self.iocbs[slot].get()
    }

    /// Writes request number `sequence` into a free slot.
    ///
    /// # Panics
    /// When there is no such slot.
    pub fn prepare(&self, slot: usize, sequence: u64) {
        let wish = Wish::number(sequence);
        let file = if wish.direct { self.direct.as_ref() } else { None }.unwrap_or(&self.file);
        let buffer = self.buffer(slot);
        if wish.opcode == PWRITE {
            // SAFETY: the slot is the caller's.
            unsafe { buffer.write_bytes(sequence as u8, wish.bytes as usize) };
        }
        let iocb = Iocb {
            data: sequence,
            opcode: wish.opcode,
            file: file.as_raw_fd().try_into().expect("an open file has a number"),
            buffer: if wish.nowhere { 0 } else { buffer.expose_provenance() as u64 },
            bytes: wish.bytes,
            offset: wish.offset as i64,
            ..Iocb::default()
        };
        // SAFETY: the slot is the caller's.
        unsafe { self.iocb(slot).write(iocb) };
        // ORDERING: Release, for the Acquire in `finished`: what has been prepared is seen with its number. The event itself
        // comes through the kernel, of whose ordering the compiler knows nothing.
        self.sequences[slot].store(sequence, Ordering::Release);
    }

    /// Checks every field of an event, and what was read; its slot, which is free now.
    ///
    /// # Panics
    /// When the event is not what its request asked for.
    pub fn finished(&self, event: &IoEvent) -> usize {
        let first = self.iocb(0).addr() as u64;
        let (slot, odd) = (event.obj.wrapping_sub(first) / 64, event.obj.wrapping_sub(first) % 64);
        assert!(odd == 0 && slot < self.slots() as u64, "{event:x?}: obj is none of our requests");
        let slot = slot as usize;
        // ORDERING: Acquire, see `prepare`.
        assert_eq!(event.data, self.sequences[slot].load(Ordering::Acquire), "{event:x?}: not what is in slot {slot}");
        let wish = Wish::number(event.data);
        assert_eq!((event.res, event.res2), (wish.res, 0), "{event:x?} of {wish:?}");
        if wish.opcode == PREAD && !wish.nowhere {
            // SAFETY: the kernel has given the slot back with the event, and this buffer's bytes with it.
            let read = unsafe { slice::from_raw_parts(self.buffer(slot), wish.res as usize) };
            let right = (wish.offset..).zip(read).all(|(offset, &byte)| byte == pattern(offset));
            assert!(right, "{event:x?} of {wish:?}: other bytes than the file's");
        }
        slot
    }

    fn buffer(&self, slot: usize) -> *mut u8 {
        // SAFETY: every slot has a block in the mapping.
        unsafe { self.buffers.base().add(slot * BLOCK) }
    }
}
