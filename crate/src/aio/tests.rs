//! What a single thread can tell about the protocol: slots, errors, the ring's end.

use super::context::SlotWord;
use super::migrate::Busy;
use super::presets::{LINUX_3_12, LINUX_3_13, V1, V2, V3, V4};
use super::protocol::RingPages;
use super::setup::{Made, Setup, SetupStep};
use super::*;
use crate::machine::lock::LockWord;
use crate::machine::threads::{self, NoRecord, Shared, Threads, Words};
use crate::machine::{Control, ThreadId};
use crate::ring::frames::FrameWord;
use crate::ring::header::{Field, Header};
use crate::ring::{Addr, Frames, Geometry, IoEvent, Memory, Page, Placer};

const ME: ThreadId = ThreadId::new(0);
const OTHER: ThreadId = ThreadId::new(1);

/// A context in a process with room for two, in a pool of three; frames for all of them, and three more.
struct Scene {
    arena: Shared,
    words: u32,
    control: Control,
    frames: Frames,
    mm: Mm,
    pool: [Kioctx; 3],
    /// The first of `pool`.
    ctx: Kioctx,
    protocol: Protocol,
}

impl Scene {
    fn new(preset: usize, ring: Geometry, cpus: u32) -> Self {
        let placer = &mut Placer::default();
        let control = Control::place(placer, 2);
        let mm = Mm::place(placer, 2);
        let pool = [(); 3].map(|()| Kioctx::place(placer, ring, cpus));
        let ctx = pool[0];
        let frames = Frames::place(placer, 3 * ring.pages() + 3, ring.page_words());
        let arena = Shared::new(placer.words());
        let words = placer.words();
        let scene = Self { arena, words, control, frames, mm, pool, ctx, protocol: PRESETS[preset].parts };
        let memory = &scene.memory();
        frames.init(memory);
        (0..).zip(&pool).for_each(|(slot, ctx)| ctx.init_free(memory, slot));
        let new_page = |i| {
            let page = frames.alloc(memory, i).unwrap().page;
            assert!(frames.get(memory, page));
            page
        };
        let pages: Vec<Page> = (0..ring.pages()).map(new_page).collect();
        memory.store(mm.ioctx(0), ctx.init(memory, &frames, &pages, 0).to_word());
        scene
    }

    fn memory(&self) -> Words<'_> {
        self.arena.words()
    }

    fn with<T>(&self, work: impl AsyncFnOnce(Aio<'_, Threads<'_, NoRecord>, Protocol, ()>) -> T) -> T {
        let machine = Threads::new(self.memory(), &self.control, self.frames, ME, NoRecord);
        threads::run(work(Aio { machine: &machine, rules: self.protocol, trace: &() }))
    }

    fn cache(&self) -> Addr {
        self.control.reqs_available(ME)
    }

    /// Slots in the pool, and in this cpu's cache.
    fn slots(&self) -> (u32, u32) {
        (self.memory().load(self.ctx.reqs_available()), self.memory().load(self.cache()))
    }

    fn ring_page(&self, i: u32) -> Page {
        Page::from_word(self.memory().load(self.ctx.ring_page(i)))
    }

    fn set_up(&self, failure: Option<SetupStep>) -> Result<Made, SetupStep> {
        let setup = Setup { mm: &self.mm, pool: &self.pool, failure, compacts: false, hint: 0 };
        self.with(async |aio| aio.ioctx_alloc(&setup).await).unwrap()
    }

    fn free_frames(&self) -> usize {
        let word = |frame| FrameWord::from_word(self.memory().load(self.frames.word(frame)));
        (0..self.frames.count()).filter(|&frame| word(frame).is_free()).count()
    }

    fn is_free(&self, slot: usize) -> bool {
        SlotWord::from_word(self.memory().load(self.pool[slot].state())).is_free()
    }

    /// Everything that is in memory.
    fn words(&self) -> Vec<u32> {
        (0..self.words).map(|i| self.memory().load(Addr::from_word(i))).collect()
    }
}

fn small(preset: usize) -> Scene {
    Scene::new(preset, Geometry::of_pages(2, 64), 1)
}

/// "(nr_events - 1) / (num_possible_cpus() * 4)", at least 1.
#[test]
fn slots_move_in_batches_of_a_quarter_of_a_cpus_share() {
    // Two pages of 4096 bytes hold 255 events.
    let ring = Geometry::of_pages(2, 4096);
    for (cpus, batch) in [(1, 63), (2, 31), (8, 7), (63, 1), (64, 1), (1000, 1)] {
        assert_eq!(Scene::new(V4, ring, cpus).ctx.req_batch(), batch, "{cpus} cpus");
    }
}

