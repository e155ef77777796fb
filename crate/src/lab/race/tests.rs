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
    // A corruption of another kind may be first, and then a thread's part in it may not have been recorded in time.
    let mut told = (0..5).map(|_| {
        let (race, report) = run("{\"protocol\": \"linux-3.12\"}", Duration::from_secs(20), |race| {
            corruptions(race).iter().any(|(kind, _)| *kind == Kind::StaleHead)
        });
        assert!(!corruptions(&race).is_empty(), "{} events and no corruption", events(&race));
        let first = report.first_corruption.expect("corruptions were counted");
        println!("{} after {} ms\n{}", first.detail, first.time_ms, first.text);
        first
    });
    let first = told.find(|first| first.trace.threads.len() == 2).expect("migrator and reader in 5 runs");
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

/// A reader that slept between finding page 0 and storing its head: the page is freed meanwhile, and the migrator that is
/// handed its frame notices the store.
#[test]
fn a_late_store_that_the_migrator_notices_is_told_with_the_reader_that_made_it() {
    use crate::aio::kioctx::head_of;
    use crate::machine::Machine;
    use crate::ring::Page;

    let race = Race::new(RunConfig::parse("{\"protocol\": \"linux-3.12\"}").unwrap());
    let (world, memory) = (race.world(), race.memory());
    let [reader, migrator] = [0, 1].map(ThreadId::new);
    let reads = Threads::new(memory, world.control, world.frames, reader, Watch::new(&world.records, reader));
    let moves = Threads::new(memory, world.control, world.frames, migrator, Tick::new(&world.records, migrator, 2));
    let detector = Detector::new(&memory, world, migrator, time::now);
    let aio = Aio { machine: &moves, rules: Compiled::<LINUX_3_12>, trace: &detector };
    let migrate = |hint| {
        moves.begin_operation();
        threads::run(aio.migrate(&world.ctx, &world.mapping, 0, 1, hint, 0)).unwrap();
    };

    threads::run(reads.lock(world.ctx.ring_lock)).unwrap();
    let page = Page::from_word(threads::run(reads.load(world.ctx.ring_page(0))));
    migrate(page.frame() + 1);
    threads::run(reads.store(head_of(&world.frames, page), 8));
    threads::run(reads.unlock(world.ctx.ring_lock));
    migrate(page.frame());
    threads::run(moves.load(world.ctx.ring_page(0)));

    let first = Report::new(&race, None).first_corruption.expect("the poison is broken");
    assert_eq!((first.kind, first.thread.as_str()), ("writeAfterFree", "migrator 1"));
    assert_eq!(first.trace.threads.len(), 2, "{}", first.text);
    let lost: Vec<_> = first.trace.steps.iter().filter(|step| step.lost).collect();
    assert_eq!(lost.len(), 1, "{}", first.text);
    assert!(lost[0].label.starts_with("store ring->head"), "{}", first.text);
    assert!(first.text.contains("= 0 reference(s)"), "{}", first.text);
}
