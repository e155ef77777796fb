//! Moves as bits of a mask: thread and way.

use crate::machine::ThreadId;
use crate::machine::model::Move;

/// Which bit each move of a program is.
#[derive(Clone, Copy, Debug)]
pub struct Bits {
    threads: u32,
}

impl Bits {
    /// For so many threads.
    #[must_use]
    pub const fn new(threads: u32) -> Self {
        Self { threads }
    }

    /// The bit of a move.
    ///
    /// # Panics
    /// When there are too many threads, or ways, for a mask.
    #[inline(always)]
    #[must_use]
    pub fn of(self, next: Move) -> u32 {
        let bit = next.way * self.threads + next.thread.index();
        assert!(bit < u32::BITS, "more than 32 moves");
        1 << bit
    }

    /// The move of the lowest bit.
    #[inline(always)]
    #[must_use]
    pub fn first(self, mask: u32) -> Move {
        let bit = mask.trailing_zeros();
        if bit < self.threads {
            return Move { thread: ThreadId::new(bit), way: 0 };
        }
        Move { thread: ThreadId::new(bit % self.threads), way: bit / self.threads }
    }
}
