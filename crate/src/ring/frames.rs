//! Page frames: the pool of pages that back the ring, with reference counts, generations and poison.
//!
//! Each frame has one *frame word*:
//!
//! | state | references (bits 0-11) | `FREE` (bit 12) | generation (bits 13-31) | next |
//! |---|---|---|---|---|
//! | free | 0 | 1 | g | live, by [`Frames::alloc`] |
//! | live | ≥ 1 | 0 | g | frozen, by [`Frames::freeze`]; dying, when the last reference is put |
//! | frozen | 0 | 0 | g | live, by [`Frames::unfreeze`] |
//! | dying | 0 | 0 | g | free with generation g + 1, once the bytes are poisoned |
//!
//! A [`Page`] is what the kernel's `struct page *` is to us: frame number *and* generation. A pointer kept past the
//! frame's death is therefore recognised, not only when its bytes have been overwritten.

use core::ops::Range;

use super::memory::{Addr, LINE, Memory, Placer};

/// What the words of a freed frame are set to; the byte is the kernel's `POISON_FREE`.
pub const POISON: u32 = 0x6b6b_6b6b;

/// Frames that a [`Page`] can name.
pub const MAX_FRAMES: u32 = NUMBER_MASK;

const NUMBER_BITS: u32 = 12;
const NUMBER_MASK: u32 = (1 << NUMBER_BITS) - 1;
const GENERATION_BITS: u32 = 19;
const GENERATION_MASK: u32 = (1 << GENERATION_BITS) - 1;

/// A pointer to a page: the frame's number (bits 0-11) and the generation in which it was handed out (bits 12-30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page(u32);

impl Page {
    /// The null pointer.
    pub const NULL: Self = Self(u32::MAX);

    /// The page in `frame`, `generation`.
    #[must_use]
    pub const fn new(frame: u32, generation: u32) -> Self {
        Self((frame & NUMBER_MASK) | ((generation & GENERATION_MASK) << NUMBER_BITS))
    }

    /// As kept in `ring_pages[]`.
    #[inline(always)]
    #[must_use]
    pub const fn to_word(self) -> u32 {
        self.0
    }

    /// From a word of `ring_pages[]`.
    #[inline(always)]
    #[must_use]
    pub const fn from_word(word: u32) -> Self {
        Self(word)
    }

    /// Number of the frame.
    #[inline(always)]
    #[must_use]
    pub const fn frame(self) -> u32 {
        self.0 & NUMBER_MASK
    }

    /// Generation of the frame when the pointer was made.
    #[inline(always)]
    #[must_use]
    pub const fn generation(self) -> u32 {
        (self.0 >> NUMBER_BITS) & GENERATION_MASK
    }

    /// Whether this is [`NULL`](Self::NULL).
    #[inline(always)]
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == Self::NULL.0
    }
}

/// The word of one frame; see the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameWord(u32);

impl FrameWord {
    const REFS: u32 = (1 << 12) - 1;
    const FREE: u32 = 1 << 12;
    const GENERATION: u32 = 13;

    const fn free(generation: u32) -> Self {
        Self(((generation & GENERATION_MASK) << Self::GENERATION) | Self::FREE)
    }

    const fn live(generation: u32, refs: u32) -> Self {
        Self(((generation & GENERATION_MASK) << Self::GENERATION) | refs)
    }

    /// Of a page of this generation whose references are frozen.
    #[inline(always)]
    #[must_use]
    pub const fn frozen(generation: u32) -> Self {
        Self::live(generation, 0)
    }

    /// From the word in memory.
    #[inline(always)]
    #[must_use]
    pub const fn from_word(word: u32) -> Self {
        Self(word)
    }

    /// As kept in memory.
    #[inline(always)]
    #[must_use]
    pub const fn to_word(self) -> u32 {
        self.0
    }

    /// References held.
    #[inline(always)]
    #[must_use]
    pub const fn refs(self) -> u32 {
        self.0 & Self::REFS
    }

