//! Schedules, looked at step by step: what is shown is what happened.

#![cfg(not(target_arch = "wasm32"))]

mod broken;

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::{Program, replay};
use aio_ring_lab::machine::model::Move;
use aio_ring_lab::machine::{Op, Step, ThreadId};
use aio_ring_lab::prove::examine::{ExaminedStanding, MAX_MOVES};
use aio_ring_lab::prove::view::{RingPage, StateView, ThreadStanding};
use aio_ring_lab::prove::{Examined, Subject, examine};
use aio_ring_lab::ring::Page;
use aio_ring_lab::scenario::SCENARIOS;
use broken::CELLS;
use proptest::prelude::*;

fn ring_page(word: u32) -> Option<RingPage> {
    let page = Page::from_word(word);
    (!page.is_null()).then(|| RingPage { frame: page.frame(), generation: page.generation() })
}

/// Does to the view of a scenario what a step does, as far as the step says it.
fn apply(view: &mut StateView, scripted: &Scripted, step: &Step) {
    let world = &scripted.world;
    let name = world.thread_name(step.thread);
    let frames = view.frames.as_mut().unwrap();
    let entry = world.frames.locate_entry(step.at).map(|(frame, _)| frame as usize);
    match step.op {
        Op::Store | Op::Add | Op::Exchanged => {
            let view_of_locks = &mut view.locks;
            for (ctx, view) in world.contexts.iter().zip(view.contexts.as_mut().unwrap()) {
                for i in 0..ctx.ring.pages() {
                    if ctx.ring_page(i) == step.at {
                        view.ring_pages[i as usize] = ring_page(step.value);
                    } else if ctx.file.page(i) == step.at {
                        view.file_pages[i as usize] = ring_page(step.value);
                    }
                }
                if ctx.tail() == step.at {
                    view.tail = step.value;
                } else if ctx.reqs_available() == step.at {
                    view.reqs_available = step.value;
                } else if ctx.users() == step.at {
                    view.users = step.value;
                } else if ctx.state() == step.at {
                    view.live = step.value >> 31 == 1;
                    if step.op == Op::Exchanged {
                        // A new context: its words are written at once.
                        (view.users, view.tail, view.reqs_available) = (1, 0, 0);
                        view.ring_pages.fill(None);
                        let unlocked = [ctx.ring_lock, ctx.completion_lock, ctx.page0_lock];
                        for (i, _) in world.locks().iter().enumerate().filter(|(_, (_, lock))| unlocked.contains(lock))
                        {
                            view_of_locks[i].owner = None;
                        }
                    }
                } else if ctx.file.private_data() == step.at {
                    view.connected = step.value >> 31 == 1;
                }
            }
        }
        Op::Alloc if step.value != Page::NULL.to_word() => {
            let frame = &mut frames[entry.unwrap()];
            (frame.refs, frame.free) = (1, false);
        }
        Op::Get | Op::Unfreeze => frames[entry.unwrap()].refs = step.value,
        Op::Freeze => frames[entry.unwrap()].refs = 0,
        Op::Put => {
            let frame = &mut frames[entry.unwrap()];
            if step.value == 0 && frame.refs == 1 {
                (frame.free, frame.generation) = (true, frame.generation + 1);
            }
            frame.refs = step.value;
        }
        Op::Lock | Op::TryLock | Op::Unlock | Op::DownRead | Op::UpRead => {
            let (lock, _) = world.locks().into_iter().find(|(_, lock)| lock.at == step.at).unwrap();
            let view = view.locks.iter_mut().find(|view| view.name == lock).unwrap();
            match step.op {
                Op::Lock | Op::TryLock => view.owner = Some(name),
                Op::Unlock => view.owner = None,
                Op::DownRead => view.readers = view.readers.map(|readers| readers + 1),
                _ => view.readers = view.readers.map(|readers| readers - 1),
            }
        }
        _ => {}
    }
}

