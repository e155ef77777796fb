//! Each claim must be able to fail: every test plants one kind of damage in a world that is in order.

use super::*;
use crate::machine::ThreadId;
use crate::machine::model::{Cells, End};
use crate::ring::{Addr, Geometry};
use crate::scenario::catalog::{Sign, find};
use crate::scenario::role::Core;
use crate::scenario::script::Ending;
use crate::scenario::{PageChoice, Role, WorldConfig};

const READER: Role = Role::Reader { batch: 4, inline: true, faults: false };
const SETUP: Role = Role::Setup { failures: false, compacts: false, destroys: true };
const MIGRATOR: Role = Role::Migrator { core: Core::Compaction, page: PageChoice::Zero, pace: 0, widen: 0 };

/// Thread 0, who completes what is completed here.
const ME: ThreadId = ThreadId::new(0);

/// A ring with a reader, or a free slot with a setup; and a migrator, for whose pages there are two more frames.
fn world(first: Role) -> (World, Cells) {
    let world = World::new(WorldConfig {
        roles: vec![first, MIGRATOR],
        ring: Geometry::of_pages(2, 128),
        seed: 3,
        spare_frames: 0,
        recorded: false,
    });
    let memory = Cells::new(world.words());
    world.init(&memory);
    (world, memory)
}

/// The invariants that are broken where `damage` was done.
fn broken(first: Role, damage: impl FnOnce(&World, &Cells)) -> Vec<&'static str> {
    let (world, memory) = world(first);
    assert_eq!(at_rest(&memory, &world), []);
    damage(&world, &memory);
    at_rest(&memory, &world).into_iter().map(|broken| broken.invariant).collect()
}

/// The header's field in ring page 0.
fn header(world: &World, memory: &Cells, field: Field) -> Addr {
    field.at(world.frames.data(Page::from_word(memory.load(world.ctx.ring_page(0)))))
}

/// Puts events with these sequence numbers into an empty ring, as that many completions do.
fn complete(world: &World, memory: &Cells, sequences: &[u32]) {
    let page = Page::from_word(memory.load(world.ctx.ring_page(0)));
    for (slot, &sequence) in (0..).zip(sequences) {
        let event = Tag { completer: ME.index(), sequence }.event(world.cookie);
        let at = IoEvent::at(world.frames.data(page), world.ctx.ring.locate(slot).index);
        memory.write(at, IoEvent::words(&[event]));
    }
    let count = sequences.len() as u32;
    memory.store(header(world, memory, Field::Tail), count);
    memory.store(world.ctx.tail(), count);
    memory.store(Counter::Completed.of(&world.control, ME), count);
    memory.store(world.ctx.reqs_available(), world.ctx.ring.usable() - count);
}

#[test]
fn a_frame_that_nobody_put_is_left_over() {
    for role in [READER, SETUP] {
        let (world, memory) = world(role);
        let page = world.frames.alloc(&memory, world.frames.count() - 1).unwrap().page;
        assert_eq!(page.frame(), world.frames.count() - 1);
        let text = format!("frame {} is not free: references left: 1", page.frame());
        assert_eq!(at_rest(&memory, &world), [Broken { invariant: "I5", text }]);
    }
}

#[test]
fn a_ring_page_with_a_reference_too_many_or_too_few_is_told() {
    for page in [0, 1] {
        let at = |world: &World, memory: &Cells| Page::from_word(memory.load(world.ctx.ring_page(page)));
        let one_more = |world: &World, memory: &Cells| assert!(world.frames.get(memory, at(world, memory)));
        assert_eq!(broken(READER, one_more), ["I5"]);
        let one_less = |world: &World, memory: &Cells| _ = world.frames.put(memory, at(world, memory));
        assert_eq!(broken(READER, one_less), ["I5"]);
    }
}

#[test]
fn a_ring_page_that_is_not_the_files_is_told() {
    // The page that the ring has now leaks, and the one that the file has is in no ring.
    let other = |world: &World, memory: &Cells| {
        let page = world.frames.alloc(memory, 2).unwrap().page;
        memory.store(world.ctx.file.page(1), page.to_word());
    };
    assert_eq!(broken(READER, other), ["I3", "I5"]);
}

