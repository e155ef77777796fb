//! Records of steps, and when they are kept.

use super::*;

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
            Threads::new(memory, &self.control, self.frames, ticker, Tick::new(&self.records, ticker, keep)),
            Threads::new(memory, &self.control, self.frames, watcher, Watch::new(&self.records, watcher)),
        )
    }

    /// One that moves the clock, and one that watches with `record`, its own.
    fn watched_by<'a>(&'a self, record: &'a Watch) -> (Threads<'a, Tick>, Threads<'a, &'a Watch>) {
        let memory = self.arena.words();
        (self.threads(2).0, Threads::new(memory, &self.control, self.frames, Self::THREADS[1], record))
    }

    /// What `thread` has recorded.
    fn kept(&self, thread: &Threads<'_, impl Record>) -> Vec<record::Recorded> {
        thread.publish_record();
        self.records.last_steps(&self.arena.words(), &self.control, thread.me())
    }

    /// The thread pauses. A pause that is over before it begins is none, however late this thread comes to it: so one without an end,
    /// in a run that is to stop.
    fn pause(&self, thread: &impl Machine) {
        let (memory, stop) = (self.arena.words(), self.control.stop());
        memory.store(stop, 1);
        thread.pause_until(f64::INFINITY);
        memory.store(stop, 0);
    }
}

#[test]
fn a_record_keeps_the_last_steps_in_order_with_their_places() {
    let scene = Recorded::new();
    let (memory, control, word) = (scene.arena.words(), scene.control, scene.word);
    let (tick, watch) = scene.threads(2);
    let steps = record::DEPTH + 10;
    for value in 0..steps {
        run(tick.store(word, value));
    }
    run(watch.load(word));
    let kept = scene.kept(&tick);
    assert_eq!(kept.len() as u32, record::DEPTH);
    assert!(kept.iter().map(|entry| entry.step.value).eq(10..steps));
    assert!(kept.iter().map(|entry| entry.clock).eq(10..steps));
    assert!(kept.iter().all(|entry| entry.step.place.file().ends_with("records.rs") && entry.step.op == Op::Store));
    let seen = scene.kept(&watch);
    assert_eq!((seen.len(), seen[0].clock, seen[0].step.value), (1, steps, steps - 1));

    memory.store(control.frozen(), 1);
    for _ in 0..3 {
        run(watch.load(word));
        run(tick.load(word));
    }
    // The steps that were going on are still recorded, later ones are not.
    assert_eq!(scene.kept(&watch).len(), 2);
    let ticked = scene.kept(&tick);
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
    for (kept, op) in [(scene.kept(&tick), Op::Load), (scene.kept(&watch), Op::Store)] {
        assert_eq!(kept.len() as u32, record::DEPTH);
        assert!(kept.iter().all(|entry| (entry.step.op, entry.step.at) == (op, scene.word)));
    }
}

#[test]
fn a_refusal_is_recorded_with_the_owner_and_without_marks() {
    let scene = Recorded::new();
    let (memory, [owner, _]) = (scene.arena.words(), Recorded::THREADS);
    let (_, watch) = scene.threads(2);
    memory.store(scene.word, LockWord::held_by(owner).parked().to_word());
    assert!(!run(watch.try_lock(Lock { at: scene.word, kind: LockKind::Mutex })));
    let step = scene.kept(&watch)[0].step;
    assert_eq!((step.op, step.value), (Op::Refused, owner.index() + 1));
}

#[test]
fn references_are_recorded_as_they_are_after_the_step() {
    let scene = Recorded::new();
    let (_, watch) = scene.threads(2);
    scene.frames.init(&scene.arena.words());
    let page = run(watch.alloc_page(0)).unwrap().page;
    assert!(run(watch.get_page(page)));
    assert!(!run(watch.freeze_refs(page, 3)));
    assert_eq!(run(watch.put_page(page)), Put::Kept);
    let kept = scene.kept(&watch);
    let steps: Vec<(Op, u32)> = kept.iter().map(|entry| (entry.step.op, entry.step.value)).collect();
    assert_eq!(steps, [(Op::Alloc, page.to_word()), (Op::Get, 2), (Op::NotFrozen, 2), (Op::Put, 1)]);
    assert!(kept.iter().all(|entry| entry.step.at == scene.frames.word(page.frame())));
}