#[test]
fn slots_go_back_batch_by_batch_as_the_kernel_counts_them() {
    for cpus in [1, 2, 8, 64] {
        let scene = Scene::new(V4, Geometry::of_pages(2, 4096), cpus);
        let batch = scene.ctx.req_batch();
        let (mut pool, mut cached, mut out) = (254, 0, 0);
        assert_eq!(scene.slots(), (pool, cached));
        let mut rng = fastrand::Rng::with_seed(u64::from(cpus));
        for _ in 0..2_000 {
            if rng.bool() {
                for _ in 0..rng.u32(..60) {
                    let taken = scene.with(async |aio| aio.get_reqs_available(&scene.ctx, scene.cache()).await);
                    if cached == 0 && pool >= batch {
                        (pool, cached) = (pool - batch, batch);
                    }
                    assert_eq!(taken, cached > 0);
                    cached -= u32::from(taken);
                    out += u32::from(taken);
                }
            } else {
                let back = rng.u32(..=out);
                scene.with(async |aio| aio.put_reqs_available(&scene.ctx, scene.cache(), back).await);
                out -= back;
                cached += back;
                // put_reqs_available: "while (kcpu->reqs_available >= ctx->req_batch * 2)".
                while cached >= batch * 2 {
                    (pool, cached) = (pool + batch, cached - batch);
                }
            }
            assert_eq!(scene.slots(), (pool, cached), "{cpus} cpus");
        }
    }
}

/// Reads of any size find every event once and in order, wherever the ring's pages and its end are.
#[test]
fn events_come_out_as_they_went_in() {
    for ring in [Geometry::of_pages(1, 128), Geometry::of_pages(2, 64), Geometry::of_pages(3, 128)] {
        let scene = Scene::new(V4, ring, 1);
        let ctx = &scene.ctx;
        let (mut completed, mut delivered) = (0, 0);
        let mut rng = fastrand::Rng::with_seed(1);
        for _ in 0..500 {
            for _ in 0..rng.u64(..=u64::from(ring.usable()) - (completed - delivered)) {
                let event = IoEvent { data: completed, obj: 1, res: 2, res2: 3 };
                scene.with(async |aio| aio.complete(ctx, || event).await).unwrap();
                completed += 1;
            }
            let mut events = vec![IoEvent::default(); rng.usize(..ring.nr() as usize + 2)];
            let wanted = events.len() as u64;
            let read = scene.with(async |aio| aio.read_events(ctx, scene.cache(), &mut events, None).await).unwrap();
            assert_eq!(read as u64, wanted.min(completed - delivered));
            let data: Vec<u64> = events[..read].iter().map(|event| event.data).collect();
            assert_eq!(data, (delivered..delivered + read as u64).collect::<Vec<_>>());
            delivered += read as u64;
            let header = Header::read(&scene.memory(), scene.frames.data(scene.ring_page(0)));
            let slot = |count: u64| (count % u64::from(ring.nr())) as u32;
            assert_eq!((header.head, header.tail), (slot(delivered), slot(completed)));
        }
        assert!(delivered > 5 * u64::from(ring.nr()), "the ring wraps");
    }
}

/// What a device completes at once leaves memory as the same completions one by one do, and so does a submission of many.
#[test]
fn a_batch_of_completions_is_as_many_single_ones() {
    for ring in [Geometry::of_pages(1, 128), Geometry::of_pages(2, 64), Geometry::of_pages(3, 128)] {
        let scenes = [(); 2].map(|()| Scene::new(V4, ring, 1));
        let [batched, single] = &scenes;
        let (mut completed, mut batches) = (0, [0; 3]);
        let mut rng = fastrand::Rng::with_seed(2);
        for round in 0..500 {
            // Pages that lie side by side would hide a batch that runs over the end of one.
            let idx = rng.u32(..ring.pages());
            for scene in &scenes {
                let moved = scene.with(async |aio| aio.migrate(&scene.ctx, idx, round, 0).await).unwrap();
                assert!(moved.migrated);
            }
            let most = rng.u32(..=ring.usable());
            let slots =
                batched.with(async |aio| aio.get_reqs_available_upto(&batched.ctx, batched.cache(), most).await);
            let events: Vec<_> = (0..slots)
                .map(|i| IoEvent { data: completed + u64::from(i), obj: 1, res: i64::from(slots), res2: 3 })
                .collect();
            batched.with(async |aio| aio.complete_batch(&batched.ctx, &events).await).unwrap();
            single.with(async |aio| {
                for event in &events {
                    assert!(aio.get_reqs_available(&single.ctx, single.cache()).await);
                    aio.complete(&single.ctx, || *event).await.unwrap();
                }
                assert!(slots == most || !aio.get_reqs_available(&single.ctx, single.cache()).await);
            });
            assert!(batched.words() == single.words());
            completed += u64::from(slots);
            batches[slots.min(2) as usize] += 1;
            let mut into = vec![IoEvent::default(); rng.usize(..=ring.usable() as usize)];
            for scene in &scenes {
                scene.with(async |aio| aio.read_events(&scene.ctx, scene.cache(), &mut into, None).await).unwrap();
            }
        }
        assert!(completed > 5 * u64::from(ring.nr()), "the ring wraps");
        assert!(batches.iter().all(|&count| count > 0), "empty ones, single ones, and more: {batches:?}");
    }
}

