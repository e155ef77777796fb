//! Locks and queues on native threads; [`records`] of what they do.

mod records;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use super::waiting::{is_seldom, micros};
use super::*;
use crate::machine::LockKind;
use crate::machine::waits::{WaitFor, find_stuck};
use crate::ring::Placer;

/// Every wait of a test ends by then.
const LIMIT: Duration = Duration::from_secs(20);

struct Scene {
    memory: Shared,
    control: Control,
    frames: Frames,
    lock: Lock,
    queue: WaitQueue,
    counter: Addr,
}

impl Scene {
    fn new(threads: u32, kind: LockKind) -> Self {
        let mut placer = Placer::default();
        let control = Control::place(&mut placer, threads);
        let frames = Frames::place(&mut placer, 1, 16);
        let lock = Lock::place(&mut placer, kind);
        let queue = WaitQueue::place(&mut placer);
        let counter = placer.line();
        Self { memory: Shared::new(placer.words()), control, frames, lock, queue, counter }
    }

    fn thread(&self, index: u32) -> Threads<'_, NoRecord> {
        Threads::new(self.memory.words(), &self.control, self.frames, ThreadId::new(index), NoRecord)
    }

    fn increment(&self) {
        // Not atomic as a whole: two at once would lose one.
        let value = self.memory.words().load(self.counter);
        core::hint::spin_loop();
        self.memory.words().store(self.counter, value + 1);
    }

    fn wait_until(&self, what: impl Fn() -> bool) {
        let started = Instant::now();
        while !what() {
            if started.elapsed() >= LIMIT {
                // Or those who wait with us would keep the test from failing.
                self.memory.words().store(self.control.abort(), 1);
                panic!("waited too long");
            }
            thread::yield_now();
        }
    }

    fn waits(&self, index: u32) -> Option<WaitFor> {
        WaitFor::from_word(self.memory.words().load(self.control.waits_for(ThreadId::new(index))))
    }
}

#[test]
fn whoever_has_waited_too_long_is_let_in_before_newcomers() {
    for kind in [LockKind::Spin, LockKind::Mutex] {
        let scene = Scene::new(3, kind);
        let (inside, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        let word = || LockWord::from_word(scene.memory.words().load(scene.lock.at));
        let [holder, late, newcomer] = [0, 1, 2].map(|index| scene.thread(index));
        run(holder.lock(scene.lock)).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                run(late.lock(scene.lock)).unwrap();
                inside.store(true, Ordering::SeqCst);
                scene.wait_until(|| leave.load(Ordering::SeqCst));
                run(late.unlock(scene.lock));
            });
            scene.wait_until(|| word().is_queued());
            run(holder.unlock(scene.lock));
            // The one that it is promised to may be fast asleep still: nobody else gets it for that.
            assert!(!run(holder.try_lock(scene.lock)) && !run(newcomer.try_lock(scene.lock)));
            scene.wait_until(|| inside.load(Ordering::SeqCst));
            assert_eq!(word().owner(), Some(ThreadId::new(1)));
            leave.store(true, Ordering::SeqCst);
            run(newcomer.lock(scene.lock)).unwrap();
            run(newcomer.unlock(scene.lock));
        });
        assert_eq!(word(), LockWord::UNLOCKED);
    }
}

#[test]
fn all_who_have_waited_too_long_are_let_in_before_newcomers() {
    for kind in [LockKind::Spin, LockKind::Mutex] {
        let scene = Scene::new(5, kind);
        let inside = AtomicU32::new(0);
        let word = || LockWord::from_word(scene.memory.words().load(scene.lock.at));
        let [holder, newcomer] = [0, 4].map(|index| scene.thread(index));
        run(holder.lock(scene.lock)).unwrap();
        thread::scope(|scope| {
            for index in 1..4 {
                let (scene, inside) = (&scene, &inside);
                scope.spawn(move || {
                    let late = scene.thread(index);
                    run(late.lock(scene.lock)).unwrap();
                    inside.fetch_add(1, Ordering::SeqCst);
                    run(late.unlock(scene.lock));
                });
            }
            scene.wait_until(|| word().late() == 3);
            run(holder.unlock(scene.lock));
            scene.wait_until(|| run(newcomer.try_lock(scene.lock)));
            let before = inside.load(Ordering::SeqCst);
            // Or those who wait would keep the test from failing.
            run(newcomer.unlock(scene.lock));
            assert_eq!(before, 3, "{kind:?}");
        });
        assert_eq!(word(), LockWord::UNLOCKED);
    }
}

