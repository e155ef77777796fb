//! What a step does to memory, and what it says about itself; [when it can happen](waiting).

use super::*;
use crate::machine::{Aborted, LockKind, Machine, Op};
use crate::ring::event::EVENT_WORDS;
use crate::ring::frames::POISON;
use crate::ring::header::Field;
use crate::ring::{IoEvent, Page, Placer, Put};

mod pasts;
mod waiting;

const PAGE_WORDS: u32 = 32;

/// A mutex, a semaphore, a queue, two words and two frames.
struct Scene {
    model: Model,
    mutex: Lock,
    semaphore: Lock,
    queue: WaitQueue,
    word: Addr,
    statistics: Addr,
}

impl Scene {
    fn new(threads: u32, grain: Grain) -> Self {
        let mut placer = Placer::default();
        let control = Control::place(&mut placer, threads);
        let mutex = Lock::place(&mut placer, LockKind::Mutex);
        let semaphore = Lock::place(&mut placer, LockKind::RwSemaphore);
        let queue = WaitQueue::place(&mut placer);
        let [word, statistics] = [(); 2].map(|()| placer.line());
        let frames = Frames::place(&mut placer, 2, PAGE_WORDS);
        let model = Model::new(placer.words(), control, frames, grain).ignoring([statistics]);
        frames.init(&model.memory);
        Self { model, mutex, semaphore, queue, word, statistics }
    }

    fn me(&self, index: u32) -> ModelThread<'_> {
        self.model.thread(ThreadId::new(index))
    }

    fn word(&self, at: Addr) -> u32 {
        self.model.memory.words()[at.index()].get()
    }

    /// What the thread's block says that it waits for.
    fn waits(&self, index: u32) -> Option<WaitFor> {
        self.model.publish_waits();
        WaitFor::from_word(self.word(self.model.control.waits_for(ThreadId::new(index))))
    }

    /// The steps so far, without their places.
    fn steps(&self) -> Vec<(u32, Op, Addr, u32)> {
        self.model.trace().iter().map(|step| (step.thread.index(), step.op, step.at, step.value)).collect()
    }

    /// The word of a frame.
    fn frame(&self, index: u32) -> Addr {
        self.model.frames.word(index)
    }
}

fn body<'a>(work: impl Future<Output = Result<(), Aborted>> + 'a) -> Body<'a> {
    Box::pin(work)
}

