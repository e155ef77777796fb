//! Locks and queues on native threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use super::*;
use crate::machine::LockKind;
use crate::machine::waits::find_stuck;
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
        Threads::new(self.memory.words(), self.control, self.frames, ThreadId::new(index), NoRecord)
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
            if stop {
                scene.memory.words().store(scene.control.stop(), 1);
                assert_eq!(waiter.join().unwrap(), Err(Aborted));
            } else {
                run(scene.thread(1).wake_up(scene.queue));
                assert_eq!(waiter.join().unwrap(), Ok(()));
            }
        });
    }
}

/// A thread that moves the clock, one that watches it, and a word for both.
struct Recorded {
    arena: Shared,
    control: Control,
    frames: Frames,
    records: Records,
    word: Addr,
}

impl Recorded {
    const THREADS: [ThreadId; 2] = [ThreadId::new(0), ThreadId::new(1)];

    fn new() -> Self {
        let mut placer = Placer::default();
        let control = Control::place(&mut placer, 2);
        let frames = Frames::place(&mut placer, 1, 16);
        let records = Records::place(&mut placer, 2);
        let word = placer.line();
        Self { arena: Shared::new(placer.words()), control, frames, records, word }
    }

    fn threads(&self, keep: u32) -> (Threads<'_, Tick>, Threads<'_, Watch>) {
        let [ticker, watcher] = Self::THREADS;
        let memory = self.arena.words();
        (
            Threads::new(memory, self.control, self.frames, ticker, Tick::new(&self.records, ticker, keep)),
            Threads::new(memory, self.control, self.frames, watcher, Watch::new(&self.records, watcher)),
        )
    }
}

