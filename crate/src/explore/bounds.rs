//! How far a search may go, and how it is watched meanwhile.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;

/// How far a search may go; `None`: as far as it takes. What a bound has cut off has not been proved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Steps in one execution.
    pub steps: Option<u32>,
    /// Times that the schedule may turn away from a thread that could have gone on (Musuvathi and Qadeer, 2007).
    pub preemptions: Option<u32>,
    /// States, or executions where no states are remembered.
    pub count: Option<u64>,
    /// Bytes that the search may take.
    pub bytes: Option<u64>,
    /// Milliseconds that it may take.
    pub milliseconds: Option<f64>,
}

/// What ended a search before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// [`Bounds::steps`].
    Steps,
    /// [`Bounds::preemptions`].
    Preemptions,
    /// [`Bounds::count`].
    Count,
    /// [`Bounds::bytes`].
    Bytes,
    /// [`Bounds::milliseconds`].
    Time,
    /// Somebody did not want to wait any longer.
    Cancelled,
}

impl Bound {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Preemptions => "preemptions",
            Self::Count => "count",
            Self::Bytes => "memory",
            Self::Time => "time",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Distinct states, where states are remembered.
    pub states: u64,
    /// Executions, or trace classes, where those are counted.
    pub traces: u64,
    /// Steps taken from one state to another.
    pub transitions: u64,
    /// Steps from the start to where the search is.
    pub depth: u32,
    /// Bytes that it takes.
    pub bytes: u64,
    /// Milliseconds since it began.
    pub milliseconds: f64,
}

/// Where a search runs: it has no clock of its own, in the browser there is none.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Milliseconds of some clock.
    pub clock: &'a (dyn Fn() -> f64 + Sync),
    /// Once true, the search ends.
    pub cancel: &'a AtomicBool,
    /// Is told how far the search has come, by the thread that called it.
    pub progress: &'a (dyn Fn(&Progress) + Sync),
}

impl Host<'static> {
    /// Time stands still, nobody cancels, and nobody is told.
    #[must_use]
    pub fn quiet() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self { clock: &|| 0.0, cancel: &NEVER, progress: &|_| () }
    }
}

/// Bytes that the map takes: its entries, and a byte for each to find it by.
#[must_use]
pub fn map_bytes<K, V>(map: &HashMap<K, V>) -> usize {
    map.capacity() * (size_of::<(K, V)>() + 1)
}

/// Bounds, being watched.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// The bounds.
    pub bounds: Bounds,
    host: Host<'a>,
    began: f64,
}

impl<'a> Watch<'a> {
    /// Starts the clock.
    #[must_use]
    pub fn new(bounds: Bounds, host: Host<'a>) -> Self {
        Self { bounds, host, began: (host.clock)() }
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn milliseconds(&self) -> f64 {
        (self.host.clock)() - self.began
    }

    /// Whether the search must end: for the time, for `count` states or executions, or for the `bytes` it takes.
    #[must_use]
    pub fn over(&self, count: u64, bytes: u64) -> Option<Bound> {
        let Bounds { count: most, bytes: most_bytes, milliseconds, .. } = self.bounds;
        if self.host.cancel.load(Ordering::Relaxed) {
            Some(Bound::Cancelled)
        } else if most.is_some_and(|most| count >= most) {
            Some(Bound::Count)
        } else if most_bytes.is_some_and(|most| bytes > most) {
            Some(Bound::Bytes)
        } else if milliseconds.is_some_and(|most| self.milliseconds() >= most) {
            Some(Bound::Time)
        } else {
            None
        }
    }

    /// Whether there are as many states as there may be, or executions: asked where it is too soon for all of [`over`](Self::over).
    #[inline(always)]
    #[must_use]
    pub fn is_counted_out(&self, count: u64) -> bool {
        self.bounds.count.is_some_and(|most| count >= most)
    }

    /// Tells the host.
    pub fn tell(&self, progress: Progress) {
        (self.host.progress)(&Progress { milliseconds: self.milliseconds(), ..progress });
    }
}
