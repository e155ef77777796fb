//! The miniature (`aio_ring_lab::explore::miniature`), written for loom and for shuttle, and checked by them and by us:
//! executions or states a second, how many it takes to finish, and whether each finds what is broken. `aio-ring-rival-checkers
//! SIZE...` prints JSON, for so many operations of each thread.
//!
//! The three programs are the same: one reader, one migrator, two pages, sequentially consistent words, one lock.

#[macro_use]
mod miniature;
mod for_loom;
mod for_shuttle;
mod ours;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aio_ring_lab::explore::miniature::MiniatureProtocol;
use serde_json::{Value, json};

/// What is checked: who locks what, and how many operations each thread does.
#[derive(Clone, Copy)]
struct Subject {
    protocol: MiniatureProtocol,
    reads: usize,
    migrations: usize,
}

/// What a check came to.
struct Checked {
    /// Executions, or states where `unit` says so.
    count: u64,
    unit: &'static str,
    /// Whether everything was searched, or something was found.
    finished: bool,
    found: bool,
    seconds: f64,
}

/// Checks a subject in its own way.
type Checker = fn(Subject) -> Checked;

/// A check is given up after that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs a check that counts its executions, says whether it finished, and panics when it finds something.
fn counted(check: impl FnOnce(&Arc<AtomicU64>) -> bool) -> Checked {
    let executions = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let checked = catch_unwind(AssertUnwindSafe(|| check(&executions)));
    Checked {
        count: executions.load(Ordering::Relaxed),
        unit: "executions",
        found: checked.is_err(),
        finished: checked.unwrap_or(true),
        seconds: began.elapsed().as_secs_f64(),
    }
}

fn main() {
    // What is found is told by a panic; a thousand of them would hide the table.
    std::panic::set_hook(Box::new(|_| ()));
    let checkers: [(&str, Checker); 7] = [
        ("aio-ring-lab, states", ours::states),
        ("aio-ring-lab, trace classes", ours::traces),
        ("aio-ring-lab, PCT (depth 3)", ours::pct),
        ("loom", for_loom::check),
        ("shuttle, exhaustive", for_shuttle::exhaustive),
        ("shuttle, random", for_shuttle::random),
        ("shuttle, PCT (depth 3)", for_shuttle::pct),
    ];
    let mut rows: Vec<Value> = Vec::new();
    let sizes: Vec<usize> =
        std::env::args().skip(1).map(|size| size.parse().expect("a number of operations")).collect();
    for size in sizes {
        for (protocol, name) in MiniatureProtocol::ALL {
            let subject = Subject { protocol, reads: size, migrations: size };
            for (checker, check) in checkers {
                let Checked { count, unit, finished, found, seconds } = check(subject);
                rows.push(json!({
                    "checker": checker, "protocol": name, "size": size, "broken": !protocol.is_correct(),
                    "count": count, "unit": unit, "finished": finished, "found": found, "seconds": seconds,
                }));
            }
        }
    }
    println!("{}", Value::from(rows));
}
