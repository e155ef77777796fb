//! The protocol in the model, under thousands of seeded schedules: what is broken must break, the fix must hold.

#![cfg(not(target_arch = "wasm32"))]

use aio_ring_lab::aio::presets::{LINUX_3_12, PRESETS, TANG_GU, V1, V2, V3, V4};
use aio_ring_lab::aio::protocol::{Order, Protocol, RingLock};
use aio_ring_lab::aio::unmap_and_move::PASSES;
use aio_ring_lab::machine::model::{End, Given, Grain, Random, Schedule};
use aio_ring_lab::machine::{Op, ThreadId};
use aio_ring_lab::ring::Geometry;
use aio_ring_lab::scenario::catalog::find;
use aio_ring_lab::scenario::role::Core;
use aio_ring_lab::scenario::script::{Outcome, Script};
use aio_ring_lab::scenario::{Counter, Kind, PageChoice, Role};

/// Schedules in which what is broken has to break.
const BREAK_WITHIN: u64 = 2_000;
/// Schedules under which what holds has to hold.
const HOLD_FOR: u64 = 5_000;

const V4_PARTS: Protocol = PRESETS[V4].parts;

fn reader(batch: u32, inline: bool) -> Role {
    Role::Reader { batch, inline, faults: false }
}

fn migrator(page: PageChoice) -> Role {
    Role::Migrator { core: Core::Compaction, page, pace: 0, widen: 0 }
}