#[test]
fn whoever_has_not_waited_for_long_is_promised_nothing_and_how_long_it_was_is_told() {
    for kind in [LockKind::Spin, LockKind::Mutex] {
        let was_in_time = (0..200).any(|_| {
            let scene = Scene::new(2, kind);
            let word = || LockWord::from_word(scene.memory.words().load(scene.lock.at));
            let [holder, waiter] = [0, 1].map(|index| scene.thread(index));
            let longest = || scene.memory.words().load(scene.control.longest_wait(waiter.me()));
            run(holder.lock(scene.lock)).unwrap();
            let started = Instant::now();
            thread::scope(|scope| {
                scope.spawn(|| {
                    run(waiter.lock(scene.lock)).unwrap();
                    run(waiter.unlock(scene.lock));
                });
                scene.wait_until(|| scene.waits(1).is_some());
                let promised = word().late() > 0;
                let seen = Instant::now();
                thread::sleep(Duration::from_millis(15));
                assert_eq!(longest(), 0, "it is not over");
                let waited = seen.elapsed().as_micros() as u32;
                run(holder.unlock(scene.lock));
                scene.wait_until(|| longest() > 0);
                // The clock of the lab may be coarser than this one.
                assert!(longest() + 1_000 >= waited, "{} of {waited} µs", longest());
                assert!(longest() <= started.elapsed().as_micros() as u32 + 1_000, "{} µs", longest());
                // Where this thread was late itself, nothing can be said.
                !promised
            })
        });
        assert!(was_in_time, "{kind:?}");
    }
}

#[test]
fn whoever_holds_no_other_lock_rests_and_the_others_park() {
    /// Whether the mark of a sleeper to be woken was seen before it was late.
    fn parks(kind: LockKind, nests: bool) -> bool {
        let scene = &Scene::new(2, kind);
        let word = || LockWord::from_word(scene.memory.words().load(scene.lock.at));
        let holder = scene.thread(0);
        run(holder.lock(scene.lock)).unwrap();
        let parked = thread::scope(|scope| {
            scope.spawn(move || {
                let waiter = scene.thread(1).nesting(nests);
                run(waiter.lock(scene.lock)).unwrap();
                run(waiter.unlock(scene.lock));
            });
            scene.wait_until(|| word().is_parked() || word().late() > 0);
            let parked = word().late() == 0;
            run(holder.unlock(scene.lock));
            parked
        });
        assert_eq!(word(), LockWord::UNLOCKED);
        parked
    }
    for kind in [LockKind::Spin, LockKind::Mutex] {
        assert!((0..5).all(|_| !parks(kind, false)), "{kind:?}");
        // Where this thread was late itself, nothing can be said.
        assert!((0..200).any(|_| parks(kind, true)), "{kind:?}");
    }
}

#[test]
fn whether_a_holder_rests_is_told_to_those_who_wait() {
    for kind in [LockKind::Spin, LockKind::Mutex] {
        let scene = Scene::new(3, kind);
        let [waiter, holder] = [0, 1].map(|index| scene.thread(index));
        let rests = || waiter.waiter().is_held_by_one_that_rests(scene.lock);
        assert!(!rests(), "nobody has it");
        for nests in [false, true, false] {
            let holder = scene.thread(2).nesting(nests);
            run(holder.lock(scene.lock)).unwrap();
            assert_eq!(rests(), !nests);
            run(holder.unlock(scene.lock));
        }
        run(holder.lock(scene.lock)).unwrap();
        assert!(rests(), "who says nothing does");
    }
}