#[test]
fn a_head_or_a_tail_outside_the_ring_is_not_followed() {
    for field in [Field::Head, Field::Tail] {
        let scene = small(V4);
        let nr = scene.ctx.ring.nr();
        scene.memory().store(field.at(scene.frames.data(scene.ring_page(0))), nr);
        let before = scene.words();
        let mut events = [IoEvent::default(); 4];
        let read = scene.with(async |aio| aio.read_events(&scene.ctx, scene.cache(), &mut events, None).await);
        assert_eq!(read, Ok(0));
        assert!(scene.words() == before, "{}", field.name());
    }
}

/// I9: an error code means that nothing moved.
#[test]
fn a_migration_that_is_refused_says_why_and_leaves_everything_as_it_was() {
    let refused = |preset: usize, idx: u32, obstacle: fn(&Scene)| {
        let scene = small(preset);
        let old = scene.ring_page(idx.min(1));
        let new = scene.frames.alloc(&scene.memory(), 2).unwrap().page;
        assert!(scene.frames.get(&scene.memory(), old), "whoever migrates holds a reference");
        obstacle(&scene);
        let before = scene.words();
        let job = Migration { ctx: &scene.ctx, idx, old, new, widen: 0 };
        let errno = scene.with(async |aio| aio.migrate_page(&job).await).unwrap();
        assert!(
            scene.words() == before || errno.is_ok() || errno == Err(Errno::Busy),
            "{errno:?} is not to change anything"
        );
        errno
    };
    let disconnected = |scene: &Scene| {
        scene.memory().store(scene.ctx.file.private_data(), ContextRef::NULL.to_word());
    };
    let locked = |scene: &Scene| {
        scene.memory().store(scene.ctx.ring_lock.at, LockWord::held_by(OTHER).to_word());
    };
    let referenced = |scene: &Scene| assert!(scene.frames.get(&scene.memory(), scene.ring_page(0)));
    let replaced = |scene: &Scene| {
        scene.memory().store(scene.ctx.ring_page(0), scene.ring_page(1).to_word());
    };
    let truncated = |scene: &Scene| scene.memory().store(scene.ctx.file.page(0), Page::NULL.to_word());
    for preset in [V3, V4] {
        assert_eq!(refused(preset, 0, |_| ()), Ok(()));
        assert_eq!(refused(preset, 0, disconnected), Err(Errno::Inval));
        assert_eq!(refused(preset, 0, locked), Err(Errno::Again(Busy::RingLock)));
        assert_eq!(refused(preset, 0, referenced), Err(Errno::Again(Busy::References)));
        assert_eq!(refused(preset, 0, truncated), Err(Errno::Again(Busy::References)));
        assert_eq!(refused(preset, 0, replaced), Err(Errno::Again(Busy::Identity)));
        assert_eq!(refused(preset, 2, |_| ()), Err(Errno::Inval), "there is no third page");
    }
    for preset in [V1, V2] {
        assert_eq!(refused(preset, 0, disconnected), Err(Errno::Inval));
        assert_eq!(refused(preset, 0, replaced), Err(Errno::Again(Busy::Identity)));
    }
    assert_eq!(refused(V2, 0, locked), Err(Errno::Again(Busy::RingLock)));
    // 3.12 moves first and looks at the context then; and it has no identity to check.
    assert_eq!(refused(LINUX_3_12, 0, disconnected), Err(Errno::Busy));
    assert_eq!(refused(LINUX_3_12, 0, referenced), Err(Errno::Again(Busy::References)));
    assert_eq!(refused(LINUX_3_12, 0, replaced), Ok(()));
}

