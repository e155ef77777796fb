//! Why a schedule was not followed.

use crate::machine::ThreadId;

/// The move at which a schedule was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The turn; see [`Gate::move_of`](super::Gate::move_of).
    pub turn: u32,
    /// Whose move it was.
    pub thread: ThreadId,
    /// Why it was not made.
    pub reason: Reason,
}

/// Why a move was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Reason {
    /// The step cannot be taken: a lock is held, or nobody has woken the queue. What the thread waits for is in its block.
    Impossible,
    /// The thread did something else than was expected; [`Gate::done`](super::Gate::done) says what.
    Diverged,
    /// The thread had ended already.
    Ended,
    /// The step does not go as many ways.
    NoSuchWay,
    /// The thread did not come to its turn in time.
    Late,
}

impl Reason {
    const ALL: [Self; 5] = [Self::Impossible, Self::Diverged, Self::Ended, Self::NoSuchWay, Self::Late];

    /// As kept in memory; never 0.
    pub(super) const fn to_word(self) -> u32 {
        self as u32 + 1
    }

    /// From the word in memory.
    pub(super) fn from_word(word: u32) -> Option<Self> {
        Self::ALL.get(word.checked_sub(1)? as usize).copied()
    }
}
