//! Violating schedules, made small.

#![cfg(not(target_arch = "wasm32"))]

mod broken;

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::{Host, Pasts, Program, Standing, Walker, replay};
use aio_ring_lab::lab::catalog::parts_of;
use aio_ring_lab::machine::model::Move;
use aio_ring_lab::machine::{Op, ThreadId};
use aio_ring_lab::prove::minimal::{minimise, straighten, switches};
use aio_ring_lab::prove::report::ViolationReport;
use aio_ring_lab::prove::schedule::parse_schedule;
use aio_ring_lab::prove::{ProveConfig, Subject};
use broken::{CELLS, Cell};
use serde_json::{Value, json};

/// The schedule without move `i`, as far as it fits, until something is broken.
fn without(program: &dyn Program, schedule: &[Move], i: usize) -> Vec<Move> {
    let mut walker = Walker::new(program, Pasts::Kept);
    for (_, &next) in schedule.iter().enumerate().filter(|(at, _)| *at != i) {
        if !program.is_broken(walker.memory()) && next.way < walker.ways(next.thread) {
            walker.step(next);
        }
    }
    walker.schedule()
}

fn invariant(cell: &Cell, schedule: &[Move]) -> Option<String> {
    replay(&cell.subject, schedule).finding.map(|finding| finding.invariant)
}

fn cannot_lose_a_move(cell: &Cell, schedule: &[Move], expected: &str) {
    for i in 0..schedule.len() {
        let rest = without(&cell.subject, schedule, i);
        assert_ne!(invariant(cell, &rest).as_deref(), Some(expected), "{}: move {i} can go", cell.label);
    }
}

#[test]
fn a_shortest_schedule_keeps_its_length_and_its_end() {
    for cell in CELLS.iter() {
        let (schedule, finding) = (&cell.violation.schedule, &cell.violation.finding);
        cannot_lose_a_move(cell, schedule, &finding.invariant);
        let minimal = minimise(&cell.subject, schedule).unwrap();
        assert!(minimal.minimal);
        assert_eq!((minimal.schedule.len(), &minimal.finding), (schedule.len(), finding), "{}", cell.label);
        assert!(switches(&minimal.schedule) <= switches(schedule));
    }
}

/// Random walks, as a sampler makes them, and with moves that fit nowhere.
#[test]
fn what_was_sampled_is_cut_down_to_what_it_takes() {
    let (mut checked, mut shorter) = (0, 0);
    for (seed, cell) in (0..).zip(CELLS.iter()) {
        let rng = &mut fastrand::Rng::with_seed(seed);
        let mut walker = Walker::new(&cell.subject, Pasts::Kept);
        for _ in 0..200 {
            walker.back_to(0);
            let mut last = None;
            let mut schedule = Vec::new();
            while walker.standing() == Standing::Going && !cell.subject.is_broken(walker.memory()) {
                let moves: Vec<Move> = walker.moves().collect();
                let same = moves.iter().find(|next| Some(next.thread) == last).filter(|_| rng.u32(..6) > 0);
                let next = same.copied().unwrap_or_else(|| moves[rng.usize(..moves.len())]);
                if rng.u32(..8) == 0 {
                    schedule.push(Move { thread: ThreadId::new(rng.u32(..5)), way: 9 });
                }
                schedule.push(next);
                walker.step(next);
                last = Some(next.thread);
            }
            let Some(expected) = invariant(cell, &walker.schedule()) else { continue };
            let minimal = minimise(&cell.subject, &schedule).unwrap();
            assert!(minimal.minimal && minimal.schedule.len() <= walker.depth(), "{}", cell.label);
            assert_eq!(minimal.finding.invariant, expected);
            assert_eq!(replay(&cell.subject, &minimal.schedule).finding, Some(minimal.finding));
            cannot_lose_a_move(cell, &minimal.schedule, &expected);
            checked += 1;
            shorter += usize::from(minimal.schedule.len() < walker.depth());
            break;
        }
    }
    assert!(checked > 30 && shorter > 20, "{checked} checked, {shorter} made shorter");
}

/// As a configuration has it.
fn protocol_of(subject: &Subject) -> Value {
    match subject {
        Subject::Scripted(scripted) => parts_of(&scripted.protocol),
        Subject::Miniature(miniature) => miniature.protocol().name().into(),
    }
}

/// As a visitor gets them, whatever has found them.
#[test]
fn no_move_can_go_of_any_engine_s_trace() {
    for (engine, least) in [("states", 50), ("traces", 20), ("random", 20), ("pct", 20)] {
        let mut checked = 0;
        for cell in CELLS.iter() {
            let config = json!({
                "scenario": cell.subject.scenario(), "protocol": protocol_of(&cell.subject), "engine": engine, "seed": 3,
                "bounds": { "count": if engine == "states" { 1_000_000 } else { 1_000 }, "steps": 300 },
            });
            let report = ProveConfig::parse(&config.to_string()).unwrap().report(&Host::quiet());
            let Some(ViolationReport { invariant, trace, .. }) = report.violation else { continue };
            let schedule = parse_schedule(Some(&trace["schedule"])).unwrap();
            assert_eq!(self::invariant(cell, &schedule).as_ref(), Some(&invariant), "{} by {engine}", cell.label);
            cannot_lose_a_move(cell, &schedule, &invariant);
            checked += 1;
        }
        println!("{engine}: {checked} of {}", CELLS.len());
        assert!(checked >= least, "{engine}: {checked} of {}", CELLS.len());
    }
}

