//! Pointers to contexts: a context's memory comes from a pool of slots, and a pointer knows the generation it was made in.
//!
//! Each slot has one *state word*:
//!
//! | state | `LIVE` (bit 31) | generation (bits 8-30) | slot (bits 0-7) | next |
//! |---|---|---|---|---|
//! | free | 0 | g | s | live, by `kmem_cache_zalloc` |
//! | live | 1 | g | s | free with generation g + 1, by `kmem_cache_free` |
//!
//! The word of a live slot *is* the pointer to its context. A pointer kept past the context's death is therefore
//! recognised by one comparison, whatever lives in the slot by then; words of a freed context can be read and written
//! without harm to anything but the protocol.

/// Slots that a [`ContextRef`] can name.
pub const MAX_CONTEXTS: u32 = 1 << SLOT_BITS;

const SLOT_BITS: u32 = 8;
const LIVE: u32 = 1 << 31;
const GENERATION: u32 = (LIVE - 1) & !(MAX_CONTEXTS - 1);

/// A `struct kioctx *`: what `private_data` and the table of contexts hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContextRef(u32);

impl ContextRef {
    /// The null pointer.
    pub const NULL: Self = Self(0);

    /// From a word of memory.
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

    /// Whether this points nowhere.
    #[inline(always)]
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 & LIVE == 0
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> u32 {
        self.0 & (MAX_CONTEXTS - 1)
    }

    /// Which of the slot's contexts it is.
    #[must_use]
    pub const fn generation(self) -> u32 {
        (self.0 & GENERATION) >> SLOT_BITS
    }
}

/// The state word of a slot; see the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotWord(u32);

impl SlotWord {
    /// A slot that no context has been in.
    #[must_use]
    pub const fn new(slot: u32) -> Self {
        Self(slot)
    }

    /// From the word in memory.
    #[must_use]
    pub const fn from_word(word: u32) -> Self {
        Self(word)
    }

    /// As kept in memory.
    #[must_use]
    pub const fn to_word(self) -> u32 {
        self.0
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> u32 {
        self.0 & (MAX_CONTEXTS - 1)
    }

    /// Whether no context lives there.
    #[must_use]
    pub const fn is_free(self) -> bool {
        self.0 & LIVE == 0
    }

    /// The pointer to the context that comes to live here.
    #[must_use]
    pub const fn occupied(self) -> ContextRef {
        ContextRef(self.0 | LIVE)
    }

    /// The slot once that context is freed.
    #[must_use]
    pub const fn vacated(ctx: ContextRef) -> Self {
        Self(ctx.slot() | (ctx.0.wrapping_add(MAX_CONTEXTS) & GENERATION))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_live_then_free_in_the_next_generation() {
        for slot in [0, 1, MAX_CONTEXTS - 1] {
            let mut word = SlotWord::new(slot);
            for generation in 0..3 {
                assert!(word.is_free());
                assert_eq!(word.slot(), slot);
                let ctx = word.occupied();
                assert!(!SlotWord::from_word(ctx.to_word()).is_free() && !ctx.is_null());
                assert_eq!((ctx.slot(), ctx.generation()), (slot, generation));
                word = SlotWord::vacated(ctx);
                assert_ne!(word.occupied(), ctx, "the old pointer is stale");
            }
        }
    }

    #[test]
    fn generations_wrap_without_touching_the_slot() {
        let last = ContextRef::from_word(LIVE | GENERATION | 7);
        assert_eq!(SlotWord::vacated(last), SlotWord::new(7));
        assert!(ContextRef::NULL.is_null());
    }
}
