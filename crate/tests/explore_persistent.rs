//! Persistent sets against the search of all states: what is left out may be no end that others come to.

#![cfg(not(target_arch = "wasm32"))]

mod explored;

use std::collections::BTreeSet;
use std::sync::Mutex;

use aio_ring_lab::aio::PRESETS;
use aio_ring_lab::explore::bounds::{Bound, Bounds};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Finding, Host, Moment, Outcome, Program, Verdict, persistent};
use aio_ring_lab::machine::model::{Body, Cells, Grain, Model, ModelThread};
use aio_ring_lab::machine::{Aborted, Control, Lock, LockKind, Machine, ThreadId, WaitQueue};
use aio_ring_lab::prove::ProveConfig;
use aio_ring_lab::ring::{Addr, Frames, Placer};
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::truth::{self, row};
use explored::Little;

fn in_all(program: &dyn Program) -> Verdict {
    states::search(program, &Options::default(), &Host::quiet())
}

fn reduced(program: &dyn Program) -> Verdict {
    persistent::search(program, Bounds::default(), &Host::quiet())
}

/// A program of which nothing is broken; notes where it ends.
struct Ends<'a> {
    program: &'a dyn Program,
    /// How it ended, and the memory.
    ends: Mutex<BTreeSet<(bool, Vec<u32>)>>,
}

impl Program for Ends<'_> {
    fn threads(&self) -> u32 {
        self.program.threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.program.thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        self.program.execute(visit);
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        let words = memory.words().iter().map(core::cell::Cell::get).collect();
        self.ends.lock().unwrap().insert((moment == Moment::Stuck, words));
        None
    }
}

/// That both searches come to the same ends, and the states of both.
fn same_ends(program: &dyn Program, name: &str) -> (u64, u64) {
    let search = |search: fn(&dyn Program) -> Verdict| {
        let noted = Ends { program, ends: Mutex::default() };
        let verdict = search(&noted);
        assert_eq!(verdict.outcome, Outcome::Proved, "{name}");
        (verdict.states.unwrap(), noted.ends.into_inner().unwrap())
    };
    let ((all, ends), (few, reduced_ends)) = (search(in_all), search(reduced));
    assert!(ends == reduced_ends, "{name}: {} ends, not {}", reduced_ends.len(), ends.len());
    assert!(few <= all, "{name}: {few} states of {all}");
    (all, few)
}

#[test]
fn random_programs_come_to_the_same_ends_and_verdicts() {
    let (mut all, mut few, mut violated) = (0, 0, 0);
    for seed in 0..3_000 {
        let program = Little::random(seed);
        let name = format!("seed {seed}: {:?}", program.threads);
        let states = same_ends(&program, &name);
        (all, few) = (all + states.0, few + states.1);
        let outcome = in_all(&program).outcome;
        assert_eq!(reduced(&program).outcome, outcome, "{name}");
        violated += u32::from(outcome == Outcome::Violated);
    }
    assert!(few * 3 < all * 2 && violated > 300, "{few} states of {all}, {violated} violated");
}

#[test]
fn the_scenarios_come_to_the_same_ends_and_to_the_verdicts_of_the_table() {
    let (mut all, mut few) = (0, 0);
    for scenario in SCENARIOS {
        for (preset, expected) in PRESETS.iter().zip(row(scenario).presets) {
            let program = Scripted::new(scenario, scenario.smallest(), preset.parts);
            let name = format!("{} under {}", scenario.name, preset.name);
            let outcome = match expected.outcome {
                truth::Verdict::NotApplicable => continue,
                truth::Verdict::Holds => Outcome::Proved,
                truth::Verdict::Broken | truth::Verdict::Deadlock => Outcome::Violated,
            };
            assert_eq!(reduced(&program).outcome, outcome, "{name}");
            // What follows on damage has no end in some: who is told to wait for a page that is gone.
            if outcome == Outcome::Proved {
                let states = same_ends(&program, &name);
                (all, few) = (all + states.0, few + states.1);
            }
        }
    }
    assert!(few * 3 < all * 2, "{few} states of {all}");
}

#[test]
fn readers_without_end_are_searched_to_the_end() {
    for scenario in ["lost-head", "trylock", "starvation"] {
        for preset in PRESETS {
            let name = format!("{scenario} under {}", preset.name);
            let config =
                format!(r#"{{"scenario": "{scenario}", "protocol": "{}", "sizes": {{"endless": 1}}}}"#, preset.name);
            let subject = ProveConfig::parse(&config).unwrap().subject();
            let (all, few) = (in_all(&subject), reduced(&subject));
            assert_eq!(few.outcome, all.outcome, "{name}");
            assert!(all.outcome == Outcome::Violated || few.states <= all.states, "{name}");
        }
    }
}

#[test]
fn the_miniature_s_verdicts_are_the_same() {
    use MiniatureProtocol::{Racy, Spinlock, Trylock, TrylockIgnored};
    for protocol in [Racy, Spinlock, Trylock, TrylockIgnored] {
        let program = Miniature::new(protocol, 3, 3);
        same_ends(&program, protocol.name());
        assert_eq!(reduced(&program).outcome, in_all(&program).outcome, "{}", protocol.name());
    }
}

/// What a thread of a handmade program does.
type Run = for<'a> fn(&'a Handmade, &'a ModelThread<'a>) -> Body<'a>;