#[test]
fn what_a_freed_context_leaves_behind_is_told() {
    let cached = |world: &World, memory: &Cells| memory.store(world.ctx.file.page(1), Page::new(1, 0).to_word());
    assert_eq!(broken(SETUP, cached), ["I5"]);
    let connected = |world: &World, memory: &Cells| {
        let ctx = SlotWord::from_word(memory.load(world.ctx.state())).occupied();
        memory.store(world.ctx.file.private_data(), ctx.to_word());
    };
    assert_eq!(broken(SETUP, connected), ["I8"]);
}

#[test]
fn a_header_that_is_none_is_told() {
    for field in [Field::Nr, Field::Magic] {
        let wrong = |world: &World, memory: &Cells| _ = memory.fetch_add(header(world, memory, field), 1);
        assert_eq!(broken(READER, wrong), ["I10"], "{}", field.name());
    }
}

#[test]
fn a_lock_that_is_held_is_told() {
    let (names, _) = world(READER);
    for (i, (name, _)) in names.locks().iter().enumerate() {
        let (world, memory) = world(READER);
        let lock = world.locks()[i].1;
        memory.store(lock.at, LockWord::UNLOCKED.write(ME).unwrap().to_word());
        assert_eq!(at_rest(&memory, &world), [Broken { invariant: "I11", text: format!("{name} is held") }]);
    }
}

#[test]
fn events_that_wait_to_be_read_are_in_order() {
    assert_eq!(broken(READER, |world, memory| complete(world, memory, &[0, 1, 2])), [""; 0]);
    // One that is missing is told once: those after it follow one another.
    assert_eq!(broken(READER, |world, memory| complete(world, memory, &[0, 2, 3])), ["I1"]);
    assert_eq!(broken(READER, |world, memory| complete(world, memory, &[1, 0])), ["I1", "I1"]);
    let overwritten = |world: &World, memory: &Cells| {
        complete(world, memory, &[0, 1]);
        let page = Page::from_word(memory.load(world.ctx.ring_page(0)));
        memory.fill(IoEvent::at(world.frames.data(page), world.ctx.ring.locate(1).index), 8, 0);
    };
    assert_eq!(broken(READER, overwritten), ["I1"]);
}

#[test]
fn a_head_and_a_tail_that_do_not_agree_with_what_was_counted_are_told() {
    let with = |at: fn(&World, &Cells) -> Addr, by: u32| {
        broken(READER, |world, memory| {
            complete(world, memory, &[0, 1]);
            memory.fetch_add(at(world, memory), by);
        })
    };
    let head = |world: &World, memory: &Cells| header(world, memory, Field::Head);
    let tail = |world: &World, memory: &Cells| header(world, memory, Field::Tail);
    // Not in the ring: nothing more can be said.
    let nr = world(READER).0.ctx.ring.nr();
    assert_eq!(with(head, nr), ["I2"]);
    assert_eq!(with(tail, nr), ["I2", "I2"]);
    assert_eq!(with(|world, _| world.ctx.tail(), 1), ["I2"]);
    // Read, but not delivered; and no slot came back.
    assert_eq!(with(head, 1), ["I1", "I1", "I6"]);
    let delivered = |world: &World, _: &Cells| Counter::Events.of(&world.control, ME);
    assert_eq!(with(delivered, 1), ["I1"]);
    let completed = |world: &World, _: &Cells| Counter::Completed.of(&world.control, ThreadId::new(1));
    assert_eq!(with(completed, 1), ["I1"]);
}

