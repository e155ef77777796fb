//! Shared memory as an array of 32-bit words.
//!
//! Everything that threads share (locks, `ring_pages[]`, page contents, counters) lies in one *arena* of words,
//! so that the same [`Addr`] means the same thing in real shared memory, in the model's vector and to a page that
//! reads counters from JavaScript.

use core::ops::Range;

/// Bytes in a word.
pub const WORD: u32 = 4;

/// Words in a cache line (64 bytes): control words that different threads write are kept this far apart.
pub const LINE: u32 = 16;

/// The address of one word: its index in the arena.
///
/// Addresses are made by a [`Placer`], or as an offset into something that one placed, never from data that a race may
/// have damaged; implementations of [`Memory`] may therefore leave the bounds check to debug builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addr(u32);

impl Addr {
    /// The word `words` further on.
    #[inline(always)]
    #[must_use]
    pub const fn offset(self, words: u32) -> Self {
        Self(self.0 + words)
    }

    /// Index of the word in the arena.
    #[inline(always)]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The address as it is kept in a shared word (a thread's "waits for", a recorded step).
    #[inline(always)]
    #[must_use]
    pub const fn to_word(self) -> u32 {
        self.0
    }

    /// An address that [`to_word`](Self::to_word) made.
    #[inline(always)]
    #[must_use]
    pub const fn from_word(word: u32) -> Self {
        Self(word)
    }

    /// Byte offset from the arena's base.
    #[must_use]
    pub const fn byte_offset(self) -> usize {
        self.0 as usize * WORD as usize
    }
}

/// Hands out addresses, first come first served; what it has handed out is the size of the arena.
#[derive(Debug, Default)]
pub struct Placer {
    next: u32,
}

impl Placer {
    /// `words` words at a multiple of `align` words.
    ///
    /// # Panics
    /// When the arena would exceed 2^26 words (256 MiB), which is what a recorded step can name.
    pub fn place(&mut self, words: u32, align: u32) -> Addr {
        let at = self.next.next_multiple_of(align);
        self.next = at + words;
        assert!(self.next <= 1 << 26, "the arena would exceed 2^26 words");
        Addr(at)
    }

    /// One word on a cache line of its own.
    pub fn line(&mut self) -> Addr {
        self.place(LINE, LINE)
    }

    /// Words handed out so far.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.next
    }
}

/// Access to the arena. Each call is immediate: *when* it happens is the business of a `Machine`.
///
/// The first four are atomic and sequentially consistent, which is the only order that wasm has. The others are
/// plain: [`poke`](Self::poke) is for words that only the caller writes, [`peek`](Self::peek) for those and where an old value
/// will do; the bulk copies are for page contents.
pub trait Memory {
    /// Atomic load.
    fn load(&self, at: Addr) -> u32;
    /// Atomic store.
    fn store(&self, at: Addr, value: u32);
    /// Atomic wrapping addition; returns the value before.
    fn fetch_add(&self, at: Addr, by: u32) -> u32;
    /// Atomic compare and exchange.
    ///
    /// # Errors
    /// The value found, when it is not `current`.
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> Result<u32, u32>;

    /// Plain load, of a word that has one writer or may be a moment old.
    fn peek(&self, at: Addr) -> u32;
    /// Plain store to a word that only the caller writes.
    fn poke(&self, at: Addr, value: u32);

    /// Copies `words` words between places that do not overlap.
    fn copy(&self, from: Addr, to: Addr, words: u32);
    /// Copies words out of the arena into private memory.
    fn read(&self, from: Addr, into: &mut [u32]);
    /// Copies private words into the arena.
    fn write(&self, to: Addr, words: &[u32]);
    /// Sets `words` words to `value`.
    fn fill(&self, at: Addr, words: u32, value: u32);

    /// The first word of `words` that is not `value`, if any.
    fn find_other(&self, at: Addr, words: u32, value: u32) -> Option<Range<u32>> {
        let mut differing = (0..words).filter(|&i| self.peek(at.offset(i)) != value);
        let first = differing.next()?;
        let last = differing.last().unwrap_or(first);
        Some(first..last + 1)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_words_and_the_page_that_reads_it_bytes() {
        let at = Placer::default().place(8, LINE).offset(5);
        assert_eq!((at.index(), at.byte_offset()), (5, 20));
    }
}
