use std::time::{Duration, Instant};

use super::*;
use crate::machine::model::Move;
use crate::machine::threads::Shared;
use crate::machine::{LockKind, Machine, WaitFor, WaitQueue};
use crate::ring::Placer;

/// Whatever goes wrong here, it has ended by then.
const LIMIT: Duration = Duration::from_secs(30);

const PATIENCE: f64 = 10_000.0;

/// A word, a lock, a semaphore and a queue.
struct Scene {
    memory: Shared,
    control: Control,
    frames: Frames,
    word: Addr,
    lock: Lock,
    semaphore: Lock,
    queue: WaitQueue,
}

fn scene(threads: u32) -> Scene {
    let placer = &mut Placer::default();
    let control = Control::place(placer, threads);
    let word = placer.line();
    let lock = Lock::place(placer, LockKind::Mutex);
    let semaphore = Lock::place(placer, LockKind::RwSemaphore);
    let queue = WaitQueue::place(placer);
    let frames = Frames::place(placer, 2, 16);
    let memory = Shared::new(placer.words());
    frames.init(&memory.words());
    Scene { memory, control, frames, word, lock, semaphore, queue }
}

/// The threads of these moves, all of them way 0.
fn moves(threads: &[u32]) -> Vec<Planned> {
    let planned = |&thread| Planned { next: Move { thread: ThreadId::new(thread), way: 0 }, expected: None };
    threads.iter().map(planned).collect()
}

impl Scene {
    fn machine<'a>(&'a self, gate: &'a Gate, me: u32) -> Gated<'a> {
        Gated::new(gate, self.memory.words(), self.control, self.frames, ThreadId::new(me), Grain::Whole)
    }

    /// One round; which threads came to their ends.
    fn go(&self, gate: &Gate, body: impl AsyncFn(&Gated<'_>) + Sync) -> Vec<bool> {
        let started = Instant::now();
        let ended = std::thread::scope(|scope| {
            let body = &body;
            let threads: Vec<_> = (0..self.control.threads())
                .map(|me| {
                    scope.spawn(move || {
                        let machine = self.machine(gate, me);
                        run(&machine, body(&machine))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(started.elapsed() < LIMIT);
        ended
    }

    fn word(&self) -> u32 {
        self.memory.words().load(self.word)
    }
}

/// Each thread adds its own digit, twice.
async fn digits(scene: &Scene, m: &Gated<'_>) {
    for _ in 0..2 {
        let before = m.load(scene.word).await;
        m.store(scene.word, before * 10 + m.me().index() + 1).await;
    }
}

#[test]
fn steps_happen_in_the_order_of_the_schedule_and_in_no_other() {
    for (order, expected) in [
        ([0, 0, 0, 0, 1, 1, 1, 1], 1122),
        ([1, 1, 0, 0, 1, 1, 0, 0], 2121),
        // Both have loaded 0: the first store is lost.
        ([0, 1, 0, 1, 1, 1, 0, 0], 221),
    ] {
        let scene = scene(2);
        let gate = Gate::new(2, &moves(&order), PATIENCE);
        assert_eq!(scene.go(&gate, async |m| digits(&scene, m).await), [true, true]);
        assert_eq!((scene.word(), gate.is_followed(), gate.refusal()), (expected, true, None));
    }
}

#[test]
fn what_lies_between_two_steps_belongs_to_the_first() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[0, 1, 0, 1]), PATIENCE);
    scene.go(&gate, async |m| {
        for _ in 0..2 {
            m.load(scene.lock.at).await;
            // A detector: no step, slow, and it would lose the other one's count if both were here at once.
            let count = m.this_cpu_read(scene.word);
            std::thread::sleep(Duration::from_millis(5));
            m.this_cpu_write(scene.word, count + 1);
        }
    });
    assert_eq!(scene.word(), 4);
}

#[test]
fn threads_stop_where_the_schedule_ends() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[0, 0, 1]), PATIENCE);
    assert_eq!(scene.go(&gate, async |m| digits(&scene, m).await), [false, false]);
    assert_eq!((scene.word(), gate.is_followed()), (1, true));
}

#[test]
fn a_lock_that_is_held_when_its_turn_comes_is_a_refusal_and_says_what_was_wanted() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[1, 0, 1]), PATIENCE);
    let ended = scene.go(&gate, async |m| {
        let _ = m.lock(scene.lock).await;
        m.unlock(scene.lock).await;
    });
    assert_eq!(ended, [false, false]);
    let refusal = gate.refusal().unwrap();
    assert_eq!(refusal, Refusal { turn: 3, thread: ThreadId::new(0), reason: Reason::Impossible });
    assert_eq!(gate.move_of(refusal.turn), Some(1));
    let wants = scene.memory.words().load(scene.control.waits_for(refusal.thread));
    assert_eq!(WaitFor::from_word(wants), Some(WaitFor::Lock(scene.lock.at)));
    assert!(!gate.is_followed());
}