/// What of a view follows from the steps before it.
fn told(view: &StateView) -> impl PartialEq + core::fmt::Debug + use<> {
    let frames: Vec<_> = view.frames.iter().flatten().map(|frame| (frame.refs, frame.generation, frame.free)).collect();
    (view.contexts.clone(), frames, view.locks.clone())
}

/// Whether each view is the one before it with the steps between them done.
fn follow_from_steps(subject: &Subject, views: &[StateView], steps: &[(usize, Step)]) -> Result<(), String> {
    let Subject::Scripted(scripted) = subject else { return Ok(()) };
    for (i, pair) in views.windows(2).enumerate() {
        let mut expected = pair[0].clone();
        for (_, step) in steps.iter().filter(|(of_move, _)| *of_move == i) {
            apply(&mut expected, scripted, step);
        }
        if told(&expected) != told(&pair[1]) {
            return Err(format!("move {i}: {:?} instead of {:?}", told(&pair[1]), told(&expected)));
        }
        for (thread, view) in pair[1].threads.iter().enumerate() {
            let name = scripted.world.thread_name(ThreadId::new(thread as u32));
            let owned = pair[1].locks.iter().filter(|lock| lock.owner.as_deref() == Some(&name));
            let shared = view.holds.iter().filter(|name| {
                pair[1].locks.iter().any(|lock| lock.name == **name && lock.readers.is_some_and(|readers| readers > 0))
            });
            if owned.count() + shared.count() != view.holds.len() {
                return Err(format!("move {i}: {name} holds {:?}", view.holds));
            }
        }
    }
    Ok(())
}

#[test]
fn every_broken_cell_ends_as_the_search_found_it() {
    assert!(CELLS.len() > 40, "{} cells", CELLS.len());
    for cell in CELLS.iter() {
        let examined = examine(&cell.subject, &cell.violation.schedule);
        let (label, finding) = (&cell.label, examined.finding.as_ref().unwrap());
        assert_eq!(examined.refused, None, "{label}");
        assert_eq!(
            (&finding.invariant, &finding.text),
            (&cell.violation.finding.invariant, &cell.violation.finding.text)
        );
        assert_eq!(examined.trace.breaks.as_ref(), Some(&finding.invariant), "{label}");
        let stuck = cell.violation.finding.stuck.is_some();
        assert_eq!(finding.deadlock.is_some(), stuck, "{label}");
        assert_eq!(examined.standing == ExaminedStanding::Stuck, stuck, "{label}");
        assert!(!matches!(examined.standing, ExaminedStanding::Going | ExaminedStanding::Beside), "{label}");
        assert_eq!(examined.views.len(), cell.violation.schedule.len() + 1);
        assert_eq!(examined.trace.schedule, cell.violation.schedule);
        let moves = examined.trace.steps.iter().map(|step| step.of_move);
        assert_eq!(moves.clone().max(), Some(cell.violation.schedule.len() - 1), "{label}");
        assert!(moves.is_sorted());
        for step in &examined.trace.steps {
            assert_eq!(step.step.thread as u32, cell.violation.schedule[step.of_move].thread.index());
        }
    }
}

#[test]
fn views_follow_from_the_steps() {
    for cell in CELLS.iter() {
        let examined = examine(&cell.subject, &cell.violation.schedule);
        follow_from_steps(&cell.subject, &examined.views, &cell.violation.steps)
            .unwrap_or_else(|error| panic!("{}: {error}", cell.label));
    }
}

#[test]
fn a_view_that_is_not_true_is_noticed() {
    let cell = CELLS.iter().find(|cell| cell.label.starts_with("lost-head")).unwrap();
    let views = examine(&cell.subject, &cell.violation.schedule).views;
    let plants: [fn(&mut StateView); 7] = [
        |view| view.contexts.as_mut().unwrap()[0].tail += 1,
        |view| view.contexts.as_mut().unwrap()[0].ring_pages[0] = None,
        |view| view.contexts.as_mut().unwrap()[0].connected ^= true,
        |view| view.frames.as_mut().unwrap()[0].refs += 1,
        |view| view.frames.as_mut().unwrap()[1].free ^= true,
        |view| view.locks[0].owner = Some("reader 1".to_owned()),
        |view| view.threads[0].holds.push("ring_lock".to_owned()),
    ];
    for (i, plant) in plants.into_iter().enumerate() {
        for at in [1, views.len() / 2, views.len() - 1] {
            let mut views = views.clone();
            plant(&mut views[at]);
            let noticed = follow_from_steps(&cell.subject, &views, &cell.violation.steps);
            assert!(noticed.is_err(), "plant {i} at {at}");
        }
    }
}

