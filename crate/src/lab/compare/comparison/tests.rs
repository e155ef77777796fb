//! Comparisons on native threads: the same bodies that Workers run. Nothing is said of times: the machine may be busy.

use core::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use super::super::report::{Point, Verdict};
use super::*;

/// Runs `json` on native threads; what `tell` says is told it.
fn compare(json: &str, mut tell: impl FnMut(&Comparison, &Progress)) -> Result<Report, Ended> {
    let comparison = Comparison::new(CompareConfig::parse(json).unwrap());
    with_threads(&comparison, || comparison.lead(&mut |progress| tell(&comparison, progress)))
}

/// Does the leader's `work` beside as many followers as the comparison needs.
fn with_threads<T>(comparison: &Comparison, work: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        for index in 0..comparison.threads() {
            scope.spawn(move || comparison.follow(index));
        }
        work()
    })
}

#[test]
fn every_protocol_is_measured_at_every_point() {
    let json = r#"{"protocols": ["v4", "tang-gu", {"ringLock": "none"}], "rounds": 5, "trialMs": 30, "warmupMs": 20,
        "migrators": 1, "pace": 0, "sweep": {"field": "batch", "values": [1, 32]}}"#;
    let mut told = Vec::new();
    let report = compare(json, |_, progress| told.push(progress.clone())).unwrap();
    let trials = 5 * 2 * 4;
    let warm_ups = 4;
    assert_eq!(told.len(), warm_ups + trials);
    for (i, progress) in (1..).zip(&told) {
        assert_eq!((progress.done, progress.trials), (i.max(warm_ups) - warm_ups, trials));
        assert!(progress.left_ms >= 0.0 && progress.next_ms >= 30.0);
    }
    assert_eq!(told.last().unwrap().left_ms, 0.0);
    assert_eq!(report.points.len(), 2);
    for (point, batch) in report.points.iter().zip([1, 32]) {
        assert_eq!((point.value, &point.settings["batch"]), (Some(batch), &batch.into()));
        let protocols: Vec<&Value> = point.measured.iter().map(|measured| &measured.protocol).collect();
        assert_eq!(
            (protocols[0], protocols[1], &protocols[2]["ringLock"]),
            (&"v4".into(), &"tang-gu".into(), &"none".into())
        );
        for measured in &point.measured {
            assert_eq!(measured.trials.len(), 5);
            for trial in &measured.trials {
                assert!(trial.seconds >= 0.03 && !trial.hung, "{trial:?}");
                assert!(trial.longest_wait_ms.is_some() && trial.longest_refused_ms.is_some(), "{trial:?}");
                assert!(trial.events <= trial.calls * batch, "{trial:?}");
            }
            // Of a single trial a busy machine may have kept the reader away.
            assert!(
                measured.trials.iter().any(|trial| trial.events > 0 && trial.ns_per_call.is_some()),
                "{measured:?}"
            );
            assert!(measured.trials.iter().any(|trial| trial.migrations > 0));
            assert!(
                measured
                    .call_times
                    .is_some_and(|times| times.count > 0 && times.p50 <= times.p999 && times.p999 <= times.max)
            );
            let rate = measured.metrics["eventsPerSecond"].unwrap();
            assert!(
                rate.min <= rate.low && rate.low <= rate.median && rate.median <= rate.high && rate.high <= rate.max
            );
        }
        assert!(point.measured[2].trials.iter().all(|trial| trial.refused == 0), "who does not try is not refused");
        assert!(point.ratios.iter().any(|ratio| ratio.protocol == 2 && ratio.metric == "nsPerCall"));
        let control = point.control.as_ref().expect("the first protocol without a stopwatch");
        assert_eq!((control.protocol, control.metric), (0, "eventsPerSecond"));
        let untimed = point.control_trials.as_ref().unwrap();
        assert!(untimed.len() == 5 && untimed.iter().all(|trial| trial.ns_per_call.is_none()), "{untimed:?}");
        // As above: without events there is no ratio.
        assert!((1..=5).contains(&control.rounds), "{control:?}");
    }
    // Block by block: a round has one block at each point, and a block one trial of each subject.
    let mut turns: Vec<u32> = Vec::new();
    for round in 0..5 {
        let mut blocks: Vec<Vec<u32>> = report.points.iter().map(|point| turns_of(point, round)).collect();
        blocks.sort();
        assert!(blocks.iter().all(|block| block.len() == 4 && block[3] == block[0] + 3), "{blocks:?}");
        turns.extend(blocks.concat());
    }
    assert_eq!(turns, (1..=trials as u32).collect::<Vec<_>>());
    serde_json::to_string(&report).unwrap();
}