/// Threads written by hand, over three words and a lock; broken once the last word is not 0.
struct Handmade {
    runs: Vec<Run>,
    control: Control,
    words: [Addr; 3],
    lock: Lock,
    queue: WaitQueue,
    size: u32,
}

impl Handmade {
    fn new(runs: Vec<Run>) -> Self {
        let placer = &mut Placer::default();
        let control = Control::place(placer, runs.len() as u32);
        let words = [(); 3].map(|()| placer.line());
        let lock = Lock::place(placer, LockKind::Mutex);
        let queue = WaitQueue::place(placer);
        Self { runs, control, words, lock, queue, size: placer.words() }
    }
}

impl Program for Handmade {
    fn threads(&self) -> u32 {
        self.runs.len() as u32
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        format!("thread {}", thread.index())
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let frames = Frames::place(&mut Placer::default(), 0, 1);
        let model = Model::new(self.size, self.control, frames, Grain::Whole);
        let machines: Vec<_> = self.control.all().map(|thread| model.thread(thread)).collect();
        let bodies = machines.iter().zip(&self.runs).map(|(machine, run)| run(self, machine)).collect();
        visit(&model, bodies);
    }

    fn is_broken(&self, memory: &Cells) -> bool {
        memory.words()[self.words[2].index()].get() != 0
    }

    fn judge(&self, memory: &Cells, _: Moment) -> Option<Finding> {
        let finding = Finding { invariant: "broken".to_owned(), text: String::new(), stuck: None };
        self.is_broken(memory).then_some(finding)
    }
}

/// Goes round in a circle of two states, and has nothing to do with anybody.
fn idle<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        loop {
            m.begin_operation();
            m.store(program.words[0], 1).await;
            m.store(program.words[0], 0).await;
        }
    })
}

/// Breaks it.
fn wrecker<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        m.store(program.words[2], 1).await;
        Ok(())
    })
}

/// Reads a word twice under the lock, and breaks it if the two differ.
fn careful<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        m.lock(program.lock).await?;
        let first = m.load(program.words[1]).await;
        if m.load(program.words[1]).await != first {
            m.store(program.words[2], 1).await;
        }
        m.unlock(program.lock).await;
        Ok(())
    })
}

/// Changes that word under the lock, and does something else before.
fn polite<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        m.load(program.words[0]).await;
        m.lock(program.lock).await?;
        m.fetch_add(program.words[1], 1).await;
        m.unlock(program.lock).await;
        Ok(())
    })
}

/// The same, and gives the lock back twice.
fn clumsy<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        polite(program, m).await?;
        m.unlock(program.lock).await;
        Ok::<(), Aborted>(())
    })
}

#[test]
fn nobody_is_put_off_by_one_who_goes_round_in_a_circle() {
    let outcome = |runs: Vec<Run>| reduced(&Handmade::new(runs)).outcome;
    assert_eq!(outcome(vec![idle, idle]), Outcome::Proved);
    assert_eq!(outcome(vec![idle, wrecker]), Outcome::Violated);
    assert_eq!(outcome(vec![idle, idle, wrecker]), Outcome::Violated);
}

#[test]
fn a_lock_keeps_nobody_out_that_somebody_gives_back_who_does_not_hold_it() {
    let states_and_outcome = |runs: Vec<Run>| {
        let program = Handmade::new(runs);
        let (all, few) = (in_all(&program), reduced(&program));
        assert_eq!(few.outcome, all.outcome);
        (few.outcome, all.states, few.states)
    };
    let (outcome, all, few) = states_and_outcome(vec![careful, polite, polite]);
    assert!(outcome == Outcome::Proved && few < all, "{few:?} states of {all:?}");
    assert_eq!(states_and_outcome(vec![careful, polite, clumsy]).0, Outcome::Violated);
    assert_eq!(states_and_outcome(vec![careful, clumsy, polite]).0, Outcome::Violated);
}

/// Gives a lock back that it does not hold, wakes whoever waits, and is careful then.
fn thief<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        m.unlock(program.lock).await;
        m.wake_up(program.queue).await;
        careful(program, m).await
    })
}

/// Waits with the lock held, gives it back, and is polite then.
fn robbed<'a>(program: &'a Handmade, m: &'a ModelThread<'a>) -> Body<'a> {
    Box::pin(async move {
        let ticket = m.prepare_to_wait(program.queue).await;
        m.lock(program.lock).await?;
        m.wait(program.queue, ticket).await?;
        m.unlock(program.lock).await;
        polite(program, m).await
    })
}

#[test]
fn who_was_robbed_of_a_lock_gives_back_the_next_one_s() {
    for runs in [[thief as Run, robbed as Run], [robbed, thief]] {
        let program = Handmade::new(runs.to_vec());
        assert_eq!((in_all(&program).outcome, reduced(&program).outcome), (Outcome::Violated, Outcome::Violated));
    }
}

#[test]
fn a_bound_on_states_is_kept_to_however_small() {
    let program = Miniature::new(MiniatureProtocol::Spinlock, 2, 2);
    let bounds = Bounds { count: Some(5), ..Bounds::default() };
    let verdict = persistent::search(&program, bounds, &Host::quiet());
    assert_eq!((verdict.outcome, verdict.states), (Outcome::BoundReached(Bound::Count), Some(5)));
}
