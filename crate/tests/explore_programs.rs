//! Random little programs: both engines against brute force, and states that are merged against states that are not.

#![cfg(not(target_arch = "wasm32"))]

#[path = "explored/brute.rs"]
mod brute;
mod explored;

use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Outcome, Pasts, traces};
use brute::Brute;
use explored::Little;

/// Interleavings that brute force goes through at the most.
const REACH: u64 = 3_000;

#[test]
fn random_programs_have_the_verdicts_states_and_classes_that_brute_force_counts() {
    let (mut counted, mut broken, mut merged) = (0, 0, 0);
    for seed in 0..1_500 {
        let program = Little::random(seed);
        let Some(brute) = Brute::count(&program, REACH) else { continue };
        counted += 1;
        let expected = if brute.broken() > 0 { Outcome::Violated } else { Outcome::Proved };
        broken += u32::from(expected == Outcome::Violated);

        let options = traces::Options { whole: true, ..Default::default() };
        let verdict = traces::search(&program, &options, &Host::quiet());
        let counts = (verdict.outcome, verdict.traces, verdict.broken_traces, verdict.blocked_traces);
        let classes = (expected, Some(brute.classes.len() as u64), Some(brute.broken()), Some(0));
        assert_eq!(counts, classes, "seed {seed}: {:?}", program.threads);

        let search = |pasts, threads, whole| {
            program.memories.lock().unwrap().clear();
            let options = Options { pasts, threads, whole, ..Options::default() };
            let verdict = states::search(&program, &options, &Host::quiet());
            (verdict, std::mem::take(&mut *program.memories.lock().unwrap()))
        };
        let (forgotten, memories) = search(Pasts::Forgotten, 1, true);
        assert_eq!(forgotten.outcome, expected, "seed {seed}: {:?}", program.threads);
        assert!(memories == brute.memories, "seed {seed}: other memories are reached: {:?}", program.threads);
        let shortest = forgotten.violation.as_ref().map(|violation| violation.schedule.len());
        assert_eq!(shortest, brute.shortest, "seed {seed}");

        let (kept, memories) = search(Pasts::Kept, 1, true);
        assert!(memories == brute.memories, "seed {seed}");
        assert_eq!((kept.outcome, kept.states >= forgotten.states), (expected, true), "seed {seed}");
        merged += u32::from(kept.states > forgotten.states);
        for threads in [2, 4] {
            let (shared, _) = search(Pasts::Forgotten, threads, true);
            let counts = (shared.outcome, shared.states, shared.transitions);
            assert_eq!(counts, (expected, forgotten.states, forgotten.transitions), "seed {seed}, {threads} threads");
            let (first, _) = search(Pasts::Forgotten, threads, false);
            let length = first.violation.as_ref().map(|violation| violation.schedule.len());
            assert_eq!(length, brute.shortest, "seed {seed}, {threads} threads");
        }
    }
    assert!(counted > 700 && broken > 200 && merged > 200, "{counted} counted, {broken} broken, {merged} merged");
}
