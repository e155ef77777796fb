//! Each detector must be able to fail: every test plants one kind of damage in a ring that is in order, and lets the
//! unchanged protocol run over it.

use super::*;
use crate::aio::presets::V4;
use crate::aio::{Aio, Compiled};
use crate::machine::threads::{self, NoRecord, Shared, Threads, Words};
use crate::ring::frames::POISON;
use crate::ring::header::Field;
use crate::ring::{Addr, Geometry};
use crate::scenario::role::Core;
use crate::scenario::{Counter, PageChoice, Role, WorldConfig};

const ME: ThreadId = ThreadId::new(0);
const TIME: f64 = 1234.5;

/// A ring of two small pages with a reader and a migrator, both of them played by this thread.
struct Scene {
    world: World,
    arena: Shared,
}

impl Scene {
    fn new() -> Self {
        let world = World::new(WorldConfig {
            roles: vec![
                Role::Reader { batch: 4, inline: true, faults: false },
                Role::Migrator { core: Core::Compaction, page: PageChoice::Zero, pace: 0, widen: 0 },
            ],
            ring: Geometry::of_pages(2, 128),
            seed: 3,
            spare_frames: 1,
            recorded: false,
        });
        let arena = Shared::new(world.words());
        world.init(&arena.words());
        Self { world, arena }
    }

    fn memory(&self) -> Words<'_> {
        self.arena.words()
    }

    fn with<T>(
        &self,
        work: impl AsyncFnOnce(Aio<'_, Threads<'_, NoRecord>, Compiled<V4>, Detector<'_, Words<'_>>>) -> T,
    ) -> T {
        let memory = self.memory();
        let machine = Threads::new(memory, &self.world.control, self.world.frames, ME, NoRecord);
        let detector = Detector::new(&memory, &self.world, ME, || TIME);
        threads::run(work(Aio { machine: &machine, rules: Compiled::<V4>, trace: &detector }))
    }

    fn cache(&self) -> Addr {
        self.world.control.reqs_available(ME)
    }

    /// Completes these sequence numbers of completer 0.
    fn complete(&self, sequences: impl IntoIterator<Item = u32>) {
        for sequence in sequences {
            self.complete_as(Tag { completer: 0, sequence });
        }
    }

    fn complete_as(&self, tag: Tag) {
        self.with(async |aio| {
            assert!(aio.get_reqs_available(&self.world.ctx, self.cache()).await);
            aio.complete(&self.world.ctx, || tag.event(self.world.cookie)).await.unwrap();
        });
    }

    fn read(&self, count: usize) -> usize {
        self.with(async |aio| self.read_by(aio, count).await)
    }

    /// As a reader does while pages are at rest.
    fn read_at_rest(&self, count: usize) -> usize {
        self.with(async |Aio { machine, rules, trace }| {
            self.read_by(Aio { machine, rules, trace: &AtRest::new(trace) }, count).await
        })
    }

    async fn read_by(
        &self,
        aio: Aio<'_, Threads<'_, NoRecord>, Compiled<V4>, impl Tracepoints>,
        count: usize,
    ) -> usize {
        let mut events = vec![IoEvent::default(); count];
        aio.read_events(&self.world.ctx, self.cache(), &mut events, None).await.unwrap()
    }

    fn migrate(&self, idx: u32) -> bool {
        self.with(async |aio| aio.migrate(&self.world.ctx, idx, 0, 0).await.unwrap().migrated)
    }

    fn ring_page(&self, i: u32) -> Page {
        Page::from_word(self.memory().load(self.world.ctx.ring_page(i)))
    }

    fn header(&self, field: Field) -> Addr {
        field.at(self.world.frames.data(self.ring_page(0)))
    }

    /// What was seen, and that the first of it was kept with its time.
    fn seen(&self) -> Vec<(Kind, u32)> {
        let counts = self.world.corruption_counts(&self.memory());
        let first = Seen::first(&self.memory(), &self.world);
        assert_eq!(first.is_some(), !counts.is_empty());
        if let Some((seen, time)) = first {
            assert_eq!((seen.thread, time), (ME, TIME));
            assert!(counts.iter().any(|(kind, _)| *kind == seen.kind));
            assert!(!seen.detail(&self.world).is_empty());
        }
        counts
    }
}

