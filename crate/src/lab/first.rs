//! The first corruption of a run, told from the threads' own records.
//!
//! The records hold the last steps of each thread, some thousands; the story is in a few of them. Three questions find it: which step
//! did the damage, which operations was it between, and in which was it noticed. Those operations are told step by step;
//! whatever else happened meanwhile is folded into a line.

use serde::Serialize;

use super::config::RunConfig;
use super::race::Race;
use crate::machine::threads::record::DEPTH;
use crate::machine::{Op, Step, ThreadId};
use crate::scenario::cause::{Evidence, copied_head, operations};
use crate::scenario::detect::Seen;
use crate::scenario::{Role, World};
use crate::trace::merge::{Record, merge};
use crate::trace::{Lane, Trace, TraceStep};

/// The first corruption, with the interleaving that led to it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Corruption {
    /// Its kind.
    pub kind: &'static str,
    /// Milliseconds after the run was laid out.
    pub time_ms: f64,
    /// Who noticed.
    pub thread: String,
    /// What was noticed, in a sentence.
    pub detail: String,
    /// The steps that led to it.
    pub trace: Trace,
    /// The trace as the two-column picture.
    pub text: String,
}

/// Steps told when the cause is not recognised.
const TAIL: usize = 40;

impl Corruption {
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub(super) fn first(race: &Race) -> Option<Self> {
        let (world, memory) = (race.world(), race.memory());
        let (seen, time) = Seen::first(&memory, world)?;
        let records: Vec<Record> = world
            .control
            .all()
            .map(|thread| Record {
                entries: world.records.last_steps(&memory, &world.control, thread),
                ticks: is_migrator(world, thread),
            })
            .collect();
        let whole: Vec<bool> = records.iter().map(|record| record.entries.len() < DEPTH as usize).collect();
        let trace = tell(world, &merge(&records), &whole, seen, race.config());
        Some(Self {
            kind: seen.kind.info().name,
            time_ms: time - race.started(),
            thread: world.thread_name(seen.thread),
            detail: seen.detail(world),
            text: trace.to_text(),
            trace,
        })
    }
}

fn is_migrator(world: &World, thread: ThreadId) -> bool {
    matches!(world.roles[thread.index() as usize], Role::Migrator { .. })
}

/// The trace of a corruption, from all that was recorded; `whole`: whether a thread's record still has its first step.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
fn tell(world: &World, steps: &[Step], whole: &[bool], seen: Seen, config: &RunConfig) -> Trace {
    // The thread that noticed recorded one more step, as every thread does when the records freeze.
    let last_of = |steps: &[Step]| steps.iter().rposition(|step| step.thread == seen.thread);
    let noticed = last_of(steps).and_then(|extra| last_of(&steps[..extra])).unwrap_or(steps.len().saturating_sub(1));
    let operations = operations(steps, world.roles.len());
    let evidence = Evidence { world, steps, operations: &operations, noticed };
    let cause = evidence.cause(seen);
    let end = steps.len().min(noticed.max(cause.as_ref().map_or(0, |cause| cause.damage)) + 1);
    let told: Vec<usize> = match &cause {
        Some(cause) => [cause.damage, cause.copy, noticed].map(|i| operations[i]).to_vec(),
        None => operations[end.saturating_sub(TAIL)..end].to_vec(),
    };
    let begin = operations.iter().position(|operation| told.contains(operation)).unwrap_or(0);
    // Before the two operations overlap, nothing happens that needs telling.
    let overlap = cause.as_ref().map_or(0, |cause| {
        let both = evidence.begin_of(cause.damage).max(evidence.begin_of(cause.copy));
        both.min(evidence.begin_of(noticed))
    });
    let is_told = |i: usize| i >= overlap && told.contains(&operations[i]);
    // Of a thread's first recorded operation the beginning may have been overwritten.
    let complete = cause.is_some() && told.iter().all(|&operation| whole.get(operation).is_none_or(|&whole| whole));

    let is_in = |thread: &ThreadId| (begin..end).any(|i| is_told(i) && steps[i].thread == *thread);
    // Migrators to the left, as in the commit's picture.
    let [left, right] =
        [true, false].map(|left| world.control.all().filter(move |&thread| is_migrator(world, thread) == left));
    let lanes: Vec<ThreadId> = left.chain(right).filter(is_in).collect();
    let lane_of = |thread: ThreadId| lanes.iter().position(|&lane| lane == thread);

    let mut folded = vec![Folded::default(); lanes.len()];
    let mut told_steps = Vec::new();
    for i in begin..end {
        let (step, Some(lane)) = (&steps[i], lane_of(steps[i].thread)) else { continue };
        if !is_told(i) {
            folded[lane].add(step);
            continue;
        }
        if step.op == Op::CopiedHead {
            continue;
        }
        for (lane, folded) in folded.iter_mut().enumerate() {
            told_steps.extend(core::mem::take(folded).tell(world, lanes[lane], lane));
        }
        let mut described = world.describe(step, lane);
        if let Some(head) = copied_head(&steps[i + 1..], step) {
            described.reads = Some(format!("head {head}"));
        }
        if let Some(cause) = cause.as_ref().filter(|cause| cause.damage == i) {
            described.lost = cause.lost;
            described.note = Some(cause.note.to_owned());
        }
        told_steps.push(described);
    }
    Trace {
        scenario: config.scenario.to_owned(),
        protocol: config.protocol.name().to_owned(),
        threads: lanes.iter().map(|&lane| lane_info(world, lane)).collect(),
        steps: told_steps,
        complete,
    }
}

fn lane_info(world: &World, thread: ThreadId) -> Lane {
    let role = &world.roles[thread.index() as usize];
    Lane { name: world.thread_name(thread), role: role.name().to_owned(), function: role.function().to_owned() }
}

/// Steps of one thread that are not told one by one.
#[derive(Clone, Debug, Default)]
struct Folded {
    steps: usize,
    completed: usize,
    migrated: usize,
    read: usize,
    source: Option<Step>,
}

impl Folded {
    fn add(&mut self, step: &Step) {
        self.steps += 1;
        self.source = self.source.or(Some(*step));
        match step.op {
            Op::WriteEvent => self.completed += 1,
            Op::CopyPage => self.migrated += 1,
            Op::ReadEvents => self.read += step.value as usize,
            _ => {}
        }
    }

    fn tell(self, world: &World, thread: ThreadId, lane: usize) -> Option<TraceStep> {
        let did = [
            (self.completed, "completes", "event"),
            (self.read, "reads", "event"),
            (self.migrated, "migrates", "page"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, verb, what)| format!("{verb} {count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect::<Vec<_>>();
        let first = self.source?;
        let mut step = world.describe(&first, lane);
        step.role = world.roles[thread.index() as usize].name().to_owned();
        step.label = match did.is_empty() {
            true => format!("... {} more steps", self.steps),
            false => format!("... {} ({} steps)", did.join(", "), self.steps),
        };
        (step.reads, step.writes) = (None, None);
        Some(step)
    }
}
