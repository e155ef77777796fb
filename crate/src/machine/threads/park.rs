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

/// Wakes one sleeper, or all of them.
#[cfg(target_arch = "wasm32")]
pub fn wake(word: &AtomicU32, all: bool) {
    // SAFETY: the pointer is valid and aligned.
    unsafe { core::arch::wasm32::memory_atomic_notify(word.as_ptr().cast(), if all { u32::MAX } else { 1 }) };
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

/// Wakes one sleeper, or all of them.
#[cfg(not(target_arch = "wasm32"))]
pub fn wake(word: &AtomicU32, all: bool) {
    use parking_lot_core::{DEFAULT_UNPARK_TOKEN, unpark_all, unpark_one};
    let key = word.as_ptr().addr();
    // SAFETY: the key is an address that this crate owns; the callback does not panic or park.
    unsafe {
        if all {
            unpark_all(key, DEFAULT_UNPARK_TOKEN);
        } else {
            unpark_one(key, |_| DEFAULT_UNPARK_TOKEN);
        }
    }
}
