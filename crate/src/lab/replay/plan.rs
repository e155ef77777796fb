//! What each move of a schedule is expected to do: what it does in the model, under the protocol that it was made for.

use super::MOST_TIMES;
use crate::explore::scripted::Scripted;
use crate::explore::{Moment, Program};
use crate::lab::ConfigError;
use crate::machine::model::{Move, Run};
use crate::machine::{Step, WaitFor};
use crate::ring::Memory;

/// Moves of the longest schedule that can be forced.
const LONGEST: usize = 10_000;

/// Whether it can be tried at all.
pub(super) fn check(own: &Scripted, schedule: &[Move], times: u32) -> Result<(), ConfigError> {
    let error = |field: String, value: String, range: String| Err(ConfigError { field, value, range });
    if schedule.len() > LONGEST {
        return error("schedule".into(), format!("{} moves", schedule.len()), format!("at most {LONGEST} moves"));
    }
    let threads = own.threads();
    if let Some((i, next)) = schedule.iter().enumerate().find(|(_, next)| next.thread.index() >= threads) {
        return error(
            format!("schedule[{i}]"),
            format!("thread {}", next.thread.index()),
            format!("a thread from 0 to {}", threads - 1),
        );
    }
    if !(1..=MOST_TIMES).contains(&times) {
        return error("times".into(), times.to_string(), format!("1 to {MOST_TIMES}"));
    }
    Ok(())
}

/// What is expected of a schedule.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// By move: the first step that it records, up to the first move that cannot be made. From there on threads are not held
    /// to anything, and will not get far either.
    pub(super) steps: Vec<Option<Step>>,
    /// By thread: what it waits for at the end; all nothing, unless that is a deadlock or a hang.
    pub(super) waits: Vec<Option<WaitFor>>,
    /// Whether something is broken at the end.
    pub(super) breaks: bool,
}

/// What `schedule` does in the model.
pub(super) fn plan(own: &Scripted, schedule: &[Move]) -> Plan {
    let mut plan = Plan { steps: vec![None; schedule.len()], waits: vec![None; own.threads() as usize], breaks: false };
    own.execute(&mut |model, bodies| {
        let mut run = Run::new(model, bodies);
        let mut moves = Vec::new();
        for (i, &next) in schedule.iter().enumerate() {
            let ways = model.intent(next.thread).map_or(0, |intent| intent.ways());
            if !model.is_enabled(next.thread) || next.way >= ways {
                break;
            }
            run.step(next);
            moves.resize(model.traced(), i);
        }
        for (i, step) in moves.into_iter().zip(model.trace()) {
            plan.steps[i].get_or_insert(step);
        }
        let moment = if own.is_broken(model.memory()) {
            Moment::Broken
        } else if run.is_done() {
            Moment::Finished
        } else if run.enabled().is_empty() {
            model.publish_waits();
            Moment::Stuck
        } else {
            return;
        };
        plan.breaks = own.judge(model.memory(), moment).is_some();
        if moment == Moment::Stuck {
            let waits = |thread| WaitFor::from_word(model.memory().load(model.control().waits_for(thread)));
            plan.waits = model.control().all().map(waits).collect();
        }
    });
    plan
}
