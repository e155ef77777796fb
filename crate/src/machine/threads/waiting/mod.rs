//! Waiting: for a [lock], in a wait [queue], for a [page]. Whoever waits looks for a while, and then sleeps.

mod lock;
mod page;
mod queue;

use core::ops::Range;
use core::time::Duration;

use super::{Control, ThreadId, Words, park, time};
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(super) use lock::{is_seldom, micros};
pub(super) use queue::linger;

/// Looks at a taken lock, or at a queue, before resting, parking or sleeping. In V8, with the pauses between them, 0.7 µs on a word that
/// nobody writes meanwhile, and some 5 µs on one whose line goes from core to core. Where that was 10 µs, 16 readers got 7
/// million events/s, not 13; where 3.6, 20, but the reader beside a paced migrator lost a seventh. Ending a look
/// at the first exchange that is lost: no difference.
const LOOKS: u32 = 150;

/// The longest pause between two looks, in turns of [`relax`]: longer ones find the lock free too late. 32 or 128, where all who waited
/// parked: 8.6 and 10.1 million events/s of two readers, where 8 had 10.8.
const LONGEST_PAUSE: u32 = 8;

/// A parked thread looks up this often, so that even a lost wake-up or an abort without one cannot hang it.
pub(super) const NAP: Duration = Duration::from_millis(50);

/// A turn of doing nothing: 0.55 ns in V8, 9 ns natively (Intel Xeon).
#[inline(always)]
fn relax() {
    if cfg!(target_arch = "wasm32") {
        // There is no pause instruction. Words that go through memory keep the loop from being removed.
        for turn in 0..4_u32 {
            core::hint::black_box(turn);
        }
    } else {
        core::hint::spin_loop();
    }
}

/// A thread that has to wait. By value, since whatever is passed by reference to code that is not inlined must
/// live in memory from then on, and be loaded again after every atomic access.
#[derive(Clone, Copy)]
pub(super) struct Waiter<'a> {
    pub(super) memory: Words<'a>,
    pub(super) control: &'a Control,
    pub(super) me: ThreadId,
    /// Whether it [rests](lock) before a lock.
    pub(super) rests: bool,
}

/// Looks so many times, the first of which are the quickest, until there is something.
#[inline(always)]
fn look<T>(looks: Range<u32>, at: impl Fn() -> Option<T>) -> Option<T> {
    for look in looks {
        if let Some(found) = at() {
            return Some(found);
        }
        for _ in 0..look.min(LONGEST_PAUSE) {
            relax();
        }
    }
    None
}
