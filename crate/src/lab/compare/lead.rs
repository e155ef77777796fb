//! How a trial is led: its threads are called, let settle, counted for a while, and stopped.

use core::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::crew::Crew;
use super::trial::{Told, Trial};
use super::waiting::{Late, wait_until};
use crate::lab::race::Suspicion;
use crate::machine::WaitFor;
use crate::machine::threads::{park, time};
use crate::ring::Memory;
use crate::scenario::Counter;

/// How long a trial runs before it counts, milliseconds: threads wake up, caches fill.
const SETTLE_MS: f64 = 10.0;

/// What a trial takes besides the time that it counts, milliseconds; an estimate.
pub const OVERHEAD_MS: f64 = SETTLE_MS + 5.0;

/// How often it is looked whether threads can go on, milliseconds.
const LOOK_MS: f64 = 25.0;

/// Threads that have stood still for so long, and cannot go on, never will, milliseconds. Longer than a thread that has been
/// woken may wait for a core.
const SURE_MS: f64 = 200.0;

/// How long threads may take to come, or to finish an operation, milliseconds.
pub(super) const STOP_MS: f64 = 2_000.0;

/// What a trial came to.
#[derive(Debug)]
pub struct Outcome {
    /// How long it counted.
    pub seconds: f64,
    /// Events that readers have read.
    pub events: u32,
    /// Calls that they have made for it.
    pub calls: u32,
    /// Pages moved.
    pub migrations: u32,
    /// Tries that were refused.
    pub refused: u32,
    /// Whether nobody could go on.
    pub hung: bool,
    /// What the threads say.
    pub told: Told,
}

/// Why there is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody wanted it to end.
    Cancelled,
    /// Threads did not come, or did not leave.
    Late,
}

impl From<Late> for Ended {
    fn from(_: Late) -> Self {
        Self::Late
    }
}

impl Trial {
    /// Leads the trial: calls the crew, lets it settle, counts for `count_ms` milliseconds, and stops it.
    ///
    /// # Errors
    /// When it was cancelled, or when threads were late; after the latter the crew is of no more use.
    pub fn lead(self: Arc<Self>, crew: &Crew, count_ms: f64) -> Result<Outcome, Ended> {
        crew.call(&self);
        let counted = self.count(crew, count_ms);
        self.end.store(time::now().to_bits(), Ordering::SeqCst);
        self.stop();
        let left_late = crew.wait_until_left(STOP_MS).is_err();
        if left_late {
            // A lock that will never be free: its waiters hear of the abort only.
            self.raise(self.world.control.abort());
            crew.wait_until_left(STOP_MS)?;
        }
        crew.clear();
        let Counted { seconds, totals: [events, calls, migrations, refused], stuck } = counted?;
        let told = core::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Outcome { seconds, events, calls, migrations, refused, hung: left_late || stuck, told })
    }

    fn count(&self, crew: &Crew, count_ms: f64) -> Result<Counted, Ended> {
        wait_until(&self.here, |here| here == self.threads(), STOP_MS)?;
        self.go.store(1, Ordering::SeqCst);
        park::wake(&self.go, true);
        if !crew.sleep_until(time::now() + SETTLE_MS) {
            return Err(Ended::Cancelled);
        }
        self.counting.store(1, Ordering::SeqCst);
        let (began, before) = (time::now(), self.totals());
        let end = began + count_ms;
        let mut suspicion = Suspicion::default();
        let mut suspect_ms = None;
        loop {
            let now = time::now();
            let stuck = suspect_ms.is_some_and(|ms| ms >= SURE_MS);
            // Those who may never go on are given the time to show it.
            if stuck || (now >= end && suspect_ms.is_none()) {
                let after = self.totals();
                let totals = core::array::from_fn(|i| after[i].wrapping_sub(before[i]));
                return Ok(Counted { seconds: (now - began) / 1e3, totals, stuck });
            }
            let due = if now < end { end.min(now + LOOK_MS) } else { now + LOOK_MS };
            if !crew.sleep_until(due) {
                return Err(Ended::Cancelled);
            }
            suspect_ms = suspicion.look(&self.world, &self.memory(), time::now());
        }
    }

    fn totals(&self) -> [u32; COUNTED.len()] {
        COUNTED.map(|counter| counter.total(&self.memory(), &self.world.control))
    }

    /// Lets threads end, and wakes those who wait for what others will do no more.
    fn stop(&self) {
        let (control, memory) = (&self.world.control, self.memory());
        self.raise(control.stop());
        for thread in control.all() {
            if let Some(wait) = WaitFor::from_word(memory.load(control.waits_for(thread))) {
                park::wake(memory.atomic(wait.at()), true);
            }
        }
    }

    fn raise(&self, word: crate::ring::Addr) {
        self.memory().store(word, 1);
        park::wake(self.memory().atomic(word), true);
    }
}

/// What is counted.
const COUNTED: [Counter; 4] = [Counter::Events, Counter::Calls, Counter::Migrations, Counter::Refused];

/// What the leader has counted.
struct Counted {
    seconds: f64,
    /// Of each of [`COUNTED`], over the whole time.
    totals: [u32; COUNTED.len()],
    /// Whether nobody could go on.
    stuck: bool,
}