#[test]
fn nothing_is_seen_where_nothing_is_wrong() {
    let scene = Scene::new();
    for round in 0..100 {
        scene.complete(round * 3..round * 3 + 3);
        assert!(scene.migrate(round % 2));
        assert_eq!(scene.read(8), 3);
        assert_eq!(scene.read(8), 0);
    }
    assert_eq!(scene.seen(), []);
    assert_eq!(crate::scenario::check::at_rest(&scene.memory(), &scene.world), []);
}

#[test]
fn a_head_that_goes_back_is_stale_and_what_it_delivers_again_is_a_duplicate() {
    let scene = Scene::new();
    scene.complete(0..4);
    assert_eq!(scene.read(4), 4);
    scene.memory().store(scene.header(Field::Head), 2);
    assert_eq!(scene.read(4), 2);
    // Their slots came back twice, too: six of six free, and two more.
    assert_eq!(scene.seen(), [(Kind::Duplicate, 2), (Kind::StaleHead, 1), (Kind::Slots, 1)]);
    let (first, _) = Seen::first(&scene.memory(), &scene.world).unwrap();
    assert_eq!(first, Seen { kind: Kind::StaleHead, thread: ME, numbers: [2, 4] });
}

#[test]
fn the_same_event_completed_twice_is_a_duplicate() {
    let scene = Scene::new();
    scene.complete([0, 1, 1]);
    assert_eq!(scene.read(4), 3);
    assert_eq!(scene.seen(), [(Kind::Duplicate, 1)]);
    let (first, _) = Seen::first(&scene.memory(), &scene.world).unwrap();
    // By the name of whoever completed it.
    assert_eq!(first.detail(&scene.world), "event 1 of reader 1 was delivered again");
}

#[test]
fn a_gap_is_a_loss_of_as_many_events() {
    let scene = Scene::new();
    scene.complete([0, 4, 5]);
    scene.read(4);
    assert_eq!(scene.seen(), [(Kind::Lost, 3)]);
}

#[test]
fn an_event_that_comes_late_is_out_of_order_and_only_once() {
    let scene = Scene::new();
    scene.complete([1, 0, 2, 0]);
    scene.read(4);
    assert_eq!(scene.seen(), [(Kind::Duplicate, 1), (Kind::Lost, 1), (Kind::Reordered, 1)]);
}

#[test]
fn sequence_numbers_wrap() {
    let scene = Scene::new();
    scene.memory().store(scene.world.ledger.expected(0), u32::MAX);
    scene.complete([u32::MAX, 0, 1]);
    scene.read(4);
    assert_eq!(scene.seen(), []);
}

#[test]
fn bytes_that_are_no_event_of_this_ring_are_foreign() {
    let scene = Scene::new();
    scene.complete(0..2);
    // One word of the first event.
    let event = IoEvent::at(scene.world.frames.data(scene.ring_page(0)), 1);
    scene.memory().store(event, !scene.memory().load(event));
    scene.read(2);
    let foreign = scene.seen().iter().find(|(kind, _)| *kind == Kind::Foreign).copied();
    assert_eq!(foreign, Some((Kind::Foreign, 1)));
}

#[test]
fn an_event_of_a_completer_that_does_not_exist_is_foreign() {
    let scene = Scene::new();
    let event = Tag { completer: 99, sequence: 0 }.event(scene.world.cookie);
    scene.with(async |aio| {
        aio.get_reqs_available(&scene.world.ctx, scene.cache()).await;
        aio.complete(&scene.world.ctx, || event).await.unwrap();
    });
    scene.read(1);
    assert_eq!(scene.seen(), [(Kind::Foreign, 1)]);
}

