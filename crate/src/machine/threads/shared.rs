//! The arena in real shared memory, and the one place where bytes are copied under a race.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicU32, Ordering, compiler_fence};
use std::alloc::{alloc_zeroed, dealloc, handle_alloc_error};

use crate::ring::event::EVENT_WORDS;
use crate::ring::{Addr, Memory};

/// The arena is aligned to a page of Linux, so that ring pages are page-aligned as they are there.
const ALIGN: usize = 4096;

/// Words of an event.
const EVENT: usize = EVENT_WORDS as usize;

/// Words that [`racy_copy_some`] copies event by event: for one event it takes a third of the time, for eight it takes longer.
const FEW: usize = 4 * EVENT;

/// Words that any number of threads access at once.
///
/// In wasm this is a piece of the module's own shared linear memory, so a page that holds the `WebAssembly.Memory`
/// reads the same words with `Atomics.load`.
#[derive(Debug)]
pub struct Shared {
    base: *mut AtomicU32,
    words: usize,
}

/// A view of a [`Shared`] arena, to be kept by value: what lies behind a reference is loaded again after every atomic
/// access, and one more load in each step is some 4 % of a read.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    base: *mut AtomicU32,
    /// For the bounds check alone. V8 stores whatever a call could need on its stack, also where the call is hardly ever made.
    #[cfg(debug_assertions)]
    words: usize,
    arena: PhantomData<&'a Shared>,
}

// SAFETY: all access is through atomics, through words with a single writer whose readers tolerate any value
// (`peek`, `poke`), or through `racy_copy`, which argues for itself.
unsafe impl Send for Shared {}
// SAFETY: as for `Send`.
unsafe impl Sync for Shared {}
// SAFETY: as for `Shared`, of which this is a reference.
unsafe impl Send for Words<'_> {}
// SAFETY: as for `Send`.
unsafe impl Sync for Words<'_> {}

impl Shared {
    /// `words` zeroed words.
    ///
    /// # Panics
    /// When there is no memory left.
    #[must_use]
    pub fn new(words: u32) -> Self {
        let words = words.max(1) as usize;
        // SAFETY: the size is not 0.
        let base = unsafe { alloc_zeroed(Self::layout(words)) }.cast::<AtomicU32>();
        if base.is_null() {
            handle_alloc_error(Self::layout(words));
        }
        Self { base, words }
    }

    fn layout(words: usize) -> Layout {
        Layout::from_size_align(words * 4, ALIGN).expect("the arena's size is far below isize::MAX")
    }

    /// Address of word 0 in the process (in wasm: the byte offset in linear memory).
    #[must_use]
    pub fn base(&self) -> usize {
        self.base as usize
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> Words<'_> {
        // SAFETY: they are the arena's, which is borrowed as long as they.
        unsafe { Words::over(self.base.cast(), self.words) }
    }
}

impl<'a> Words<'a> {
    /// Words in memory that somebody else owns, such as a mapping that the kernel shares.
    ///
    /// # Safety
    /// `base` is aligned to a word, and `words` words from there on can be read and written for all of `'a`, during which
    /// nobody makes a Rust reference to them other than to atomics.
    #[must_use]
    #[cfg_attr(not(debug_assertions), expect(unused_variables, reason = "only debug builds check"))]
    pub const unsafe fn over(base: *mut u32, words: usize) -> Self {
        Self {
            base: base.cast(),
            #[cfg(debug_assertions)]
            words,
            arena: PhantomData,
        }
    }

    #[inline(always)]
    #[cfg_attr(not(debug_assertions), expect(unused_variables, reason = "only debug builds check"))]
    fn pointer(&self, at: Addr, words: usize) -> *mut u32 {
        #[cfg(debug_assertions)]
        assert!(at.index() + words <= self.words, "{at:?} + {words} words, of {}", self.words);
        // SAFETY: an `Addr` lies inside the arena that its `Placer` measured, see there.
        unsafe { self.base.add(at.index()).cast() }
    }

    /// [`poke`](Memory::poke) of two words at once, at an even word.
    #[inline(always)]
    pub(super) fn poke_pair(self, at: Addr, [low, high]: [u32; 2]) {
        if cfg!(target_arch = "wasm32") {
            let pair = u64::from(high) << 32 | u64::from(low);
            // ORDERING: none, as in `poke`.
            // SAFETY: in bounds and aligned.
            unsafe { self.pointer(at, 2).cast::<u64>().write_volatile(pair) }
        } else {
            self.poke(at, low);
            self.poke(at.offset(1), high);
        }
    }

    /// The word at `at`.
    #[inline(always)]
    #[must_use]
    pub fn atomic(self, at: Addr) -> &'a AtomicU32 {
        // SAFETY: in bounds, aligned, initialised, and alive as long as the arena that is borrowed for 'a.
        unsafe { &*self.pointer(at, 1).cast::<AtomicU32>() }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this very layout.
        unsafe { dealloc(self.base.cast(), Self::layout(self.words)) }
    }
}

