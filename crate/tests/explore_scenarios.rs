//! The scenarios under the engines that go through whole executions: each execution ends, whatever the schedule, and what the
//! engines say is what the table of truth says.

#![cfg(not(target_arch = "wasm32"))]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aio_ring_lab::aio::PRESETS;
use aio_ring_lab::explore::bounds::{Bound, Bounds};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::sample::{self, Method};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::starvation::{self, Fairness};
use aio_ring_lab::explore::{Finding, Host, Moment, Outcome, Program, Verdict, persistent, states, traces};
use aio_ring_lab::machine::model::{Body, Cells, Grain, Model};
use aio_ring_lab::machine::{Control, Machine, ThreadId};
use aio_ring_lab::ring::{Frames, Placer};
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::truth::{self, row};

/// Executions of each engine in each cell.
const EXECUTIONS: u64 = 1_000;

/// Steps of one that is longer than any can be.
const ENDLESS: u32 = 20_000;

fn engines(program: &dyn Program, bounds: Bounds, host: &Host<'_>) -> [(&'static str, Verdict); 3] {
    let sample = |method| sample::search(program, &sample::Options { method, bounds, seed: 1 }, host);
    let by_traces = traces::search(program, &traces::Options { bounds, whole: false }, host);
    [("traces", by_traces), ("random", sample(Method::Random)), ("pct", sample(Method::Pct { depth: 3 }))]
}

#[test]
fn every_execution_of_every_scenario_ends_and_no_engine_contradicts_the_table() {
    let bounds = Bounds { count: Some(EXECUTIONS), steps: Some(ENDLESS), ..Bounds::default() };
    let (mut violated, mut proved) = (0, 0);
    for scenario in SCENARIOS {
        for (preset, expected) in PRESETS.iter().zip(row(scenario).presets) {
            if expected.outcome == truth::Verdict::NotApplicable {
                continue;
            }
            let program = Scripted::new(scenario, scenario.smallest(), preset.parts);
            for (engine, found) in engines(&program, bounds, &Host::quiet()) {
                let cell = format!("{} under {}, {engine}", scenario.name, preset.name);
                assert!(found.depth < ENDLESS, "{cell}: an execution without end");
                match found.outcome {
                    Outcome::Violated => assert_ne!(expected.outcome, truth::Verdict::Holds, "{cell}"),
                    Outcome::Proved => {
                        assert_eq!((engine, expected.outcome), ("traces", truth::Verdict::Holds), "{cell}")
                    }
                    Outcome::BoundReached(bound) => assert_eq!(bound, Bound::Count, "{cell}"),
                }
                violated += u32::from(found.outcome == Outcome::Violated);
                proved += u32::from(found.outcome == Outcome::Proved);
            }
        }
    }
    assert!(violated > 30 && proved > 10, "{violated} violated, {proved} proved");
}

/// A thread that counts for ever.
struct Endless;

impl Program for Endless {
    fn threads(&self) -> u32 {
        1
    }

    fn thread_name(&self, _: ThreadId) -> String {
        "counter".to_owned()
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let placer = &mut Placer::default();
        let control = Control::place(placer, 1);
        let word = placer.line();
        let frames = Frames::place(placer, 0, 1);
        let model = Model::new(placer.words(), control, frames, Grain::Whole);
        let thread = model.thread(ThreadId::new(0));
        visit(
            &model,
            vec![Box::pin(async move {
                loop {
                    thread.fetch_add(word, 1).await;
                    // So that no number of steps makes one place of all.
                    thread.begin_operation();
                }
            })],
        );
    }

    fn judge(&self, _: &Cells, _: Moment) -> Option<Finding> {
        None
    }
}

#[test]
fn an_execution_without_end_is_ended_by_each_bound_and_by_whoever_cancels() {
    let ticks = AtomicU64::new(0);
    // A millisecond for each look.
    let clock = || ticks.fetch_add(1, Ordering::Relaxed) as f64;
    let told = AtomicU64::new(0);
    let progress = |_: &_| {
        told.fetch_add(1, Ordering::Relaxed);
    };
    for (bounds, cancelled, bound) in [
        (Bounds { milliseconds: Some(5.0), ..Bounds::default() }, false, Bound::Time),
        (Bounds { bytes: Some(1 << 20), ..Bounds::default() }, false, Bound::Bytes),
        (Bounds { steps: Some(100), count: Some(3), ..Bounds::default() }, false, Bound::Count),
        (Bounds::default(), true, Bound::Cancelled),
    ] {
        let cancel = AtomicBool::new(cancelled);
        let host = Host { clock: &clock, cancel: &cancel, progress: &progress };
        for (engine, found) in engines(&Endless, bounds, &host) {
            // One class, cut off, is all that there is.
            let expected = if engine == "traces" && bound == Bound::Count { Bound::Steps } else { bound };
            assert_eq!(found.outcome, Outcome::BoundReached(expected), "{engine}");
        }
        assert!(bound == Bound::Count || told.swap(0, Ordering::Relaxed) > 0, "{bound:?}: nobody was told");
    }
}

/// A search that is over before anybody has looked at the clock has gone beyond its bounds all the same.
#[test]
fn each_engine_keeps_to_bounds_however_small() {
    let program = Miniature::new(MiniatureProtocol::Spinlock, 2, 2);
    let ticks = AtomicU64::new(0);
    let clock = || ticks.fetch_add(1, Ordering::Relaxed) as f64;
    let host = Host { clock: &clock, ..Host::quiet() };
    for (bounds, bound) in [
        (Bounds { count: Some(3), ..Bounds::default() }, Bound::Count),
        (Bounds { bytes: Some(1), ..Bounds::default() }, Bound::Bytes),
        (Bounds { milliseconds: Some(0.0), ..Bounds::default() }, Bound::Time),
    ] {
        let by_states = states::search(&program, &states::Options { bounds, ..Default::default() }, &host);
        let by_sets = persistent::search(&program, bounds, &host);
        let starving = starvation::Options { bounds, fairness: Fairness::Weak };
        let starving = starvation::search(&program, &starving, &host);
        let remembering = [("states", by_states), ("persistent", by_sets), ("starvation", starving)];
        for (engine, found) in remembering.into_iter().chain(engines(&program, bounds, &host)) {
            assert_eq!(found.outcome, Outcome::BoundReached(bound), "{engine}");
            let states = found.states.unwrap_or(0);
            assert!(bound != Bound::Count || states <= 3 || engine == "states", "{engine}: {states} states");
        }
    }
}