#[test]
fn a_refused_trylock_is_a_step() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[0, 1, 0]), PATIENCE);
    scene.go(&gate, async |m| {
        let taken = m.try_lock(scene.lock).await;
        m.store(scene.word, 10 * (m.me().index() + 1) + u32::from(taken)).await;
    });
    assert!(gate.is_followed());
    assert_eq!(scene.word(), 11);
    let ops: Vec<Op> = (2..4).map(|turn| gate.done(turn).unwrap().op).collect();
    assert_eq!(ops, [Op::TryLock, Op::Refused]);
}

#[test]
fn a_writer_queues_in_a_step_of_its_own_and_keeps_readers_out() {
    let body = async |scene: &Scene, m: &Gated<'_>| {
        if m.me().index() == 1 {
            let _ = m.lock(scene.semaphore).await;
            m.unlock(scene.semaphore).await;
        } else {
            let _ = m.down_read(scene.semaphore).await;
            m.up_read(scene.semaphore).await;
        }
    };
    // Reader 0 is in; writer 1 queues; reader 0 leaves; the writer gets in, and out; reader 2 gets in.
    let scene_ = scene(3);
    let gate = Gate::new(3, &moves(&[0, 1, 0, 1, 1, 2, 2]), PATIENCE);
    assert_eq!(scene_.go(&gate, async |m| body(&scene_, m).await), [true; 3]);
    let ops: Vec<Op> = (3..10).map(|turn| gate.done(turn).unwrap().op).collect();
    use Op::{DownRead, Lock as Took, PrepareToWait, Unlock, UpRead};
    assert_eq!(ops, [DownRead, PrepareToWait, UpRead, Took, Unlock, DownRead, UpRead]);
    // While it is queued, no other reader gets in.
    let scene_ = scene(3);
    let gate = Gate::new(3, &moves(&[0, 1, 2]), PATIENCE);
    scene_.go(&gate, async |m| body(&scene_, m).await);
    assert_eq!(gate.refusal(), Some(Refusal { turn: 5, thread: ThreadId::new(2), reason: Reason::Impossible }));
}

#[test]
fn a_sleeper_has_its_turn_when_it_has_been_woken() {
    for (order, followed) in [(vec![0, 1, 0, 0], true), (vec![0, 0], false)] {
        let scene = scene(2);
        let gate = Gate::new(2, &moves(&order), PATIENCE);
        scene.go(&gate, async |m| {
            if m.me().index() == 1 {
                return m.wake_up(scene.queue).await;
            }
            let ticket = m.prepare_to_wait(scene.queue).await;
            let _ = m.wait(scene.queue, ticket).await;
            m.finish_wait(scene.queue).await;
        });
        assert_eq!((gate.is_followed(), gate.refusal().is_none()), (followed, followed));
    }
}

#[test]
fn a_choice_goes_the_way_that_the_schedule_says_and_none_that_is_not_there() {
    for (way, followed) in [(2, true), (3, false)] {
        let scene = scene(1);
        let next = Move { thread: ThreadId::new(0), way };
        let mut plan = vec![Planned { next, expected: None }];
        plan.extend(moves(&[0]));
        let gate = Gate::new(1, &plan, PATIENCE);
        scene.go(&gate, async |m| {
            let way = m.choose(3, 0).await;
            m.store(scene.word, way).await;
        });
        assert_eq!((gate.is_followed(), scene.word()), (followed, if followed { way } else { 0 }));
        let refusal = Refusal { turn: 1, thread: ThreadId::new(0), reason: Reason::NoSuchWay };
        assert_eq!(gate.refusal(), (!followed).then_some(refusal));
    }
}

