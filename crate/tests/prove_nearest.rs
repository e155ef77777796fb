//! The good schedule that is nearest to a bad one.

#![cfg(not(target_arch = "wasm32"))]

mod broken;

use core::sync::atomic::{AtomicBool, Ordering};

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::{Bound, Bounds, Host, Moment, Pasts, Program, Standing, Walker, replay};
use aio_ring_lab::machine::model::Move;
use aio_ring_lab::prove::Subject;
use aio_ring_lab::prove::nearest::{Nearest, nearest};
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::script::ENDLESS;
use broken::CELLS;

/// Where `good` departs from `bad`, and its moves out of turn, counted by hand from the definition.
fn departures(program: &dyn Program, bad: &[Move], good: &[Move]) -> (Vec<usize>, Vec<usize>) {
    let mut walker = Walker::new(program, Pasts::Kept);
    let mut remaining = bad.to_vec();
    let mut departing = None;
    let (mut departures, mut out_of_turn) = (Vec::new(), Vec::new());
    for (i, &next) in good.iter().enumerate() {
        // The first one of each thread can be due, and no other.
        let due = remaining.iter().enumerate().find(|(at, next)| {
            remaining[..*at].iter().all(|before| before.thread != next.thread) && next.way < walker.ways(next.thread)
        });
        match due {
            Some((_, due)) if *due != next => {
                if departing != Some(next.thread) {
                    departures.push(i);
                }
                out_of_turn.push(i);
                departing = Some(next.thread);
            }
            _ => departing = None,
        }
        if let Some(used) = remaining.iter().position(|move_| move_.thread == next.thread) {
            remaining.remove(used);
        }
        walker.step(next);
    }
    (departures, out_of_turn)
}

fn is_good(program: &dyn Program, schedule: &[Move]) -> bool {
    let mut walker = Walker::new(program, Pasts::Kept);
    for &next in schedule {
        walker.step(next);
        assert!(!program.is_broken(walker.memory()) && !program.is_beside_the_point(walker.memory()));
    }
    walker.standing() == Standing::Finished && replay(program, schedule).finding.is_none()
}

fn switches(schedule: &[Move]) -> usize {
    schedule.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count()
}

/// The nearest of all complete executions that break nothing: departures, moves out of turn, switches.
fn brute(walker: &mut Walker<'_>, bad: &[Move], best: &mut Option<(usize, usize, usize)>) {
    let program = walker.program();
    match walker.standing() {
        Standing::Finished if program.judge(walker.memory(), Moment::Finished).is_none() => {
            let schedule = walker.schedule();
            let (departures, out_of_turn) = departures(program, bad, &schedule);
            let here = (departures.len(), out_of_turn.len(), switches(&schedule));
            *best = Some(best.map_or(here, |best| best.min(here)));
        }
        Standing::Finished | Standing::Stuck => {}
        Standing::Going => {
            for next in walker.moves().collect::<Vec<_>>() {
                walker.step(next);
                brute(walker, bad, best);
                walker.back();
            }
        }
    }
}

fn bad_schedules(program: &dyn Program, count: usize) -> Vec<Vec<Move>> {
    let mut walker = Walker::new(program, Pasts::Kept);
    let mut bad = Vec::new();
    for seed in 0.. {
        let rng = &mut fastrand::Rng::with_seed(seed);
        walker.back_to(0);
        while walker.standing() == Standing::Going {
            let moves: Vec<Move> = walker.moves().collect();
            walker.step(moves[rng.usize(..moves.len())]);
        }
        if program.judge(walker.memory(), Moment::Finished).is_some() {
            bad.push(walker.schedule());
        }
        if bad.len() == count {
            break;
        }
    }
    bad
}

#[test]
fn in_the_miniature_nothing_good_is_nearer() {
    let mut distances = Vec::new();
    for protocol in [MiniatureProtocol::Racy, MiniatureProtocol::TrylockIgnored] {
        for (reads, migrations) in [(1, 1), (2, 1), (1, 2)] {
            let program = Miniature::new(protocol, reads, migrations);
            for bad in bad_schedules(&program, 8) {
                let Nearest::Found(good) = nearest(&program, &bad, Bounds::default(), &Host::quiet()) else {
                    panic!("there is a good one: one after the other");
                };
                assert!(is_good(&program, &good.schedule));
                let distance = (good.departures.len(), good.out_of_turn.len(), switches(&good.schedule));
                assert_eq!(departures(&program, &bad, &good.schedule), (good.departures, good.out_of_turn));
                let mut best = None;
                brute(&mut Walker::new(&program, Pasts::Kept), &bad, &mut best);
                assert_eq!(Some(distance), best, "{bad:?}");
                distances.push(distance.1);
            }
        }
    }
    assert!(distances.contains(&1) && distances.iter().any(|&distance| distance > 1), "{distances:?}");
}