#[test]
fn a_reader_whose_page_is_freed_reads_after_free() {
    let scene = Scene::new();
    scene.complete(0..4);
    // The second page, from under the ring: both references put. Its events are poison.
    let page = scene.ring_page(1);
    scene.world.frames.put(&scene.memory(), page);
    assert_eq!(scene.world.frames.put(&scene.memory(), page), crate::ring::Put::Freed);
    scene.read(4);
    let seen = scene.seen();
    assert!(seen.iter().any(|&(kind, count)| kind == Kind::ReadAfterFree && count >= 1), "{seen:?}");
    assert_eq!(scene.memory().load(scene.world.ledger.touched(page.frame())), 1);
}

#[test]
fn a_stale_pointer_is_caught_even_when_the_frame_is_in_use_again() {
    let scene = Scene::new();
    let page = scene.ring_page(1);
    scene.world.frames.put(&scene.memory(), page);
    scene.world.frames.put(&scene.memory(), page);
    let again = scene.world.frames.alloc(&scene.memory(), page.frame()).unwrap().page;
    assert_eq!(again.frame(), page.frame());
    scene.complete(0..4);
    assert_eq!(scene.seen(), [(Kind::WriteAfterFree, 1)]);
}

#[test]
fn a_write_to_a_free_frame_is_found_when_the_frame_is_handed_out() {
    let scene = Scene::new();
    let old = scene.ring_page(0);
    assert!(scene.migrate(0));
    // Somebody still had a pointer.
    let word = scene.world.frames.data(old).offset(Field::Head as u32);
    assert_eq!(scene.memory().load(word), POISON);
    scene.memory().store(word, 7);
    while scene.ring_page(0).frame() != old.frame() {
        assert!(scene.migrate(0));
    }
    assert_eq!(scene.seen(), [(Kind::WriteAfterFree, 1)]);
    let (first, _) = Seen::first(&scene.memory(), &scene.world).unwrap();
    assert_eq!(first.numbers, [old.frame(), Field::Head as u32]);
}

#[test]
fn slots_given_back_twice_are_over_committed() {
    let scene = Scene::new();
    scene.complete(0..2);
    assert_eq!(scene.read(2), 2);
    let ctx = &scene.world.ctx;
    scene.with(async |aio| aio.put_reqs_available(ctx, scene.cache(), ctx.ring.usable()).await);
    assert_eq!(scene.seen(), [(Kind::Slots, 1)]);
}

#[test]
fn a_tail_that_laps_the_head_is_over_committed() {
    let scene = Scene::new();
    let usable = scene.world.ctx.ring.usable();
    scene.complete(0..usable);
    assert_eq!(scene.seen(), []);
    // One slot too many, as a reader gives back that reads an event twice.
    scene.memory().store(scene.world.ctx.reqs_available(), 1);
    scene.complete(usable..=usable);
    assert_eq!(scene.seen(), [(Kind::Slots, 1)]);
    assert_eq!(scene.read(8), 0, "a full ring looks empty");
}

#[test]
fn a_reference_that_nobody_held_is_missed() {
    let scene = Scene::new();
    let page = scene.world.frames.alloc(&scene.memory(), 0).unwrap().page;
    scene.with(async |aio| {
        aio.put(page).await;
        aio.put(page).await;
    });
    assert_eq!(scene.seen(), [(Kind::Reference, 1)]);
}

#[test]
fn a_head_from_a_freed_page_is_no_index() {
    let scene = Scene::new();
    scene.complete(0..2);
    scene.memory().store(scene.header(Field::Head), POISON);
    assert_eq!(scene.read(2), 0);
    assert_eq!(scene.seen(), [(Kind::StaleHead, 1)]);
}

