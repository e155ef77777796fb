//! As [`tests`](super::tests), for contexts that come and go: each test plants one kind of damage.

use super::*;
use crate::aio::presets::{LINUX_3_13, V2, V4};
use crate::aio::protocol::PrivateLock;
use crate::aio::setup::{Made, Setup};
use crate::aio::{Aio, Migration, PRESETS, Protocol};
use crate::machine::Machine;
use crate::machine::threads::{self, NoRecord, Shared, Threads, Words};
use crate::ring::{Geometry, Put};
use crate::scenario::role::Core;
use crate::scenario::{PageChoice, Role, WorldConfig};

const ME: ThreadId = ThreadId::new(0);

/// A free context slot, a setup and a migrator, both of them played by this thread.
struct Scene {
    world: World,
    arena: Shared,
    protocol: Protocol,
}

type Doing<'a> = Aio<'a, Threads<'a, NoRecord>, Protocol, Detector<'a, Words<'a>>>;

impl Scene {
    fn new(preset: usize) -> Self {
        let world = World::new(WorldConfig {
            roles: vec![
                Role::Setup { failures: false, compacts: false, destroys: true },
                Role::Migrator { core: Core::Compaction, page: PageChoice::Zero, pace: 0, widen: 0 },
            ],
            ring: Geometry::of_pages(2, 64),
            seed: 3,
            spare_frames: 1,
            recorded: false,
        });
        let arena = Shared::new(world.words());
        world.init(&arena.words());
        Self { world, arena, protocol: PRESETS[preset].parts }
    }

