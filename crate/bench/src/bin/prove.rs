//! The search on this machine: `bench-prove rate THREADS SAMPLES` prints states a second of the miniature at 12 × 12;
//! `bench-prove truth THREADS [smallest]` searches every cell of the table of truth by persistent sets, as many cells at a time, and
//! prints what each proof covers: two readers, two migrations, two completions at least ([`Scenario::larger`]), or the smallest script.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::{Scripted, in_the_table};
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Bounds, Host, Verdict, persistent};
use aio_ring_lab::prove::sizes;
use aio_ring_lab::scenario::Scenario;
use aio_ring_lab::scenario::script::{Extent, Script};
use aio_ring_lab::scenario::truth::{self, Cell};
use serde_json::{Value, json};

/// Operations of each thread of the miniature.
const SIZE: u32 = 12;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| arguments.get(i).and_then(|argument| argument.parse().ok()).unwrap_or(1);
    let answer = match arguments.first().map(String::as_str) {
        Some("rate") => rate(number(1), number(2)),
        Some("truth") => whole_truth(
            number(1),
            match arguments.get(2).map(String::as_str) {
                Some("smallest") => |scenario| vec![scenario.smallest()],
                _ => Scenario::larger,
            },
        ),
        _ => panic!("bench-prove rate THREADS SAMPLES, or bench-prove truth THREADS [smallest]"),
    };
    println!("{answer}");
}

/// Searches on a host that has a clock.
fn timed(search: impl FnOnce(&Host<'_>) -> Verdict) -> Verdict {
    let began = Instant::now();
    let (clock, never) = (|| began.elapsed().as_secs_f64() * 1e3, AtomicBool::new(false));
    search(&Host { clock: &clock, cancel: &never, progress: &|_| () })
}

fn rate(threads: usize, samples: usize) -> Value {
    let miniature = Miniature::new(MiniatureProtocol::Racy, SIZE, SIZE);
    let options = Options { threads, whole: true, ..Options::default() };
    let searched = || {
        let verdict = timed(|host| states::search(&miniature, &options, host));
        let states = verdict.states.unwrap_or(0) as f64;
        json!({ "states": states, "rate": states / verdict.seconds, "bytesPerState": verdict.bytes as f64 / states })
    };
    searched();
    (0..samples).map(|_| searched()).collect()
}

/// Searches all cells, as many at a time as there are threads.
fn whole_truth(threads: usize, scripts: fn(&Scenario) -> Vec<Script>) -> Value {
    let (cells, next) = (truth::cells().collect::<Vec<_>>(), AtomicUsize::new(0));
    let take = || {
        let i = next.fetch_add(1, Ordering::Relaxed);
        Some((i, cells.get(i)?))
    };
    let work = || core::iter::from_fn(take).map(|(i, cell)| (i, confirm(cell, scripts))).collect::<Vec<_>>();
    let mut searched: Vec<(usize, Value)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no search panics")).collect()
    });
    searched.sort_unstable_by_key(|(i, _)| *i);
    searched.into_iter().map(|(_, value)| value).collect()
}

/// What searches of the cell come to.
fn confirm(cell: &Cell, scripts: fn(&Scenario) -> Vec<Script>) -> Value {
    let Cell { scenario, label, protocol, expected } = *cell;
    let proof = |script| proof(&Scripted::new(scenario, script, protocol));
    let proofs: Vec<Value> = scripts(scenario).into_iter().map(proof).collect();
    let expected = expected.outcome.name();
    let confirmed = proofs.iter().all(|proof| proof["found"] == expected);
    json!({ "scenario": scenario.name, "protocol": label, "expected": expected, "confirmed": confirmed, "proofs": proofs })
}

/// What a search of `program` has proved or found.
fn proof(program: &Scripted) -> Value {
    let verdict = timed(|host| persistent::search(program, Bounds::default(), host));
    let found = in_the_table(&verdict).expect("without a bound it comes to an end");
    let Extent { readers, migrations, completions } = program.script.extent();
    json!({
        "found": found.name(), "states": verdict.states, "seconds": verdict.seconds,
        "covers": sizes::covers(&program.script),
        "readers": readers, "migrations": migrations, "completions": completions,
        "length": verdict.violation.map(|violation| violation.schedule.len()),
    })
}
