//! The lab's words with a kernel's ring in the midst of them.
//!
//! The protocol reads a ring through locks, `ring_pages[]` and frames that lie in one arena. So the arena is laid out as
//! ever, in a mapping of our own, with just as many frames as the ring has pages; then the kernel's ring is moved to where
//! the frames are. Frame *i* is from then on page *i* of the real ring, and the reader that the lab runs everywhere reads
//! it: not one that was written for this test.
//!
//! To the lab these frames never migrate. When the kernel migrates one, the address stays, and an access in between faults
//! and waits: user code needs no lock against it.

use std::io;
use std::ptr;

use aio_ring_lab::aio::kioctx::{head_of, tail_of};
use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled, Kioctx};
use aio_ring_lab::machine::threads::{NoRecord, Threads, Words, run};
use aio_ring_lab::machine::{Control, Machine, ThreadId};
use aio_ring_lab::ring::memory::WORD;
use aio_ring_lab::ring::{Frames, Geometry, IoEvent, Memory, Page, Placer};

use crate::context::Context;
use crate::host::Lacks;

/// Anonymous memory from the kernel: whole pages, zeroed.
pub struct Mapping {
    base: *mut u8,
    bytes: usize,
}

// SAFETY: memory like any other; whoever uses the pointer argues for that.
unsafe impl Send for Mapping {}
// SAFETY: as for `Send`.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `bytes` bytes, zeroed.
    pub fn new(bytes: usize) -> Self {
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, in the way of nothing.
        let base = unsafe { libc::mmap(ptr::null_mut(), bytes, access, kind, -1, 0) };
        assert!(base != libc::MAP_FAILED, "mmap: {}", io::Error::last_os_error());
        Self { base: base.cast(), bytes }
    }

    /// The first byte.
    pub fn base(&self) -> *mut u8 {
        self.base
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody borrows it any more.
        let unmapped = unsafe { libc::munmap(self.base.cast(), self.bytes) };
        assert!(unmapped == 0 || std::thread::panicking(), "munmap: {}", io::Error::last_os_error());
    }
}

/// The lab's context with an empty ring, as setup leaves it.
pub struct Arena {
    memory: Mapping,
    words: u32,
    control: Control,
    frames: Frames,
    ctx: Kioctx,
}

/// The thread that reads.
const READER: ThreadId = ThreadId::new(0);

impl Arena {
    /// Room for a context with this ring, set up with the number `id`.
    pub fn new(ring: Geometry, possible_cpus: u32, id: u32) -> Self {
        let mut placer = Placer::default();
        let control = Control::place(&mut placer, 1);
        let ctx = Kioctx::place(&mut placer, ring, possible_cpus);
        let frames = Frames::place(&mut placer, ring.pages(), ring.page_words());
        let memory = Mapping::new((placer.words() * WORD) as usize);
        let arena = Self { memory, words: placer.words(), control, frames, ctx };
        let words = arena.words();
        frames.init(&words);
        let pages: Vec<Page> =
            (0..ring.pages()).map(|frame| frames.alloc(&words, frame).expect("all are free").page).collect();
        ctx.init(&words, &frames, &pages, id);
        arena
    }

    fn words(&self) -> Words<'_> {
        // SAFETY: the mapping is this long and lives as long as it is borrowed; a kernel's ring that is moved into it stays
        // as long (see `MappedRing`). References to its words are only made by `Words`, to atomics.
        unsafe { Words::over(self.memory.base().cast(), self.words as usize) }
    }

    /// The words of ring page `page`.
    pub fn page(&self, page: u32) -> Vec<u32> {
        let words = self.words();
        let mut copy = vec![0; self.frames.page_words() as usize];
        words.read(self.frames.data(Page::from_word(words.load(self.ctx.ring_page(page)))), &mut copy);
        copy
    }
}

/// An arena whose frames are the pages of a kernel's ring.
pub struct MappedRing<'m> {
    // Dropped first: the kernel then unmaps the ring, and with it the end of the arena.
    context: Context<'m>,
    arena: Arena,
}

impl<'m> MappedRing<'m> {
    /// Takes in the ring of a new context that nobody has used yet.
    pub fn new(mut context: Context<'m>, ring: Geometry, possible_cpus: u32) -> Result<Self, Lacks> {
        let header = context.header();
        assert_eq!(header.nr, ring.nr(), "a ring of another size");
        let mut arena = Arena::new(ring, possible_cpus, header.id);
        let before = arena.frames.data(Page::new(0, 0)).byte_offset();
        let bytes = (ring.pages() * ring.page_bytes()) as usize;
        assert_eq!(before + bytes, arena.memory.bytes, "the frames are the last part of the arena");
        // SAFETY: the ring is as long as its geometry says; the frames, which nobody borrows, are in its place.
        unsafe { context.move_to(arena.memory.base().expose_provenance() + before, bytes) }
            .map_err(|error| Lacks::because("mremap of the ring", &error))?;
        // From here on the kernel unmaps that part.
        arena.memory.bytes = before;
        let ring = Self { context, arena };
        assert_eq!(ring.context.header(), header, "the ring has come along");
        Ok(ring)
    }

    /// The kernel's context.
    pub fn context(&self) -> &Context<'m> {
        &self.context
    }

    /// The ring's shape.
    pub fn geometry(&self) -> Geometry {
        self.arena.ctx.ring
    }

    /// The lab's reader for this ring. At any time either it reads or `io_getevents` does: the kernel's `ring_lock` keeps
    /// its own readers out, but nobody keeps out user code.
    pub fn reader(&self) -> Reader<'_> {
        let Arena { control, frames, ctx, .. } = &self.arena;
        Reader { machine: Threads::new(self.arena.words(), control, *frames, READER, NoRecord), control, ctx }
    }
}

/// `aio_read_events_ring`, the lab's, at work on a kernel's ring.
pub struct Reader<'a> {
    machine: Threads<'a, NoRecord>,
    control: &'a Control,
    ctx: &'a Kioctx,
}

impl Reader<'_> {
    /// Moves at most `into.len()` events out of the ring; how many there were.
    ///
    /// The kernel sees the new head when it next looks for slots (since 3.17), so the slots come back by themselves. The
    /// lab's own count of them runs idle.
    pub fn read(&self, into: &mut [IoEvent]) -> usize {
        let aio = Aio { machine: &self.machine, rules: Compiled::<V4>, trace: &() };
        run(aio.read_events(self.ctx, self.control.reqs_available(READER), into, None)).expect("nobody aborts")
    }

    /// Head and tail, as the lab's memory shows them.
    pub fn head_and_tail(&self) -> (u32, u32) {
        let (m, page) = (&self.machine, Page::new(0, 0));
        (run(m.load(head_of(m.frames(), page))), run(m.load(tail_of(m.frames(), page))))
    }
}
