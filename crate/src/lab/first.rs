//! The first corruption of a run, told from the threads' own records.
//!
//! The records hold a thousand steps of each thread; the story is in a few of them. Three questions find it: which step
//! did the damage, which operations was it between, and in which was it noticed. Those operations are told step by step;
//! whatever else happened meanwhile is folded into a line.

use serde::Serialize;

use super::config::RunConfig;
use super::race::Race;
use crate::machine::threads::record::DEPTH;
use crate::machine::{Op, Step, ThreadId};
use crate::scenario::describe::head_word;
use crate::scenario::detect::Seen;
use crate::scenario::{Kind, Role, World};
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
            detail: seen.detail(),
            text: trace.to_text(),
            trace,
        })
    }
}

fn is_migrator(world: &World, thread: ThreadId) -> bool {
    matches!(world.roles[thread.index() as usize], Role::Migrator { .. })
}

/// The trace of a corruption, from all that was recorded; `whole`: whether a thread's record still has its first step.
fn tell(world: &World, steps: &[Step], whole: &[bool], seen: Seen, config: &RunConfig) -> Trace {
    // The thread that noticed recorded one more step, as every thread does when the records freeze.
    let last_of = |steps: &[Step]| steps.iter().rposition(|step| step.thread == seen.thread);
    let noticed = last_of(steps).and_then(|extra| last_of(&steps[..extra])).unwrap_or(steps.len().saturating_sub(1));
    let operations = operations(steps, world.roles.len());
    let evidence = Evidence { world, steps, operations: &operations, noticed };
    let cause = evidence.cause(seen);
    let end = steps.len().min(noticed.max(cause.as_ref().map_or(0, |cause| cause.damage)) + 1);
    let told: Vec<usize> = match &cause {
        Some(cause) => [cause.damage, cause.before, noticed].map(|i| operations[i]).to_vec(),
        None => operations[end.saturating_sub(TAIL)..end].to_vec(),
    };
    let begin = operations.iter().position(|operation| told.contains(operation)).unwrap_or(0);
    // Before the two operations overlap, nothing happens that needs telling.
    let overlap = cause.as_ref().map_or(0, |cause| {
        let both = evidence.begin_of(cause.damage).max(evidence.begin_of(cause.before));
        both.min(evidence.begin_of(noticed))
    });
    let is_told = |i: usize| i >= overlap && told.contains(&operations[i]);
    // Of a thread's first recorded operation the beginning may have been overwritten.
    let complete = cause.is_some() && told.iter().all(|&operation| whole.get(operation).is_none_or(|&whole| whole));

    let mut lanes: Vec<ThreadId> = (begin..end).filter(|&i| is_told(i)).map(|i| steps[i].thread).collect();
    // Migrators to the left, as in the commit's picture.
    lanes.sort_by_key(|&lane| (!is_migrator(world, lane), lane));
    lanes.dedup();
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

/// For each step the operation that it belongs to: from its thread's first lock until it holds none any more, with the
/// references and wake-ups that follow. Numbers below the number of threads are operations that were going on when the
/// records begin.
fn operations(steps: &[Step], threads: usize) -> Vec<usize> {
    let mut current: Vec<usize> = (0..threads).collect();
    let mut held = vec![0_u32; threads];
    let mut over = vec![false; threads];
    let mut next = threads;
    steps
        .iter()
        .map(|step| {
            let thread = step.thread.index() as usize;
            if over[thread] && !matches!(step.op, Op::Put | Op::Add | Op::WakeUp | Op::CopiedHead) {
                current[thread] = next;
                next += 1;
                over[thread] = false;
            }
            match step.op {
                Op::Lock | Op::TryLock => held[thread] += 1,
                Op::Unlock => {
                    held[thread] = held[thread].saturating_sub(1);
                    over[thread] = held[thread] == 0;
                }
                _ => {}
            }
            current[thread]
        })
        .collect()
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

/// The head that a page copy carried along, if it was page 0's.
fn copied_head(rest: &[Step], copy: &Step) -> Option<u32> {
    let copied = rest.iter().find(|step| step.thread == copy.thread)?;
    (copy.op == Op::CopyPage && copied.op == Op::CopiedHead).then_some(copied.value)
}

/// What did the damage.
struct Cause {
    /// Index of the step that did it.
    damage: usize,
    /// Index of a step of the operation that made it damage.
    before: usize,
    /// What is to be said of the damaging step.
    note: &'static str,
    /// Whether what that step wrote was lost.
    lost: bool,
}

/// What there is to find a cause in.
struct Evidence<'a> {
    world: &'a World,
    steps: &'a [Step],
    operations: &'a [usize],
    /// Index of the step in which the corruption was noticed.
    noticed: usize,
}

impl Evidence<'_> {
    fn cause(&self, seen: Seen) -> Option<Cause> {
        match seen.kind {
            Kind::StaleHead => self.lost_head(Some(seen.numbers)),
            Kind::Duplicate | Kind::Slots | Kind::Lost => self.lost_head(None),
            Kind::ReadAfterFree | Kind::WriteAfterFree => {
                let [frame, word] = seen.numbers;
                let freed = self.freed(frame)?;
                Some(self.late_write(frame, word, freed.damage).unwrap_or(freed))
            }
            Kind::Reordered
            | Kind::Foreign
            | Kind::Reference
            | Kind::LostHeader
            | Kind::UseAfterTeardown
            | Kind::ErrorAfterMove
            | Kind::LockLeaked => None,
        }
    }

    /// Index of the first step of the operation that step `i` belongs to.
    fn begin_of(&self, i: usize) -> usize {
        self.operations.iter().position(|operation| *operation == self.operations[i]).unwrap_or(i)
    }

    /// The frame that step `i` copies from, if it copies a page.
    fn copied_from(&self, i: usize) -> Option<u32> {
        let step = &self.steps[i];
        let (frame, _) = self.world.frames.locate(step.at)?;
        (step.op == Op::CopyPage).then_some(frame)
    }

    /// Index of the step by which the thread of step `i` publishes the page that it copies there.
    fn published(&self, i: usize) -> Option<usize> {
        let is_slot = |step: &Step| (0..self.world.ctx.ring.pages()).any(|k| self.world.ctx.ring_page(k) == step.at);
        let same = |step: &Step| step.thread == self.steps[i].thread && step.op == Op::Store && is_slot(step);
        self.steps[i..].iter().position(same).map(|after| i + after)
    }

    /// The last head that a reader stored to a page which had been copied before: the store and the copy. `heads`: the
    /// head that was found instead, and the head that was stored, where they are known.
    fn lost_head(&self, heads: Option<[u32; 2]>) -> Option<Cause> {
        let is_store = |i: &usize| self.steps[*i].op == Op::Store;
        let fits = |i: &usize| heads.is_none_or(|[_, stored]| self.steps[*i].value == stored);
        (0..self.steps.len()).rev().filter(is_store).filter(fits).find_map(|damage| {
            let frame = head_word(&self.world.frames, self.steps[damage].at)?;
            let begin = self.begin_of(damage);
            // The frame was in the ring when the reader began, so it is the first migration from it that was published
            // since. (A later one would be of another page in the same frame.)
            let before = (0..damage).find(|&copy| {
                self.copied_from(copy) == Some(frame)
                    && self.steps[copy].thread != self.steps[damage].thread
                    && self.published(copy).is_none_or(|published| published > begin)
            })?;
            let stale = copied_head(&self.steps[before + 1..], &self.steps[before]);
            let fits = heads.is_none_or(|[found, _]| stale == Some(found));
            fits.then_some(Cause { damage, before, note: "lost: this page has been copied already", lost: true })
        })
    }

    /// The write that broke a free frame's poison, which somebody else than the writer noticed: another thread's last
    /// store to that word. It may have been recorded only after that.
    fn late_write(&self, frame: u32, word: u32, freed: usize) -> Option<Cause> {
        let noticed_by = self.steps[self.noticed].thread;
        let damage = self.steps.iter().rposition(|step| {
            let wrote = matches!(step.op, Op::Store | Op::WriteEvent);
            wrote && step.thread != noticed_by && self.world.frames.locate(step.at) == Some((frame, word))
        })?;
        (damage > freed).then_some(Cause { damage, before: freed, note: "lost: this page has been freed", lost: true })
    }

    /// Where the frame lost its last reference: the first time since the operation began in which that was noticed.
    fn freed(&self, frame: u32) -> Option<Cause> {
        let word = self.world.frames.word(frame);
        let frees = |i: &usize| {
            let step = &self.steps[*i];
            step.op == Op::Put && step.at == word && step.value == 0
        };
        let begin = self.begin_of(self.noticed);
        let damage = (begin..self.steps.len()).find(frees).or_else(|| (0..begin).rev().find(frees))?;
        // The migration that took it out of the ring.
        let before = (0..damage).rev().find(|&copy| self.copied_from(copy) == Some(frame));
        Some(Cause {
            damage,
            before: before.unwrap_or(damage),
            note: "freed here, while it was still in use",
            lost: false,
        })
    }
}
