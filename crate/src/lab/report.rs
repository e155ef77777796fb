//! What a run came to, as data.

use serde::Serialize;
use serde_json::{Map, Value};

use super::first::Corruption;
use super::race::Race;
use crate::machine::{Stuck, ThreadId, Wait};
use crate::ring::Memory;
use crate::scenario::check;
use crate::scenario::kind::KINDS;
use crate::scenario::{Counter, World};

/// A run's report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Each thread's name, role and counters.
    pub threads: Vec<Value>,
    /// Who waited for whom, when the run was given up for that.
    pub deadlock: Option<WaitReport>,
    /// The first corruption, if there was any.
    pub first_corruption: Option<Corruption>,
    /// Invariants that are broken now that everybody has come to rest; empty when the run was aborted.
    pub at_rest: Vec<String>,
}

impl Report {
    /// What `race` came to; `stuck` is what the watchdog gave it up for. To be asked when all its threads have ended.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn new(race: &Race, stuck: Option<&Stuck>) -> Self {
        let (world, memory) = (race.world(), race.memory());
        let deadlock = stuck.map(|stuck| WaitReport::new(world, stuck));
        let aborted = memory.load(world.control.abort()) != 0;
        let broken = if aborted { Vec::new() } else { check::at_rest(&memory, world) };
        Self {
            threads: world.control.all().map(|thread| thread_report(world, &memory, thread)).collect(),
            deadlock,
            first_corruption: Corruption::first(race),
            at_rest: broken.iter().map(|broken| format!("{}: {}", broken.invariant, broken.text)).collect(),
        }
    }
}

#[cfg_attr(target_arch = "wasm32", optimize(size))]
fn thread_report(world: &World, memory: &impl Memory, thread: ThreadId) -> Value {
    let mut report = Map::new();
    report.insert("name".to_owned(), world.thread_name(thread).into());
    report.insert("role".to_owned(), world.roles[thread.index() as usize].name().into());
    for (i, name) in (0..).zip(counter_names()) {
        report.insert(name.to_owned(), memory.load(world.control.counters(thread).offset(i)).into());
    }
    report.into()
}

/// The names of a thread's counters, in the order of their words.
pub fn counter_names() -> impl Iterator<Item = &'static str> {
    Counter::ALL.iter().map(|(_, name)| *name).chain(KINDS.iter().map(|kind| kind.name))
}

/// One waiting thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitEntry {
    /// Who waits.
    pub thread: String,
    /// For what.
    pub wants: String,
    /// Who holds it, if it is held.
    pub held_by: Option<String>,
    /// What the waiting thread holds itself.
    pub holds: Vec<String>,
}

/// Who waits for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitReport {
    /// Whether they wait for each other in a circle.
    pub cycle: bool,
    /// All of it in a sentence.
    pub text: String,
    /// One entry for each waiting thread.
    pub waits: Vec<WaitEntry>,
}

impl WaitReport {
    /// The stuck threads of `world`, by name.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn new(world: &World, stuck: &Stuck) -> Self {
        let entry = |wait: &Wait| WaitEntry {
            thread: world.thread_name(wait.thread),
            wants: world.name(wait.wants.at()),
            held_by: (!wait.held_by.is_empty())
                .then(|| wait.held_by.iter().map(|&by| world.thread_name(by)).collect::<Vec<_>>().join(", ")),
            holds: wait.holds.iter().map(|lock| world.name(lock.at)).collect(),
        };
        // The circle first, each saying what the one before it wants; then those who wait for the circle.
        let circle = stuck.circle();
        let around = circle.iter().zip(circle.iter().cycle().skip(circle.len().saturating_sub(1)));
        let circular = around.map(|(wait, before)| {
            let WaitEntry { thread, wants, .. } = entry(wait);
            format!("{thread} holds {}, wants {wants}", world.name(before.wants.at()))
        });
        let others = stuck.waits.iter().filter(|wait| !circle.contains(wait)).map(|wait| entry(wait).sentence());
        let text = circular.chain(others).collect::<Vec<_>>().join("; ");
        Self { cycle: stuck.cycle, text, waits: stuck.waits.iter().map(entry).collect() }
    }
}

impl WaitEntry {
    /// Of a thread that waits for others without being waited for.
    fn sentence(&self) -> String {
        let Self { thread, wants, held_by, holds } = self;
        let holds = if holds.is_empty() { String::new() } else { format!("holds {}, ", holds.join(" and ")) };
        match held_by {
            Some(by) => format!("{thread} {holds}wants {wants}, which {by} holds"),
            None => format!("{thread} {holds}waits for {wants}, which nobody is left to provide"),
        }
    }
}