#[test]
fn every_broken_cell_has_a_good_schedule_near_by() {
    let mut without = Vec::new();
    for cell in CELLS.iter() {
        let bad = &cell.violation.schedule;
        let bounds = Bounds { count: Some(2_000_000), ..Bounds::default() };
        match nearest(&cell.subject, bad, bounds, &Host::quiet()) {
            Nearest::Found(good) => {
                assert!(is_good(&cell.subject, &good.schedule), "{}", cell.label);
                // Whatever else is as near, it keeps to the bad one until it departs.
                let kept = good.departures[0];
                assert_eq!(good.schedule[..kept], bad[..kept], "{}", cell.label);
                let by_hand = departures(&cell.subject, bad, &good.schedule);
                assert_eq!(by_hand, (good.departures, good.out_of_turn), "{}", cell.label);
            }
            Nearest::None => without.push(cell.label.as_str()),
            Nearest::BoundReached(bound) => panic!("{}: {}", cell.label, bound.name()),
        }
    }
    // A setup that deadlocks with itself does so whoever goes first.
    let own = |label: &&str| label.starts_with("own-compaction");
    assert!(!without.is_empty() && without.iter().all(own), "{without:?}");
}

/// Where the bad schedule is used up nothing is due, and yet the threads do not take turns at every step.
#[test]
fn a_good_schedule_has_hardly_more_switches_than_the_bad_one() {
    let mut seen = Vec::new();
    for cell in CELLS.iter() {
        let bad = &cell.violation.schedule;
        if let Nearest::Found(good) = nearest(&cell.subject, bad, Bounds::default(), &Host::quiet()) {
            let (before, after) = (switches(bad), switches(&good.schedule));
            // A departure that ends is two switches.
            assert!(after <= before + 2, "{}: {after} switches, where the bad one has {before}", cell.label);
            seen.push((cell.label.as_str(), after));
        }
    }
    for (label, most) in [("lost-head under linux-3.12", 5), ("abba under v1", 4), ("double-put under linux-3.12", 1)] {
        let found = seen.iter().find(|(seen, _)| *seen == label).unwrap_or_else(|| panic!("{label} has a good one"));
        assert!(found.1 <= most, "{found:?}");
    }
}

/// From a schedule that is good already nothing departs.
#[test]
fn a_good_schedule_is_nearest_to_itself() {
    let program = Miniature::new(MiniatureProtocol::Racy, 2, 2);
    let bad = &bad_schedules(&program, 1)[0];
    let find = |bad: &[Move]| match nearest(&program, bad, Bounds::default(), &Host::quiet()) {
        Nearest::Found(good) => good,
        other => panic!("{other:?}"),
    };
    let good = find(bad);
    let again = find(&good.schedule);
    assert_eq!((again.schedule, again.departures), (good.schedule, vec![]));
}

#[test]
fn it_ends_where_it_is_told_to() {
    let scenario = &SCENARIOS[0];
    let mut script = scenario.smallest();
    script.threads.iter_mut().for_each(|(_, rounds)| *rounds = ENDLESS);
    let subject = Subject::Scripted(Box::new(Scripted::new(scenario, script, aio_ring_lab::aio::PRESETS[0].parts)));
    let search = |bounds, host: &Host<'_>| nearest(&subject, &[], bounds, host);
    let few = Bounds { count: Some(5_000), ..Bounds::default() };
    assert_eq!(search(few, &Host::quiet()), Nearest::BoundReached(Bound::Count));
    let short = Bounds { steps: Some(12), count: Some(1_000_000), ..Bounds::default() };
    assert_eq!(search(short, &Host::quiet()), Nearest::BoundReached(Bound::Steps));
    let cancel = AtomicBool::new(true);
    let host = Host { clock: &|| 0.0, cancel: &cancel, progress: &|_| () };
    assert_eq!(search(Bounds::default(), &host), Nearest::BoundReached(Bound::Cancelled));
    cancel.store(false, Ordering::Relaxed);
    let calls = core::sync::atomic::AtomicU32::new(0);
    let clock = || f64::from(calls.fetch_add(1, Ordering::Relaxed));
    let host = Host { clock: &clock, cancel: &cancel, progress: &|_| () };
    let soon = Bounds { milliseconds: Some(3.0), ..Bounds::default() };
    assert_eq!(search(soon, &host), Nearest::BoundReached(Bound::Time));
}