/// One reader that completes its own requests, one migrator of page 0; a ring of two pages, three slots.
fn lost_head() -> Script {
    Script {
        threads: vec![(reader(2, true), 4), (migrator(PageChoice::Zero), 3)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
        start: 0,
        passes: Some(PASSES),
    }
}

/// Two readers, two migrators, a completer, and a ring that wraps.
fn crowd(grain: Grain) -> Script {
    Script {
        threads: vec![
            (reader(2, false), 4),
            (reader(1, false), 3),
            (migrator(PageChoice::RoundRobin), 3),
            (migrator(PageChoice::Zero), 2),
            (Role::Completer, 8),
        ],
        ring: Geometry::of_pages(2, 128),
        grain,
        start: 0,
        passes: Some(PASSES),
    }
}

fn first_failure(script: &Script, protocol: Protocol, schedules: u64) -> Option<(u64, Outcome)> {
    (0..schedules).map(|seed| (seed, script.run(protocol, &mut Random::new(seed)))).find(|(_, run)| !run.holds())
}

fn assert_breaks(script: &Script, protocol: Protocol, kinds: &[Kind]) {
    for &kind in kinds {
        let seen = (0..BREAK_WITHIN).any(|seed| script.run(protocol, &mut Random::new(seed)).count(kind) > 0);
        assert!(seen, "no {kind:?} in {BREAK_WITHIN} schedules of {protocol:?}");
    }
}

fn assert_holds(script: &Script, protocol: Protocol) {
    if let Some((seed, run)) = first_failure(script, protocol, HOLD_FOR) {
        panic!("seed {seed}: {:?} {:?} {:?} {:?}", run.end, run.corruptions, run.broken, run.stuck);
    }
}

#[test]
fn linux_3_12_loses_the_head_and_delivers_events_twice() {
    assert_breaks(&lost_head(), PRESETS[LINUX_3_12].parts, &[Kind::StaleHead, Kind::Duplicate]);
}

#[test]
fn linux_3_12_touches_freed_pages() {
    assert_breaks(&lost_head(), PRESETS[LINUX_3_12].parts, &[Kind::WriteAfterFree, Kind::ReadAfterFree]);
}

#[test]
fn linux_3_12_hands_slots_out_twice_and_loses_events_that_are_overwritten() {
    // The knock-on damage needs completions that go on while a reader is behind.
    let script = Script {
        threads: vec![(reader(2, false), 10), (migrator(PageChoice::Zero), 6), (Role::Completer, 16)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
        start: 0,
        passes: Some(PASSES),
    };
    assert_breaks(&script, PRESETS[LINUX_3_12].parts, &[Kind::Slots, Kind::Lost]);
}

#[test]
fn tang_and_gus_spinlock_keeps_the_head_but_not_the_event_pages() {
    let script = Script {
        threads: vec![(reader(2, true), 4), (migrator(PageChoice::RoundRobin), 4)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
        start: 0,
        passes: Some(PASSES),
    };
    let parts = PRESETS[TANG_GU].parts;
    assert_breaks(&script, parts, &[Kind::ReadAfterFree]);
    for seed in 0..HOLD_FOR {
        let run = script.run(parts, &mut Random::new(seed));
        assert_eq!(run.count(Kind::StaleHead) + run.count(Kind::Duplicate), 0, "seed {seed}");
    }
}

#[test]
fn v4_holds_for_one_reader_and_one_migrator() {
    assert_holds(&lost_head(), V4_PARTS);
}

#[test]
fn v4_holds_in_a_crowd_and_when_every_word_of_a_copy_is_a_step() {
    assert_holds(&crowd(Grain::Whole), V4_PARTS);
    assert_holds(&crowd(Grain::Words), V4_PARTS);
}

#[test]
fn v4_sees_refused_trylocks_and_migrates_all_the_same() {
    let runs: Vec<Outcome> = (0..200).map(|seed| lost_head().run(V4_PARTS, &mut Random::new(seed))).collect();
    let with = |op: Op| runs.iter().filter(|run| run.trace.iter().any(|step| step.op == op)).count();
    assert!(with(Op::Refused) > 20, "refused in {} of 200", with(Op::Refused));
    assert!(with(Op::CopyPage) > 180, "migrated in {} of 200", with(Op::CopyPage));
}

/// Each part of the fix, or each mutant, that the scenarios of this file can show to matter.
#[test]
fn every_part_taken_out_of_v4_is_missed() {
    let without = [
        ("ring_lock not taken", Protocol { ring_lock: RingLock::None, ..V4_PARTS }),
        ("trylock ignored", Protocol { ignore_refused: true, ..V4_PARTS }),
        ("released before it is published", Protocol { order: Order::ReleaseFirst, ..V4_PARTS }),
        ("the wrong page put", Protocol { wrong_frame_put: true, ..V4_PARTS }),
        ("completions not kept out", Protocol { completion_lock: false, ..V4_PARTS }),
    ];
    let two_sided = Script {
        threads: vec![
            (reader(2, false), 10),
            (migrator(PageChoice::Zero), 4),
            (migrator(PageChoice::RoundRobin), 4),
            (Role::Completer, 12),
        ],
        ring: Geometry::of_pages(2, 128),
        grain: Grain::Whole,
        start: 0,
        passes: Some(PASSES),
    };
    for (name, protocol) in without {
        let broken = first_failure(&two_sided, protocol, BREAK_WITHIN);
        assert!(broken.is_some(), "{name}: held for {BREAK_WITHIN} schedules");
    }
}

/// A finding: nobody can look at the page between publication and copy, because everybody who would is kept out.
#[test]
fn publishing_before_copying_is_harmless_while_both_locks_are_held() {
    let protocol = Protocol { order: Order::PublishFirst, ..V4_PARTS };
    assert_holds(&crowd(Grain::Words), protocol);
    // Without completion_lock it is the completions that see the page too early.
    assert_breaks(
        &Script {
            threads: vec![(migrator(PageChoice::Zero), 4), (Role::Completer, 4), (reader(2, false), 8)],
            ..crowd(Grain::Whole)
        },
        Protocol { completion_lock: false, ..protocol },
        &[Kind::Foreign],
    );
}

/// Nobody has to wait for it: to ask for a mutex with a spinlock held is the mistake (I7).
#[test]
fn a_blocking_ring_lock_sleeps_under_private_lock_unless_that_is_released_first() {
    let run = lost_head().run(Protocol { ring_lock: RingLock::Block, ..V4_PARTS }, &mut Random::new(0));
    let broken: Vec<&str> = run.broken.iter().map(|broken| broken.invariant).collect();
    assert_eq!(broken, ["I7"]);
    assert!(run.broken[0].text.contains("ring_lock") && run.broken[0].text.contains("private_lock"));
    // v1 lets go of private_lock; only a thread that takes the locks the other way round could deadlock with it.
    assert_holds(&lost_head(), PRESETS[V1].parts);
}

/// Strict turns: whoever can go on goes, after the one that went last.
struct Turns(Option<ThreadId>);

impl Schedule for Turns {
    fn pick(&mut self, enabled: &[ThreadId]) -> Result<ThreadId, ThreadId> {
        let next = enabled.iter().find(|&&thread| Some(thread) > self.0).unwrap_or(&enabled[0]);
        self.0 = Some(*next);
        Ok(*next)
    }
}

#[test]
fn a_refused_migration_gets_through_when_everybody_takes_turns() {
    let script = find("starvation").unwrap().script();
    for preset in [V2, V3, V4] {
        let run = script.run(PRESETS[preset].parts, &mut Turns(None));
        assert!(run.holds());
        assert_eq!(run.total(Counter::Migrations), 1, "{}", PRESETS[preset].name);
    }
}

#[test]
fn an_unfair_schedule_brings_a_reader_in_before_every_try() {
    let script = find("starvation").unwrap().script();
    let ring_lock = script.world().ctx.ring_lock.at;
    let [reader, migrator] = [0, 1].map(ThreadId::new);
    for preset in [V2, V3, V4] {
        let parts = PRESETS[preset].parts;
        let mut order: Vec<ThreadId> = Vec::new();
        let (mut inside, mut met, mut reads) = (false, false, 0);
        loop {
            let run = script.run(parts, &mut Given::new(order.clone()));
            match run.trace[..order.len()].last() {
                Some(step) if step.at == ring_lock && step.thread == reader => {
                    inside = step.op == Op::Lock;
                    reads += u32::from(inside);
                    met = false;
                }
                Some(step) if step.op == Op::Refused => met = true,
                _ => {}
            }
            // The reader is let go on only to leave and to come back before the next try.
            let refused = run.trace[..order.len()].iter().filter(|step| step.op == Op::Refused).count();
            if refused as u32 == PASSES {
                assert!(run.holds());
                assert_eq!((run.total(Counter::Migrations), run.total(Counter::Refused)), (0, PASSES));
                assert_eq!(reads, PASSES, "each try meets another read");
                break;
            }
            order.push(if inside && !met { migrator } else { reader });
        }
    }
}

#[test]
fn a_schedule_repeats_its_run_step_by_step() {
    let script = lost_head();
    let (seed, first) = first_failure(&script, PRESETS[LINUX_3_12].parts, BREAK_WITHIN).expect("linux-3.12 breaks");
    let again = script.run(PRESETS[LINUX_3_12].parts, &mut Random::new(seed));
    assert_eq!(first.trace, again.trace);
    let order: Vec<ThreadId> =
        first.trace.iter().filter(|step| step.op != Op::CopiedHead).map(|step| step.thread).collect();
    let given = script.run(PRESETS[LINUX_3_12].parts, &mut Given::new(order));
    assert_eq!(first.trace, given.trace);
    assert_eq!(first.corruptions, given.corruptions);
}

#[test]
fn a_schedule_that_cannot_be_followed_says_where() {
    // Thread 1 would have to take ring_lock, which thread 0 holds, in a blocking way.
    let script = Script {
        threads: vec![(reader(1, false), 1), (reader(1, false), 1)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
        start: 0,
        passes: Some(PASSES),
    };
    let order = [0, 1].map(ThreadId::new).to_vec();
    let run = script.run(V4_PARTS, &mut Given::new(order));
    assert_eq!(run.end, End::NotEnabled { step: 1, thread: ThreadId::new(1) });
}