#[test]
fn events_that_are_written_at_once_are_recorded_one_by_one() {
    let scene = Recorded::new();
    let (_, watch) = scene.threads(2);
    let (page, data) = (Page::new(0, 0), scene.frames.data(Page::new(0, 0)));
    let events = [7, 8].map(|data| IoEvent { data, obj: 1, res: 2, res2: 3 });
    run(watch.write_events(page, 0, &events));
    let kept = scene.kept(&watch);
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
    let (tick, watch) = scene.threads(KEEP);
    let word = scene.word;
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
    let kept: Vec<u32> = scene.kept(&tick).chunks(2).map(|entries| entries[0].step.value).collect();
    // The first ones; what came before somebody looked, and after; the last one.
    assert_eq!(kept, [0, 1, 2, 500, 501, 502, 503, 700, 701, 702, 703, 999]);
}

/// Operations of a watcher that believes in rest after `rest` operations, with somebody who changes pages once `at`.
fn at_rest(rest: u32, at: core::ops::RangeInclusive<usize>) -> Vec<bool> {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let record = &Watch::of_changes(&scene.records, watcher, rest);
    let (tick, watch) = scene.watched_by(record);
    let operation = |i| {
        if i == *at.start() {
            tick.begin_operation();
        }
        // As readers of a run begin theirs.
        let rests = if record.is_at_rest() {
            record.stays_at_rest(memory, &scene.control, watcher)
        } else {
            watch.begin_operation();
            record.is_at_rest()
        };
        assert_eq!(rests, record.is_at_rest());
        if i == *at.end() {
            scene.pause(&tick);
        }
        rests
    };
    (0..300).map(operation).collect()
}

#[test]
fn pages_are_at_rest_so_many_operations_after_the_last_change() {
    for rest in [record::AFTERMATH + 1, 100] {
        let expected: Vec<bool> = (0..300).map(|i| i < 5 || i >= 7 + rest).collect();
        assert_eq!(at_rest(rest, 5..=7), expected, "{rest}");
    }
    assert_eq!(at_rest(1, 5..=7), at_rest(record::AFTERMATH + 1, 5..=7), "not while it still records");
    let scene = Recorded::new();
    assert!(!Watch::new(&scene.records, Recorded::THREADS[1]).is_at_rest(), "where anybody may change pages");
}

#[test]
fn a_watcher_of_changes_records_while_pages_change_and_a_while_after() {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let record = &Watch::of_changes(&scene.records, watcher, 100);
    let (tick, watch) = scene.watched_by(record);
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
    let words = || [scene.control.recording(watcher), scene.control.watched()].map(|at| memory.load(at));
    operations(0..3);
    assert_eq!(words(), [0, 0]);
    change();
    assert_eq!(words(), [0, 0]);
    let clock = memory.load(scene.control.clock());
    change();
    assert_eq!(memory.load(scene.control.clock()), clock + 1, "it was at it already");
    operations(3..4);
    assert_eq!(words(), [1, clock + 1]);
    operations(4..5);
    scene.pause(&tick);
    operations(5..4 + record::AFTERMATH);
    assert_eq!(words(), [1, clock + 1]);
    operations(4 + record::AFTERMATH..5 + record::AFTERMATH);
    assert_eq!(words(), [0, clock + 1]);
    operations(5 + record::AFTERMATH..1000);
    assert_eq!(words(), [0, clock + 1]);
    change();
    assert!(memory.load(scene.control.clock()) > clock + record::GAP);
    let kept = scene.kept(&watch);
    let values: Vec<u32> = kept.iter().map(|entry| entry.step.value).collect();
    assert_eq!(values, (3..4 + record::AFTERMATH).collect::<Vec<_>>());

    // A change that comes just when it has ceased to record.
    operations(0..1);
    scene.pause(&tick);
    operations(0..record::AFTERMATH);
    assert_eq!(words()[0], 0);
    change();
    operations(0..1);
    assert_eq!(words()[0], 1);
}

