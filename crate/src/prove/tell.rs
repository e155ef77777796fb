//! Steps of an execution as a trace: described, and what was lost marked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::Subject;
use super::schedule::schedule_json;
use crate::explore::miniature::Miniature;
use crate::machine::model::Move;
use crate::machine::{Op, Step};
use crate::scenario::World;
use crate::scenario::cause::{Evidence, copied_head, operations};
use crate::scenario::detect::Seen;
use crate::trace::{Lane, TraceStep};

/// A trace that a schedule leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduledTrace {
    /// The scenario.
    pub scenario: String,
    /// The protocol: a preset's name, or "custom".
    pub protocol: String,
    /// The sizes that the subject was made with, by name; whoever made it fills them in.
    pub sizes: BTreeMap<String, u32>,
    /// Who goes when: thread and way.
    #[serde(serialize_with = "as_pairs")]
    pub schedule: Vec<Move>,
    /// The threads, one lane each.
    pub threads: Vec<Lane>,
    /// The steps, first to last.
    pub steps: Vec<ScheduledStep>,
    /// Always: an execution is told from its beginning.
    pub complete: bool,
    /// The name of what is broken at its end; whoever judges that fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks: Option<String>,
}

/// A step, and the move that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduledStep {
    /// The step.
    #[serde(flatten)]
    pub step: TraceStep,
    /// Index into [`ScheduledTrace::schedule`].
    #[serde(rename = "move")]
    pub of_move: usize,
}

fn as_pairs<S: Serializer>(schedule: &[Move], serializer: S) -> Result<S::Ok, S::Error> {
    schedule_json(schedule).serialize(serializer)
}

/// When an execution's first corruption was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    /// By a detector, when so many steps had been recorded.
    At { steps: usize, seen: Seen },
    /// When all was done, by counting events or by looking at head and tail.
    AtRest,
}

/// Tells an execution; with each step goes the index of its move. `finished`: all threads have ended.
pub(super) fn tell(
    subject: &Subject,
    schedule: &[Move],
    steps: &[(usize, Step)],
    noticed: Option<Noticed>,
    finished: bool,
) -> ScheduledTrace {
    let only: Vec<Step> = steps.iter().map(|(_, step)| *step).collect();
    let notes = match (subject, noticed) {
        (Subject::Scripted(scripted), Some(noticed)) => causes(&scripted.world, &only, noticed),
        (Subject::Scripted(_), None) => Vec::new(),
        (Subject::Miniature(miniature), _) => lost_reads(miniature, &only, finished),
    };
    let told =
        steps.iter().enumerate().filter(|(_, (_, step))| step.op != Op::CopiedHead).map(|(i, &(of_move, step))| {
            let mut described = subject.describe(&step);
            if let Some(head) = copied_head(&only[i + 1..], &step) {
                described.reads = Some(format!("head {head}"));
            }
            if let Some(&(_, note, lost)) = notes.iter().find(|(at, ..)| *at == i) {
                described.note = Some(note.to_owned());
                described.lost = lost;
            }
            ScheduledStep { step: described, of_move }
        });
    ScheduledTrace {
        scenario: subject.scenario().to_owned(),
        protocol: subject.protocol().to_owned(),
        sizes: BTreeMap::new(),
        schedule: schedule.to_vec(),
        threads: subject.lanes(),
        steps: told.collect(),
        complete: true,
        breaks: None,
    }
}

/// What is to be said of a step: its index, the words, and whether what it wrote was lost.
type Note = (usize, &'static str, bool);

/// The steps that the corruption goes back to.
fn causes(world: &World, steps: &[Step], noticed: Noticed) -> Vec<Note> {
    let recorded = match noticed {
        Noticed::At { steps, .. } => steps,
        Noticed::AtRest => steps.len(),
    };
    let steps = &steps[..recorded];
    let operations = operations(steps, world.roles.len());
    let evidence = |noticed| Evidence { world, steps, operations: &operations, noticed };
    let causes = match noticed {
        Noticed::At { seen, .. } => {
            let step = steps.iter().rposition(|step| step.thread == seen.thread);
            step.and_then(|step| evidence(step).cause(seen)).into_iter().collect()
        }
        // Events were counted. Those that are missing were completed, and lost.
        Noticed::AtRest => evidence(0).lost_completions(),
    };
    causes.into_iter().map(|cause| (cause.damage, cause.note, cause.lost)).collect()
}

/// The reads of the miniature that do not count. Each head counts some reads, and whoever loads one carries them along; a
/// read is lost when no head that can still come to be in use counts it, and nobody carries it.
fn lost_reads(miniature: &Miniature, steps: &[Step], finished: bool) -> Vec<Note> {
    let [(_, ptr), (_, first), (_, second)] = miniature.words();
    let page_of = |at| if at == first { Some(0) } else { (at == second).then_some(1) };
    let mut heads = [BTreeSet::new(), BTreeSet::new()];
    let mut carried =
        vec![BTreeSet::new(); steps.iter().map(|step| step.thread.index() as usize + 1).max().unwrap_or(0)];
    let (mut stores, mut in_use) = (Vec::new(), 0);
    for (i, step) in steps.iter().enumerate() {
        let carried = &mut carried[step.thread.index() as usize];
        match (step.op, page_of(step.at)) {
            (Op::Load, Some(page)) => carried.clone_from(&heads[page]),
            (Op::Store, Some(page)) => {
                if miniature.role(step.thread).0 == "reader" {
                    stores.push(i);
                    carried.insert(i);
                }
                heads[page] = core::mem::take(carried);
            }
            (Op::Store, None) if step.at == ptr => in_use = step.value as usize,
            _ => {}
        }
    }
    let counts = |read: &usize| match finished {
        true => heads[in_use].contains(read),
        false => heads.iter().chain(&carried).any(|reads| reads.contains(read)),
    };
    stores
        .into_iter()
        .filter(|read| !counts(read))
        .map(|read| (read, "lost: this page has been copied already", true))
        .collect()
}
