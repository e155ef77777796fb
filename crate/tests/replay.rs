//! Every shortest counterexample of the table of truth, forced on native threads: it breaks there too, each time, in the same
//! way. And under the fix it cannot be followed.

#![cfg(not(target_arch = "wasm32"))]

use aio_ring_lab::aio::{PRESETS, Protocol, presets};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Program, Violation};
use aio_ring_lab::lab::Replay;
use aio_ring_lab::lab::replay::PATIENCE;
use aio_ring_lab::lab::replay::report::ReplayReport;
use aio_ring_lab::machine::Step;
use aio_ring_lab::machine::model::{Move, Run};
use aio_ring_lab::ring::{Addr, Memory};
use aio_ring_lab::scenario::truth::{self, Cell};

/// A cell of the table that does not hold.
struct Broken {
    label: String,
    subject: Scripted,
    violation: Violation,
}

fn v4() -> Protocol {
    PRESETS[presets::V4].parts
}

fn find(cell: Cell) -> Option<Broken> {
    let subject = Scripted::new(cell.scenario, cell.scenario.smallest(), cell.protocol);
    let violation = states::search(&subject, &Options::default(), &Host::quiet()).violation?;
    Some(Broken { label: cell.to_string(), subject, violation })
}

/// All cells that do not hold, each with its shortest counterexample.
fn all_broken() -> Vec<Broken> {
    let broken = truth::cells().filter(|cell| cell.expected.outcome.is_breach());
    broken.map(|cell| find(cell).unwrap_or_else(|| panic!("{cell} has to break"))).collect()
}

/// Forces it on as many threads as it has.
fn force(replay: &Replay) -> ReplayReport {
    std::thread::scope(|scope| {
        (0..replay.subject().threads()).for_each(|index| drop(scope.spawn(move || replay.run_thread(index))));
    });
    replay.report()
}

/// What the schedule leads to in the model: the first step of each move, and the memory, in which whoever cannot go on says
/// what it waits for.
fn in_the_model(subject: &Scripted, schedule: &[Move]) -> (Vec<Option<Step>>, Vec<u32>) {
    let mut left = None;
    subject.script.begin(&subject.world, subject.protocol, &[], &mut |model, bodies| {
        let mut run = Run::new(model, bodies);
        let steps = schedule.iter().map(|&next| {
            let before = model.traced();
            run.step(next);
            model.trace().get(before).copied()
        });
        let steps = steps.collect();
        model.publish_waits();
        left = Some((steps, model.memory().words().iter().map(core::cell::Cell::get).collect()));
    });
    left.unwrap()
}

fn check(Broken { label, subject, violation }: &Broken, times: u32) {
    let Violation { finding, schedule, .. } = violation;
    let replay = Replay::new(subject, subject.protocol, schedule, times, PATIENCE).unwrap();
    let report = force(&replay);
    assert_eq!((report.times, report.followed, report.broke), (times, times, times), "{label}: {report:?}");
    assert_eq!(report.findings.get(&finding.invariant), Some(&times), "{label}: {report:?}");
    let first = report.first.unwrap();
    assert_eq!((&first.invariant, &first.text), (&finding.invariant, &finding.text), "{label}");
    assert_eq!(first.deadlock.is_some(), finding.stuck.is_some(), "{label}");

    let (steps, words) = in_the_model(subject, schedule);
    let gate = replay.gate();
    let done: Vec<_> = (0..).zip(schedule).map(|(i, _)| gate.done(subject.threads() + i)).collect();
    assert_eq!(done, steps, "{label}: the steps of the last round");
    let left: Vec<u32> = (0..words.len() as u32).map(|at| replay.memory().load(Addr::from_word(at))).collect();
    assert_eq!(left, words, "{label}: the memory after the last round");

    // The fix does something else somewhere, and that is where it ends.
    let refused = force(&Replay::new(subject, v4(), schedule, 3, PATIENCE).unwrap());
    assert_eq!((refused.times, refused.followed, refused.broke), (3, 0, 0), "{label}: {refused:?}");
    let refusal = refused.refused.unwrap();
    assert!(!refusal.step.is_empty() && !refusal.reason.is_empty(), "{label}: {refusal:?}");
    match schedule.get(refusal.r#move as usize) {
        Some(next) => assert_eq!(refusal.thread, subject.thread_name(next.thread), "{label}: {refusal:?}"),
        // Every step is the same, but what comes after the last one is not.
        None => assert_eq!(refusal.r#move as usize, schedule.len(), "{label}: {refusal:?}"),
    }
    println!("{label}: {} moves; v4: {refusal:?}", schedule.len());
}

/// 20 rounds of each; `REPLAYS=1000` for more.
#[test]
fn whatever_breaks_in_the_model_breaks_on_threads_in_the_same_way() {
    let times = std::env::var("REPLAYS").map_or(20, |times| times.parse().expect("REPLAYS is a number"));
    let cells = all_broken();
    assert!(cells.len() > 30, "{}", cells.len());
    for cell in &cells {
        check(cell, times);
    }
}

fn lost_head() -> Broken {
    let cell = truth::cells().find(|cell| cell.to_string() == "lost-head under linux-3.12");
    find(cell.unwrap()).unwrap()
}

#[test]
fn whoever_aborts_gets_a_report_of_the_rounds_until_then() {
    let Broken { subject, violation, .. } = lost_head();
    let replay = Replay::new(&subject, subject.protocol, &violation.schedule, 1_000_000, PATIENCE).unwrap();
    std::thread::scope(|scope| {
        for index in 0..subject.threads() {
            let replay = &replay;
            scope.spawn(move || replay.run_thread(index));
        }
        while replay.report().times == 0 {
            std::thread::yield_now();
        }
        replay.abort();
    });
    let report = replay.report();
    assert!(report.aborted && (1..1_000_000).contains(&report.times), "{report:?}");
    assert_eq!((report.followed, report.broke, report.refused), (report.times, report.times, None));
}

#[test]
fn a_thread_that_never_comes_is_told_apart_from_a_schedule_that_does_not_fit() {
    let Broken { subject, violation, .. } = lost_head();
    let replay = Replay::new(&subject, subject.protocol, &violation.schedule, 1_000, 50.0).unwrap();
    replay.run_thread(0);
    let report = replay.report();
    assert_eq!((report.times, report.followed, report.broke, report.aborted), (0, 0, 0, false));
    let refused = report.refused.unwrap();
    assert_eq!((refused.r#move, refused.thread.as_str()), (0, "migrator 1"));
    assert!(refused.reason.contains("in time"), "{refused:?}");
}

/// A schedule that breaks nothing, and does not end in anything: what threads do is what they should.
#[test]
fn a_schedule_that_breaks_nothing_is_followed_and_breaks_nothing() {
    let Broken { subject, violation, .. } = lost_head();
    for length in [0, 1, violation.schedule.len() - 1] {
        let replay = Replay::new(&subject, subject.protocol, &violation.schedule[..length], 20, PATIENCE).unwrap();
        let report = force(&replay);
        assert_eq!((report.times, report.followed, report.broke, report.refused), (20, 20, 0, None), "{length}");
    }
}
