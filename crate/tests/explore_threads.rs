//! The search on several threads: what ends it ends all of them, and whatever it counts is what one thread counts.

#![cfg(not(target_arch = "wasm32"))]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ThreadId as HostThread};
use std::time::Instant;

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Bound, Bounds, Finding, Host, Moment, Outcome, Program, Verdict};
use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::model::{Body, Cells, Model};
use aio_ring_lab::scenario::catalog::find;

const THREADS: [usize; 3] = [1, 2, 4];

fn search(program: &dyn Program, threads: usize, bounds: Bounds, whole: bool) -> Verdict {
    states::search(program, &Options { threads, bounds, whole, ..Options::default() }, &Host::quiet())
}

/// What does not depend on who finds what first.
fn counts(verdict: &Verdict) -> (Outcome, Option<u64>, Option<u64>, u32) {
    (verdict.outcome, verdict.states, verdict.transitions, verdict.depth)
}

fn length(verdict: &Verdict) -> Option<usize> {
    verdict.violation.as_ref().map(|violation| violation.schedule.len())
}

/// Searches in full, and until something is broken, under bounds that do not depend on who finds what first.
fn assert_the_same(program: &dyn Program, name: &str) {
    for preemptions in [None, Some(1)] {
        let bounds = Bounds { preemptions, ..Bounds::default() };
        let [one, two, four] = THREADS.map(|threads| search(program, threads, bounds, true));
        assert_eq!([&two, &four].map(counts), [counts(&one); 2], "{name}, {preemptions:?} preemptions");
        let shortest = THREADS.map(|threads| length(&search(program, threads, bounds, false)));
        assert_eq!(shortest, [length(&one); 3], "{name}, {preemptions:?} preemptions");
    }
}

#[test]
fn several_threads_count_what_one_counts_and_find_a_shortest_counterexample() {
    for (protocol, reads, migrations) in [
        (MiniatureProtocol::Racy, 12, 12),
        (MiniatureProtocol::TrylockIgnored, 9, 9),
        (MiniatureProtocol::Trylock, 12, 12),
    ] {
        assert_the_same(&Miniature::new(protocol, reads, migrations), protocol.name());
    }
    let scenario = find("lost-head").expect("a scenario");
    for preset in [presets::LINUX_3_12, presets::V4] {
        let program = Scripted::new(scenario, scenario.smallest(), PRESETS[preset].parts);
        assert_the_same(&program, PRESETS[preset].name);
    }
}

/// All of it has 288,149 states.
fn large() -> Miniature {
    Miniature::new(MiniatureProtocol::Racy, 12, 12)
}

#[test]
fn a_bound_ends_all_threads_and_soon() {
    for threads in THREADS {
        let under = |bounds| search(&large(), threads, bounds, true);
        let states = |verdict: &Verdict| verdict.states.expect("states are counted");
        let cases = [
            (Bound::Count, Bounds { count: Some(100_000), ..Bounds::default() }),
            (Bound::Bytes, Bounds { bytes: Some(1_000_000), ..Bounds::default() }),
            (Bound::Steps, Bounds { steps: Some(40), ..Bounds::default() }),
        ];
        for (bound, bounds) in cases {
            // Something is broken besides, on the last level only.
            let verdict = under(bounds);
            assert_eq!(verdict.outcome, Outcome::BoundReached(bound), "{threads} threads");
            assert!(
                (10_000..110_000).contains(&states(&verdict)),
                "{threads} threads, {bound:?}: {:?}",
                verdict.states
            );
        }
    }
}

#[test]
fn time_and_a_cancelled_host_end_all_threads() {
    for threads in THREADS {
        let (cancel, began) = (AtomicBool::new(false), Instant::now());
        let clock = || began.elapsed().as_secs_f64() * 1e3;
        let told = AtomicUsize::new(0);
        let caller = thread::current().id();
        let progress = |progress: &aio_ring_lab::explore::Progress| {
            assert_eq!(thread::current().id(), caller, "progress is told by the thread that called");
            told.fetch_add(1, Ordering::Relaxed);
            cancel.store(progress.states > 50_000, Ordering::Relaxed);
        };
        let host = Host { clock: &clock, cancel: &cancel, progress: &progress };
        let options = Options { threads, whole: true, ..Options::default() };
        let cancelled = states::search(&large(), &options, &host);
        assert_eq!(cancelled.outcome, Outcome::BoundReached(Bound::Cancelled), "{threads} threads");
        assert!(cancelled.states.is_some_and(|states| states < 150_000), "{threads} threads: {:?}", cancelled.states);
        // Levels that others finish are not told by the caller.
        assert!(told.load(Ordering::Relaxed) > 2, "{threads} threads");

        let host = Host { cancel: &AtomicBool::new(false), progress: &|_| (), ..host };
        let bounds = Bounds { milliseconds: Some(5.0), ..Bounds::default() };
        let late = states::search(&large(), &Options { bounds, ..options }, &host);
        assert_eq!(late.outcome, Outcome::BoundReached(Bound::Time), "{threads} threads");
    }
}

/// The large miniature, executed by one host thread only; any other one panics.
struct Jealous {
    miniature: Miniature,
    owner: HostThread,
}

impl Program for Jealous {
    fn threads(&self) -> u32 {
        self.miniature.threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.miniature.thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        assert_eq!(thread::current().id(), self.owner, "another thread");
        self.miniature.execute(visit);
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        self.miniature.judge(memory, moment)
    }
}

#[test]
fn a_panic_of_one_thread_ends_the_search() {
    let program = Jealous { miniature: large(), owner: thread::current().id() };
    let searched = || search(&program, 2, Bounds::default(), true);
    // On a busy machine the other thread may come too late to panic.
    let panics = (0..100).filter(|_| catch_unwind(AssertUnwindSafe(searched)).is_err()).take(3).count();
    assert_eq!(panics, 3);
}
