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

struct Shared {
    ptr: AtomicUsize,
    head: [AtomicUsize; 2],
    lock: Mutex<()>,
}

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

fn execute(subject: Subject) {
    let shared = Arc::new(Shared {
        ptr: AtomicUsize::new(0),
        head: [AtomicUsize::new(0), AtomicUsize::new(0)],
        lock: Mutex::new(()),
    });
    let reader = thread::spawn({
        let shared = Arc::clone(&shared);
        move || (0..subject.reads).for_each(|_| read(&shared, subject.protocol))
    });
    let migrator = thread::spawn({
        let shared = Arc::clone(&shared);
        move || (0..subject.migrations).for_each(|_| migrate(&shared, subject.protocol))
    });
    reader.join().unwrap();
    migrator.join().unwrap();
    assert_eq!(shared.head[shared.ptr.load(SeqCst)].load(SeqCst), subject.reads);
}

fn read(shared: &Shared, protocol: MiniatureProtocol) {
    let _held = (protocol != MiniatureProtocol::Racy).then(|| shared.lock.lock().unwrap());
    let page = shared.ptr.load(SeqCst);
    let head = shared.head[page].load(SeqCst);
    shared.head[page].store(head + 1, SeqCst);
}

fn migrate(shared: &Shared, protocol: MiniatureProtocol) {
    let held = match protocol {
        MiniatureProtocol::Racy => None,
        MiniatureProtocol::Spinlock => Some(shared.lock.lock().unwrap()),
        MiniatureProtocol::Trylock | MiniatureProtocol::TrylockIgnored => shared.lock.try_lock().ok(),
    };
    if held.is_none() && protocol == MiniatureProtocol::Trylock {
        return;
    }
    let old = shared.ptr.load(SeqCst);
    let head = shared.head[old].load(SeqCst);
    shared.head[1 - old].store(head, SeqCst);
    shared.ptr.store(1 - old, SeqCst);
}