/// What is seen at rest when the events 0, 1, 2 and 3 have been completed, and then somebody does `damage`.
fn seen_at_rest(read: usize, damage: impl FnOnce(&Scene)) -> Vec<(Kind, u32)> {
    let scene = Scene::new();
    scene.complete(0..4);
    damage(&scene);
    assert_eq!(scene.read_at_rest(8), read);
    scene.seen()
}

#[test]
fn while_pages_are_at_rest_only_numbers_are_looked_at() {
    // The first slot is the header's.
    let tear = |event: u32, word| {
        move |scene: &Scene| {
            let at = IoEvent::at(scene.world.frames.data(scene.ring_page(0)), event + 1).offset(word);
            scene.memory().store(at, !scene.memory().load(at));
        }
    };
    assert_eq!(seen_at_rest(4, |_| ()), []);
    for event in [0, 3] {
        assert_eq!(seen_at_rest(4, tear(event, 7)), [], "the last word of event {event}");
    }
    assert_eq!(seen_at_rest(4, tear(0, 0)), [(Kind::Lost, 1), (Kind::Foreign, 1)], "the first number");
    assert_eq!(seen_at_rest(4, tear(3, 0)), [(Kind::Foreign, 1)], "the last number");
    assert_eq!(seen_at_rest(6, |scene| scene.complete([5, 4])), [(Kind::Lost, 1), (Kind::Reordered, 1)]);
    assert_eq!(seen_at_rest(6, |scene| scene.complete([4, 4])), [(Kind::Duplicate, 1)]);
    assert_eq!(seen_at_rest(5, |scene| scene.complete([5])), [(Kind::Lost, 1)]);
}

#[test]
fn while_pages_are_at_rest_a_stale_head_is_noticed_whatever_is_read_by_it() {
    let set = |field, value| move |scene: &Scene| scene.memory().store(scene.header(field), value);
    assert_eq!(seen_at_rest(0, set(Field::Head, POISON)), [(Kind::StaleHead, 1)], "no index");
    assert_eq!(seen_at_rest(0, set(Field::Head, 4)), [(Kind::StaleHead, 1)], "nothing to read");
    assert_eq!(seen_at_rest(2, set(Field::Head, 2)), [(Kind::Lost, 2), (Kind::StaleHead, 1)], "too far on");
    let back = |scene: &Scene| {
        assert_eq!(scene.read_at_rest(4), 4);
        set(Field::Head, 2)(scene);
    };
    assert_eq!(seen_at_rest(2, back), [(Kind::Duplicate, 2), (Kind::StaleHead, 1), (Kind::Slots, 1)]);
}

/// What readers at rest have read is entered when it is needed.
#[test]
fn a_streak_is_entered_by_whoever_is_not_at_rest() {
    let scene = Scene::new();
    let words = || {
        let World { ledger, .. } = &scene.world;
        [ledger.head(), ledger.expected(0)].map(|at| scene.memory().load(at))
    };
    let nr = scene.world.ctx.ring.nr();
    // Around the ring some times, in calls that end at a page's end and others.
    let rounds = 2 * nr;
    for round in 0..rounds {
        scene.complete(round * 3..round * 3 + 3);
        assert_eq!([scene.read_at_rest(2), scene.read_at_rest(1)], [2, 1]);
    }
    assert_eq!(words(), [0, 0], "it lasts");
    assert_eq!(scene.read(8), 0);
    assert_eq!(words(), [rounds * 3 % nr, rounds * 3]);
    scene.complete(rounds * 3..rounds * 3 + 1);
    assert_eq!(scene.read(8), 1);
    assert_eq!(scene.seen(), []);

    scene.complete(rounds * 3 + 1..rounds * 3 + 3);
    assert_eq!(scene.read_at_rest(1), 1);
    scene.memory().store(Counter::Completed.of(&scene.world.control, ME), 1);
    assert_eq!(crate::scenario::check::at_rest(&scene.memory(), &scene.world), [], "one waits");
    assert_eq!(scene.read_at_rest(1), 1);

    // What the reader at rest has stored is lost when it has gone.
    scene.complete(rounds * 3 + 3..rounds * 3 + 6);
    let head = scene.memory().load(scene.header(Field::Head));
    assert_eq!(scene.read_at_rest(2), 2);
    scene.memory().store(scene.header(Field::Head), head);
    assert!(crate::scenario::check::lost_head(&scene.memory(), &scene.world));
    assert_eq!(scene.read(1), 1);
    assert_eq!(scene.seen(), [(Kind::Duplicate, 1), (Kind::StaleHead, 1)]);
}