/// Takes the lock, and gives it back.
fn locks_once(m: ModelThread<'_>, lock: Lock) -> Body<'_> {
    body(async move {
        m.lock(lock).await?;
        m.unlock(lock).await;
        Ok(())
    })
}

fn go(run: &mut Run<'_>, thread: u32) {
    run.step(Move { thread: ThreadId::new(thread), way: 0 });
}

fn enabled(run: &Run<'_>) -> Vec<u32> {
    run.enabled().into_iter().map(ThreadId::index).collect()
}

/// Runs one thread to its end; how many steps that took.
fn alone(scene: &Scene, work: impl AsyncFnOnce(ModelThread<'_>)) -> usize {
    let me = scene.me(0);
    let mut run = Run::new(
        &scene.model,
        vec![body(async move {
            work(me).await;
            Ok(())
        })],
    );
    let mut steps = 0;
    while !run.is_done() {
        go(&mut run, 0);
        steps += 1;
    }
    assert_eq!(scene.word(scene.model.control.ended(ThreadId::new(0))), 1);
    steps
}

#[test]
fn steps_on_words_say_what_they_did() {
    let scene = Scene::new(1, Grain::Whole);
    let at = scene.word;
    alone(&scene, async |m| {
        m.store(at, 5).await;
        assert_eq!(m.load(at).await, 5);
        assert_eq!(m.fetch_add(at, 7).await, 5);
        assert_eq!(m.fetch_add(at, 10_u32.wrapping_neg()).await, 12);
        assert_eq!(m.compare_exchange(at, 3, 4).await, Err(2));
        assert_eq!(m.compare_exchange(at, 2, 9).await, Ok(2));
        assert_eq!(m.choose(3, 2).await, 0);
    });
    let steps = [(Op::Store, 5), (Op::Load, 5), (Op::Add, 12), (Op::Add, 2), (Op::NotExchanged, 2), (Op::Exchanged, 9)];
    let mut steps: Vec<_> = steps.iter().map(|&(op, value)| (0, op, at, value)).collect();
    steps.push((0, Op::Choose, Addr::from_word(0), 0));
    assert_eq!(scene.steps(), steps);
    assert_eq!((scene.word(at), scene.model.traced()), (9, 7));
}

#[test]
fn steps_on_pages_say_what_they_did() {
    let scene = Scene::new(1, Grain::Whole);
    let frames = scene.model.frames;
    let events = [1, 2].map(|data| IoEvent { data, obj: 3, res: 4, res2: 5 });
    let (one, zero) = (Page::new(1, 0), Page::new(0, 0));
    alone(&scene, async |m| {
        let page = m.alloc_page(1).await.unwrap();
        assert_eq!((page.page, page.damage), (one, None));
        assert_eq!(m.alloc_page(1).await.unwrap().page, zero);
        assert_eq!(m.alloc_page(1).await, None);
        m.clear_page(one).await;
        m.write_events(one, 1, &events).await;
        m.copy_page(one, zero).await;
        let mut read = [IoEvent::default(); 2];
        m.read_events(zero, 1, &mut read).await;
        assert_eq!(read, events);
        assert!(m.get_page(zero).await);
        assert!(!m.freeze_refs(zero, 1).await);
        assert!(m.freeze_refs(zero, 2).await);
        assert!(!m.get_page(Page::new(0, 1)).await);
        m.unfreeze_refs(zero, 1).await;
        assert_eq!(m.put_page(zero).await, Put::Freed);
        assert_eq!(m.put_page(zero).await, Put::Underflow);
    });
    let [data1, data0] = [one, zero].map(|page| frames.data(page));
    let event = |i| data1.offset(i * EVENT_WORDS);
    assert_eq!(
        scene.steps(),
        [
            (0, Op::Alloc, scene.frame(1), one.to_word()),
            (0, Op::Alloc, scene.frame(0), zero.to_word()),
            (0, Op::Alloc, scene.frame(0), Page::NULL.to_word()),
            (0, Op::ClearPage, data1, one.to_word()),
            (0, Op::WriteEvent, event(1), 1),
            (0, Op::WriteEvent, event(2), 2),
            (0, Op::CopyPage, data1, zero.to_word()),
            (0, Op::CopiedHead, Field::Head.at(data0), 0),
            (0, Op::ReadEvents, data0.offset(EVENT_WORDS), 2),
            (0, Op::Get, scene.frame(0), 2),
            (0, Op::NotFrozen, scene.frame(0), 2),
            (0, Op::Freeze, scene.frame(0), 2),
            (0, Op::Get, scene.frame(0), 0),
            (0, Op::Unfreeze, scene.frame(0), 1),
            (0, Op::Put, scene.frame(0), 0),
            (0, Op::Put, scene.frame(0), 0),
        ]
    );
}

#[test]
fn a_copy_is_one_step_or_one_for_each_word() {
    let all = |grain| {
        let scene = Scene::new(1, grain);
        let [from, to] = [0, 1].map(|frame| Page::new(frame, 0));
        let event = IoEvent { data: 1 << 40, obj: 2, res: 3, res2: 4 };
        let copied = alone(&scene, async |m| m.copy_page(from, to).await);
        let written = alone(&scene, async |m| m.write_event(from, 0, event).await);
        let mut found = [IoEvent::default(); 3];
        let read = alone(&scene, async |m| m.read_events(from, 0, &mut found).await);
        assert_eq!(found[0], event);
        (copied, written, read)
    };
    assert_eq!(all(Grain::Whole), (1, 1, 1));
    let (page, event) = (PAGE_WORDS as usize, EVENT_WORDS as usize);
    assert_eq!(all(Grain::Words), (page, event, 3 * event));
}

#[test]
fn a_copy_word_by_word_can_be_torn() {
    let scene = Scene::new(2, Grain::Words);
    let [from, to] = [0, 1].map(|frame| Page::new(frame, 0));
    let [source, target] = [from, to].map(|page| scene.model.frames.data(page));
    let (copier, writer) = (scene.me(0), scene.me(1));
    let copies = async move {
        copier.copy_page(from, to).await;
        Ok(())
    };
    let writes = async move {
        writer.store(source.offset(2), 1).await;
        writer.store(source.offset(3), 2).await;
        Ok(())
    };
    let mut run = Run::new(&scene.model, vec![body(copies), body(writes)]);
    (0..3).for_each(|_| go(&mut run, 0));
    assert_eq!(scene.steps(), [], "it is not done");
    (0..2).for_each(|_| go(&mut run, 1));
    (3..PAGE_WORDS).for_each(|_| go(&mut run, 0));
    assert!(run.is_done());
    assert_eq!([2, 3, 4].map(|i| scene.word(target.offset(i))), [POISON, 2, POISON]);
}

#[test]
fn a_run_that_stops_or_is_aborted_goes_on_no_more() {
    let control = Scene::new(1, Grain::Whole).model.control;
    for word in [control.stop(), control.abort()] {
        let scene = Scene::new(1, Grain::Whole);
        assert!(scene.me(0).keep_going());
        scene.model.memory.store(word, 1);
        assert!(!scene.me(0).keep_going());
    }
}

#[test]
fn time_stands_still() {
    let scene = Scene::new(1, Grain::Whole);
    scene.me(0).widen(1000);
    scene.me(0).pause_until(f64::INFINITY);
    assert_eq!(scene.me(0).now(), 0.0);
}

#[test]
fn a_run_ends_done_or_stuck_or_at_the_bound_or_where_the_schedule_cannot_be_followed() {
    let end = |order: &[u32], bound| {
        let scene = Scene::new(2, Grain::Whole);
        let mutex = scene.mutex;
        let me = scene.me(0);
        let takes = body(async move { me.lock(mutex).await });
        let order = order.iter().copied().map(ThreadId::new).collect();
        let bodies = vec![takes, locks_once(scene.me(1), mutex)];
        Run::new(&scene.model, bodies).run(&mut Given::new(order), bound)
    };
    assert_eq!(end(&[1, 1, 0], 3), End::Done);
    assert_eq!(end(&[1, 1, 0], 2), End::StepBound);
    assert_eq!(end(&[], 3), End::Stuck, "whoever can go on, lowest number first");
    assert_eq!(end(&[1, 0], 3), End::NotEnabled { step: 1, thread: ThreadId::new(0) });
}

#[test]
fn a_choice_goes_every_way_at_random_and_the_ordinary_one_otherwise() {
    let choices = |schedule: &mut dyn FnMut(Body<'_>, &Scene)| {
        let scene = Scene::new(1, Grain::Whole);
        let me = scene.me(0);
        let chooses = async move {
            for _ in 0..60 {
                me.choose(3, 0).await;
            }
            Ok(())
        };
        schedule(body(chooses), &scene);
        let mut counts = [0; 3];
        scene.steps().iter().for_each(|step| counts[step.3 as usize] += 1);
        counts
    };
    let given = choices(&mut |body, scene| _ = Run::new(&scene.model, vec![body]).run(&mut Given::new(vec![]), 60));
    assert_eq!(given, [60, 0, 0]);
    let random = choices(&mut |body, scene| _ = Run::new(&scene.model, vec![body]).run(&mut Random::new(1), 60));
    assert!(random.iter().sum::<u32>() == 60 && random.iter().all(|&count| count > 10), "{random:?}");
}

#[test]
fn bursts_go_on_with_whoever_went_last_as_long_as_he_can() {
    let threads = [0, 1, 2].map(ThreadId::new);
    let mut bursts = Bursts::new(5);
    let mut picks = vec![bursts.pick(&threads).unwrap()];
    for _ in 0..4_000 {
        picks.push(bursts.pick(&threads).unwrap());
    }
    // One turn in eight is drawn, and one draw in three falls on the same thread.
    let turns = picks.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!((250..420).contains(&turns), "{turns}");
    let others: Vec<ThreadId> = threads.into_iter().filter(|thread| Some(thread) != picks.last()).collect();
    assert!(others.contains(&bursts.pick(&others).unwrap()));
}

#[test]
fn statistics_are_nobodys_business() {
    let scene = Scene::new(1, Grain::Whole);
    let at = scene.statistics;
    scene.model.memory.start_log();
    scene.model.memory.store(at, 3);
    assert_eq!(scene.model.memory.fetch_add(at, 2), 0);
    assert_eq!((scene.word(at), scene.model.memory.take_log()), (0, vec![]));
    let mut memory = Cells::new(4);
    let [one, two] = [1, 2].map(Addr::from_word);
    memory.fill(one, 2, 7);
    memory.ignore([one]);
    assert_eq!((memory.load(one), memory.load(two)), (0, 7), "what was there is forgotten");
}

#[test]
fn the_log_has_what_a_step_reads_writes_copies_and_depends_on() {
    let memory = Cells::new(16);
    let at = Addr::from_word;
    memory.store(at(0), 9);
    memory.start_log();
    memory.store(at(1), 5);
    assert_eq!(memory.fetch_add(at(1), 1), 5);
    assert_eq!(memory.compare_exchange(at(1), 5, 7), Err(6));
    assert_eq!(memory.compare_exchange(at(1), 6, 7), Ok(6));
    memory.poke(at(2), memory.peek(at(1)));
    memory.write(at(3), &[1, 2]);
    let mut words = [0; 2];
    memory.read(at(3), &mut words);
    memory.copy(at(1), at(8), 3);
    memory.touch(at(15));
    let (read, write) = (|i, value| Access::Read { at: at(i), value }, |i, value| Access::Write { at: at(i), value });
    let touch = |i| Access::Touch { at: at(i) };
    assert_eq!(
        memory.take_log(),
        [
            write(1, 5),
            read(1, 5),
            write(1, 6),
            touch(1),
            read(1, 6),
            touch(1),
            read(1, 6),
            write(1, 7),
            read(1, 7),
            write(2, 7),
            write(3, 1),
            write(4, 2),
            read(3, 1),
            read(4, 2),
            Access::Copy { from: at(1), to: at(8), words: 3 },
            touch(15),
        ]
    );
    assert_eq!(words, [1, 2]);
    assert_eq!([8, 9, 10, 11].map(|i| memory.load(at(i))), [7, 7, 1, 0]);
    assert_eq!(memory.take_log(), [], "a log that was handed out has ended");
}

#[test]
fn who_has_found_a_page_stands_before_its_step_while_references_are_frozen() {
    let scene = Scene::new(2, Grain::Whole);
    let page = Page::new(0, 0);
    let [migrator, finder] = [0, 1].map(|index| scene.model.thread(ThreadId::new(index)));
    let bodies: Vec<Body<'_>> = vec![
        Box::pin(async move {
            assert_eq!(migrator.alloc_page(0).await.unwrap().page, page);
            assert!(migrator.freeze_refs(page, 1).await);
            migrator.unfreeze_refs(page, 1).await;
            assert_eq!(migrator.put_page(page).await, Put::Kept);
            Ok(())
        }),
        Box::pin(async move {
            assert_eq!(finder.get_page_speculative(page).await, Ok(true));
            assert_eq!(finder.put_page(page).await, Put::Freed);
            assert_eq!(finder.get_page_speculative(page).await, Ok(false));
            Ok(())
        }),
    ];
    let mut run = Run::new(&scene.model, bodies);
    let goes = |run: &Run<'_>| run.enabled().iter().map(|thread| thread.index()).collect::<Vec<_>>();
    let step = |run: &mut Run<'_>, thread| run.step(Move { thread: ThreadId::new(thread), way: 0 });
    for expected in [[0, 1].as_slice(), &[0, 1], &[0]] {
        assert_eq!(goes(&run), expected);
        step(&mut run, 0);
    }
    for thread in [1, 0, 1, 1] {
        step(&mut run, thread);
    }
    assert!(run.is_done());
}