#[test]
fn slots_that_are_lost_or_out_twice_are_told() {
    let pool = |world: &World, _: &Cells| world.ctx.reqs_available();
    let cache = |world: &World, _: &Cells| world.control.reqs_available(ThreadId::new(1));
    for at in [pool, cache] {
        for by in [1, 1_u32.wrapping_neg()] {
            assert_eq!(broken(READER, |world, memory| _ = memory.fetch_add(at(world, memory), by)), ["I6"]);
        }
    }
    let moved = |world: &World, memory: &Cells| {
        memory.fetch_add(pool(world, memory), 1_u32.wrapping_neg());
        memory.fetch_add(cache(world, memory), 1);
    };
    assert_eq!(broken(READER, moved), [""; 0]);
}

/// Steps of locking: who, what, which lock by name.
fn sleeps(world: &World, steps: &[(u32, Op, &str)]) -> Option<String> {
    let locks = world.locks();
    let steps: Vec<Step> = steps
        .iter()
        .map(|&(thread, op, name)| {
            let at = locks.iter().find(|(lock, _)| lock == name).unwrap().1.at;
            Step { thread: ThreadId::new(thread), op, at, value: 0, place: core::panic::Location::caller() }
        })
        .collect();
    let broken = sleep_under_spinlock(world, &steps)?;
    assert_eq!(broken.invariant, "I7");
    Some(broken.text)
}

#[test]
fn whoever_asks_for_a_lock_that_may_sleep_with_a_spinlock_held_is_told() {
    let (world, _) = world(READER);
    let asleep =
        |what: &str| Some(format!("reader 1 went for {what}, which may sleep, with the spinlock private_lock held"));
    for spin in [Op::Lock, Op::TryLock] {
        let took = (0, spin, "private_lock");
        assert_eq!(sleeps(&world, &[took, (0, Op::Lock, "ring_lock")]), asleep("ring_lock"));
        assert_eq!(sleeps(&world, &[took, (0, Op::DownRead, "mmap_sem")]), asleep("mmap_sem"));
        assert_eq!(sleeps(&world, &[took, (0, Op::TryLock, "ring_lock")]), None, "it does not wait");
        assert_eq!(sleeps(&world, &[took, (0, Op::Lock, "completion_lock")]), None, "that is a spinlock, too");
        assert_eq!(sleeps(&world, &[took, (1, Op::Lock, "ring_lock")]), None, "somebody else has it");
        let left = (0, Op::Unlock, "private_lock");
        assert_eq!(sleeps(&world, &[took, left, (0, Op::Lock, "ring_lock")]), None);
        let others = [(0, Op::Unlock, "tree_lock"), (1, Op::Unlock, "private_lock")];
        assert_eq!(sleeps(&world, &[took, others[0], others[1], (0, Op::Lock, "ring_lock")]), asleep("ring_lock"));
    }
    assert_eq!(sleeps(&world, &[(0, Op::Lock, "ring_lock"), (0, Op::Lock, "mmap_sem")]), None);
}

/// The reader that would have seen it did not come: the events of that head count as waiting still, and whoever looks for completions
/// that were lost must not take that for one. What else is broken is told.
#[test]
fn a_lost_head_that_nobody_has_seen_makes_no_lost_completion() {
    let (world, memory) = world(READER);
    assert!(!lost_head(&memory, &world));
    memory.store(world.ledger.head(), 1);
    assert!(lost_head(&memory, &world));

    let mut ending = Ending::of(&memory, &world, End::Done);
    ending.broken.push(Broken { invariant: "I1", text: String::new() });
    let scenario = find("lost-completion").unwrap();
    assert_eq!(scenario.breach(&ending), None);
    let worse = Broken { invariant: "I2", text: String::new() };
    let worse = Ending { broken: vec![ending.broken[0].clone(), worse], ..ending.clone() };
    assert_eq!(scenario.breach(&worse), Some(Sign::AtRest("I2")));
    memory.store(world.ledger.head(), 0);
    let in_order = Ending { lost_head: lost_head(&memory, &world), ..ending };
    assert_eq!(scenario.breach(&in_order), Some(Sign::AtRest("I1")));
}

#[test]
fn where_no_ring_lasts_no_head_is_lost() {
    let (world, memory) = world(SETUP);
    memory.store(world.ledger.head(), 1);
    assert!(!lost_head(&memory, &world));
}