#[test]
fn at_rest_completers_may_take_turns_and_sequence_numbers_wrap() {
    let scene = Scene::new();
    let first = u32::MAX - 5;
    for completer in 0..2 {
        scene.memory().store(scene.world.ledger.expected(completer), first);
    }
    // By whom, one after the other, and how many the calls read.
    let turns: [(&[u32], &[usize]); 6] = [
        (&[0, 0, 0, 1], &[1, 2, 1]),
        (&[1, 1, 1, 1], &[1, 2, 1]),
        (&[0, 1, 0, 1], &[2, 2]),
        (&[0, 0, 0, 0], &[1, 1, 1, 1]),
        (&[1, 1, 0], &[2, 1]),
        (&[1, 1, 0], &[1, 2]),
    ];
    let mut next = [first; 2];
    for (completers, calls) in turns {
        for &completer in completers {
            let sequence = next[completer as usize];
            next[completer as usize] = sequence.wrapping_add(1);
            scene.complete_as(Tag { completer, sequence });
        }
        for &count in calls {
            assert_eq!(scene.read_at_rest(count), count);
        }
    }
    assert!(next.iter().all(|&next| next < 6), "they have wrapped");
    assert_eq!(scene.read(1), 0);
    assert_eq!([0, 1].map(|completer| scene.memory().load(scene.world.ledger.expected(completer))), next);
    assert_eq!(scene.seen(), []);
}

#[test]
fn where_there_is_no_streak_nothing_prolongs_it() {
    for sequence in [0, 1, u32::MAX] {
        let scene = Scene::new();
        scene.complete(0..1);
        assert_eq!([scene.read_at_rest(1), scene.read(1)], [1, 0], "it is over");
        scene.complete_as(Tag { completer: u32::MAX, sequence });
        assert_eq!(scene.read_at_rest(1), 1);
        assert_eq!(scene.seen(), [(Kind::Foreign, 1)], "{sequence}");
    }
}

/// One that went on would count in 32 bits how far it has come.
#[test]
fn a_streak_ends_where_sequence_numbers_wrap() {
    let scene = Scene::new();
    let expected = scene.world.ledger.expected(0);
    scene.memory().store(expected, u32::MAX);
    scene.complete([u32::MAX, 0]);
    assert_eq!(scene.read_at_rest(1), 1);
    assert_eq!(scene.memory().load(expected), 0);
    assert_eq!(scene.read_at_rest(1), 1);
    assert_eq!(scene.memory().load(expected), 0);
    assert_eq!(scene.seen(), []);
}

#[test]
fn only_the_first_corruption_is_kept() {
    let scene = Scene::new();
    scene.complete([0, 2, 2]);
    scene.read(4);
    let (first, _) = Seen::first(&scene.memory(), &scene.world).unwrap();
    assert_eq!((first.kind, first.numbers), (Kind::Lost, [0, 1]));
}

#[test]
fn a_tail_that_laps_a_lost_head_is_over_committed_before_anybody_reads() {
    let scene = Scene::new();
    let usable = scene.world.ctx.ring.usable();
    scene.complete(0..4);
    assert_eq!(scene.read(4), 4);
    // The store of that head is lost; the slots are back all the same.
    scene.memory().store(scene.header(Field::Head), 0);
    scene.complete(4..4 + usable - 3);
    assert_eq!(scene.seen(), [(Kind::Slots, 1)]);
}