#[test]
fn a_step_that_is_not_the_expected_one_ends_the_round() {
    let scene = scene(2);
    let mut plan = moves(&[0, 1, 0, 1]);
    plan[0].expected = Some((Op::Load, scene.word));
    plan[1].expected = Some((Op::Store, scene.word));
    let gate = Gate::new(2, &plan, PATIENCE);
    assert_eq!(scene.go(&gate, async |m| digits(&scene, m).await), [false, false]);
    assert_eq!(gate.refusal(), Some(Refusal { turn: 3, thread: ThreadId::new(1), reason: Reason::Diverged }));
    let done = gate.done(3).unwrap();
    assert_eq!((done.op, done.at), (Op::Load, scene.word));
    assert!(done.place.file().ends_with("gated/tests.rs"), "{}", done.place);
}

#[test]
fn a_thread_that_has_ended_before_its_turn_is_a_refusal() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[0, 0, 0, 0, 0, 1]), PATIENCE);
    assert_eq!(scene.go(&gate, async |m| digits(&scene, m).await), [true, false]);
    assert_eq!(gate.refusal(), Some(Refusal { turn: 6, thread: ThreadId::new(0), reason: Reason::Ended }));
}

#[test]
fn a_thread_that_never_comes_to_its_turn_is_given_up_in_time() {
    let scene = scene(2);
    // Long enough for thread 0 to come to its turn on a busy machine.
    let gate = Gate::new(2, &moves(&[0, 1, 0]), 1_000.0);
    let started = Instant::now();
    scene.go(&gate, async |m| {
        if m.me().index() == 1 {
            // Busy with something that is no step, until the other one has lost patience.
            while gate.refusal().is_none() && started.elapsed() < LIMIT {
                std::thread::yield_now();
            }
        }
        digits(&scene, m).await;
    });
    let refusal = gate.refusal().unwrap();
    assert_eq!((refusal.thread, refusal.reason), (ThreadId::new(1), Reason::Late));
}

#[test]
fn a_thread_that_was_never_started_is_given_up_in_time() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[0, 1]), 50.0);
    let machine = scene.machine(&gate, 0);
    assert!(!run(&machine, digits(&scene, &machine)));
    assert_eq!(gate.refusal(), Some(Refusal { turn: 1, thread: ThreadId::new(1), reason: Reason::Late }));
    assert_eq!(gate.move_of(1), None);
    assert!(!gate.meet(|| true), "nobody else comes");
}

#[test]
fn whoever_aborts_sends_all_of_them_home() {
    let scene = scene(3);
    // Thread 2 would have to go next, and waits for the abort.
    let gate = Gate::new(3, &moves(&[0, 2, 1]), 60_000.0);
    std::thread::scope(|scope| {
        let aborts = scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            gate.abort();
        });
        let ended = scene.go(&gate, async |m| {
            while m.me().index() == 2 && !gate.is_aborted() {
                std::thread::yield_now();
            }
            digits(&scene, m).await;
        });
        assert_eq!(ended, [false; 3]);
        aborts.join().unwrap();
    });
    assert_eq!((gate.refusal(), gate.is_followed()), (None, false));
    assert!(!gate.meet(|| true), "there is no further round");
}

/// The page can only write a word.
#[test]
fn an_abort_that_wakes_nobody_is_seen_all_the_same() {
    let scene = scene(2);
    let gate = Gate::new(2, &moves(&[1]), 60_000.0);
    let abort = gate.abort_at() as *const core::sync::atomic::AtomicU32;
    // SAFETY: the gate outlives this; the word is one of its own.
    let abort = unsafe { &*abort };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            abort.store(1, core::sync::atomic::Ordering::SeqCst);
        });
        let machine = scene.machine(&gate, 0);
        assert!(!run(&machine, digits(&scene, &machine)));
    });
    assert!(gate.is_aborted());
}

#[test]
fn rounds_follow_one_another_and_the_last_to_come_is_alone_between_them() {
    const ROUNDS: u32 = 200;
    let scene = scene(3);
    let gate = Gate::new(3, &moves(&[2, 1, 0, 0, 1, 2]), PATIENCE);
    let seen = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let (scene, gate, seen) = (&scene, &gate, &seen);
        for me in 0..3 {
            scope.spawn(move || {
                loop {
                    let machine = scene.machine(gate, me);
                    run(&machine, digits(scene, &machine));
                    let between = || {
                        assert!(gate.is_followed());
                        let mut seen = seen.lock().unwrap();
                        seen.push(scene.word());
                        scene.memory.words().store(scene.word, 0);
                        (seen.len() as u32) < ROUNDS
                    };
                    if !gate.meet(between) {
                        break;
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().unwrap();
    // All three have loaded 0; thread 2 stores last.
    assert_eq!(seen, [3; ROUNDS as usize]);
}