/// Copies `words` words although another thread may be writing them.
///
/// The kernel's own copies (`copy_highpage`, `copy_to_user`) race in exactly this way when the protocol is broken, and
/// showing what comes out is this project's purpose, so the copy must not be "fixed" with atomics (80 times slower on
/// wasm: 3,100 ns against 39 ns a page).
///
/// - On **wasm** a racing `memory.copy` is defined: it moves bytes, each of which is some value that was written.
/// - **Natively** it is a data race by the letter of Rust's memory model. It is confined to this function, the values
///   are plain integers for which every bit pattern is valid, nothing is derived from them before a detector has
///   checked them, and the copy is an opaque call to the platform's `memcpy`. With a correct protocol no copy races.
///
/// # Safety
/// Both ranges are valid for `words` words and do not overlap.
#[inline(always)]
unsafe fn racy_copy(from: *const u32, to: *mut u32, words: usize) {
    // SAFETY: the caller's.
    unsafe { core::ptr::copy_nonoverlapping(from, to, words) }
}

/// The same where it may be little: a few events are copied one by one, by loads and stores. In V8 a `memory.copy` calls a
/// function outside of the compiled code, and takes 9 ns for one event.
///
/// # Safety
/// As of [`racy_copy`].
#[inline(always)]
unsafe fn racy_copy_some(from: *const u32, to: *mut u32, words: usize) {
    if words <= FEW && words.is_multiple_of(EVENT) {
        // So often at the most, or LLVM makes a loop of it.
        for at in (0..FEW).step_by(EVENT) {
            if at == words {
                break;
            }
            // SAFETY: the caller's; a length that is known becomes loads and stores.
            unsafe { racy_copy(from.add(at), to.add(at), EVENT) }
            // ORDERING: none is needed; but for this, LLVM makes one `memory.copy` of the loop.
            compiler_fence(Ordering::SeqCst);
        }
    } else {
        // SAFETY: the caller's.
        unsafe { racy_copy(from, to, words) }
    }
}

impl Memory for Words<'_> {
    #[inline(always)]
    fn load(&self, at: Addr) -> u32 {
        self.atomic(at).load(Ordering::SeqCst)
    }

    #[inline(always)]
    fn store(&self, at: Addr, value: u32) {
        self.atomic(at).store(value, Ordering::SeqCst);
    }

    #[inline(always)]
    fn fetch_add(&self, at: Addr, by: u32) -> u32 {
        self.atomic(at).fetch_add(by, Ordering::SeqCst)
    }

    #[inline(always)]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> Result<u32, u32> {
        self.atomic(at).compare_exchange(current, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    #[inline(always)]
    fn peek(&self, at: Addr) -> u32 {
        if cfg!(target_arch = "wasm32") {
            // ORDERING: none. One writer, or an old value will do; a plain load, which wasm defines under a race.
            // SAFETY: in bounds and aligned.
            unsafe { self.pointer(at, 1).read_volatile() }
        } else {
            // ORDERING: Relaxed is as cheap natively, and no data race.
            self.atomic(at).load(Ordering::Relaxed)
        }
    }

    #[inline(always)]
    fn poke(&self, at: Addr, value: u32) {
        if cfg!(target_arch = "wasm32") {
            // ORDERING: none. wasm has no relaxed store; an atomic one is a full barrier (some 20 cycles on x86-64).
            // SAFETY: in bounds and aligned.
            unsafe { self.pointer(at, 1).write_volatile(value) }
        } else {
            // ORDERING: Relaxed, as in `peek`.
            self.atomic(at).store(value, Ordering::Relaxed);
        }
    }

    #[inline(always)]
    fn copy(&self, from: Addr, to: Addr, words: u32) {
        let words = words as usize;
        // SAFETY: both in bounds; callers copy between different frames.
        unsafe { racy_copy(self.pointer(from, words), self.pointer(to, words), words) }
    }

    #[inline(always)]
    fn read(&self, from: Addr, into: &mut [u32]) {
        // SAFETY: in bounds; `into` is private memory.
        unsafe { racy_copy_some(self.pointer(from, into.len()), into.as_mut_ptr(), into.len()) }
    }

    #[inline(always)]
    fn write(&self, to: Addr, words: &[u32]) {
        // SAFETY: in bounds; `words` is private memory.
        unsafe { racy_copy_some(words.as_ptr(), self.pointer(to, words.len()), words.len()) }
    }

    #[inline(always)]
    fn fill(&self, at: Addr, words: u32, value: u32) {
        // SAFETY: in bounds.
        unsafe { core::slice::from_raw_parts_mut(self.pointer(at, words as usize), words as usize) }.fill(value);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_where_word_0_lies_at_the_start_of_a_page() {
        let arena = Shared::new(8);
        assert_eq!(arena.base(), arena.words().atomic(Addr::from_word(0)).as_ptr().addr());
        assert_eq!(arena.base() % ALIGN, 0);
    }
}
