//! Times of read calls, where a call takes 50 ns and the clock goes in steps of 5,000.
//!
//! Two things are asked, and each needs an answer of its own:
//!
//! - **How long does a call take on the average?** A *drain* is timed: reading the ring until it is empty, in many calls, between
//!   two looks at the clock. A drain may be shorter than a step, and then reads as 0 or as a whole step. But when it begins has
//!   nothing to do with the clock's steps, so it reads as a whole step just as often as its length is a part of one: the sum over
//!   many drains is right, and only its noise comes from the step.
//! - **How long do the slowest calls take?** Single calls are timed, and counted in a histogram: [`hdrhistogram`]. Of those that
//!   take less than a step it says no more than that; those that wait for a migration, or for a core, are far above it.
//!
//! Looking at the clock takes as long as some calls. So only one drain in some [`EVERY`] events is timed, as a whole or in one of
//! its calls, and the gap is random: a fixed one could go in step with the pages of the ring. What all this costs is measured
//! by the [control](super::config::Subject): the same trial without it.
//!
//! A timed drain contains a look at the clock, which may be longer than the drain. So next to each drain nothing is timed, in the
//! same way, and the mean of that is subtracted. (Measured once beforehand it would be wrong: code that has just been
//! started is slower.) From single calls nothing is subtracted.

use core::sync::atomic::{AtomicU32, Ordering};

use fastrand::Rng;
use hdrhistogram::Histogram;

use crate::machine::threads::time::here;

/// Events from one drain in which something is timed to the next, on the average.
pub const EVERY: u32 = 1_024;

/// One in so many of those drains has a single call timed; the others are timed as a whole.
const SINGLE: u32 = 4;

/// No call has this number.
const NONE: u32 = u32::MAX;

/// The longest time that is told from longer ones, nanoseconds.
const LONGEST_NS: u64 = 10_000_000_000;

/// Whoever is told when drains and their calls, by number, begin and end.
pub trait Stopwatch {
    /// A drain begins.
    fn drain_begins(&mut self);
    /// A call of it begins.
    fn call_begins(&mut self, call: u32);
    /// The call has ended.
    fn call_ends(&mut self, call: u32);
    /// The drain has ended after so many calls, which returned so many events.
    fn drain_ends(&mut self, calls: u32, events: u32);
}

/// Nobody is.
impl Stopwatch for () {
    #[inline(always)]
    fn drain_begins(&mut self) {}
    #[inline(always)]
    fn call_begins(&mut self, _: u32) {}
    #[inline(always)]
    fn call_ends(&mut self, _: u32) {}
    #[inline(always)]
    fn drain_ends(&mut self, _: u32, _: u32) {}
}

/// Times of read calls.
#[derive(Clone, Debug)]
pub struct Times {
    /// Calls in all drains that were timed as a whole.
    pub calls: u32,
    /// What the drains took together, milliseconds; what nothing took, as often, is subtracted.
    pub drained_ms: f64,
    /// Single calls, nanoseconds.
    pub single: Histogram<u32>,
}

impl Default for Times {
    fn default() -> Self {
        let single = Histogram::new_with_bounds(1, LONGEST_NS, 2).expect("two digits within these bounds can be had");
        Self { calls: 0, drained_ms: 0.0, single }
    }
}

impl Times {
    /// Takes in what another thread, or another trial, has timed.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.drained_ms += other.drained_ms;
        self.single.add(&other.single).expect("all have the same bounds");
    }

    /// Mean time of a call, nanoseconds; `None` where none was timed.
    #[must_use]
    pub fn ns_per_call(&self) -> Option<f64> {
        (self.calls > 0).then(|| (self.drained_ms * 1e6 / f64::from(self.calls)).max(0.0))
    }
}

/// Times drains and calls now and then.
#[derive(Debug)]
pub struct Sampling<'a> {
    /// Not 0: what is timed counts.
    counting: &'a AtomicU32,
    rng: Rng,
    /// Events until something is timed again.
    until: u32,
    /// The call that is timed in this drain, or [`NONE`].
    call: u32,
    /// When the drain, or the call, that is timed has begun.
    began: Option<f64>,
    /// Calls of the drain before.
    calls: u32,
    times: Times,
}

