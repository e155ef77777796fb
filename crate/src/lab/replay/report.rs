//! What became of a schedule that was forced on threads, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Replay;
use crate::explore::{Finding, Program};
use crate::lab::report::WaitReport;
use crate::machine::gated::{Reason, Refusal};
use crate::machine::waits::holders;
use crate::machine::{Op, Step, ThreadId, WaitFor};
use crate::ring::Memory;
use crate::scenario::World;

/// What is counted while rounds go by.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) findings: BTreeMap<String, u32>,
    pub(super) first: Option<Found>,
    pub(super) refused: Option<Refused>,
    /// When the last round was over, milliseconds of [`now`](crate::machine::threads::time::now).
    pub(super) ended: f64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayReport {
    /// Rounds that are over.
    pub times: u32,
    /// In how many of them something was broken.
    pub broke: u32,
    /// How many were followed to the last move.
    pub followed: u32,
    /// Where the first one that was not followed was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
    /// What was broken, by name, and how often.
    pub findings: BTreeMap<String, u32>,
    /// The first of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Found>,
    /// From the first thread's start to the end of the last round.
    pub seconds: f64,
    /// Whether somebody put an end to it before all rounds were over.
    pub aborted: bool,
}

/// What was broken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// The name of what does not hold.
    pub invariant: String,
    /// What was found, in a sentence.
    pub text: String,
    /// Who waits for whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadlock: Option<WaitReport>,
}

impl Found {
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub(super) fn new(world: &World, Finding { invariant, text, stuck }: Finding) -> Self {
        Self { invariant, text, deadlock: stuck.map(|stuck| WaitReport::new(world, &stuck)) }
    }
}

/// Where a schedule was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The move: its index. The first one, where a thread did not even come so far; as many as there are, where all were
    /// made and what the schedule breaks is not broken.
    pub r#move: u32,
    /// Whose it was.
    pub thread: String,
    /// What the thread did, or would have to wait for; or what it was to do.
    pub step: String,
    /// Why that is not the schedule, in a sentence.
    pub reason: String,
}

impl Replay {
    /// The refusal in words, while the memory is as the threads left it.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub(super) fn refused(&self, Refusal { turn, thread, reason }: Refusal) -> Refused {
        let subject = self.subject();
        let r#move = self.gate().move_of(turn).unwrap_or(0);
        let planned = self.gate().move_of(turn).and_then(|i| self.plan.steps[i as usize]);
        let label = |step: Step| self.subject.world.describe(&step, 0).label;
        let planned = planned.map(label).unwrap_or_default();
        let (step, reason) = match reason {
            Reason::Impossible => self.impossible(thread),
            Reason::Diverged => self.diverged(turn, &planned),
            Reason::Ended => (planned, "the thread has nothing more to do".to_owned()),
            Reason::NoSuchWay => (planned, format!("the step does not go way {}", self.gate().way_at(turn))),
            Reason::Late => (planned, "the thread did not come to its turn in time".to_owned()),
        };
        Refused { r#move, thread: subject.thread_name(thread), step, reason }
    }

    /// What the thread did instead; where a `try_lock` was refused, who holds the lock.
    fn diverged(&self, turn: u32, planned: &str) -> (String, String) {
        let Some(step) = self.gate().done(turn) else { return Default::default() };
        let done = self.subject.world.describe(&step, 0);
        let holder = done.reads.filter(|_| step.op == Op::Refused).map(|by| format!("{by}; "));
        (done.label, format!("{}in the schedule the step is another one: {planned}", holder.unwrap_or_default()))
    }

    fn wants(&self, thread: ThreadId) -> Option<WaitFor> {
        WaitFor::from_word(self.memory().load(self.subject.world.control.waits_for(thread)))
    }

    /// What a thread is about to do that waits for this.
    fn waiting_step(&self, wants: WaitFor) -> String {
        let name = self.subject.world.name(wants.at());
        match wants {
            WaitFor::Lock(_) => format!("lock({name})"),
            WaitFor::Reading(_) => format!("down_read({name})"),
            WaitFor::Queue(_) => format!("wait for {name}"),
        }
    }

    /// All moves were made, and yet nothing is broken.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub(super) fn unlike(&self) -> Refused {
        let world = &self.subject.world;
        let waits = world.control.all().zip(&self.plan.waits).filter_map(|(thread, &wants)| Some((thread, wants?)));
        let awake = waits.into_iter().find(|&(thread, wants)| self.wants(thread) != Some(wants));
        let (thread, step, reason) = match awake {
            Some((thread, expected)) => {
                let reason = "the schedule ends with the thread waiting here, but it does not wait: it can go on";
                (thread, self.waiting_step(expected), reason)
            }
            None => {
                let last = self.gate().last();
                let step = self.gate().done(last).map(|step| world.describe(&step, 0).label).unwrap_or_default();
                let reason = "what is broken after this step in the schedule is not broken here: the thread goes on in another way";
                (self.gate().thread_at(last).unwrap_or(ThreadId::new(0)), step, reason)
            }
        };
        let r#move = self.plan.steps.len() as u32;
        Refused { r#move, thread: world.thread_name(thread), step, reason: reason.to_owned() }
    }

    /// What the thread would have to wait for, and why.
    fn impossible(&self, thread: ThreadId) -> (String, String) {
        let (world, memory) = (&self.subject.world, self.memory());
        let Some(wants) = self.wants(thread) else { return Default::default() };
        let step = self.waiting_step(wants);
        let by = match wants {
            WaitFor::Queue(_) => Vec::new(),
            _ => holders(&memory, &world.control, wants.at()),
        };
        let by = by.into_iter().map(|by| world.thread_name(by)).collect::<Vec<_>>().join(", ");
        let reason = match wants {
            WaitFor::Queue(_) => "nobody has woken it".to_owned(),
            WaitFor::Reading(_) if by.is_empty() => "a writer waits for it already".to_owned(),
            _ => format!("it is taken: {by} holds it"),
        };
        (step, reason)
    }
}