    /// Whether it can be handed out.
    #[must_use]
    pub const fn is_free(self) -> bool {
        self.0 & Self::FREE != 0
    }

    /// Times the frame has been freed, modulo 2^19.
    #[inline(always)]
    #[must_use]
    pub const fn generation(self) -> u32 {
        self.0 >> Self::GENERATION
    }
}

/// What putting a reference did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Others still hold references.
    Kept,
    /// It was the last one: the frame is poisoned and free.
    Freed,
    /// There was none to put, or the frame has changed hands since: nothing was done.
    Underflow,
}

/// What came of reaching for a page that may be frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speculative {
    /// There is one more reference.
    Got,
    /// There is none to add to, for a while.
    Frozen,
    /// The page has been freed.
    Gone,
}

/// A frame just handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// The page, with one reference.
    pub page: Page,
    /// The words that somebody wrote while the frame was free: first differing word to last.
    pub damage: Option<Range<u32>>,
}

/// The pool: where the frame words and the frames' bytes lie. The words themselves live in the arena.
#[derive(Clone, Copy, Debug)]
pub struct Frames {
    table: Addr,
    data: Addr,
    count: u32,
    page_words: u32,
}

impl Frames {
    /// Words from one frame's entry in the table to the next one's.
    pub const STRIDE: u32 = LINE;

    /// Room for `count` frames of `page_words` words.
    ///
    /// # Panics
    /// When a [`Page`] could not name them all.
    pub fn place(placer: &mut Placer, count: u32, page_words: u32) -> Self {
        assert!(count <= MAX_FRAMES, "{count} frames, at most {MAX_FRAMES}");
        let table = placer.place(count * Self::STRIDE, LINE);
        let data = placer.place(count * page_words, page_words);
        Self { table, data, count, page_words }
    }

    /// Frees all frames, generation 0.
    pub fn init(&self, memory: &impl Memory) {
        for frame in 0..self.count {
            memory.fill(self.data.offset(frame * self.page_words), self.page_words, POISON);
            memory.store(self.word(frame), FrameWord::free(0).0);
        }
    }

    /// Number of frames.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Words in a frame.
    #[must_use]
    pub const fn page_words(&self) -> u32 {
        self.page_words
    }

    /// The frame word of frame 0; the others follow at [`STRIDE`](Self::STRIDE).
    #[must_use]
    pub const fn table(&self) -> Addr {
        self.table
    }

    /// The frame word.
    #[inline(always)]
    #[must_use]
    pub const fn word(&self, frame: u32) -> Addr {
        self.table.offset(frame * Self::STRIDE)
    }

    /// The page lock of `page`'s frame.
    #[must_use]
    pub const fn lock_word(&self, page: Page) -> Addr {
        self.table.offset(page.frame() * Self::STRIDE + 1)
    }

    /// The page's first word.
    #[inline(always)]
    #[must_use]
    pub const fn data(&self, page: Page) -> Addr {
        self.data.offset(page.frame() * self.page_words)
    }

    /// The frame, and the word in it, that `at` lies in.
    #[must_use]
    pub fn locate(&self, at: Addr) -> Option<(u32, u32)> {
        let word = at.to_word().checked_sub(self.data.to_word())?;
        (word < self.count * self.page_words).then(|| (word / self.page_words, word % self.page_words))
    }

    /// The frame whose table entry `at` lies in, and the word in the entry.
    #[must_use]
    pub fn locate_entry(&self, at: Addr) -> Option<(u32, u32)> {
        let word = at.to_word().checked_sub(self.table.to_word())?;
        (word < self.count * Self::STRIDE).then_some((word / Self::STRIDE, word % Self::STRIDE))
    }