    fn with<T>(&self, work: impl AsyncFnOnce(Doing<'_>) -> T) -> T {
        let memory = self.arena.words();
        let machine = Threads::new(memory, &self.world.control, self.world.frames, ME, NoRecord);
        let detector = Detector::new(&memory, &self.world, ME, || 0.0);
        threads::run(work(Aio { machine: &machine, rules: self.protocol, trace: &detector }))
    }

    fn set_up(&self) -> Made {
        let World { mm, contexts, .. } = &self.world;
        let setup = Setup { mm, pool: contexts, failure: None, compacts: false, hint: 0 };
        self.with(async |aio| {
            let made = aio.ioctx_alloc(&setup).await.unwrap().unwrap();
            aio.put_ioctx(&self.world.ctx, made.ctx).await;
            made
        })
    }

    fn look(&self, made: Made) {
        self.with(async |aio| aio.look_at_header(&self.world.ctx, made.id).await).unwrap();
    }

    fn destroy(&self, made: Made) -> bool {
        self.with(async |aio| aio.io_destroy(&self.world.mm, &self.world.contexts, made.id).await).unwrap()
    }

    fn counts(&self) -> Vec<(Kind, u32)> {
        self.world.corruption_counts(&self.arena.words())
    }

    fn detail(&self) -> String {
        Seen::first(&self.arena.words(), &self.world).unwrap().0.detail(&self.world)
    }
}

#[test]
fn contexts_come_and_go_without_a_trace() {
    for (index, preset) in PRESETS.iter().enumerate() {
        let scene = Scene::new(index);
        for _ in 0..3 {
            let made = scene.set_up();
            scene.look(made);
            let moved = scene.with(async |aio| aio.migrate(&scene.world.ctx, 0, 0, 0).await).unwrap();
            assert!(moved.migrated);
            scene.look(made);
            assert!(scene.destroy(made));
            assert!(!scene.destroy(made), "it is gone");
        }
        assert_eq!(scene.counts(), [], "{}", preset.name);
        let broken = crate::scenario::check::at_rest(&scene.arena.words(), &scene.world);
        assert_eq!(broken, [], "{}", preset.name);
    }
}

#[test]
fn a_header_that_is_not_what_setup_wrote_is_lost() {
    for field in [Field::Id, Field::Nr, Field::Magic] {
        let scene = Scene::new(V4);
        let made = scene.set_up();
        let page = Page::from_word(scene.arena.words().load(scene.world.ctx.file.page(0)));
        scene.arena.words().store(field.at(scene.world.frames.data(page)), 77);
        scene.look(made);
        assert_eq!(scene.counts(), [(Kind::LostHeader, 1)], "{}", field.name());
        assert_eq!(scene.detail(), format!("ring->{} of a new ring is 0x4d", field.name()));
    }
}

#[test]
fn a_pointer_from_before_teardown_is_recognised_even_when_the_slot_has_a_new_context() {
    let scene = Scene::new(V4);
    let old = scene.set_up();
    scene.with(async |aio| aio.trace.context_used(&scene.world.ctx, old.ctx));
    assert_eq!(scene.counts(), []);
    scene.destroy(old);
    scene.with(async |aio| aio.trace.context_used(&scene.world.ctx, old.ctx));
    assert_eq!(scene.counts(), [(Kind::UseAfterTeardown, 1)]);
    scene.set_up();
    scene.with(async |aio| aio.trace.context_used(&scene.world.ctx, old.ctx));
    assert_eq!(scene.counts(), [(Kind::UseAfterTeardown, 2)]);
    assert_eq!(scene.detail(), "context 0 was used after it had been freed");
}

#[test]
fn a_last_reference_that_is_put_twice_is_a_use_after_teardown() {
    let scene = Scene::new(V2);
    let made = scene.set_up();
    scene.with(async |aio| {
        let ctx = &scene.world.ctx;
        aio.put_ioctx(ctx, made.ctx).await;
        assert_eq!(scene.counts(), []);
        aio.get_ioctx(ctx, made.ctx).await;
        aio.put_ioctx(ctx, made.ctx).await;
    });
    assert_eq!(scene.counts(), [(Kind::UseAfterTeardown, 1)]);
    assert_eq!(scene.detail(), "the last reference to context 0 was put 2 times");
}

#[test]
fn a_migration_that_fails_after_the_move_is_told() {
    let scene = Scene::new(LINUX_3_13);
    scene.set_up();
    let (ctx, memory) = (&scene.world.ctx, scene.arena.words());
    let [old, elsewhere] = [0, 1].map(|i| Page::from_word(memory.load(ctx.ring_page(i))));
    scene.with(async |aio| {
        let m = aio.machine;
        m.get_page(old).await;
        let new = m.alloc_page(0).await.unwrap().page;
        // As if it had passed the checks: what comes after them finds that the ring has another page.
        memory.store(ctx.ring_page(0), elsewhere.to_word());
        let unchecked = Aio { rules: Protocol { private_lock: PrivateLock::Publish, ..aio.rules }, ..aio };
        let verdict = unchecked.migrate_page(&Migration { ctx, idx: 0, old, new, widen: 0 }).await.unwrap();
        assert!(verdict.is_err());
        assert_eq!(memory.load(ctx.file.page(0)), new.to_word(), "the page cache has moved");
    });
    assert_eq!(scene.counts(), [(Kind::ErrorAfterMove, 1)]);
    assert_eq!(scene.detail(), "page 0 of context 0 has moved, and the migration says that it failed");
}

#[test]
fn a_context_freed_with_its_lock_held_leaks_it() {
    let scene = Scene::new(V4);
    let made = scene.set_up();
    scene.with(async |aio| aio.machine.lock(scene.world.ctx.ring_lock).await).unwrap();
    scene.destroy(made);
    assert_eq!(scene.counts(), [(Kind::LockLeaked, 1)]);
    assert_eq!(scene.detail(), "context 0 was freed with its ring_lock held by setup 1");
}

#[test]
fn a_page_that_the_file_still_has_when_it_is_freed_keeps_nobody_waiting() {
    let scene = Scene::new(V4);
    let made = scene.set_up();
    scene.with(async |aio| {
        let m = aio.machine;
        let page = Page::from_word(m.load(scene.world.ctx.file.page(0)).await);
        while m.put_page(page).await == Put::Kept {}
    });
    scene.look(made);
    assert!(scene.destroy(made));
}
