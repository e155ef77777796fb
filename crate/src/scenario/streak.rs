//! The streak: events of one completer, in sequence, that readers at rest have read call by call and not entered in the ledger.
//!
//! To enter each call, a reader would look up what is expected of the completer, and store that and the head. While the streak lasts it
//! stores one number, at a place that does not depend on what it has read. In Chromium (Intel Xeon), a run's reader that completes
//! and reads event by event took 1.068 of the time of one that nobody watches, and takes 1.029, medians of six starts of the
//! browser, interleaved; a third of that was a look at two more words in each operation
//! ([`stays_at_rest`](crate::machine::threads::Watch::stays_at_rest)), and the detector's fields, which were kept in the loop.
//!
//! | state | `completer` | `next` | becomes |
//! |---|---|---|---|
//! | none | nobody | the last number, which nothing prolongs | of a completer, by the first call at rest that delivers what is expected |
//! | of completer c, up to n | c | n | up to more, by [`prolong`](Streak::prolong); none, by [`end_streak`](super::Ledger::end_streak) |

use super::tag::Tag;
use crate::ring::{Addr, IoEvent, Memory};

/// There is none.
const NONE: Tag = Tag { completer: u32::MAX, sequence: u32::MAX };

/// The words of the streak, guarded by `ring_lock`.
#[derive(Clone, Copy, Debug)]
pub struct Streak {
    completer: Addr,
    /// The sequence number that prolongs it.
    next: Addr,
}

impl Streak {
    /// In two words from `at`.
    pub(super) const fn at(at: Addr) -> Self {
        Self { completer: at, next: at.offset(1) }
    }

    /// There is none.
    pub(super) fn init(self, memory: &impl Memory) {
        self.set(memory, NONE);
    }

    /// Makes it one of no event yet, which `next` will prolong.
    pub(super) fn set(self, memory: &impl Memory, next: Tag) {
        memory.poke(self.completer, next.completer);
        memory.poke(self.next, next.sequence);
    }

    /// Whether the events of a call prolong it; if so, they have. It ends where sequence numbers wrap.
    #[inline(always)]
    #[must_use]
    pub fn prolong(self, memory: &impl Memory, events: &[IoEvent]) -> bool {
        let next = Tag { completer: memory.peek(self.completer), sequence: memory.peek(self.next) };
        let Some(after) = next.sequence.checked_add(events.len() as u32) else { return false };
        let prolongs = next.spans(events);
        if prolongs {
            memory.poke(self.next, after);
        }
        prolongs
    }

    /// Ends it, if there is one; what would have prolonged it.
    #[inline(always)]
    pub(super) fn end(self, memory: &impl Memory) -> Option<Tag> {
        let completer = memory.peek(self.completer);
        if completer == NONE.completer {
            return None;
        }
        let next = Tag { completer, sequence: memory.peek(self.next) };
        self.set(memory, NONE);
        Some(next)
    }
}
