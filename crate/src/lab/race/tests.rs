//! Runs on native threads: the same bodies that Workers run.

use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::lab::Report;
use crate::scenario::Kind;

/// Runs `config` on native threads for `limit` at the most, with a watchdog; returns the report.
fn run(config: &str, limit: Duration, until: impl Fn(&Race) -> bool) -> (Race, Report) {
    let race = Race::new(RunConfig::parse(config).unwrap());
    let mut stuck = None;
    thread::scope(|scope| {
        for index in 0..race.world().control.threads() {
            let race = &race;
            scope.spawn(move || race.run_thread(index));
        }
        let mut watchdog = Watchdog::default();
        let started = Instant::now();
        while started.elapsed() < limit && stuck.is_none() && !until(&race) {
            thread::sleep(Duration::from_millis(100));
            stuck = watchdog.look(&race);
        }
        race.stop();
    });
    let report = Report::new(&race, stuck.as_ref());
    (race, report)
}

fn corruptions(race: &Race) -> Vec<(Kind, u32)> {
    race.world().corruption_counts(&race.memory())
}

fn events(race: &Race) -> u32 {
    Counter::Events.total(&race.memory(), &race.world().control)
}

#[test]
fn linux_3_12_loses_the_head() {
    let (race, report) = run("{\"protocol\": \"linux-3.12\"}", Duration::from_secs(20), |race| {
        corruptions(race).iter().any(|(kind, _)| *kind == Kind::StaleHead)
    });
    assert!(!corruptions(&race).is_empty(), "{} events and no corruption", events(&race));
    let first = report.first_corruption.expect("corruptions were counted");
    println!("{} after {} ms\n{}", first.detail, first.time_ms, first.text);
    assert_eq!(first.trace.threads.len(), 2, "migrator and reader\n{}", first.text);
    if first.kind == "staleHead" {
        let lost: Vec<_> = first.trace.steps.iter().filter(|step| step.lost).collect();
        assert_eq!(lost.len(), 1, "{}", first.text);
        assert!(lost[0].label.starts_with("store ring->head") && lost[0].role == "reader");
    }
}

#[test]
fn v4_never_reports_anything() {
    let mix = ["{\"protocol\": \"v4\"}", "{\"protocol\": \"v4\", \"readers\": 2, \"migrators\": 2, \"completers\": 2}"];
    for config in mix {
        let (race, report) = run(config, Duration::from_millis(1500), |_| false);
        assert_eq!(corruptions(&race), [], "{config}");
        assert_eq!(report.at_rest, [""; 0], "{config}");
        assert!(report.deadlock.is_none() && report.first_corruption.is_none());
        assert!(events(&race) > 1000, "{config}: {} events", events(&race));
        let total = |counter: Counter| counter.total(&race.memory(), &race.world().control);
        assert!(total(Counter::Migrations) > 10, "{config}");
    }
}
