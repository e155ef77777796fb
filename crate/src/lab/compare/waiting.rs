//! Waiting for a word to change, for so long and no longer.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use crate::machine::threads::{park, time};

/// Whoever waits looks up this often, so that even a lost wake-up cannot hang them.
pub(super) const NAP: Duration = Duration::from_millis(100);

/// Threads did not do in time what they always do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late;

/// Waits until the word is as `good` says, `for_ms` milliseconds at the most. Whoever changes it wakes.
pub(super) fn wait_until(word: &AtomicU32, good: impl Fn(u32) -> bool, for_ms: f64) -> Result<(), Late> {
    let until = time::now() + for_ms;
    loop {
        let found = word.load(Ordering::SeqCst);
        if good(found) {
            return Ok(());
        }
        let left = until - time::now();
        if left <= 0.0 {
            return Err(Late);
        }
        park::wait(word, found, Duration::from_secs_f64(left / 1e3).min(NAP));
    }
}
