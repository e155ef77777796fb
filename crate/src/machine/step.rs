//! A step as data: what a recorded or a scheduled thread did.

use core::panic::Location;

use super::ThreadId;
use crate::ring::Addr;

/// What a step did. The comment says what [`Step::at`] and [`Step::value`] hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Op {
    /// A word; the value read.
    Load,
    /// A word; the value written.
    Store,
    /// A word; the value after.
    Add,
    /// A word; the value written.
    Exchanged,
    /// A word; the value found instead.
    NotExchanged,
    /// The first word of the page copied from; the page copied to.
    CopyPage,
    /// The head word that a page copy has just written; its value. Follows [`Op::CopyPage`], is no step of its own.
    CopiedHead,
    /// The first word of the page; the page.
    ClearPage,
    /// The first word of the first event read; how many events.
    ReadEvents,
    /// The first word of the event; the low half of its `data`.
    WriteEvent,
    /// The frame word; the page handed out ([`Page::NULL`](crate::ring::Page::NULL): none was free).
    Alloc,
    /// The frame word; references after.
    Get,
    /// The frame word; references after.
    Put,
    /// The frame word; the references taken away.
    Freeze,
    /// The frame word; the references found instead.
    NotFrozen,
    /// The frame word; references after.
    Unfreeze,
    /// The lock word; 0.
    Lock,
    /// The lock word; 0. The lock was free.
    TryLock,
    /// The lock word; its owner + 1. The lock was taken.
    Refused,
    /// The lock word; 0.
    Unlock,
    /// The semaphore; 0.
    DownRead,
    /// The semaphore; 0.
    UpRead,
    /// The queue; the ticket. Or a semaphore that a writer begins to wait for; how many waited before it.
    PrepareToWait,
    /// The queue; the sequence number that ended the wait.
    Wait,
    /// The queue; 0.
    FinishWait,
    /// The queue; the number of waiters.
    WakeUp,
    /// No word; the way that was chosen.
    Choose,
}

impl Op {
    const ALL: [Self; 27] = [
        Self::Load,
        Self::Store,
        Self::Add,
        Self::Exchanged,
        Self::NotExchanged,
        Self::CopyPage,
        Self::CopiedHead,
        Self::ClearPage,
        Self::ReadEvents,
        Self::WriteEvent,
        Self::Alloc,
        Self::Get,
        Self::Put,
        Self::Freeze,
        Self::NotFrozen,
        Self::Unfreeze,
        Self::Lock,
        Self::TryLock,
        Self::Refused,
        Self::Unlock,
        Self::DownRead,
        Self::UpRead,
        Self::PrepareToWait,
        Self::Wait,
        Self::FinishWait,
        Self::WakeUp,
        Self::Choose,
    ];

    /// Bits that a packed operation takes.
    const BITS: u32 = 6;

    /// The operation and the address in one word.
    #[inline(always)]
    #[must_use]
    pub const fn pack(self, at: Addr) -> u32 {
        (at.to_word() << Self::BITS) | self as u32
    }

    /// What [`pack`](Self::pack) packed; `None` for a word that it cannot have made.
    #[must_use]
    pub fn unpack(word: u32) -> Option<(Self, Addr)> {
        let op = *Self::ALL.get((word & ((1 << Self::BITS) - 1)) as usize)?;
        Some((op, Addr::from_word(word >> Self::BITS)))
    }
}

/// One step of one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub thread: ThreadId,
    /// What.
    pub op: Op,
    /// Where; see [`Op`].
    pub at: Addr,
    /// The value; see [`Op`].
    pub value: u32,
    /// The line of the protocol.
    pub place: &'static Location<'static>,
}

impl Step {
    /// The line of the protocol: "crate/src/aio/read.rs:41".
    #[must_use]
    pub fn source(&self) -> String {
        format!("{}:{}", self.place.file().replace('\\', "/"), self.place.line())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_operation_survives_packing() {
        for (i, op) in Op::ALL.into_iter().enumerate() {
            assert_eq!(op as usize, i);
            let at = Addr::from_word((1 << 26) - 1 - i as u32);
            assert_eq!(Op::unpack(op.pack(at)), Some((op, at)));
        }
        assert_eq!(Op::unpack(63), None);
    }

    #[test]
    fn a_step_names_its_line() {
        let place = Location::caller();
        let step = Step { thread: ThreadId::new(0), op: Op::Load, at: Addr::from_word(0), value: 0, place };
        let source = step.source();
        assert!(source.ends_with(&format!("/machine/step.rs:{}", place.line())), "{source}");
    }
}
