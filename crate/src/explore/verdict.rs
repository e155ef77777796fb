//! What a search has found.

use super::bounds::Bound;
use super::program::{Finding, Program};
use super::replay;
use crate::machine::Step;
use crate::machine::model::Move;

/// The three words that are never mixed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was searched, and nothing is broken.
    Proved,
    /// Something is broken: see the [`Violation`].
    Violated,
    /// Nothing is broken as far as the search went, and this is why it went no further.
    BoundReached(Bound),
}

impl Outcome {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::BoundReached(_) => "bound-reached",
        }
    }
}

/// A schedule that breaks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What is broken at the end of it.
    pub finding: Finding,
    /// Who goes when.
    pub schedule: Vec<Move>,
    /// The steps, executed for real; with each the index of its move in the schedule.
    pub steps: Vec<(usize, Step)>,
    /// Where the moves begin that can be repeated for ever, if that is what is wrong.
    pub cycle: Option<usize>,
}

impl Violation {
    /// Executes the schedule; `None` when nothing is wrong at the end of it.
    #[must_use]
    pub fn find(program: &dyn Program, schedule: Vec<Move>) -> Option<Self> {
        let replayed = replay(program, &schedule);
        Some(Self { finding: replayed.finding?, schedule, steps: replayed.steps, cycle: None })
    }
}

/// What sampling was promised to find.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Executions.
    pub runs: u64,
    /// A violation that needs so many ordered steps ("depth") …
    pub depth: u32,
    /// … is found by one run with at least this probability,
    pub per_run: f64,
    /// and so by all runs together with at least this one.
    pub in_all: f64,
}

/// What a search has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// In one word.
    pub outcome: Outcome,
    /// Distinct states, where states were remembered.
    pub states: Option<u64>,
    /// Steps from one state to another, where states were remembered.
    pub transitions: Option<u64>,
    /// Trace classes, or executions where classes were not told apart.
    pub traces: Option<u64>,
    /// How many of them are broken.
    pub broken_traces: Option<u64>,
    /// Executions that were begun in vain: all that could follow had been explored. An optimal search has none.
    pub blocked_traces: Option<u64>,
    /// Steps in the longest execution, or to the state farthest from the start.
    pub depth: u32,
    /// How long it took.
    pub seconds: f64,
    /// Bytes that it took at the most.
    pub bytes: u64,
    /// The probability that two states were taken for one; an upper bound
    /// ([`fingerprint::collision`](super::fingerprint::collision)).
    pub overlooked: f64,
    /// What sampling was promised to find, where it was promised anything.
    pub detection: Option<Detection>,
    /// What is broken.
    pub violation: Option<Violation>,
}

impl Verdict {
    /// Nothing yet.
    #[must_use]
    pub(super) fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            states: None,
            transitions: None,
            traces: None,
            broken_traces: None,
            blocked_traces: None,
            depth: 0,
            seconds: 0.0,
            bytes: 0,
            overlooked: 0.0,
            detection: None,
            violation: None,
        }
    }
}
