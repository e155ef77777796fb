//! The search on this machine: `bench-prove rate THREADS SAMPLES` prints states a second of the miniature at 12 × 12;
//! `bench-prove truth THREADS [smallest | all]` searches every cell of the table of truth at larger sizes than the smallest, or at
//! the smallest, and prints what each proof covers; `all`: the longest searches too.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use aio_ring_lab::aio::{PRESETS, Protocol, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Outcome, Program, Verdict};
use aio_ring_lab::prove::sizes;
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
            let sizes = arguments.get(2).map_or("larger", String::as_str);
            truth(number(1), sizes == "smallest", sizes == "all")
        }
        _ => panic!("bench-prove rate THREADS SAMPLES, or bench-prove truth THREADS [smallest | all]"),
    };
    println!("{answer}");
}

fn search(program: &dyn Program, options: &Options) -> Verdict {
    let began = Instant::now();
    let (clock, never) = (|| began.elapsed().as_secs_f64() * 1e3, AtomicBool::new(false));
    states::search(program, options, &Host { clock: &clock, cancel: &never, progress: &|_| () })
}

fn rate(threads: usize, samples: usize) -> Value {
    let miniature = Miniature::new(MiniatureProtocol::Racy, SIZE, SIZE);
    let options = Options { threads, whole: true, ..Options::default() };
    let searched = || {
        let verdict = search(&miniature, &options);
        let states = verdict.states.unwrap_or(0) as f64;
        json!({ "states": states, "rate": states / verdict.seconds, "bytesPerState": verdict.bytes as f64 / states })
    };
    searched();
    (0..samples).map(|_| searched()).collect()
}

/// A scenario's script with two readers, two migrations of each migrator, two completions at least, as far as it has such
/// roles; and the ring begins at its last slot, so that head and tail wrap.
fn larger(scenario: &Scenario) -> Script {
    let mut script = scenario.smallest();
    script.threads = script
        .threads
        .iter()
        .flat_map(|&(role, rounds)| match role {
            Role::Reader { .. } => vec![(role, rounds), (role, 1)],
            Role::Migrator { .. } | Role::Completer => vec![(role, rounds.max(2))],
            _ => vec![(role, rounds)],
        })
        .collect();
    script.start = script.ring.nr() - 1;
    script
}

/// The same, where contexts come and go, beside the roles that the scenario does not have, at a ring that is there all the
/// time: migrations, and a reader with two completions. There is room for one reader only: with a second one v4 alone was
/// not at its end after 35 million states. `None`: it has readers; or it is about completions alone, as lost-completion is, which a
/// reader would break with a race of its own (under linux-3.12 and 3.13 it does).
fn beside(scenario: &Scenario) -> Option<Script> {
    let mut script = larger(scenario);
    let has = |is: fn(&Role) -> bool| scenario.cast.iter().any(|(role, _)| is(role));
    if !has(|role| matches!(role, Role::Setup { .. })) {
        return None;
    }
    if !has(|role| matches!(role, Role::Migrator { .. })) {
        let (core, page) = (Core::Compaction, PageChoice::RoundRobin);
        script.threads.push((Role::Migrator { core, page, pace: 0, widen: 0 }, 2));
    }
    script.threads.push((Role::Reader { batch: 2, inline: true, faults: false }, 1));
    Some(script)
}

/// Scenarios whose searches [beside] a reader take 224 s of the 314 that all cells take, on two cores: more than a bench of a
/// quarter of an hour has left. All of them confirm their cells.
const LONG: [&str; 3] = ["page-lock", "own-compaction", "leaked-lock"];

fn truth(threads: usize, smallest: bool, all: bool) -> Value {
    let v4 = PRESETS[presets::V4].parts;
    let mut cells = Vec::new();
    for scenario in SCENARIOS {
        let row = row(scenario);
        let of_presets =
            PRESETS.iter().zip(row.presets).map(|(preset, expected)| (preset.name, preset.parts, expected));
        let apart = row.taken_apart.iter().map(|apart| (apart.label, (apart.take)(v4), apart.expected));
        for (label, protocol, expected) in of_presets.chain(apart) {
            if expected.outcome != Truth::NotApplicable {
                let scripts = if smallest {
                    vec![scenario.smallest()]
                } else {
                    let beside = beside(scenario).filter(|_| all || !LONG.contains(&scenario.name));
                    [larger(scenario)].into_iter().chain(beside).collect()
                };
                cells.push(cell(scenario, label, protocol, expected, scripts, threads));
            }
        }
    }
    cells.into()
}

/// A cell is confirmed if every search of it finds what is expected.
fn cell(
    scenario: &'static Scenario,
    label: &str,
    protocol: Protocol,
    expected: Expected,
    scripts: Vec<Script>,
    threads: usize,
) -> Value {
    let proofs: Vec<Value> =
        scripts.into_iter().map(|script| proof(&Scripted::new(scenario, script, protocol), threads)).collect();
    let confirmed = proofs.iter().all(|proof| proof["found"] == expected.outcome.name());
    json!({
        "scenario": scenario.name, "protocol": label, "expected": expected.outcome.name(), "confirmed": confirmed,
        "proofs": proofs,
    })
}

fn proof(program: &Scripted, threads: usize) -> Value {
    let verdict = search(program, &Options { threads, ..Options::default() });
    let is_deadlock = verdict.violation.as_ref().is_some_and(|violation| violation.finding.invariant == "deadlock");
    let found = match (verdict.outcome, is_deadlock) {
        (Outcome::Proved, _) => Some(Truth::Holds),
        (Outcome::Violated, true) => Some(Truth::Deadlock),
        (Outcome::Violated, false) => Some(Truth::Broken),
        (Outcome::BoundReached(_), _) => None,
    };
    // What the target asks for by number.
    let sum = |count: fn(&Role, u32) -> u32| -> u32 {
        program.script.threads.iter().map(|(role, rounds)| count(role, *rounds)).sum()
    };
    json!({
        "found": found.map(Truth::name), "states": verdict.states, "seconds": verdict.seconds,
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
    })
}