#[test]
fn what_is_recorded_after_a_change_leaves_half_of_the_record_to_what_was_before() {
    const STEPS: u32 = 300;
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let record = &Watch::of_changes(&scene.records, watcher, 100);
    let (tick, watch) = scene.watched_by(record);
    tick.begin_operation();
    for operation in 0..20 {
        watch.begin_operation();
        (0..STEPS).for_each(|_| run(watch.store(scene.word, operation)));
        if operation == 9 {
            scene.pause(&tick);
        }
    }
    let kept: Vec<u32> = scene.kept(&watch).iter().map(|entry| entry.step.value).collect();
    let after = record::AFTERMATH_STEPS.div_ceil(STEPS);
    assert_eq!((kept.len() as u32, kept.last()), (record::DEPTH, Some(&(9 + after))));
    assert!(kept.iter().filter(|operation| **operation <= 9).count() as u32 > record::DEPTH / 2 - STEPS);
    assert_eq!(memory.load(scene.control.recording(watcher)), 0);
}

#[test]
fn what_has_come_to_light_is_at_rest_and_recorded_no_more() {
    let scene = Recorded::new();
    let (memory, control, [_, watcher]) = (scene.arena.words(), &scene.control, Recorded::THREADS);
    let record = &Watch::of_changes(&scene.records, watcher, 1000);
    let (tick, watch) = scene.watched_by(record);
    let operation = |value| {
        watch.begin_operation();
        run(watch.store(scene.word, value));
        (record.since_change(), memory.load(control.recording(watcher)))
    };
    tick.begin_operation();
    assert_eq!(operation(0), (0, 1));
    scene.pause(&tick);
    assert_eq!([1, 2].map(operation), [(1, 1), (2, 1)]);
    record.settle(memory, control, watcher);
    assert!(record.is_at_rest());
    assert_eq!([3, 4].map(operation), [(1000, 0); 2]);
    tick.begin_operation();
    assert!(!record.stays_at_rest(memory, control, watcher));
    assert_eq!(operation(5), (0, 1));
    let kept: Vec<u32> = scene.kept(&watch).iter().map(|entry| entry.step.value).collect();
    assert_eq!(kept, [0, 1, 2, 5]);

    // A change that begins when nobody could know of it yet.
    scene.pause(&tick);
    assert_eq!([6, 7].map(operation), [(1, 1), (2, 1)]);
    tick.begin_operation();
    record.settle(memory, control, watcher);
    assert_eq!((record.is_at_rest(), memory.load(control.recording(watcher))), (false, 1));
    assert_eq!(operation(8), (0, 1));
    assert_eq!(scene.kept(&watch).len(), 7);

    let anybody = Watch::new(&scene.records, watcher);
    anybody.settle(memory, control, watcher);
    assert!(!anybody.is_at_rest(), "where anybody may change pages");
}

#[test]
fn a_change_that_begins_and_ends_during_an_operation_is_one() {
    let scene = Recorded::new();
    let (memory, [_, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let record = &Watch::of_changes(&scene.records, watcher, 100);
    let (tick, watch) = scene.watched_by(record);
    let change = || {
        tick.begin_operation();
        scene.pause(&tick);
    };
    assert!(record.stays_at_rest(memory, &scene.control, watcher));
    change();
    assert!(!record.stays_at_rest(memory, &scene.control, watcher));
    assert_eq!(record.since_change(), 0);
    for operation in 1..10 {
        watch.begin_operation();
        assert_eq!(record.since_change(), operation);
    }
    change();
    watch.begin_operation();
    assert_eq!(record.since_change(), 0);
    watch.begin_operation();
    assert_eq!(record.since_change(), 1);
}

/// By reference, and out of line, a recorder does what it does.
#[test]
fn recorders_elsewhere_record_the_same() {
    let scene = Recorded::new();
    let (memory, [ticker, watcher]) = (scene.arena.words(), Recorded::THREADS);
    let tick = Tick::new(&scene.records, ticker, 2);
    let tick = Threads::new(memory, &scene.control, scene.frames, ticker, &tick);
    let watch = WatchApart::new(Watch::of_changes(&scene.records, watcher, 100));
    let watch = Threads::new(memory, &scene.control, scene.frames, watcher, &watch);
    tick.begin_operation();
    run(tick.load(scene.word));
    assert_eq!(memory.load(scene.control.changers()) & Control::AT_IT, 1);
    watch.begin_operation();
    run(watch.store(scene.word, 1));
    scene.pause(&tick);
    assert_eq!(memory.load(scene.control.changers()) & Control::AT_IT, 0);
    for (kept, op) in [(scene.kept(&tick), Op::Load), (scene.kept(&watch), Op::Store)] {
        assert_eq!(kept.iter().map(|entry| entry.step.op).collect::<Vec<_>>(), [op]);
    }
}
