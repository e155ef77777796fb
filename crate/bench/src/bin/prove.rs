//! The search on this machine: `bench-prove rate THREADS SAMPLES` prints states a second of the miniature at 12 × 12;
//! `bench-prove truth THREADS [smallest | all]` searches every cell of the table of truth by persistent sets, as many cells at a time,
//! and prints what each proof covers: with two readers, or where that takes too long, with one or none; `all`: however long it takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use aio_ring_lab::aio::presets::Preset;
use aio_ring_lab::aio::{PRESETS, Protocol, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Bounds, Host, Outcome, Verdict, persistent};
use aio_ring_lab::prove::sizes;
use aio_ring_lab::scenario::catalog::find;
use aio_ring_lab::scenario::role::{Core, PageChoice};
use aio_ring_lab::scenario::script::Script;
use aio_ring_lab::scenario::truth::{Expected, Verdict as Truth, row};
use aio_ring_lab::scenario::{Role, SCENARIOS, Scenario};
use serde_json::{Value, json};

/// Operations of each thread of the miniature.
const SIZE: u32 = 12;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| arguments.get(i).and_then(|argument| argument.parse().ok()).unwrap_or(1);
    let answer = match arguments.first().map(String::as_str) {
        Some("rate") => rate(number(1), number(2)),
        Some("truth") => {
            let sizes = match arguments.get(2).map(String::as_str) {
                Some("smallest") => Sizes::Smallest,
                Some("all") => Sizes::All,
                _ => Sizes::Larger,
            };
            truth(number(1), sizes)
        }
        _ => panic!("bench-prove rate THREADS SAMPLES, or bench-prove truth THREADS [smallest | all]"),
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

/// Readers beside a scenario of contexts, and how many states are searched with so many before it is tried with fewer, unless all
/// is to be searched.
const PATIENCE: [(usize, Option<u64>); 3] = [(2, Some(300_000)), (1, Some(1_000_000)), (0, None)];

/// Which sizes to search.
#[derive(Clone, Copy, PartialEq)]
enum Sizes {
    Smallest,
    Larger,
    All,
}

/// A script of the scenario with two readers, two migrations and two completions at least, beside whatever else it has; and the
/// ring begins at its last slot, so that head and tail wrap. `guests`: so many readers, where the scenario has none itself.
fn larger(scenario: &Scenario, guests: usize) -> Script {
    let mut script = scenario.smallest();
    script.start = script.ring.nr() - 1;
    let mut threads = Vec::new();
    for (role, rounds) in script.threads {
        match role {
            Role::Reader { .. } => threads.extend([(role, rounds), (role, 1)]),
            Role::Migrator { .. } | Role::Completer => threads.push((role, rounds.max(2))),
            _ => threads.push((role, rounds)),
        }
    }
    let completes = threads.iter().any(|(role, _)| role.completes());
    if !threads.iter().any(|(role, _)| matches!(role, Role::Migrator { .. })) {
        let (core, page) = (Core::Compaction, PageChoice::RoundRobin);
        threads.push((Role::Migrator { core, page, pace: 0, widen: 0 }, 2));
    }
    if !has_readers(scenario) {
        let batch = if guests == 1 { 2 } else { 1 };
        threads.extend(vec![(Role::Reader { batch, inline: !completes, faults: false }, 1); guests]);
    }
    script.threads = threads;
    script
}

fn has_readers(scenario: &Scenario) -> bool {
    scenario.cast.iter().any(|(role, _)| matches!(role, Role::Reader { .. }))
}

/// Whether there can be readers beside what the scenario is about. lost-completion is about completions alone, and where readers
/// lose heads, they deliver events twice.
fn bears_readers(scenario: &Scenario, protocol: Protocol) -> bool {
    let lost_head = find("lost-head").map(row);
    let is_racy =
        |(preset, expected): (&Preset, Expected)| preset.parts == protocol && expected.outcome == Truth::Broken;
    let racy = PRESETS.iter().zip(lost_head.map(|row| row.presets).into_iter().flatten()).any(is_racy);
    scenario.name != "lost-completion" || !racy
}

/// A cell of the table.
struct Cell {
    scenario: &'static Scenario,
    label: &'static str,
    protocol: Protocol,
    expected: Expected,
}

/// All cells in which the protocol has what the scenario is about.
fn cells() -> Vec<Cell> {
    let v4 = PRESETS[presets::V4].parts;
    let of = |scenario: &'static Scenario| {
        let row = row(scenario);
        let presets = PRESETS.iter().zip(row.presets);
        let presets = presets.map(|(preset, expected)| (preset.name, preset.parts, expected));
        let apart = row.taken_apart.iter().map(move |apart| (apart.label, (apart.take)(v4), apart.expected));
        presets.chain(apart).map(move |(label, protocol, expected)| Cell { scenario, label, protocol, expected })
    };
    SCENARIOS.iter().flat_map(of).filter(|cell| cell.expected.outcome != Truth::NotApplicable).collect()
}

