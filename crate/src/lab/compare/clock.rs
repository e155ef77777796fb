//! The clock, and what it can tell apart.

use super::stats::quantile;
use crate::machine::threads::time::here;

/// Readings while it is measured: some milliseconds.
const READINGS: u32 = 20_000;

/// What the clock is worth here. Browsers make it coarse on purpose: 5 µs where a page is isolated, which is a hundred read
/// calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// The step that it goes in, nanoseconds; shorter times are not told apart.
    pub step_ns: f64,
    /// What one reading takes, nanoseconds.
    pub reading_ns: f64,
}

impl Clock {
    /// Reads the clock until it is known.
    #[must_use]
    pub fn measure() -> Self {
        let began = here();
        let mut last = began;
        let mut steps = Vec::new();
        for _ in 0..READINGS {
            let now = here();
            if now > last {
                steps.push((now - last) * 1e6);
            }
            last = now;
        }
        let reading_ns = (last - began) * 1e6 / f64::from(READINGS);
        // Most readings that differ are one step apart; a few have an interruption between them.
        let step_ns = quantile(&steps, 0.5).unwrap_or(reading_ns);
        Self { step_ns, reading_ns }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_in_steps_and_takes_time_to_read() {
        let clock = Clock::measure();
        assert!(clock.step_ns > 0.0 && clock.step_ns < 1e7, "{clock:?}");
        assert!(clock.reading_ns > 0.0 && clock.reading_ns < 1e6, "{clock:?}");
    }
}
