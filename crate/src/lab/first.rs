//! The first corruption of a run, told from the threads' own records.

use serde::Serialize;

use super::catalog::SCENARIO;
use super::race::Race;
use crate::machine::{Op, Step, ThreadId};
use crate::ring::Page;
use crate::scenario::describe::head_word;
use crate::scenario::detect::Seen;
use crate::scenario::{Kind, Role, World};
use crate::trace::merge::{Record, merge};
use crate::trace::{Lane, Trace};

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

/// Steps shown when the cause is not recognised.
const TAIL: usize = 40;

/// Steps shown at the most.
const LONGEST: usize = 120;

impl Corruption {
    pub(super) fn first(race: &Race) -> Option<Self> {
        let (world, memory) = (race.world(), race.memory());
        let (seen, time) = Seen::first(memory, world)?;
        let records: Vec<Record> = world
            .control
            .all()
            .map(|thread| Record {
                entries: world.records.last_steps(memory, &world.control, thread),
                ticks: matches!(world.roles[thread.index() as usize], Role::Migrator { .. }),
            })
            .collect();
        let steps = until_noticed(merge(&records), seen);
        let story = Story::find(world, &steps, seen);
        let trace = story.tell(world, race.config().protocol.name());
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

/// The steps up to the last one of the thread that noticed: the records froze a moment later.
fn until_noticed(mut steps: Vec<Step>, seen: Seen) -> Vec<Step> {
    let end = steps.iter().rposition(|step| step.thread == seen.thread).map_or(steps.len(), |last| last + 1);
    steps.truncate(end);
    steps
}

/// The part of an interleaving that matters.
struct Story<'a> {
    steps: &'a [Step],
    /// Index in `steps` of the store that was lost.
    lost: Option<usize>,
    complete: bool,
}

impl<'a> Story<'a> {
    fn find(world: &World, steps: &'a [Step], seen: Seen) -> Self {
        let lost = lost_head(world, steps);
        let known = match seen.kind {
            Kind::StaleHead | Kind::Duplicate | Kind::Slots => lost,
            _ => None,
        };
        let start = match known {
            // From the operation of the reader that lost its store, and of the migrator that copied too early.
            Some((store, copy)) => begin_of(steps, store).zip(begin_of(steps, copy)).map(|(a, b)| a.min(b)),
            None => Some(steps.len().saturating_sub(TAIL)),
        };
        let complete = start.is_some();
        let start = start.unwrap_or(0).max(steps.len().saturating_sub(LONGEST));
        let lost = known.map(|(store, _)| store).and_then(|store| store.checked_sub(start));
        Self { steps: &steps[start..], lost, complete }
    }

    fn tell(&self, world: &World, protocol: &str) -> Trace {
        let mut lanes: Vec<ThreadId> = self.steps.iter().map(|step| step.thread).collect();
        lanes.sort();
        lanes.dedup();
        // Migrators to the left, as in the commit's picture.
        lanes.sort_by_key(|lane| !matches!(world.roles[lane.index() as usize], Role::Migrator { .. }));
        let lane_of = |thread: ThreadId| lanes.iter().position(|&lane| lane == thread).unwrap_or(0);
        let mut told = Vec::new();
        for (i, step) in self.steps.iter().enumerate() {
            if step.op == Op::CopiedHead {
                continue;
            }
            let mut described = world.describe(step, lane_of(step.thread));
            if let Some(copied) = self.steps.get(i + 1..).and_then(|rest| copied_head(rest, step)) {
                described.reads = Some(format!("head {copied}"));
            }
            if self.lost == Some(i) {
                described.lost = true;
                described.note = Some("lost: this page has been copied already".to_owned());
            }
            told.push(described);
        }
        Trace {
            scenario: SCENARIO.to_owned(),
            protocol: protocol.to_owned(),
            threads: lanes
                .iter()
                .map(|&lane| {
                    let role = &world.roles[lane.index() as usize];
                    Lane {
                        name: world.thread_name(lane),
                        role: role.name().to_owned(),
                        function: role.function().to_owned(),
                    }
                })
                .collect(),
            steps: told,
            complete: self.complete,
        }
    }
}

/// The head that a page copy carried along, if it was page 0's.
fn copied_head(rest: &[Step], copy: &Step) -> Option<u32> {
    let copied = rest.iter().find(|step| step.thread == copy.thread)?;
    (copy.op == Op::CopyPage && copied.op == Op::CopiedHead).then_some(copied.value)
}

/// The last store of a head that went to a page which had been copied already: the store, and the copy before it.
fn lost_head(world: &World, steps: &[Step]) -> Option<(usize, usize)> {
    steps.iter().enumerate().rev().find_map(|(i, store)| {
        let frame = head_word(&world.frames, store.at).filter(|_| store.op == Op::Store)?;
        let copy = steps[..i].iter().rposition(|copy| {
            let source = world.frames.locate(copy.at).map(|(frame, _)| frame);
            copy.op == Op::CopyPage && copy.thread != store.thread && source == Some(frame)
        })?;
        // A frame that has been handed out again since is another page.
        let reused = steps[copy..i].iter().any(|step| {
            step.op == Op::Alloc && !step_page(step).is_null() && step_page(step).frame() == frame
        });
        (!reused).then_some((i, copy))
    })
}

fn step_page(step: &Step) -> Page {
    Page::from_word(step.value)
}

/// Where the operation that step `i` belongs to begins: after the thread's last outermost unlock.
fn begin_of(steps: &[Step], i: usize) -> Option<usize> {
    let thread = steps[i].thread;
    let mut held = 0_i32;
    // Going back, an unlock opens a critical section and a lock closes it; the operation's own locks are those that are
    // still open when it is left at the front.
    let mut begin = None;
    for (j, step) in steps[..=i].iter().enumerate().rev().filter(|(_, step)| step.thread == thread) {
        match step.op {
            Op::Unlock if held == 0 && begin.is_some() => return begin,
            Op::Unlock => held += 1,
            Op::Lock | Op::TryLock if held > 0 => held -= 1,
            Op::Lock | Op::TryLock => begin = Some(j),
            _ => {}
        }
    }
    begin
}
