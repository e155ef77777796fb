//! By this project's own engines.

use core::sync::atomic::AtomicBool;
use std::time::Instant;

use aio_ring_lab::explore::miniature::Miniature;
use aio_ring_lab::explore::sample::{self, Method};
use aio_ring_lab::explore::{Bounds, Host, Outcome, Verdict, states, traces};

use crate::{Checked, PATIENCE, Subject};

/// Runs of a sample, as many as the others get.
const SAMPLES: u64 = 20_000;

fn search(subject: Subject, engine: impl FnOnce(&Miniature, Bounds, &Host<'_>) -> Verdict) -> Checked {
    let miniature = Miniature::new(subject.protocol, subject.reads as u32, subject.migrations as u32);
    let began = Instant::now();
    let (clock, never) = (|| began.elapsed().as_secs_f64() * 1e3, AtomicBool::new(false));
    let bounds = Bounds { milliseconds: Some(PATIENCE.as_secs_f64() * 1e3), ..Bounds::default() };
    let verdict = engine(&miniature, bounds, &Host { clock: &clock, cancel: &never, progress: &|_| () });
    let (count, unit) = match verdict.states {
        Some(states) => (states, "states"),
        None => (verdict.traces.unwrap_or(0), "executions"),
    };
    Checked {
        count,
        unit,
        finished: !matches!(verdict.outcome, Outcome::BoundReached(_)),
        found: verdict.outcome == Outcome::Violated,
        seconds: began.elapsed().as_secs_f64(),
    }
}

/// All states.
pub fn states(subject: Subject) -> Checked {
    search(subject, |miniature, bounds, host| {
        states::search(miniature, &states::Options { bounds, ..Default::default() }, host)
    })
}

/// One execution of each Mazurkiewicz class.
pub fn traces(subject: Subject) -> Checked {
    search(subject, |miniature, bounds, host| {
        traces::search(miniature, &traces::Options { bounds, ..Default::default() }, host)
    })
}

/// Random priorities.
pub fn pct(subject: Subject) -> Checked {
    search(subject, |miniature, bounds, host| {
        let bounds = Bounds { count: Some(SAMPLES), ..bounds };
        sample::search(miniature, &sample::Options { method: Method::Pct { depth: 3 }, bounds, seed: 1 }, host)
    })
}
