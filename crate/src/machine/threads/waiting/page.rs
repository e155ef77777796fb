//! Waiting for a page whose references are frozen.

use core::time::Duration;

use super::{LOOKS, Waiter, park, relax};
use crate::machine::Aborted;
use crate::ring::frames::{FrameWord, Speculative};
use crate::ring::{Frames, Memory, Page};

/// How long a thread sleeps that waits for references to be thawed: whoever froze them has lost its core.
const THAW: Duration = Duration::from_millis(1);

impl Waiter<'_> {
    /// Reaches for a page until its references are not frozen. Who freezes them takes a few steps until they are back, and wakes
    /// nobody.
    #[inline(never)]
    pub fn get_page_speculative(self, frames: Frames, page: Page) -> Result<bool, Aborted> {
        let Self { memory, control, .. } = self;
        loop {
            for _ in 0..LOOKS {
                match frames.get_speculative(&memory, page) {
                    Speculative::Got => return Ok(true),
                    Speculative::Gone => return Ok(false),
                    Speculative::Frozen => relax(),
                }
            }
            if memory.load(control.abort()) != 0 {
                return Err(Aborted);
            }
            let word = memory.atomic(frames.word(page.frame()));
            park::wait(word, FrameWord::frozen(page.generation()).to_word(), THAW);
        }
    }
}
