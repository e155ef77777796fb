//! Parking a thread on a word: `memory.atomic.wait32` in wasm, `parking_lot_core` natively.

use core::sync::atomic::AtomicU32;
use core::time::Duration;

/// Sleeps until woken, unless the word is not `expected`; at most `timeout`. May return early for no reason.
#[cfg(target_arch = "wasm32")]
pub fn wait(word: &AtomicU32, expected: u32, timeout: Duration) {
    let nanos = i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX);
    // SAFETY: the pointer is valid and aligned. Workers may block; the page never runs wasm.
    unsafe { core::arch::wasm32::memory_atomic_wait32(word.as_ptr().cast(), expected as i32, nanos) };
}

/// Wakes one sleeper, or all of them; how many it woke.
#[cfg(target_arch = "wasm32")]
pub fn wake(word: &AtomicU32, all: bool) -> u32 {
    // SAFETY: the pointer is valid and aligned.
    unsafe { core::arch::wasm32::memory_atomic_notify(word.as_ptr().cast(), if all { u32::MAX } else { 1 }) }
}

/// Sleeps until woken, unless the word is not `expected`; at most `timeout`. May return early for no reason.
#[cfg(not(target_arch = "wasm32"))]
pub fn wait(word: &AtomicU32, expected: u32, timeout: Duration) {
    use core::sync::atomic::Ordering;
    use parking_lot_core::{DEFAULT_PARK_TOKEN, park};
    let validate = || word.load(Ordering::SeqCst) == expected;
    let deadline = std::time::Instant::now() + timeout;
    // SAFETY: the key is an address that this crate owns; no callback panics or parks.
    unsafe { park(word.as_ptr().addr(), validate, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, Some(deadline)) };
}

/// Wakes one sleeper, or all of them; how many it woke.
#[cfg(not(target_arch = "wasm32"))]
pub fn wake(word: &AtomicU32, all: bool) -> u32 {
    use parking_lot_core::{DEFAULT_UNPARK_TOKEN, unpark_all, unpark_one};
    let key = word.as_ptr().addr();
    // SAFETY: the key is an address that this crate owns; the callback does not panic or park.
    let woken = unsafe {
        if all {
            unpark_all(key, DEFAULT_UNPARK_TOKEN)
        } else {
            unpark_one(key, |_| DEFAULT_UNPARK_TOKEN).unparked_threads
        }
    };
    woken as u32
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use core::sync::atomic::{AtomicBool, Ordering};
    use std::sync::Barrier;
    use std::thread;
    use std::time::Instant;

    use super::*;

    /// A wake-up comes by then; a sleep that nobody ends is longer.
    const LIMIT: Duration = Duration::from_secs(20);

    #[test]
    fn a_sleeper_sleeps_until_it_is_woken_and_then_no_longer() {
        for all in [false, true] {
            let (word, awake, start) = (AtomicU32::new(7), AtomicBool::new(false), Barrier::new(2));
            thread::scope(|scope| {
                scope.spawn(|| {
                    start.wait();
                    wait(&word, 7, 2 * LIMIT);
                    awake.store(true, Ordering::SeqCst);
                });
                start.wait();
                // Long enough for a sleeper that does not sleep.
                thread::sleep(Duration::from_millis(20));
                assert!(!awake.load(Ordering::SeqCst));
                let started = Instant::now();
                while !awake.load(Ordering::SeqCst) {
                    assert!(started.elapsed() < LIMIT, "not woken");
                    wake(&word, all);
                    thread::yield_now();
                }
            });
        }
    }

    #[test]
    fn a_word_that_has_changed_already_lets_nobody_sleep() {
        let started = Instant::now();
        wait(&AtomicU32::new(8), 7, 2 * LIMIT);
        assert!(started.elapsed() < LIMIT);
    }
}
