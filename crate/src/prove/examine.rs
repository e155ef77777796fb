//! A schedule, executed for real and looked at step by step.

use serde::Serialize;

use super::Subject;
use super::tell::{Noticed, ScheduledTrace, tell};
use super::view::{Next, StateView, ThreadStanding, Viewer};
use super::waits::misfit;
use crate::explore::{Finding, Moment, Program};
use crate::lab::report::WaitReport;
use crate::machine::model::{Intent, Model, Move, Run};
use crate::machine::{Step, ThreadId};
use crate::ring::Memory;
use crate::scenario::detect::Seen;

/// Moves that a schedule may have.
pub const MAX_MOVES: usize = 4_096;

/// What a schedule comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// The steps, as far as the schedule fits.
    pub trace: ScheduledTrace,
    /// The states: one before each move, and one at the end.
    pub views: Vec<StateView>,
    /// What could come next.
    pub moves: Vec<PossibleMove>,
    /// How the last state looks from outside.
    pub standing: ExaminedStanding,
    /// What is wrong in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingReport>,
    /// The move that does not fit, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// A move that is possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PossibleMove {
    /// Who.
    pub thread: u32,
    /// Which way.
    pub way: u32,
    /// What it would do.
    pub label: String,
    /// The line of the protocol.
    pub source: String,
}

/// How a state looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExaminedStanding {
    /// Somebody can go on.
    Going,
    /// All threads have ended; the finding says whether something is wrong then.
    Finished,
    /// Nobody can go on, but not all have ended.
    Stuck,
    /// Something is broken, whether or not somebody can go on.
    Broken,
    /// Something else than what the scenario is about has gone wrong.
    Beside,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    /// What does not hold.
    pub invariant: String,
    /// What was found, in a sentence.
    pub text: String,
    /// Who waits for whom, if that is what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadlock: Option<WaitReport>,
}

impl FindingReport {
    /// The finding, by the names of `subject`'s threads and locks.
    #[must_use]
    pub fn new(subject: &Subject, finding: Finding) -> Self {
        let Finding { invariant, text, stuck } = finding;
        let deadlock = match subject {
            Subject::Scripted(scripted) => stuck.map(|stuck| WaitReport::new(&scripted.world, &stuck)),
            Subject::Miniature(_) => None,
        };
        Self { invariant, text, deadlock }
    }
}

/// A move that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its index in the schedule.
    #[serde(rename = "move")]
    pub at: usize,
    /// Whose move it is.
    pub thread: String,
    /// Why not.
    pub reason: String,
}

/// Executes `schedule` as far as it fits.
///
/// # Panics
/// When the subject is not deterministic.
#[must_use]
pub fn examine(subject: &Subject, schedule: &[Move]) -> Examined {
    let mut examined = None;
    subject.execute(&mut |model, bodies| examined = Some(follow(subject, &mut Run::new(model, bodies), schedule)));
    examined.expect("a program executes what it is asked to")
}

fn follow(subject: &Subject, run: &mut Run<'_>, schedule: &[Move]) -> Examined {
    let model = run.model();
    let mut viewer = Viewer::new(subject);
    let mut views = vec![viewer.view(model)];
    let mut of_move = Vec::new();
    let (mut refused, mut noticed) = (None, None);
    for (at, &next) in schedule.iter().enumerate() {
        let too_long = || format!("a schedule has {MAX_MOVES} moves at the most");
        let reason = if at == MAX_MOVES { Some(too_long()) } else { misfit(subject, model, next) };
        if let Some(reason) = reason {
            refused = Some(Refused { at, thread: name(subject, next.thread), reason });
            break;
        }
        run.step(next);
        of_move.resize(model.traced(), at);
        noticed = noticed.or_else(|| notice(subject, model));
        views.push(viewer.view(model));
    }
    let fitting = &schedule[..views.len() - 1];
    let steps: Vec<(usize, Step)> = of_move.into_iter().zip(model.trace()).collect();
    let mut next = Vec::new();
    let mut moves = Vec::new();
    for thread in model.control().all() {
        next.push(attempt(subject, fitting, Move { thread, way: 0 }).map(|step| intended(subject, &step)));
        let ways = if model.is_enabled(thread) { model.intent(thread).map_or(0, Intent::ways) } else { 0 };
        let attempts = (0..ways).map(|way| Move { thread, way });
        moves.extend(attempts.filter_map(|next| Some(possible(subject, next, &attempt(subject, fitting, next)?))));
    }
    look_ahead(subject, &mut views, &steps, next);
    let (standing, moment) = stand(subject, run);
    if standing == ExaminedStanding::Stuck {
        model.publish_waits();
    }
    let finding = moment.and_then(|moment| subject.judge(model.memory(), moment));
    let by_counting = |finding: &&Finding| run.is_done() && ["I1", "I2"].contains(&finding.invariant.as_str());
    let at_rest = finding.as_ref().filter(by_counting).map(|_| Noticed::AtRest);
    let mut trace = tell(subject, fitting, &steps, noticed.or(at_rest), run.is_done());
    trace.breaks = finding.as_ref().map(|finding| finding.invariant.clone());
    Examined {
        trace,
        views,
        moves,
        standing,
        finding: finding.map(|finding| FindingReport::new(subject, finding)),
        refused,
    }
}

