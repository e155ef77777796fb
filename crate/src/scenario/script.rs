//! A world with a few operations each, run in the model under one schedule.

use super::check::{self, Broken};
use super::detect::{Detector, Seen};
use super::kind::Kind;
use super::ledger::Counter;
use super::role::Role;
use super::roles::{Actor, Work};
use super::world::{World, WorldConfig};
use crate::aio::{Aio, Protocol};
use crate::machine::model::{Body, End, Grain, Model, Run, Schedule};
use crate::machine::{Step, Stuck};
use crate::ring::Geometry;

/// A small scenario: threads, each with a number of operations, and the ring that they share.
#[derive(Clone, Debug)]
pub struct Script {
    /// What each thread is, and how many operations it does.
    pub threads: Vec<(Role, u32)>,
    /// The ring's shape; pages of a few events keep the number of steps small.
    pub ring: Geometry,
    /// How finely copies are broken into steps.
    pub grain: Grain,
}

/// Steps after which a run of a script is given up.
pub const STEP_BOUND: u32 = 100_000;

/// What one run of a script came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What the detectors saw: kind and number.
    pub corruptions: Vec<(Kind, u32)>,
    /// The first of it.
    pub first: Option<Seen>,
    /// The sums of the threads' counters, in the order of [`Counter::ALL`].
    pub counts: Vec<u32>,
    /// Invariants broken at rest, if the run came to rest, and on the way there.
    pub broken: Vec<Broken>,
    /// Who waits for whom, when the run got stuck.
    pub stuck: Option<Stuck>,
    /// The steps.
    pub trace: Vec<Step>,
}

impl Outcome {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.end == End::Done && self.corruptions.is_empty() && self.broken.is_empty()
    }

    /// The sum of the threads' counters of this kind.
    #[must_use]
    pub fn total(&self, counter: Counter) -> u32 {
        self.counts[counter as usize]
    }

    /// How often `kind` was seen.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u32 {
        self.corruptions.iter().find(|(seen, _)| *seen == kind).map_or(0, |(_, count)| *count)
    }
}

impl Script {
    /// The world of this script.
    #[must_use]
    pub fn world(&self) -> World {
        World::new(WorldConfig {
            roles: self.threads.iter().map(|(role, _)| *role).collect(),
            ring: self.ring,
            seed: 1,
            spare_frames: 0,
            recorded: false,
        })
    }

    /// Runs the script under `protocol` in the order that `schedule` says.
    pub fn run(&self, protocol: Protocol, schedule: &mut impl Schedule) -> Outcome {
        let world = self.world();
        let model = Model::new(world.words(), world.control, world.frames, self.grain);
        world.init(model.memory());
        let machines: Vec<_> = world.control.all().map(|thread| model.thread(thread)).collect();
        let detectors: Vec<_> = world.control.all().map(|t| Detector::new(model.memory(), &world, t, || 0.0)).collect();
        let bodies = machines
            .iter()
            .zip(&detectors)
            .zip(&self.threads)
            .map(|((machine, trace), &(role, rounds))| {
                let aio = Aio { machine, rules: protocol, trace };
                let actor = Actor { aio, world: &world, work: Work::Rounds(rounds) };
                Box::pin(async move { actor.play(role).await }) as Body<'_>
            })
            .collect();
        let end = Run::new(&model, bodies).run(schedule, STEP_BOUND);
        model.publish_waits();
        let trace = model.trace();
        let mut broken: Vec<Broken> = check::sleep_under_spinlock(&world, &trace).into_iter().collect();
        if end == End::Done {
            broken.extend(check::at_rest(model.memory(), &world));
        }
        Outcome {
            end,
            corruptions: world.corruption_counts(model.memory()),
            first: Seen::first(model.memory(), &world).map(|(seen, _)| seen),
            counts: Counter::ALL.iter().map(|(counter, _)| counter.total(model.memory(), &world.control)).collect(),
            broken,
            stuck: if end == End::Stuck { world.find_stuck(model.memory()) } else { None },
            trace,
        }
    }
}