#[test]
fn a_lost_head_is_one_lost_store() {
    let cells = CELLS.iter().filter(|cell| cell.label.starts_with("lost-head") || cell.label.starts_with("trylock"));
    let mut checked = 0;
    for cell in cells.filter(|cell| cell.violation.finding.invariant == "staleHead") {
        let trace = examine(&cell.subject, &cell.violation.schedule).trace;
        let lost: Vec<_> = trace.steps.iter().filter(|step| step.step.lost).collect();
        assert_eq!(lost.len(), 1, "{}", cell.label);
        assert!(lost[0].step.label.starts_with("store ring->head"), "{}: {}", cell.label, lost[0].step.label);
        assert_eq!((lost[0].step.role.as_str(), lost[0].step.note.is_some()), ("reader", true));
        checked += 1;
    }
    assert!(checked >= 4, "{checked} cells");
}

#[test]
fn a_lost_completion_is_what_was_written_to_the_page_after_its_copy() {
    let lost_by = |protocol: &str| -> Vec<String> {
        let is_cell = |cell: &&Cell| cell.label == format!("lost-completion under {protocol}");
        let cell = CELLS.iter().find(is_cell).unwrap_or_else(|| panic!("lost-completion breaks under {protocol}"));
        let steps = examine(&cell.subject, &cell.violation.schedule).trace.steps;
        let copy = steps.iter().position(|step| step.step.label.starts_with("copy frame 0")).unwrap();
        let lost = steps.iter().enumerate().filter(|(_, step)| step.step.lost);
        lost.map(|(i, step)| {
            assert!(i > copy && step.step.role == "completer");
            assert_eq!(step.step.note.as_deref(), Some("lost: this page has been copied already"));
            step.step.label.clone()
        })
        .collect()
    };
    let [event, tail] = ["write an event to frame 0", "store ring->tail in frame 0"];
    assert_eq!(lost_by("no completion_lock around copy and swap"), [tail]);
    assert_eq!(lost_by("released before it is published"), [event, tail]);
}

/// The reads of the miniature that are missing in the end are those that are marked.
#[test]
fn the_miniature_marks_as_many_reads_as_it_has_lost() {
    for protocol in [MiniatureProtocol::Racy, MiniatureProtocol::TrylockIgnored] {
        let subject = Subject::Miniature(Miniature::new(protocol, 2, 2));
        let mut rng = fastrand::Rng::with_seed(1);
        let mut most = 0;
        for _ in 0..500 {
            let mut schedule = Vec::new();
            let mut examined = examine(&subject, &schedule);
            while !examined.moves.is_empty() {
                let next = &examined.moves[rng.usize(..examined.moves.len())];
                schedule.push(Move { thread: ThreadId::new(next.thread), way: next.way });
                examined = examine(&subject, &schedule);
            }
            let words = examined.views.last().unwrap().words.as_ref().unwrap();
            let counted = words[1 + words[0].value as usize].value;
            let lost = examined.trace.steps.iter().filter(|step| step.step.lost).count() as u32;
            assert_eq!(counted + lost, 2, "{:?}", examined.trace.steps);
            assert_eq!(examined.finding.is_some(), lost > 0);
            most = most.max(lost);
        }
        assert_eq!(most, 2);
    }
}