fn name(subject: &Subject, thread: ThreadId) -> String {
    if thread.index() < subject.threads() { subject.thread_name(thread) } else { format!("thread {}", thread.index()) }
}

/// The first corruption, if there is one by now.
fn notice(subject: &Subject, model: &Model) -> Option<Noticed> {
    let Subject::Scripted(scripted) = subject else { return None };
    let (seen, _) = Seen::first(model.memory(), &scripted.world)?;
    Some(Noticed::At { steps: model.traced(), seen })
}

/// How the state looks, and as what it is to be judged.
fn stand(subject: &Subject, run: &Run<'_>) -> (ExaminedStanding, Option<Moment>) {
    let memory = run.model().memory();
    if subject.is_broken(memory) {
        (ExaminedStanding::Broken, Some(Moment::Broken))
    } else if run.is_done() {
        (ExaminedStanding::Finished, Some(Moment::Finished))
    } else if run.enabled().is_empty() {
        (ExaminedStanding::Stuck, Some(Moment::Stuck))
    } else if subject.is_beside_the_point(memory) {
        (ExaminedStanding::Beside, None)
    } else {
        (ExaminedStanding::Going, None)
    }
}

fn intended(subject: &Subject, step: &Step) -> Next {
    Next { label: subject.intention(step), source: step.source() }
}

fn possible(subject: &Subject, next: Move, step: &Step) -> PossibleMove {
    let label = subject.describe(step).label;
    PossibleMove { thread: next.thread.index(), way: next.way, label, source: step.source() }
}

/// The step that comes of `next` after `schedule`, found by executing it in another copy. A thread that waits gets there
/// what it waits for. A copy of several words is one step, whichever of them is next. `None`: the thread has ended.
fn attempt(subject: &Subject, schedule: &[Move], next: Move) -> Option<Step> {
    let mut step = None;
    subject.execute(&mut |model, bodies| {
        let mut run = Run::new(model, bodies);
        model.set_tracing(false);
        schedule.iter().for_each(|&so_far| run.step(so_far));
        match model.intent(next.thread).filter(|_| !model.is_enabled(next.thread)) {
            Some(Intent::Lock(lock) | Intent::Read(lock)) => model.memory().store(lock.at, 0),
            Some(Intent::Wait(queue, ticket)) => model.memory().store(queue.at, ticket.wrapping_add(1)),
            Some(Intent::Thaw(at, frozen)) => model.memory().store(at, frozen + 1),
            Some(Intent::Act | Intent::Choose(_)) | None => {}
        }
        let before = model.traced();
        model.set_tracing(true);
        while model.traced() == before && model.is_enabled(next.thread) {
            run.step(next);
        }
        step = model.trace().get(before).copied();
    });
    step
}

/// Says in each view what its threads do next; `next`: what they would do at the end.
fn look_ahead(subject: &Subject, views: &mut [StateView], steps: &[(usize, Step)], mut next: Vec<Option<Next>>) {
    let mut steps = steps.iter().rev().peekable();
    for (i, view) in views.iter_mut().enumerate().rev() {
        // A move may record several steps, and the first one is what the thread stood before.
        while let Some((_, step)) = steps.next_if(|(of_move, _)| *of_move >= i) {
            next[step.thread.index() as usize] = Some(intended(subject, step));
        }
        for (thread, next) in view.threads.iter_mut().zip(&next) {
            thread.next = next.clone().filter(|_| thread.standing != ThreadStanding::Ended);
        }
    }
}