#[test]
fn a_context_takes_a_free_slot_and_a_free_entry_of_the_table() {
    for preset in 0..PRESETS.len() {
        let scene = small(preset);
        let first = ContextRef::from_word(scene.memory().load(scene.mm.ioctx(0)));
        let made = scene.set_up(None).unwrap();
        assert_eq!((made.id, made.ctx.slot(), made.ctx.generation()), (1, 1, 0));
        assert_ne!(made.to_number(), Made { id: 0, ctx: first }.to_number());
        assert_ne!(made.to_number(), Made { id: 0, ..made }.to_number());
        assert_eq!(scene.set_up(None), Err(SetupStep::Table));
        scene.with(async |aio| {
            aio.put_ioctx(&scene.pool[1], made.ctx).await;
            assert_eq!(aio.io_destroy(&scene.mm, &scene.pool, 1).await, Ok(true));
            assert_eq!(aio.io_destroy(&scene.mm, &scene.pool, 1).await, Ok(false));
        });
        let again = scene.set_up(None).unwrap();
        assert_eq!((again.id, again.ctx.slot(), again.ctx.generation()), (1, 1, 1));
        assert_ne!(again.to_number(), made.to_number());
        // Two slots are taken: one is left, and then none.
        assert!(!scene.is_free(0) && !scene.is_free(1) && scene.is_free(2));
        let third = scene.pool[2].state();
        scene.memory().store(third, SlotWord::from_word(scene.memory().load(third)).occupied().to_word());
        assert_eq!(scene.set_up(None), Err(SetupStep::Context));
    }
}

#[test]
fn a_setup_that_compacts_memory_migrates_the_page_before() {
    // Frames 0 to 2 are the first context's. A page that moves leaves its frame to the next one; v4's stay where they are,
    // since setup holds ring_lock.
    for (preset, expected) in [(LINUX_3_13, [4, 5, 3]), (V4, [3, 4, 5])] {
        let scene = Scene::new(preset, Geometry::of_pages(3, 64), 1);
        let setup = Setup { mm: &scene.mm, pool: &scene.pool, failure: None, compacts: true, hint: 0 };
        scene.with(async |aio| aio.ioctx_alloc(&setup).await).unwrap().unwrap();
        let pages = [0, 1, 2].map(|i| Page::from_word(scene.memory().load(scene.pool[1].ring_page(i))));
        assert_eq!(pages.map(Page::frame), expected, "{}", PRESETS[preset].name);
        assert!(pages.iter().all(|&page| scene.frames.refs(&scene.memory(), page) == 2));
        assert_eq!(scene.free_frames(), scene.frames.count() as usize - 6);
    }
}

#[test]
fn a_setup_that_fails_has_left_nothing_behind() {
    for (index, preset) in PRESETS.iter().enumerate() {
        for step in SetupStep::ALL {
            let scene = small(index);
            let frames = scene.free_frames();
            assert_eq!(scene.set_up(Some(step)), Err(step));
            // 3.12 looks its pages up only when the file has been mapped; until then nobody knows whose references to put.
            let forgotten = match (scene.protocol.ring_pages, step) {
                (RingPages::AfterMmap, SetupStep::Pages) => 1,
                (RingPages::AfterMmap, SetupStep::Mmap) => 2,
                _ => 0,
            };
            assert_eq!((frames - scene.free_frames(), scene.is_free(1)), (forgotten, true), "{step:?}");
            let file = &scene.pool[1].file;
            let cached = [0, 1].map(|i| scene.memory().load(file.page(i)));
            assert_eq!(cached, [Page::NULL.to_word(); 2], "{step:?}");
            assert!(ContextRef::from_word(scene.memory().load(file.private_data())).is_null(), "{step:?}");
            assert!(ContextRef::from_word(scene.memory().load(scene.mm.ioctx(1))).is_null(), "{step:?}");
            for (name, lock) in scene.pool[1].locks().chain(scene.mm.locks()) {
                let owner = LockWord::from_word(scene.memory().load(lock.at)).owner();
                // v3 forgets it when the ring could not be made.
                let leaked = index == V3
                    && name == "ring_lock"
                    && matches!(step, SetupStep::File | SetupStep::Pages | SetupStep::Mmap);
                assert_eq!(owner, leaked.then_some(ME), "{name} after {step:?} of {}", preset.name);
            }
        }
    }
}