/// The turns of one block, in order.
fn turns_of(point: &Point, round: usize) -> Vec<u32> {
    let timed = point.measured.iter().map(|measured| &measured.trials);
    let mut turns: Vec<u32> = timed.chain(&point.control_trials).map(|trials| trials[round].turn).collect();
    turns.sort_unstable();
    turns
}

/// In a sweep that begins without migrators, code that migrates would be new in the first rounds that count.
#[test]
fn everybody_who_plays_at_any_point_plays_in_the_warm_up() {
    let json = r#"{"protocols": ["v4", "linux-3.12"], "control": "none", "warmupMs": 120, "pace": 0,
        "sweep": {"field": "migrators", "values": [0, 1]}}"#;
    let comparison = Comparison::new(CompareConfig::parse(json).unwrap());
    let subjects = comparison.config.subjects();
    // In one of so many warm-ups a busy machine lets the migrator migrate.
    let migrates = |subject| {
        (0..20).any(|_| {
            let outcomes = comparison.warm_up(subject).unwrap();
            let migrations: Vec<u32> = outcomes.iter().map(|outcome| outcome.migrations).collect();
            assert!(migrations.len() == 2 && migrations[0] == 0, "{migrations:?}");
            let seconds: f64 = outcomes.iter().map(|outcome| outcome.seconds).sum();
            assert!(seconds >= 0.12, "{seconds} s");
            migrations[1] > 0
        })
    };
    with_threads(&comparison, || {
        comparison.crew.led(|| subjects.iter().for_each(|&subject| assert!(migrates(subject))))
    });
}

#[test]
fn without_a_warm_up_there_is_none() {
    let json = r#"{"protocols": ["v4", "v4"], "warmupMs": 0}"#;
    let comparison = Comparison::new(CompareConfig::parse(json).unwrap());
    assert_eq!(comparison.config.warm_up_ms(), 0.0);
    assert!(comparison.warm_up(comparison.config.subjects()[0]).unwrap().is_empty());
}

#[test]
fn many_threads_of_all_roles_come_and_leave() {
    let json = r#"{"protocols": ["v4", "v1"], "rounds": 5, "trialMs": 60, "warmupMs": 0, "control": "none", "completers": 3,
        "migrators": 2, "sweep": {"field": "readers", "values": [1, 6]}}"#;
    let report = compare(json, |_, _| ()).unwrap();
    for measured in report.points.iter().flat_map(|point| &point.measured) {
        assert!(measured.trials.iter().all(|trial| !trial.hung), "{measured:?}");
        assert!(measured.trials.iter().any(|trial| trial.events > 0), "{measured:?}");
    }
    assert!(report.points.iter().all(|point| point.control.is_none() && point.control_trials.is_none()));
}

#[test]
fn without_migrators_there_is_nothing_to_refuse() {
    let json = r#"{"protocols": ["v4", "v4"], "rounds": 5, "trialMs": 10, "warmupMs": 0, "migrators": 0}"#;
    let report = compare(json, |_, _| ()).unwrap();
    for measured in &report.points[0].measured {
        for name in ["refusedShare", "triesPerMigration", "migrationsPerSecond", "longestRefusedMs"] {
            assert!(measured.metrics[name].is_none(), "{name}");
        }
    }
    assert!(
        report.points[0]
            .ratios
            .iter()
            .all(|ratio| ["eventsPerSecond", "nsPerCall", "longestWaitMs"].contains(&ratio.metric))
    );
}

