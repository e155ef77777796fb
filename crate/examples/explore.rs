//! How fast the search is: `cargo run --release --example explore -- [THREADS]`.

use core::sync::atomic::AtomicBool;
use std::time::Instant;

use aio_ring_lab::aio::PRESETS;
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Bounds, Host, Program};
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::truth::row;

fn main() {
    let threads = std::env::args().nth(1).map_or(1, |threads| threads.parse().expect("a number of threads"));
    if std::env::args().nth(2).is_some() {
        return scripts(threads);
    }
    let racy = |n| Miniature::new(MiniatureProtocol::Racy, n, n);
    for n in [4, 12, 24] {
        measure(&format!("miniature racy {n}x{n}"), &racy(n), threads);
    }
}

fn measure(name: &str, program: &dyn Program, threads: usize) {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64() * 1e3;
    let cancel = AtomicBool::new(false);
    let host = Host { clock: &clock, cancel: &cancel, progress: &|_| () };
    let verdict = states::search(
        program,
        &Options {
            threads,
            bounds: Bounds { milliseconds: Some(20_000.0), bytes: Some(2 << 30), ..Bounds::default() },
            ..Options::default()
        },
        &host,
    );
    let states = verdict.states.unwrap_or(0) as f64;
    println!(
        "{name}: {}, {states} states, {} transitions, depth {}, {:.3} s, {:.0} states/s, {:.1} bytes/state, p(overlooked) <= {:.1e}",
        verdict.outcome.name(),
        verdict.transitions.unwrap_or(0),
        verdict.depth,
        verdict.seconds,
        states / verdict.seconds,
        verdict.bytes as f64 / states,
        verdict.overlooked,
    );
}

/// Every cell of the table of truth, with the scenario's own script.
fn scripts(threads_of_host: usize) {
    for scenario in SCENARIOS {
        let row = row(scenario);
        for (preset, expected) in PRESETS.iter().zip(row.presets) {
            let program = Scripted::new(scenario, scenario.script(), preset.parts);
            let name = format!("{} under {} ({})", scenario.name, preset.name, expected.outcome.name());
            measure(&name, &program, threads_of_host);
        }
    }
}
