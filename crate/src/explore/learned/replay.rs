//! A schedule, executed for real.

use crate::explore::{Finding, Moment, Program};
use crate::machine::Step;
use crate::machine::model::{Move, Run};

/// What a schedule came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The steps that happened; with each the index of its move in the schedule (a move may record no step, or more than
    /// one).
    pub steps: Vec<(usize, Step)>,
    /// What is wrong at the end of it.
    pub finding: Option<Finding>,
}

/// Executes `schedule`, and judges where it has led.
///
/// # Panics
/// When a move is not possible.
#[must_use]
pub fn replay(program: &dyn Program, schedule: &[Move]) -> Replayed {
    let mut replayed = None;
    program.execute(&mut |model, bodies| {
        let mut run = Run::new(model, bodies);
        let mut moves = Vec::new();
        for (i, &next) in schedule.iter().enumerate() {
            run.step(next);
            moves.resize(model.traced(), i);
        }
        let moment = if program.is_broken(model.memory()) {
            Some(Moment::Broken)
        } else if run.is_done() {
            Some(Moment::Finished)
        } else if run.enabled().is_empty() {
            model.publish_waits();
            Some(Moment::Stuck)
        } else {
            None
        };
        let finding = moment.and_then(|moment| program.judge(model.memory(), moment));
        replayed = Some(Replayed { steps: moves.into_iter().zip(model.trace()).collect(), finding });
    });
    replayed.expect("a program executes what it is asked to")
}