/// Whatever was shown as possible is, and does what was said; so does what the views say of the threads.
#[test]
fn every_move_that_is_offered_fits() {
    for cell in CELLS.iter() {
        let Cell { label, subject, violation, .. } = cell;
        let whole = examine(subject, &violation.schedule);
        for length in 0..violation.schedule.len() {
            let examined = examine(subject, &violation.schedule[..length]);
            assert_eq!(told(&examined.views[length]), told(&whole.views[length]));
            assert_eq!(examined.refused, None);
            for (thread, (here, there)) in
                examined.views[length].threads.iter().zip(&whole.views[length].threads).enumerate()
            {
                let (here_next, there_next) = (here.next.as_ref(), there.next.as_ref());
                assert_eq!(
                    here_next.map(|next| &next.source),
                    there_next.map(|next| &next.source),
                    "{label} at {length}: {thread}"
                );
                assert_eq!(
                    here_next.map(|next| &next.label),
                    there_next.map(|next| &next.label),
                    "{label} at {length}: {thread}"
                );
                assert_eq!(here_next.is_some(), here.standing != ThreadStanding::Ended);
                let offered = examined.moves.iter().any(|next| next.thread == thread as u32);
                assert_eq!(offered, here.standing == ThreadStanding::Ready, "{label} at {length}: {thread}");
                assert_eq!(here.waits_for.is_some(), here.standing == ThreadStanding::Waiting);
            }
            for next in &examined.moves {
                let mut schedule = violation.schedule[..length].to_vec();
                schedule.push(Move { thread: ThreadId::new(next.thread), way: next.way });
                let there = examine(subject, &schedule);
                assert_eq!(there.refused, None, "{label} at {length}: {next:?}");
                let done = there.trace.steps.iter().find(|step| step.of_move == length).unwrap();
                assert_eq!((&done.step.label, &done.step.source), (&next.label, &next.source));
            }
        }
    }
}

use broken::Cell;

#[test]
fn what_does_not_fit_is_refused_with_its_reason() {
    let v1 = PRESETS[presets::V1].parts;
    let find = |name| SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap();
    let scripted = |name| Subject::Scripted(Box::new(Scripted::new(find(name), find(name).smallest(), v1)));
    let mv = |thread, way| Move { thread: ThreadId::new(thread), way };
    let lost_head = scripted("lost-head");
    let refused = |subject: &Subject, schedule: &[Move]| {
        let examined = examine(subject, schedule);
        let refused = examined.refused.unwrap_or_else(|| panic!("{schedule:?}"));
        assert_eq!(examined.views.len(), refused.at + 1);
        assert_eq!(examined.trace.schedule, schedule[..refused.at]);
        (refused.at, refused.thread, refused.reason)
    };
    let none = refused(&lost_head, &[mv(0, 0), mv(7, 0)]);
    assert_eq!((none.0, none.1.as_str()), (1, "thread 7"));
    assert_eq!(none.2, "there are 2 threads, numbered from 0, and none is number 7");
    let way = refused(&lost_head, &[mv(1, 3)]);
    assert_eq!(
        (way.0, way.1.as_str(), way.2.as_str()),
        (0, "migrator 1", "migrator 1 has no choice here, and so no way number 3")
    );

    // Let the migrator go on until it holds ring_lock, and then the reader until it wants it.
    let mut schedule = Vec::new();
    let holds = |examined: &Examined| examined.views.last().unwrap().threads[1].holds.contains(&"ring_lock".to_owned());
    while !holds(&examine(&lost_head, &schedule)) {
        schedule.push(mv(1, 0));
    }
    let held = schedule.len();
    let waits = loop {
        let examined = examine(&lost_head, &schedule);
        if let Some(refused) = examined.refused {
            break (refused, examined.views.last().unwrap().clone());
        }
        assert!(schedule.len() < held + 100);
        schedule.push(mv(0, 0));
    };
    assert_eq!(waits.0.reason, "reader 1 waits for ring_lock, which migrator 1 holds");
    let reader = &waits.1.threads[0];
    assert_eq!(
        (reader.standing, reader.waits_for.as_deref(), reader.held_by.as_deref()),
        (ThreadStanding::Waiting, Some("ring_lock"), Some("migrator 1"))
    );
    assert_eq!(reader.next.as_ref().unwrap().label, "lock(ring_lock)");
    assert!(reader.next.as_ref().unwrap().source.starts_with("crate/src/aio/"));

    let miniature = Subject::Miniature(Miniature::new(MiniatureProtocol::Racy, 1, 1));
    let ended = refused(&miniature, &[mv(0, 0); 5]);
    assert_eq!((ended.0, ended.2.as_str()), (3, "reader has ended"));
}