#[test]
fn cancelled_it_ends_within_a_trial() {
    for cancel_at in [0, 3] {
        let json = r#"{"protocols": ["v4", "v4"], "trialMs": 2000, "warmupMs": 0, "control": "none"}"#;
        let json = if cancel_at == 0 { json.to_owned() } else { json.replace("2000", "20") };
        // A busy machine may be slow once; who waits for the trial is slow each time.
        let in_time = (0..5).any(|_| {
            let began = now();
            let ended = compare(&json, |comparison, progress| {
                if progress.done == cancel_at {
                    comparison.crew().cancel();
                }
            });
            assert_eq!(ended.unwrap_err(), Ended::Cancelled);
            now() - began < 1_500.0
        });
        assert!(in_time, "a trial was waited for");
    }
}

/// A ring whose events are stolen: completers wait for slots that never come back, readers for events.
#[test]
fn a_trial_that_hangs_is_noticed_and_the_next_one_runs() {
    let config = CompareConfig::parse(r#"{"protocols": ["v4", "v4"], "completers": 1, "migrators": 0}"#).unwrap();
    let crew = Crew::default();
    let trial = || Arc::new(Trial::new(config.run(0).unrecorded_world(), config.protocols[0].protocol(), true));
    let over = &AtomicBool::new(false);
    let outcomes = thread::scope(|scope| {
        for index in 0..2 {
            let crew = &crew;
            scope.spawn(move || crew.follow(index));
        }
        let hangs = trial();
        let victim = Arc::clone(&hangs);
        scope.spawn(move || {
            while !over.load(Ordering::SeqCst) {
                victim.steal_events();
            }
        });
        crew.led(|| {
            // Long enough for a thief on a busy machine; it is over as soon as it hangs.
            let hung = hangs.lead(&crew, 10_000.0);
            over.store(true, Ordering::SeqCst);
            [hung, trial().lead(&crew, 300.0)]
        })
    });
    let [hung, next] = outcomes.map(|outcome| outcome.unwrap());
    assert!(hung.hung, "{hung:?}");
    assert!(!next.hung && next.events > 0, "{next:?}");
}

/// A thread that keeps a lock for ever: the others hear of the abort only.
#[test]
fn threads_that_wait_for_a_lost_lock_leave() {
    let config = CompareConfig::parse(r#"{"protocols": ["v4", "v4"], "migrators": 0}"#).unwrap();
    let crew = Crew::default();
    let trial = Arc::new(Trial::new(config.run(0).unrecorded_world(), config.protocols[0].protocol(), true));
    trial.lose_ring_lock();
    let outcome = thread::scope(|scope| {
        scope.spawn(|| crew.follow(0));
        crew.led(|| trial.lead(&crew, 20.0))
    });
    assert!(outcome.unwrap().hung);
}

/// A trial of `protocol` with one migrator at full pace, to which something is done meanwhile.
fn meddled_with(protocol: &str, meddle: impl Fn(&Trial) + Sync) -> Outcome {
    let json = format!(r#"{{"protocols": [{protocol}, "v4"], "migrators": 1, "pace": 0}}"#);
    let config = CompareConfig::parse(&json).unwrap();
    let crew = Crew::default();
    let trial = Arc::new(Trial::new(config.run(0).unrecorded_world(), config.protocols[0].protocol(), true));
    let outcome = thread::scope(|scope| {
        for index in 0..trial.threads() {
            let crew = &crew;
            scope.spawn(move || crew.follow(index));
        }
        let (victim, meddle) = (Arc::clone(&trial), &meddle);
        scope.spawn(move || meddle(&victim));
        crew.led(|| trial.lead(&crew, 150.0))
    });
    outcome.unwrap()
}

/// A busy machine may let a thread come late to the lock that is held, or wait where nobody keeps it: not in each of so many trials.
const TRIALS: usize = 40;

#[test]
fn whoever_waits_for_a_lock_is_told_and_nobody_is_refused() {
    assert!((0..TRIALS).any(|_| {
        // Whoever blocks at ring_lock is never refused; with one migrator the pages are never locked.
        let outcome =
            meddled_with(r#"{"ringLock": "block"}"#, |trial| trial.hold(|world| world.ctx.completion_lock, 60));
        assert_eq!((outcome.hung, outcome.refused, outcome.told.longest_refused_ms), (false, 0, 0.0), "{outcome:?}");
        outcome.told.longest_wait_ms >= 50.0
    }));
}

#[test]
fn a_migrator_that_tries_in_vain_is_told_and_does_not_count_as_waiting() {
    assert!((0..TRIALS).any(|_| {
        let outcome = meddled_with(r#""v4""#, |trial| trial.pin_pages(60));
        assert!(!outcome.hung, "{outcome:?}");
        outcome.told.longest_refused_ms >= 50.0 && outcome.told.longest_wait_ms < 50.0
    }));
}

#[test]
fn a_lock_that_readers_wait_for_and_migrators_are_refused_is_both() {
    assert!((0..TRIALS).any(|_| {
        let outcome = meddled_with(r#""v4""#, |trial| trial.hold(|world| world.ctx.ring_lock, 60));
        assert!(!outcome.hung, "{outcome:?}");
        outcome.refused > 0 && outcome.told.longest_wait_ms >= 50.0 && outcome.told.longest_refused_ms >= 50.0
    }));
}

/// Figures of trials that never were.
mod figures {
    use super::super::super::plan::Place;
    use super::super::super::trial::Told;
    use super::*;

    fn outcome(events: u32, hung: bool) -> Outcome {
        Outcome { seconds: 0.1, events, calls: 100, migrations: 10, refused: 30, hung, told: Told::default() }
    }

    /// 20 rounds in which the second protocol reads `ratio` times the first one's events; rounds differ by a factor of three.
    fn report(ratio: f64, hung: u32) -> Report {
        let config = CompareConfig::parse(r#"{"protocols": ["linux-3.12", "v4"], "control": "none"}"#).unwrap();
        let mut taken = Taken::new(&config, 5_000.0);
        let mut rng = fastrand::Rng::with_seed(3);
        for round in 0..20 {
            let speed = 1e6 * (1.0 + 2.0 * rng.f64());
            for (subject, ratio) in [(0, 1.0), (1, ratio)] {
                let events = speed * ratio * (1.0 + 0.02 * (rng.f64() - 0.5));
                let hung = subject == 1 && round < hung;
                taken.add(Place { round, point: 0, subject }, true, &outcome(events as u32, hung));
            }
        }
        taken.report(&config, 4.0)
    }

    #[test]
    fn a_planted_difference_is_told_and_none_is_not() {
        for (planted, verdict) in [(0.9, Verdict::Lower), (1.1, Verdict::Higher), (1.0, Verdict::NoDifference)] {
            let report = report(planted, 0);
            let found = report.points[0].ratios.iter().find(|ratio| ratio.metric == "eventsPerSecond").unwrap();
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(
                (found.ratio - planted).abs() < 0.01 && found.low < found.ratio && found.ratio < found.high,
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_hung_is_counted_and_left_out() {
        let report = report(1.0, 17);
        let found = report.points[0].ratios.iter().find(|ratio| ratio.metric == "eventsPerSecond").unwrap();
        assert_eq!((found.rounds, found.verdict), (3, Verdict::NoDifference));
        let measured = &report.points[0].measured[1];
        assert_eq!(measured.metrics["triesPerMigration"].unwrap().median, 4.0);
        assert_eq!(measured.metrics["refusedShare"].unwrap().median, 0.75);
        assert!(report.points[0].measured[0].call_times.is_none(), "none was timed");
    }
}
