//! For shuttle: every schedule, or random ones.

use std::sync::Arc as Counter;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use aio_ring_lab::explore::miniature::MiniatureProtocol;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::atomic::AtomicUsize;
use shuttle::sync::atomic::Ordering::SeqCst;
use shuttle::sync::{Arc, Mutex};
use shuttle::{Config, FailurePersistence, Runner, thread};

use crate::{Checked, PATIENCE, Subject, counted};

miniature!();

/// Executions of a random check: enough for each that finds anything to find it.
const SAMPLES: usize = 20_000;

/// Every schedule, one after the other.
pub fn exhaustive(subject: Subject) -> Checked {
    check(subject, DfsScheduler::new(None, false))
}

/// Random schedules.
pub fn random(subject: Subject) -> Checked {
    sampled(check(subject, RandomScheduler::new_from_seed(1, SAMPLES)))
}

/// Random priorities.
pub fn pct(subject: Subject) -> Checked {
    sampled(check(subject, PctScheduler::new_from_seed(1, 3, SAMPLES)))
}

/// A sample that found nothing has not finished.
fn sampled(checked: Checked) -> Checked {
    Checked { finished: checked.found, ..checked }
}

fn check(subject: Subject, scheduler: impl Scheduler + 'static) -> Checked {
    counted(|executions| {
        let executions = Counter::clone(executions);
        let began = Instant::now();
        let mut config = Config::new();
        config.failure_persistence = FailurePersistence::None;
        config.max_time = Some(PATIENCE);
        Runner::new(scheduler, config).run(move || {
            executions.fetch_add(1, Relaxed);
            execute(subject);
        });
        began.elapsed() < PATIENCE
    })
}