/// Whether the moves from `cycle` on lead back to where they began, refuse somebody a lock, give it to nobody who was refused,
/// and pass over nobody who could go on all the time.
fn starves(program: &dyn Program, schedule: &[Move], cycle: usize) -> bool {
    let mut walker = Walker::new(program, Pasts::Forgotten);
    let (mut begin, mut passed_over) = (None, vec![true; program.threads() as usize]);
    for (i, &next) in schedule.iter().enumerate() {
        if i == cycle {
            begin = Some(walker.fingerprint());
        }
        if next.way >= walker.ways(next.thread) {
            return false;
        }
        walker.step(next);
        for thread in (0..program.threads()).filter(|_| i >= cycle) {
            let goes = next.thread.index() == thread;
            passed_over[thread as usize] &= !goes && walker.ways(ThreadId::new(thread)) > 0;
        }
    }
    let steps = replay(program, schedule).steps;
    let ops = |op: Op| {
        steps.iter().filter(move |(i, step)| *i >= cycle && step.op == op).map(|(_, step)| (step.thread, step.at))
    };
    let refused: Vec<_> = ops(Op::Refused).collect();
    begin == Some(walker.fingerprint())
        && !passed_over.contains(&true)
        && refused.iter().any(|refused| ops(Op::TryLock).all(|taken| taken != *refused))
}

#[test]
fn no_move_can_go_of_a_starvation_s_way_and_loop() {
    for scenario in ["lost-head", "trylock", "starvation"] {
        let config = json!({ "scenario": scenario, "protocol": "v4", "engine": "starvation" });
        let config = ProveConfig::parse(&config.to_string()).unwrap();
        let (subject, report) = (config.subject(), config.report(&Host::quiet()));
        let ViolationReport { trace, cycle, .. } = report.violation.unwrap();
        let (schedule, cycle) = (parse_schedule(Some(&trace["schedule"])).unwrap(), cycle.unwrap());
        assert!(starves(&subject, &schedule, cycle), "{scenario}");
        for i in 0..schedule.len() {
            let rest = [&schedule[..i], &schedule[i + 1..]].concat();
            assert!(!starves(&subject, &rest, cycle - usize::from(i < cycle)), "{scenario}: move {i} can go");
        }
    }
}

#[test]
fn what_violates_nothing_is_not_made_small() {
    for cell in CELLS.iter() {
        assert_eq!(minimise(&cell.subject, &[]), None);
        assert_eq!(minimise(&cell.subject, &cell.violation.schedule[..1]), None);
        assert_eq!(straighten(&cell.subject, &cell.violation.schedule[..1]), cell.violation.schedule[..1]);
        let odd = [Move { thread: ThreadId::new(9), way: 0 }];
        assert_eq!(straighten(&cell.subject, &odd), odd);
    }
}

/// All orders with the same steps in them, each thread's observations included: there is none with fewer switches.
#[test]
fn no_equivalent_order_has_fewer_switches() {
    for (reads, migrations) in [(1, 1), (1, 2), (2, 1)] {
        let program = Miniature::new(MiniatureProtocol::Racy, reads, migrations);
        let mut walker = Walker::new(&program, Pasts::Kept);
        for seed in 0..40 {
            let rng = &mut fastrand::Rng::with_seed(seed);
            walker.back_to(0);
            while walker.standing() == Standing::Going {
                let moves: Vec<Move> = walker.moves().collect();
                walker.step(moves[rng.usize(..moves.len())]);
            }
            let schedule = walker.schedule();
            let Some(finding) = replay(&program, &schedule).finding else { continue };
            let straight = straighten(&program, &schedule);
            assert_eq!(replay(&program, &straight).finding, Some(finding));
            let best = fewest(&mut Walker::new(&program, Pasts::Kept), &class(&program, &schedule));
            assert_eq!(Some(switches(&straight)), best, "{schedule:?}");
        }
    }
}

/// What tells equivalent executions from others: what each thread has read and written, in its own order, and the order of
/// dependent steps, which these read values and the end decide for the miniature's words.
fn class(program: &dyn Program, schedule: &[Move]) -> Vec<(usize, u32, Vec<usize>)> {
    let mut walker = Walker::new(program, Pasts::Kept);
    let mut steps: Vec<(usize, Vec<u32>, Vec<u32>, u32)> = Vec::new();
    for &next in schedule {
        walker.step(next);
        let words = |of: &[aio_ring_lab::ring::Addr]| of.iter().map(|at| at.to_word()).collect::<Vec<_>>();
        let (reads, writes) = (words(walker.table().reads(walker.last())), words(walker.table().writes(walker.last())));
        let number = steps.iter().filter(|step| step.0 == next.thread.index() as usize).count() as u32;
        steps.push((next.thread.index() as usize, reads, writes, number));
    }
    let common = |some: &[u32], others: &[u32]| some.iter().any(|at| others.contains(at));
    let mut class: Vec<_> = steps
        .iter()
        .enumerate()
        .map(|(i, step)| {
            let mut before = vec![0; 2];
            for other in &steps[..i] {
                if common(&step.2, &other.2) || common(&step.1, &other.2) || common(&step.2, &other.1) {
                    before[other.0] += 1;
                }
            }
            (step.0, step.3, before)
        })
        .collect();
    class.sort();
    class
}

/// The fewest switches of all complete executions in the class.
fn fewest(walker: &mut Walker<'_>, wanted: &[(usize, u32, Vec<usize>)]) -> Option<usize> {
    if walker.standing() != Standing::Going {
        let schedule = walker.schedule();
        return (class(walker.program(), &schedule) == wanted).then(|| switches(&schedule));
    }
    let moves: Vec<Move> = walker.moves().collect();
    let best = moves.into_iter().filter_map(|next| {
        walker.step(next);
        let best = fewest(walker, wanted);
        walker.back();
        best
    });
    best.min()
}
