//! The clock, and what it can tell apart.

use super::stats::quantile;
use crate::machine::threads::time::here;

/// Readings while it is measured: some milliseconds.
const READINGS: u32 = 20_000;

/// The step that the clock goes in, nanoseconds; shorter times are not told apart. Browsers make it coarse on purpose: 5 or 20 µs
/// where a page is isolated, which is a hundred read calls and more.
#[must_use]
pub fn step_ns() -> f64 {
    let mut last = here();
    let mut steps = Vec::new();
    // A clock that never moved would be none, but would not hang anybody here.
    for _ in 0..READINGS {
        let now = here();
        if now > last {
            steps.push((now - last) * 1e6);
        }
        last = now;
    }
    // Most readings that differ are one step apart; a few have an interruption between them.
    quantile(&steps, 0.5).unwrap_or(0.0)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_in_steps() {
        let step = step_ns();
        assert!(step > 0.0 && step < 1e7, "{step}");
    }
}
