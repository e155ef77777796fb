//! For loom: every execution that its partial-order reduction leaves over.

use std::sync::Arc as Counter;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use aio_ring_lab::explore::miniature::MiniatureProtocol;
use loom::sync::atomic::AtomicUsize;
use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::{Checked, PATIENCE, Subject, counted};

miniature!();

/// Checks all that loom looks at.
pub fn check(subject: Subject) -> Checked {
    counted(|executions| {
        let executions = Counter::clone(executions);
        let began = Instant::now();
        let mut builder = loom::model::Builder::new();
        builder.max_duration = Some(PATIENCE);
        builder.check(move || {
            executions.fetch_add(1, Relaxed);
            execute(subject);
        });
        began.elapsed() < PATIENCE
    })
}