#[test]
fn when_a_wait_ended_is_kept_and_for_half_a_millisecond_the_next_is_not_seldom() {
    let scene = &Scene::new(2, LockKind::Mutex);
    let [holder, waiter] = [0, 1].map(|index| scene.thread(index));
    let waited = || scene.memory.words().load(scene.control.waited(waiter.me()));
    run(holder.lock(scene.lock)).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(move || run(scene.thread(1).lock(scene.lock)));
        scene.wait_until(|| scene.waits(1).is_some());
        assert_eq!(waited(), 0, "it is not over");
        let before = micros(time::now());
        run(holder.unlock(scene.lock));
        assert_eq!(waiting.join().unwrap(), Ok(()));
        let after = micros(time::now());
        assert!(waited().wrapping_sub(before) <= after.wrapping_sub(before), "{before} {} {after}", waited());
    });
    for then in [7.0, 4_294_967.0, 1.8e12] {
        assert!(!is_seldom(then, micros(then)) && !is_seldom(then + 0.49, micros(then)), "{then}");
        assert!(is_seldom(then + 0.51, micros(then)) && is_seldom(then + 4e6, micros(then)), "{then}");
    }
}

#[test]
fn a_lock_excludes_and_nobody_is_left_asleep() {
    for kind in [LockKind::Spin, LockKind::Mutex, LockKind::RwSemaphore] {
        let scene = Scene::new(4, kind);
        const TURNS: u32 = 20_000;
        thread::scope(|scope| {
            for index in 0..4 {
                let scene = &scene;
                scope.spawn(move || {
                    let m = scene.thread(index);
                    for _ in 0..TURNS {
                        run(m.lock(scene.lock)).unwrap();
                        scene.increment();
                        run(m.unlock(scene.lock));
                    }
                });
            }
        });
        assert_eq!(scene.memory.words().load(scene.counter), 4 * TURNS, "{kind:?}");
        assert_eq!(LockWord::from_word(scene.memory.words().load(scene.lock.at)), LockWord::UNLOCKED);
    }
}

/// That a sleeper is woken, and does not just wake from its nap: whether `wake` woke one of those who `sleep`, which `asleep` shows
/// that they are about to do.
fn wakes_a_sleeper(
    scene: &Scene,
    sleep: impl Fn(&Threads<'_, NoRecord>) + Sync,
    asleep: impl Fn() -> bool,
    wake: impl Fn() -> u32,
) -> bool {
    thread::scope(|scope| {
        scope.spawn(|| sleep(&scene.thread(1).nesting(true)));
        scene.wait_until(asleep);
        // Whoever is about to sleep does, and is not late yet.
        thread::sleep(Duration::from_millis(2));
        wake() == 1
    })
}

#[test]
fn whoever_sleeps_before_a_lock_is_woken_by_its_release() {
    for (kind, late) in
        [(LockKind::Spin, false), (LockKind::Mutex, false), (LockKind::Spin, true), (LockKind::Mutex, true)]
    {
        let woken = || {
            let scene = Scene::new(2, kind);
            let holder = scene.thread(0);
            run(holder.lock(scene.lock)).unwrap();
            let sleep = |m: &Threads<'_, NoRecord>| {
                run(m.lock(scene.lock)).unwrap();
                run(m.unlock(scene.lock));
            };
            let asleep = || {
                let word = LockWord::from_word(scene.memory.words().load(scene.lock.at));
                if late { word.late() > 0 && word.is_queued() } else { word.is_parked() }
            };
            wakes_a_sleeper(&scene, sleep, asleep, || holder.waiter().unlock(scene.lock))
        };
        // It may be between two naps.
        assert!((0..20).any(|_| woken()), "{kind:?}, late: {late}");
    }
}

#[test]
fn whoever_sleeps_before_a_semaphore_is_woken_by_the_last_reader_or_by_the_writer() {
    for writes in [true, false] {
        let woken = || {
            let scene = Scene::new(2, LockKind::RwSemaphore);
            let holder = scene.thread(0);
            let parked = || LockWord::from_word(scene.memory.words().load(scene.lock.at)).is_parked();
            if writes {
                run(holder.down_read(scene.lock)).unwrap();
                let write = |m: &Threads<'_, NoRecord>| run(m.lock(scene.lock)).unwrap();
                wakes_a_sleeper(&scene, write, parked, || holder.waiter().up_read(scene.lock))
            } else {
                run(holder.lock(scene.lock)).unwrap();
                let read = |m: &Threads<'_, NoRecord>| run(m.down_read(scene.lock)).unwrap();
                wakes_a_sleeper(&scene, read, parked, || holder.waiter().unlock(scene.lock))
            }
        };
        assert!((0..20).any(|_| woken()), "writes: {writes}");
    }
}