    /// Hands out a free frame with one reference, searching from frame `hint`; checks its poison.
    pub fn alloc(&self, memory: &impl Memory, hint: u32) -> Option<Allocated> {
        for i in 0..self.count {
            let frame = (hint % self.count + i) % self.count;
            let found = FrameWord(memory.load(self.word(frame)));
            if !found.is_free() {
                continue;
            }
            let generation = found.generation();
            let live = FrameWord::live(generation, 1);
            if memory.compare_exchange(self.word(frame), found.0, live.0).is_ok() {
                let page = Page::new(frame, generation);
                let damage = memory.find_other(self.data(page), self.page_words, POISON);
                return Some(Allocated { page, damage });
            }
        }
        None
    }

    /// Whether the frame is still in the generation that `page` points to, and not free; as it was a moment ago.
    #[inline(always)]
    #[must_use]
    pub fn is_live(&self, memory: &impl Memory, page: Page) -> bool {
        // ORDERING: none of its own. The frame is reached through a pointer that was stored after `alloc` had made the page live, so
        // the word is none from before that; and a page once freed never lives again, so an old word can only miss a death.
        let word = FrameWord(memory.peek(self.word(page.frame())));
        word.generation() == page.generation() && !word.is_free()
    }

    /// References to the page; 0 when its frame has moved on.
    #[must_use]
    pub fn refs(&self, memory: &impl Memory, page: Page) -> u32 {
        let word = FrameWord(memory.load(self.word(page.frame())));
        if word.generation() == page.generation() { word.refs() } else { 0 }
    }

    /// `get_page`: one more reference; `false` when there was none to add to (I4 is broken).
    #[inline(always)]
    pub fn get(&self, memory: &impl Memory, page: Page) -> bool {
        self.update(memory, page, |refs| (refs > 0).then_some(refs + 1)).is_some()
    }

    /// `page_cache_get_speculative`: one more reference to a page that was found in the page cache.
    #[inline(always)]
    pub fn get_speculative(&self, memory: &impl Memory, page: Page) -> Speculative {
        let mut frozen = false;
        let more = |refs| {
            frozen = refs == 0;
            (!frozen).then_some(refs + 1)
        };
        match self.update(memory, page, more) {
            Some(_) => Speculative::Got,
            None if frozen => Speculative::Frozen,
            None => Speculative::Gone,
        }
    }

    /// `put_page`: one reference less; the last one poisons and frees the frame.
    #[inline(always)]
    pub fn put(&self, memory: &impl Memory, page: Page) -> Put {
        match self.update(memory, page, |refs| refs.checked_sub(1)) {
            None => Put::Underflow,
            Some(0) => {
                memory.fill(self.data(page), self.page_words, POISON);
                memory.store(self.word(page.frame()), FrameWord::free(page.generation() + 1).0);
                Put::Freed
            }
            Some(_) => Put::Kept,
        }
    }

    /// `page_freeze_refs`: takes all `expected` references away, so that nobody can add one; `false` when there are
    /// not exactly that many.
    #[inline(always)]
    pub fn freeze(&self, memory: &impl Memory, page: Page, expected: u32) -> bool {
        self.update(memory, page, |refs| (refs == expected).then_some(0)).is_some()
    }

    /// `page_unfreeze_refs`: ends [`freeze`](Self::freeze) with `refs` references.
    #[inline(always)]
    pub fn unfreeze(&self, memory: &impl Memory, page: Page, refs: u32) {
        memory.store(self.word(page.frame()), FrameWord::live(page.generation(), refs).0);
    }

    /// Changes the references of a live or frozen page of the right generation; returns what they became.
    #[inline(always)]
    fn update(&self, memory: &impl Memory, page: Page, mut change: impl FnMut(u32) -> Option<u32>) -> Option<u32> {
        let at = self.word(page.frame());
        let mut word = FrameWord(memory.load(at));
        loop {
            if word.is_free() || word.generation() != page.generation() {
                return None;
            }
            let refs = change(word.refs())?;
            match memory.compare_exchange(at, word.0, FrameWord::live(page.generation(), refs).0) {
                Ok(_) => return Some(refs),
                Err(found) => word = FrameWord(found),
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