impl<'a> Sampling<'a> {
    /// A stopwatch that counts while `counting` is not 0.
    #[must_use]
    pub fn new(counting: &'a AtomicU32, seed: u64) -> Self {
        let rng = Rng::with_seed(seed);
        Self { counting, rng, until: 0, call: NONE, began: None, calls: 1, times: Times::default() }
    }

    /// What was timed.
    #[must_use]
    pub fn into_times(self) -> Times {
        self.times
    }

    #[cold]
    #[inline(never)]
    fn begin(&mut self) {
        self.until = self.rng.u32(..2 * EVERY);
        if self.rng.u32(..SINGLE) == 0 {
            self.call = self.rng.u32(..self.calls);
        } else {
            self.began = Some(here());
        }
    }

    #[cold]
    #[inline(never)]
    fn end_drain(&mut self, began: f64, calls: u32) {
        let took = here() - began;
        let nothing = here();
        let nothing = here() - nothing;
        // ORDERING: Relaxed; one drain more or less at either end makes no difference.
        if self.counting.load(Ordering::Relaxed) != 0 {
            self.times.calls += calls;
            self.times.drained_ms += took - nothing;
        }
    }

    #[cold]
    #[inline(never)]
    fn end_call(&mut self) {
        let now = here();
        self.call = NONE;
        // ORDERING: as above.
        if let Some(began) = self.began.take()
            && self.counting.load(Ordering::Relaxed) != 0
        {
            self.times.single.saturating_record(((now - began) * 1e6).round() as u64);
        }
    }
}

impl Stopwatch for Sampling<'_> {
    #[inline(always)]
    fn drain_begins(&mut self) {
        if self.until == 0 {
            self.begin();
        }
    }

    #[inline(always)]
    fn call_begins(&mut self, call: u32) {
        if call == self.call {
            self.began = Some(here());
        }
    }

    #[inline(always)]
    fn call_ends(&mut self, call: u32) {
        if call == self.call {
            self.end_call();
        }
    }

    #[inline(always)]
    fn drain_ends(&mut self, calls: u32, events: u32) {
        if let Some(began) = self.began.take() {
            self.end_drain(began, calls);
        }
        // A drain may have had fewer calls than the one before.
        self.call = NONE;
        self.calls = calls;
        self.until = self.until.saturating_sub(events);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Drains of 8 calls that take `ms` together.
    fn drains(counting: u32, drains: u32, ms: f64) -> Times {
        let counting = AtomicU32::new(counting);
        let mut watch = Sampling::new(&counting, 7);
        for _ in 0..drains {
            watch.drain_begins();
            for call in 0..8 {
                watch.call_begins(call);
                let until = here() + ms / 8.0;
                while here() < until {}
                watch.call_ends(call);
            }
            watch.drain_ends(8, EVERY);
        }
        watch.into_times()
    }

    #[test]
    fn it_times_whole_drains_and_single_calls_of_others() {
        let times = drains(1, 200, 0.4);
        assert!(times.calls.is_multiple_of(8) && (160..1_600).contains(&times.calls), "{} calls", times.calls);
        assert!(times.single.len() > 5 && times.single.len() < 100, "{} single calls", times.single.len());
        let mean = times.ns_per_call().unwrap();
        // No upper limit: the machine may be busy.
        assert!(mean >= 45_000.0, "{mean}");
        assert!(times.single.min() >= 49_000, "{}", times.single.min());
    }

    #[test]
    fn drains_take_no_longer_than_all_that_was_done() {
        let began = here();
        let times = drains(1, 400, 0.0);
        let passed = here() - began;
        let took = times.ns_per_call().unwrap() * f64::from(times.calls) / 1e6;
        assert!((0.0..=passed).contains(&took), "{took} of {passed} ms");
    }

    #[test]
    fn nothing_counts_before_it_is_told_to() {
        let times = drains(0, 40, 0.01);
        assert_eq!((times.calls, times.single.len(), times.ns_per_call()), (0, 0, None));
    }

    #[test]
    fn times_of_several_add_up() {
        let [mut a, b] = [20, 30].map(|count| drains(1, count, 0.01));
        let (calls, singles, longest) =
            (a.calls + b.calls, a.single.len() + b.single.len(), a.single.max().max(b.single.max()));
        a.add(&b);
        assert_eq!((a.calls, a.single.len(), a.single.max()), (calls, singles, longest));
    }
}