#[test]
fn whoever_sleeps_in_a_queue_is_woken() {
    let woken = || {
        let scene = Scene::new(2, LockKind::Mutex);
        let sleep = |m: &Threads<'_, NoRecord>| {
            let ticket = run(m.prepare_to_wait(scene.queue));
            run(m.wait(scene.queue, ticket)).unwrap();
        };
        let asleep = || scene.memory.words().load(scene.queue.sleepers()) == 1;
        wakes_a_sleeper(&scene, sleep, asleep, || scene.thread(0).waiter().wake(scene.queue))
    };
    assert!((0..20).any(|_| woken()));
}

#[test]
fn try_lock_is_refused_while_another_thread_is_inside() {
    let scene = Scene::new(2, LockKind::Mutex);
    let (a, b) = (scene.thread(0), scene.thread(1));
    run(a.lock(scene.lock)).unwrap();
    assert!(!run(b.try_lock(scene.lock)));
    assert_eq!(LockWord::from_word(scene.memory.words().load(scene.lock.at)).owner(), Some(a.me()));
    run(a.unlock(scene.lock));
    assert!(run(b.try_lock(scene.lock)));
}

#[test]
fn readers_share_a_semaphore_and_exclude_writers() {
    let scene = Scene::new(3, LockKind::RwSemaphore);
    let inside = AtomicBool::new(false);
    let (a, b) = (scene.thread(0), scene.thread(1));
    run(a.down_read(scene.lock)).unwrap();
    run(b.down_read(scene.lock)).unwrap();
    thread::scope(|scope| {
        let (scene, inside) = (&scene, &inside);
        scope.spawn(move || {
            run(scene.thread(2).lock(scene.lock)).unwrap();
            inside.store(true, core::sync::atomic::Ordering::SeqCst);
            run(scene.thread(2).unlock(scene.lock));
        });
        scene.wait_until(|| scene.waits(2).is_some());
        run(a.up_read(scene.lock));
        assert!(!inside.load(core::sync::atomic::Ordering::SeqCst));
        run(b.up_read(scene.lock));
        scene.wait_until(|| inside.load(core::sync::atomic::Ordering::SeqCst));
    });
    assert_eq!(LockWord::from_word(scene.memory.words().load(scene.lock.at)), LockWord::UNLOCKED);
}

#[test]
fn a_waiting_writer_keeps_new_readers_out_and_sees_who_reads() {
    let scene = Scene::new(2, LockKind::RwSemaphore);
    let (reader, memory) = (scene.thread(0), scene.memory.words());
    run(reader.down_read(scene.lock)).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| run(scene.thread(1).lock(scene.lock)));
        scene.wait_until(|| LockWord::from_word(memory.load(scene.lock.at)).read().is_none());
        memory.store(scene.control.ended(reader.me()), 1);
        let stuck = find_stuck(&memory, &scene.control, &[scene.lock], |_| Vec::new());
        run(reader.up_read(scene.lock));
        assert_eq!(writer.join().unwrap(), Ok(()));
        let waits = stuck.expect("who ended still reads").waits;
        assert_eq!((waits.len(), &waits[0].held_by), (1, &vec![reader.me()]));
    });
    assert_eq!(memory.load(scene.control.reads(reader.me())), 0);
}

#[test]
fn a_pause_ends_when_it_is_due_or_the_run_stops() {
    let scene = Scene::new(1, LockKind::Mutex);
    let m = scene.thread(0);
    let due = m.now() + 3.0;
    m.pause_until(due);
    assert!(m.now() >= due);
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| scene.thread(0).pause_until(due + 1e9));
        scene.memory.words().store(scene.control.stop(), 1);
        sleeper.join().unwrap();
    });
}

