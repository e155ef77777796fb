//! Locks and queues: when a step can happen.

use super::*;

/// Takes the semaphore for reading, and gives it back.
fn reads_once(m: ModelThread<'_>, semaphore: Lock) -> Body<'_> {
    body(async move {
        m.down_read(semaphore).await?;
        m.up_read(semaphore).await;
        Ok(())
    })
}

#[test]
fn a_lock_step_is_possible_while_the_lock_is_free() {
    let scene = Scene::new(3, Grain::Whole);
    let (a, b, c) = (scene.me(0), scene.me(1), scene.me(2));
    let mutex = scene.mutex;
    let tries = async move {
        assert!(!c.try_lock(mutex).await);
        assert!(c.try_lock(mutex).await);
        Ok(())
    };
    let mut run = Run::new(&scene.model, vec![locks_once(a, mutex), locks_once(b, mutex), body(tries)]);
    assert_eq!(enabled(&run), [0, 1, 2]);
    go(&mut run, 1);
    assert_eq!(enabled(&run), [1, 2], "a try is always possible");
    assert_eq!([0, 1, 2].map(|thread| scene.waits(thread)), [Some(WaitFor::Lock(mutex.at)), None, None]);
    go(&mut run, 2);
    go(&mut run, 1);
    assert_eq!(scene.waits(0), None, "it could go on");
    go(&mut run, 2);
    assert!(enabled(&run).is_empty(), "the last one ended with the mutex held");
    assert!(!run.is_done());
    assert_eq!([0, 1, 2].map(|thread| scene.waits(thread)), [Some(WaitFor::Lock(mutex.at)), None, None]);
    let steps = [(1, Op::Lock, 0), (2, Op::Refused, 2), (1, Op::Unlock, 0), (2, Op::TryLock, 0)];
    assert_eq!(scene.steps(), steps.map(|(thread, op, value)| (thread, op, mutex.at, value)));
}

#[test]
#[should_panic(expected = "thread 0 cannot go on")]
fn a_step_that_is_not_possible_is_not_taken() {
    let scene = Scene::new(1, Grain::Whole);
    let (me, queue) = (scene.me(0), scene.queue);
    let mut run = Run::new(&scene.model, vec![body(async move { me.wait(queue, 0).await })]);
    go(&mut run, 0);
}

#[test]
fn a_writer_that_queues_keeps_new_readers_out() {
    let scene = Scene::new(5, Grain::Whole);
    let semaphore = scene.semaphore;
    let [a, b, c] = [0, 1, 2].map(|i| reads_once(scene.me(i), semaphore));
    let [d, e] = [3, 4].map(|i| locks_once(scene.me(i), semaphore));
    let mut run = Run::new(&scene.model, vec![a, b, c, d, e]);
    let held = |thread| scene.word(scene.model.control.reads(ThreadId::new(thread)));

    go(&mut run, 0);
    assert_eq!((held(0), held(1)), (semaphore.at.to_word() + 1, 0));
    assert_eq!(enabled(&run), [0, 1, 2, 3, 4], "a writer that has not asked yet keeps nobody out");
    go(&mut run, 3);
    assert_eq!(enabled(&run), [0, 4]);
    go(&mut run, 4);
    assert_eq!(enabled(&run), [0]);
    let [reading, writing] = [WaitFor::Reading(semaphore.at), WaitFor::Lock(semaphore.at)].map(Some);
    assert_eq!([0, 1, 2, 3, 4].map(|thread| scene.waits(thread)), [None, reading, reading, writing, writing]);
    go(&mut run, 0);
    assert_eq!((held(0), enabled(&run)), (0, vec![3, 4]));
    // One writer comes and leaves; then either side may go next, but behind a reader the other writer still queues.
    go(&mut run, 3);
    assert_eq!(enabled(&run), [3]);
    go(&mut run, 3);
    assert_eq!(enabled(&run), [1, 2, 4]);
    go(&mut run, 1);
    assert_eq!(enabled(&run), [1]);
    go(&mut run, 1);
    go(&mut run, 4);
    go(&mut run, 4);
    // Now nobody queues.
    go(&mut run, 2);
    assert_eq!(scene.word(semaphore.at), LockWord::UNLOCKED.read().unwrap().to_word());
    go(&mut run, 2);
    assert!(run.is_done());
    assert_eq!(scene.word(semaphore.at), LockWord::UNLOCKED.to_word());
    let steps = [
        (0, Op::DownRead, 0),
        (3, Op::PrepareToWait, 0),
        (4, Op::PrepareToWait, 1),
        (0, Op::UpRead, 0),
        (3, Op::Lock, 0),
        (3, Op::Unlock, 0),
        (1, Op::DownRead, 0),
        (1, Op::UpRead, 0),
        (4, Op::Lock, 0),
        (4, Op::Unlock, 0),
        (2, Op::DownRead, 0),
        (2, Op::UpRead, 0),
    ];
    assert_eq!(scene.steps(), steps.map(|(thread, op, value)| (thread, op, semaphore.at, value)));
}

#[test]
fn who_tries_a_semaphore_that_is_read_is_refused_by_nobody_in_particular() {
    let scene = Scene::new(1, Grain::Whole);
    let semaphore = scene.semaphore;
    alone(&scene, async |m| {
        m.down_read(semaphore).await.unwrap();
        assert!(!m.try_lock(semaphore).await);
        m.up_read(semaphore).await;
        assert_eq!(m.lock(semaphore).await, Ok(()));
    });
    assert_eq!(scene.steps()[1], (0, Op::Refused, semaphore.at, 0));
    assert_eq!(scene.steps()[3], (0, Op::Lock, semaphore.at, 0), "free, it is taken in one step");
}

#[test]
fn a_wait_ends_when_somebody_was_woken_since_the_ticket_was_drawn() {
    let scene = Scene::new(2, Grain::Whole);
    let (sleeper, waker) = (scene.me(0), scene.me(1));
    let queue = scene.queue;
    let sleeps = async move {
        for round in 0..3 {
            assert_eq!(sleeper.prepare_to_wait(queue).await, round, "a wake-up of nobody does not count");
            sleeper.wait(queue, round).await?;
            sleeper.finish_wait(queue).await;
        }
        Ok(())
    };
    let wakes = async move {
        for _ in 0..6 {
            waker.wake_up(queue).await;
        }
        Ok(())
    };
    let mut run = Run::new(&scene.model, vec![body(sleeps), body(wakes)]);
    for _ in 0..3 {
        go(&mut run, 1);
        go(&mut run, 0);
        assert_eq!(enabled(&run), [1]);
        assert_eq!(scene.waits(0), Some(WaitFor::Queue(queue.at)));
        go(&mut run, 1);
        assert_eq!(scene.waits(0), None);
        go(&mut run, 0);
        go(&mut run, 0);
        assert_eq!(scene.word(queue.waiters()), 0);
    }
    assert!(run.is_done());
    let round = |round| {
        [
            (1, Op::WakeUp, queue.at, 0),
            (0, Op::PrepareToWait, queue.at, round),
            (1, Op::WakeUp, queue.at, 1),
            (0, Op::Wait, queue.at, round + 1),
            (0, Op::FinishWait, queue.at, 0),
        ]
    };
    assert_eq!(scene.steps(), [0, 1, 2].map(round).concat());
}

#[test]
fn the_word_that_decides_a_step_is_the_one_that_is_looked_at() {
    let Scene { mutex, semaphore, queue, .. } = Scene::new(1, Grain::Whole);
    let looked_at = |intent: Intent, value| {
        let at = Cell::new(None);
        let possible = intent.is_possible(|word| {
            at.set(Some(word));
            value
        });
        assert_eq!(at.get(), intent.decided_by(), "{intent:?}");
        possible
    };
    let taken = LockWord::held_by(ThreadId::new(0)).to_word();
    for intent in [Intent::Lock(mutex), Intent::Lock(semaphore), Intent::Read(semaphore), Intent::Wait(queue, taken)] {
        assert_eq!((looked_at(intent, 0), looked_at(intent, taken), intent.ways()), (true, false, 1), "{intent:?}");
    }
    for (intent, ways) in [(Intent::Act, 1), (Intent::Choose(3), 3)] {
        assert_eq!((looked_at(intent, taken), intent.ways()), (true, ways));
    }
}
