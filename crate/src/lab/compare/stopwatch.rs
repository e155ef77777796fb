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
//! Looking at the clock takes as long as a call. So only one drain in some [`EVERY`] events is timed, and one single call, and
//! the gap is random: a fixed one could go in step with the pages of the ring. What all this costs is measured by the
//! [control](super::config::Subject): the same trial without it. The reading that a timed drain contains is subtracted; from
//! single calls nothing is.

use core::sync::atomic::{AtomicU32, Ordering};

use fastrand::Rng;
use hdrhistogram::Histogram;

use super::clock::Clock;
use crate::machine::threads::time::here;

/// Events from one timed drain to the next, and from one timed call to the next, on the average.
pub const EVERY: u32 = 512;

/// The longest time that is told from longer ones, nanoseconds.
const LONGEST_NS: u64 = 10_000_000_000;

/// Whoever is told when drains and calls begin and end.
pub trait Stopwatch {
    /// A drain begins.
    fn drain_begins(&mut self);
    /// A call of it begins.
    fn call_begins(&mut self);
    /// It has returned so many events.
    fn call_ends(&mut self, events: u32);
    /// The drain has ended after so many calls.
    fn drain_ends(&mut self, calls: u32);
}

/// Nobody is.
impl Stopwatch for () {
    #[inline(always)]
    fn drain_begins(&mut self) {}
    #[inline(always)]
    fn call_begins(&mut self) {}
    #[inline(always)]
    fn call_ends(&mut self, _: u32) {}
    #[inline(always)]
    fn drain_ends(&mut self, _: u32) {}
}

/// Times of read calls.
#[derive(Clone, Debug)]
pub struct Times {
    /// Drains that were timed.
    pub drains: u32,
    /// Calls in them.
    pub calls: u32,
    /// What they took together, milliseconds.
    pub drained_ms: f64,
    /// Single calls, nanoseconds.
    pub single: Histogram<u32>,
}

impl Default for Times {
    fn default() -> Self {
        let single = Histogram::new_with_bounds(1, LONGEST_NS, 2).expect("two digits within these bounds can be had");
        Self { drains: 0, calls: 0, drained_ms: 0.0, single }
    }
}

impl Times {
    /// Takes in what another thread, or another trial, has timed.
    pub fn add(&mut self, other: &Self) {
        self.drains += other.drains;
        self.calls += other.calls;
        self.drained_ms += other.drained_ms;
        self.single.add(&other.single).expect("all have the same bounds");
    }

    /// Mean time of a call, nanoseconds, by `clock`; `None` where none was timed.
    #[must_use]
    pub fn ns_per_call(&self, clock: &Clock) -> Option<f64> {
        let ns = self.drained_ms * 1e6 - f64::from(self.drains) * clock.reading_ns;
        (self.calls > 0).then(|| (ns / f64::from(self.calls)).max(0.0))
    }
}

/// Times drains and calls now and then.
#[derive(Debug)]
pub struct Sampling<'a> {
    /// Not 0: what is timed counts.
    counting: &'a AtomicU32,
    rng: Rng,
    until_drain: u32,
    until_call: u32,
    drain_began: Option<f64>,
    call_began: Option<f64>,
    times: Times,
}

impl<'a> Sampling<'a> {
    /// A stopwatch that counts while `counting` is not 0.
    #[must_use]
    pub fn new(counting: &'a AtomicU32, seed: u64) -> Self {
        let rng = Rng::with_seed(seed);
        Self {
            counting,
            rng,
            until_drain: 0,
            until_call: 0,
            drain_began: None,
            call_began: None,
            times: Times::default(),
        }
    }

    /// What was timed.
    #[must_use]
    pub fn into_times(self) -> Times {
        self.times
    }

    fn gap(&mut self) -> u32 {
        self.rng.u32(..2 * EVERY)
    }

    #[cold]
    #[inline(never)]
    fn note_drain(&mut self, began: f64, calls: u32) {
        let took = here() - began;
        self.until_drain = self.gap();
        // ORDERING: Relaxed; one drain more or less at either end makes no difference.
        if self.counting.load(Ordering::Relaxed) != 0 {
            self.times.drains += 1;
            self.times.calls += calls;
            self.times.drained_ms += took;
        }
    }

    #[cold]
    #[inline(never)]
    fn note_call(&mut self, began: f64) {
        let took = here() - began;
        self.until_call = self.gap();
        // ORDERING: as above.
        if self.counting.load(Ordering::Relaxed) != 0 {
            self.times.single.saturating_record((took * 1e6).round() as u64);
        }
    }
}

impl Stopwatch for Sampling<'_> {
    #[inline(always)]
    fn drain_begins(&mut self) {
        if self.until_drain == 0 {
            self.drain_began = Some(here());
        }
    }

    #[inline(always)]
    fn call_begins(&mut self) {
        // Not within a drain that is timed: its mean would have these readings, too.
        if self.until_call == 0 && self.drain_began.is_none() {
            self.call_began = Some(here());
        }
    }

    #[inline(always)]
    fn call_ends(&mut self, events: u32) {
        if let Some(began) = self.call_began.take() {
            self.note_call(began);
        }
        self.until_call = self.until_call.saturating_sub(events);
        self.until_drain = self.until_drain.saturating_sub(events);
    }

    #[inline(always)]
    fn drain_ends(&mut self, calls: u32) {
        if let Some(began) = self.drain_began.take() {
            self.note_drain(began, calls);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Drains of 8 calls that take `ms` each.
    fn drains(counting: u32, drains: u32, ms: f64) -> Times {
        let counting = AtomicU32::new(counting);
        let mut watch = Sampling::new(&counting, 7);
        for _ in 0..drains {
            watch.drain_begins();
            for _ in 0..8 {
                watch.call_begins();
                let until = here() + ms / 8.0;
                while here() < until {}
                watch.call_ends(EVERY / 4);
            }
            watch.drain_ends(8);
        }
        watch.into_times()
    }

    #[test]
    fn it_times_whole_drains_and_single_calls_of_others() {
        let times = drains(1, 60, 0.4);
        assert!((10..60).contains(&times.drains), "{} drains", times.drains);
        assert_eq!(times.calls, times.drains * 8);
        let clock = Clock { step_ns: 1.0, reading_ns: 0.0 };
        let mean = times.ns_per_call(&clock).unwrap();
        // No upper limit: the machine may be busy.
        assert!(mean >= 50_000.0, "{mean}");
        assert!(
            !times.single.is_empty() && times.single.min() >= 49_000,
            "{} {}",
            times.single.len(),
            times.single.min()
        );
        let less = Clock { reading_ns: 800.0, ..clock };
        assert!((mean - times.ns_per_call(&less).unwrap() - 100.0).abs() < 1e-6, "a reading a drain is subtracted");
    }

    #[test]
    fn nothing_counts_before_it_is_told_to() {
        let times = drains(0, 20, 0.01);
        assert_eq!((times.drains, times.calls, times.single.len()), (0, 0, 0));
        assert_eq!(times.ns_per_call(&Clock { step_ns: 1.0, reading_ns: 1.0 }), None);
    }

    #[test]
    fn times_of_several_add_up() {
        let [mut a, b] = [20, 30].map(|count| drains(1, count, 0.01));
        let (drains, calls, singles) = (a.drains + b.drains, a.calls + b.calls, a.single.len() + b.single.len());
        let longest = a.single.max().max(b.single.max());
        a.add(&b);
        assert_eq!((a.drains, a.calls, a.single.len(), a.single.max()), (drains, calls, singles, longest));
    }
}