#[test]
fn a_waiting_thread_can_be_seen_and_is_unwound_by_an_abort() {
    let scene = Scene::new(2, LockKind::Mutex);
    run(scene.thread(0).lock(scene.lock)).unwrap();
    thread::scope(|scope| {
        let scene = &scene;
        let waiter = scope.spawn(move || run(scene.thread(1).lock(scene.lock)));
        scene.wait_until(|| scene.waits(1) == Some(WaitFor::Lock(scene.lock.at)));
        scene.memory.words().store(scene.control.ended(ThreadId::new(0)), 1);
        let stuck = find_stuck(&scene.memory.words(), &scene.control, &[scene.lock], |_| Vec::new()).unwrap();
        assert_eq!(stuck.waits[0].held_by, [ThreadId::new(0)]);
        scene.memory.words().store(scene.control.abort(), 1);
        assert_eq!(waiter.join().unwrap(), Err(Aborted));
        assert_eq!(scene.waits(1), None);
    });
}

#[test]
fn a_wake_up_between_ticket_and_wait_is_not_missed() {
    let scene = Scene::new(2, LockKind::Mutex);
    let (waiter, waker) = (scene.thread(0), scene.thread(1));
    run(waker.wake_up(scene.queue));
    let ticket = run(waiter.prepare_to_wait(scene.queue));
    run(waker.wake_up(scene.queue));
    assert_eq!(run(waiter.wait(scene.queue, ticket)), Ok(()));
    run(waiter.finish_wait(scene.queue));
    assert_eq!(scene.memory.words().load(scene.queue.waiters()), 0);
}

#[test]
fn a_sleeper_is_woken_and_a_stop_ends_a_wait() {
    let scene = Scene::new(2, LockKind::Mutex);
    let sleepers = || scene.memory.words().load(scene.queue.sleepers());
    for stop in [false, true] {
        thread::scope(|scope| {
            let scene = &scene;
            let waiter = scope.spawn(move || {
                let m = scene.thread(0);
                let ticket = run(m.prepare_to_wait(scene.queue));
                let woken = run(m.wait(scene.queue, ticket));
                run(m.finish_wait(scene.queue));
                woken
            });
            scene.wait_until(|| scene.waits(0) == Some(WaitFor::Queue(scene.queue.at)));
            assert_eq!(sleepers(), 1);
            if stop {
                scene.memory.words().store(scene.control.stop(), 1);
                assert_eq!(waiter.join().unwrap(), Err(Aborted));
            } else {
                run(scene.thread(1).wake_up(scene.queue));
                assert_eq!(waiter.join().unwrap(), Ok(()));
            }
        });
        assert_eq!(sleepers(), 0);
    }
}

#[test]
fn who_has_found_a_page_waits_while_its_references_are_frozen() {
    let scene = Scene::new(2, LockKind::Spin);
    let memory = scene.memory.words();
    scene.frames.init(&memory);
    let [migrator, finder] = [0, 1].map(|index| scene.thread(index));
    let page = run(migrator.alloc_page(0)).unwrap().page;
    let (found, got) = (AtomicBool::new(false), |found: &AtomicBool| found.load(Ordering::SeqCst));
    assert_eq!(run(finder.get_page_speculative(page)), Ok(true));
    assert!(run(migrator.freeze_refs(page, 2)));
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(run(finder.get_page_speculative(page)), Ok(true));
            found.store(true, Ordering::SeqCst);
        });
        // Long enough to fall asleep.
        thread::sleep(Duration::from_millis(20));
        assert!(!got(&found), "there is nothing to add to");
        run(migrator.unfreeze_refs(page, 2));
        scene.wait_until(|| got(&found));
    });
    while run(migrator.put_page(page)) == Put::Kept {}
    assert_eq!(run(finder.get_page_speculative(page)), Ok(false), "freed");

    let page = run(migrator.alloc_page(0)).unwrap().page;
    assert!(run(migrator.freeze_refs(page, 1)));
    thread::scope(|scope| {
        let waits = scope.spawn(|| run(finder.get_page_speculative(page)));
        memory.store(scene.control.abort(), 1);
        assert_eq!(waits.join().unwrap(), Err(Aborted), "frozen for ever");
    });
}