/// Searches all cells, on so many threads.
fn truth(threads: usize, sizes: Sizes) -> Value {
    let (cells, next) = (cells(), AtomicUsize::new(0));
    let take = || {
        let i = next.fetch_add(1, Ordering::Relaxed);
        Some((i, cells.get(i)?))
    };
    let work = || core::iter::from_fn(take).map(|(i, cell)| (i, cell.search(sizes))).collect::<Vec<_>>();
    let mut searched: Vec<(usize, Value)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no search panics")).collect()
    });
    searched.sort_unstable_by_key(|(i, _)| *i);
    searched.into_iter().map(|(_, value)| value).collect()
}

impl Cell {
    /// What a search of it comes to.
    fn search(&self, sizes: Sizes) -> Value {
        let Self { scenario, label, protocol, expected } = *self;
        let of = |script: Script, count| proof(&Scripted::new(scenario, script, protocol), count);
        let proof = match sizes {
            Sizes::Smallest => of(scenario.smallest(), None),
            _ if !bears_readers(scenario, protocol) => of(larger(scenario, 0), None),
            Sizes::Larger if !has_readers(scenario) => {
                PATIENCE.into_iter().find_map(|(guests, count)| of(larger(scenario, guests), count))
            }
            Sizes::Larger | Sizes::All => of(larger(scenario, 2), None),
        };
        let proof = proof.expect("without a bound each search ends");
        let expected = expected.outcome.name();
        json!({
            "scenario": scenario.name, "protocol": label, "expected": expected, "confirmed": proof["found"] == expected,
            "proof": proof,
        })
    }
}

/// What a search of `program` has proved or found; `None`: more states than `count` are not enough.
fn proof(program: &Scripted, count: Option<u64>) -> Option<Value> {
    let verdict = timed(|host| persistent::search(program, Bounds { count, ..Bounds::default() }, host));
    let is_deadlock = verdict.violation.as_ref().is_some_and(|violation| violation.finding.invariant == "deadlock");
    let found = match (verdict.outcome, is_deadlock) {
        (Outcome::Proved, _) => Truth::Holds,
        (Outcome::Violated, true) => Truth::Deadlock,
        (Outcome::Violated, false) => Truth::Broken,
        (Outcome::BoundReached(_), _) => return None,
    };
    // What the target asks for by number.
    let sum = |count: fn(&Role, u32) -> u32| -> u32 {
        program.script.threads.iter().map(|(role, rounds)| count(role, *rounds)).sum()
    };
    Some(json!({
        "found": found.name(), "states": verdict.states, "seconds": verdict.seconds,
        "covers": sizes::covers(&program.script),
        "readers": sum(|role, _| u32::from(matches!(role, Role::Reader { .. }))),
        "migrations": sum(|role, rounds| match role {
            Role::Migrator { .. } => rounds,
            _ => 0,
        }),
        "completions": sum(|role, rounds| match *role {
            Role::Reader { batch, inline: true, .. } => batch * rounds,
            Role::Completer => rounds,
            _ => 0,
        }),
        "length": verdict.violation.map(|violation| violation.schedule.len()),
    }))
}
