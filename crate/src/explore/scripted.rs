//! A scenario's script under a protocol, as a program to explore: the same roles, world and detectors as on threads.

use super::{Finding, Moment, Outcome, Program, Verdict};
use crate::aio::Protocol;
use crate::machine::ThreadId;
use crate::machine::model::{Body, Cells, End, Model};
use crate::ring::Addr;
use crate::scenario::catalog::{Scenario, Sign};
use crate::scenario::detect::Seen;
use crate::scenario::script::{Ending, Script};
use crate::scenario::truth::Verdict as Expected;
use crate::scenario::{Counter, Kind, World};

/// The name of what is broken where threads wait for each other.
const DEADLOCK: &str = "deadlock";

/// What is only counted: nobody's next step depends on it, and no invariant.
const STATISTICS: [Counter; 6] =
    [Counter::Calls, Counter::Migrations, Counter::Refused, Counter::Setups, Counter::FailedSetups, Counter::Teardowns];

/// A script of a scenario.
#[derive(Clone, Debug)]
pub struct Scripted {
    /// Whose signs are looked for.
    pub scenario: &'static Scenario,
    /// Who does what, how often.
    pub script: Script,
    /// The parts of the fix.
    pub protocol: Protocol,
    /// Where it takes place.
    pub world: World,
    ignored: Vec<Addr>,
}

impl Scripted {
    /// Looks for the signs of `scenario` in a script, its own or another one.
    #[must_use]
    pub fn new(scenario: &'static Scenario, script: Script, protocol: Protocol) -> Self {
        let world = script.world();
        let of_thread = |thread| STATISTICS.map(|counter| counter.of(&world.control, thread));
        let ignored = world.control.all().flat_map(of_thread).collect();
        Self { scenario, script, protocol, world, ignored }
    }

    /// The kind of the first corruption.
    fn first(&self, memory: &Cells) -> Option<Kind> {
        Seen::first(memory, &self.world).map(|(seen, _)| seen.kind)
    }

    fn is_sign(&self, kind: Kind) -> bool {
        self.scenario.signs.contains(&Sign::Seen(kind))
    }
}

/// What a search has come to, in the words of the table of truth; `None`: it did not come to an end.
#[must_use]
pub fn in_the_table(verdict: &Verdict) -> Option<Expected> {
    match (verdict.outcome, &verdict.violation) {
        (Outcome::Proved, _) => Some(Expected::Holds),
        (_, Some(violation)) if violation.finding.invariant == DEADLOCK => Some(Expected::Deadlock),
        (_, Some(_)) => Some(Expected::Broken),
        (Outcome::BoundReached(_) | Outcome::Violated, None) => None,
    }
}

impl Program for Scripted {
    fn threads(&self) -> u32 {
        self.world.control.threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.world.thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        self.script.begin(&self.world, self.protocol, &self.ignored, visit);
    }

    fn is_broken(&self, memory: &Cells) -> bool {
        self.first(memory).is_some_and(|first| {
            let follows = self.scenario.follows.contains(&first);
            let seen =
                |sign: &Sign| matches!(*sign, Sign::Seen(kind) if self.world.total_corruptions(memory, kind) > 0);
            self.is_sign(first) || follows && self.scenario.signs.iter().any(seen)
        })
    }

    fn is_beside_the_point(&self, memory: &Cells) -> bool {
        self.first(memory).is_some_and(|first| !self.is_sign(first) && !self.scenario.follows.contains(&first))
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        let end = match moment {
            Moment::Broken => End::StepBound,
            Moment::Finished => End::Done,
            Moment::Stuck => End::Stuck,
        };
        let ending = Ending::of(memory, &self.world, end);
        let sign = self.scenario.breach(&ending)?;
        let (invariant, text) = match sign {
            Sign::Seen(kind) => {
                let detail = ending.first.filter(|seen| seen.kind == kind).map(|seen| seen.detail(&self.world));
                (kind.info().name, detail.unwrap_or_else(|| kind.info().label.to_owned()))
            }
            Sign::AtRest(invariant) => {
                let broken = ending.broken.iter().find(|broken| broken.invariant == invariant);
                (invariant, broken.map_or_else(String::new, |broken| broken.text.clone()))
            }
            Sign::Deadlock => (DEADLOCK, "threads wait for each other in a circle".to_owned()),
            Sign::Hang => ("hang", "threads wait for what nobody is left to do".to_owned()),
        };
        Some(Finding { invariant: invariant.to_owned(), text, stuck: ending.stuck })
    }
}