#[test]
fn a_record_keeps_the_last_steps_in_order_with_their_places() {
    let scene = Recorded::new();
    let (control, records, word) = (scene.control, scene.records, scene.word);
    let (memory, [ticker, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let (tick, watch) = scene.threads(2);
    let steps = record::DEPTH + 10;
    for value in 0..steps {
        run(tick.store(word, value));
    }
    run(watch.load(word));
    let kept = records.last_steps(&memory, &control, ticker);
    assert_eq!(kept.len() as u32, record::DEPTH);
    assert!(kept.iter().map(|entry| entry.step.value).eq(10..steps));
    assert!(kept.iter().map(|entry| entry.clock).eq(10..steps));
    assert!(kept.iter().all(|entry| entry.step.place.file().ends_with("tests.rs") && entry.step.op == Op::Store));
    let seen = records.last_steps(&memory, &control, watcher);
    assert_eq!((seen.len(), seen[0].clock, seen[0].step.value), (1, steps, steps - 1));

    memory.store(control.frozen(), 1);
    for _ in 0..3 {
        run(watch.load(word));
        run(tick.load(word));
    }
    // The steps that were going on are still recorded, later ones are not.
    assert_eq!(records.last_steps(&memory, &control, watcher).len(), 2);
    let ticked = records.last_steps(&memory, &control, ticker);
    assert_eq!(ticked.iter().filter(|entry| entry.step.op == Op::Load).count(), 1);
}

#[test]
fn every_thread_has_room_for_its_record() {
    let scene = Recorded::new();
    let (tick, watch) = scene.threads(2);
    for _ in 0..record::DEPTH {
        run(tick.load(scene.word));
        run(watch.store(scene.word, 0));
    }
    for (thread, op) in Recorded::THREADS.into_iter().zip([Op::Load, Op::Store]) {
        let kept = scene.records.last_steps(&scene.arena.words(), &scene.control, thread);
        assert_eq!(kept.len() as u32, record::DEPTH);
        assert!(kept.iter().all(|entry| (entry.step.op, entry.step.at) == (op, scene.word)));
    }
}

#[test]
fn a_refusal_is_recorded_with_the_owner_and_without_marks() {
    let scene = Recorded::new();
    let (memory, [owner, refused]) = (scene.arena.words(), Recorded::THREADS);
    let (_, watch) = scene.threads(2);
    memory.store(scene.word, LockWord::held_by(owner).parked().to_word());
    assert!(!run(watch.try_lock(Lock { at: scene.word, kind: LockKind::Mutex })));
    let step = scene.records.last_steps(&memory, &scene.control, refused)[0].step;
    assert_eq!((step.op, step.value), (Op::Refused, owner.index() + 1));
}

#[test]
fn references_are_recorded_as_they_are_after_the_step() {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let (_, watch) = scene.threads(2);
    scene.frames.init(&memory);
    let page = run(watch.alloc_page(0)).unwrap().page;
    assert!(run(watch.get_page(page)));
    assert!(!run(watch.freeze_refs(page, 3)));
    assert_eq!(run(watch.put_page(page)), Put::Kept);
    let kept = scene.records.last_steps(&memory, &scene.control, watcher);
    let steps: Vec<(Op, u32)> = kept.iter().map(|entry| (entry.step.op, entry.step.value)).collect();
    assert_eq!(steps, [(Op::Alloc, page.to_word()), (Op::Get, 2), (Op::NotFrozen, 2), (Op::Put, 1)]);
    assert!(kept.iter().all(|entry| entry.step.at == scene.frames.word(page.frame())));
}

#[test]
fn events_that_are_written_at_once_are_recorded_one_by_one() {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let (_, watch) = scene.threads(2);
    let (page, data) = (Page::new(0, 0), scene.frames.data(Page::new(0, 0)));
    let events = [7, 8].map(|data| IoEvent { data, obj: 1, res: 2, res2: 3 });
    run(watch.write_events(page, 0, &events));
    let kept = scene.records.last_steps(&memory, &scene.control, watcher);
    let steps: Vec<_> = kept.iter().map(|entry| (entry.step.op, entry.step.at, entry.step.value)).collect();
    assert_eq!(steps, [0, 1].map(|i| (Op::WriteEvent, IoEvent::at(data, i), i + 7)));
    let mut into = [IoEvent::default(); 2];
    run(watch.read_events(page, 0, &mut into));
    assert_eq!(into, events);
}

#[test]
fn operations_that_nobody_watched_overwrite_each_other() {
    const KEEP: u32 = 3;
    let scene = Recorded::new();
    let (control, records, word) = (scene.control, scene.records, scene.word);
    let (memory, [ticker, _]) = (scene.arena.words(), Recorded::THREADS);
    let (tick, watch) = scene.threads(KEEP);
    for operation in 0..1000 {
        tick.begin_operation();
        run(tick.store(word, operation));
        if operation == 500 {
            watch.begin_operation();
        }
        run(tick.store(word, operation));
        if operation == 700 {
            watch.begin_operation();
        }
    }
    let kept: Vec<u32> =
        records.last_steps(&memory, &control, ticker).chunks(2).map(|entries| entries[0].step.value).collect();
    // The first ones; what came before somebody looked, and after; the last one.
    assert_eq!(kept, [0, 1, 2, 500, 501, 502, 503, 700, 701, 702, 703, 999]);
}

#[test]
fn a_watcher_of_changes_records_while_pages_change_and_a_while_after() {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let (tick, _) = scene.threads(2);
    let record = Watch::of_changes(&scene.records, watcher);
    let watch = Threads::new(memory, scene.control, scene.frames, watcher, record);
    let operations = |values: core::ops::Range<u32>| {
        for value in values {
            watch.begin_operation();
            run(watch.store(scene.word, value));
        }
    };
    let change = || {
        tick.begin_operation();
        run(tick.load(scene.word));
    };
    operations(0..3);
    change();
    let clock = memory.load(scene.control.clock());
    change();
    assert_eq!(memory.load(scene.control.clock()), clock + 1, "it was at it already");
    operations(3..5);
    tick.pause_until(tick.now() + 1.0);
    operations(5..1000);
    assert_eq!(memory.load(scene.control.recording(watcher)), 0);
    change();
    assert!(memory.load(scene.control.clock()) > clock + record::GAP);
    let kept = scene.records.last_steps(&memory, &scene.control, watcher);
    let values: Vec<u32> = kept.iter().map(|entry| entry.step.value).collect();
    assert_eq!(values, (3..4 + record::AFTERMATH).collect::<Vec<_>>());
}