#[test]
fn a_schedule_has_a_longest_length() {
    let scenario = &SCENARIOS[0];
    let mut script = scenario.smallest();
    script.threads.iter_mut().for_each(|(_, rounds)| *rounds = aio_ring_lab::scenario::script::ENDLESS);
    let subject = Subject::Scripted(Box::new(Scripted::new(scenario, script, PRESETS[presets::V4].parts)));
    let schedule = [Move { thread: ThreadId::new(0), way: 0 }; MAX_MOVES + 1];
    let examined = examine(&subject, &schedule);
    let refused = examined.refused.unwrap();
    assert_eq!((refused.at, refused.reason.as_str()), (MAX_MOVES, "a schedule has 4096 moves at the most"));
    assert_eq!((examined.views.len(), examined.standing), (MAX_MOVES + 1, ExaminedStanding::Going));
}

/// What the page gets.
#[test]
fn it_crosses_to_javascript_as_agreed() {
    let cell = CELLS.iter().find(|cell| cell.label.starts_with("abba")).unwrap();
    let json = serde_json::to_value(examine(&cell.subject, &cell.violation.schedule)).unwrap();
    assert_eq!(json["standing"], "stuck");
    assert_eq!(json["finding"]["invariant"], "deadlock");
    assert_eq!(json["finding"]["deadlock"]["cycle"], true);
    assert_eq!(json["trace"]["schedule"][0].as_array().unwrap().len(), 2);
    assert_eq!(json["trace"]["steps"][0]["move"], 0);
    assert_eq!(json["trace"]["breaks"], "deadlock");
    assert!(json["trace"]["steps"][0]["label"].is_string());
    let last = json["views"].as_array().unwrap().last().unwrap();
    assert_eq!(last["threads"][0]["standing"], "waiting");
    assert!(last["threads"][0]["waitsFor"].is_string() && last["threads"][0]["heldBy"].is_string());
    assert!(last["contexts"][0]["ringPages"].is_array() && last["contexts"][0]["reqsAvailable"].is_number());
    assert!(json.get("refused").is_none() && last.get("words").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever comes in by a link: no panic, and everything up to the move that does not fit is shown.
    #[test]
    fn any_schedule_is_examined(cell in 0_usize..1000, fitting in any::<bool>(), bytes in prop::collection::vec((0_u32..6, 0_u32..4), 0..400)) {
        let cell = &CELLS[cell % CELLS.len()];
        let threads = cell.subject.threads();
        let mut schedule: Vec<Move> = bytes.iter().map(|&(thread, way)| Move { thread: ThreadId::new(thread), way }).collect();
        if fitting {
            // What does not fit is dropped, so that random schedules come far.
            schedule.iter_mut().for_each(|next| *next = Move { thread: ThreadId::new(next.thread.index() % threads), way: next.way });
            while let Some(refused) = examine(&cell.subject, &schedule).refused {
                let way = &mut schedule[refused.at].way;
                if *way > 0 { *way = 0 } else { schedule.remove(refused.at); }
            }
        }
        let examined = examine(&cell.subject, &schedule);
        let fits = examined.refused.as_ref().map_or(schedule.len(), |refused| refused.at);
        prop_assert_eq!(examined.views.len(), fits + 1);
        let replayed = replay(&cell.subject, &schedule[..fits]);
        prop_assert_eq!(replayed.finding.map(|finding| finding.text), examined.finding.map(|finding| finding.text));
        if let Err(error) = follow_from_steps(&cell.subject, &examined.views, &replayed.steps) {
            prop_assert!(false, "{}: {}", cell.label, error);
        }
    }
}
