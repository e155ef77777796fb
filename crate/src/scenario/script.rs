//! A world with a few operations each, run in the model under one schedule.

use super::check::{self, Broken};
use super::detect::{Detector, Seen};
use super::kind::Kind;
use super::ledger::Counter;
use super::role::Role;
use super::roles::{Actor, Work};
use super::world::{World, WorldConfig};
use crate::aio::{Aio, Protocol};
use crate::machine::model::{Body, Cells, End, Grain, Model, ModelThread, Run, Schedule};
use crate::machine::{Step, Stuck};
use crate::ring::{Addr, Geometry, Memory};

/// A small scenario: threads, each with a number of operations, and the ring that they share.
#[derive(Clone, Debug)]
pub struct Script {
    /// What each thread is, and how many operations it does.
    pub threads: Vec<(Role, u32)>,
    /// The ring's shape; pages of a few events keep the number of steps small.
    pub ring: Geometry,
    /// How finely copies are broken into steps.
    pub grain: Grain,
    /// The slot at which head and tail begin; near the ring's end, they wrap soon.
    pub start: u32,
    /// How often a migration is tried; `None`: until it is let in.
    pub passes: Option<u32>,
}

/// What a script has of each kind, all threads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Threads that read.
    pub readers: u32,
    /// Pages to be migrated.
    pub migrations: u32,
    /// Requests to be completed, if there are slots.
    pub completions: u32,
}

/// What a thread of a script does in the model.
pub type Play = for<'a> fn(Actor<'a, ModelThread<'a>, Protocol, Detector<'a, Cells>>, Role) -> Body<'a>;

/// As many operations as there is time for.
pub const ENDLESS: u32 = u32::MAX;

/// So many operations.
#[must_use]
pub const fn work(rounds: u32) -> Work {
    if rounds == ENDLESS { Work::Endless } else { Work::Rounds(rounds) }
}

/// Steps after which a run of a script is given up.
pub const STEP_BOUND: u32 = 100_000;

/// Where a run of a script has led.
#[derive(Clone, Debug)]
pub struct Ending {
    /// How it ended.
    pub end: End,
    /// What the detectors saw: kind and number.
    pub corruptions: Vec<(Kind, u32)>,
    /// The first of it.
    pub first: Option<Seen>,
    /// Whether it came to rest with a head that was lost and that no reader has come by since.
    pub lost_head: bool,
    /// Invariants broken at rest, if the run came to rest, and on the way there.
    pub broken: Vec<Broken>,
    /// Who waits for whom, when the run got stuck.
    pub stuck: Option<Stuck>,
}

impl Ending {
    /// What the memory tells of a run that ended in this way. Where it got stuck, what threads wait for must be in their
    /// blocks ([`Model::publish_waits`]).
    #[must_use]
    pub fn of(memory: &impl Memory, world: &World, end: End) -> Self {
        Self {
            end,
            corruptions: world.corruption_counts(memory),
            first: Seen::first(memory, world).map(|(seen, _)| seen),
            lost_head: end == End::Done && check::lost_head(memory, world),
            broken: if end == End::Done { check::at_rest(memory, world) } else { Vec::new() },
            stuck: if end == End::Stuck { world.find_stuck(memory) } else { None },
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.end == End::Done && self.corruptions.is_empty() && self.broken.is_empty()
    }

    /// How often `kind` was seen.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u32 {
        self.corruptions.iter().find(|(seen, _)| *seen == kind).map_or(0, |(_, count)| *count)
    }
}

/// What one run of a script came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where it has led.
    pub ending: Ending,
    /// The sums of the threads' counters, in the order of [`Counter::ALL`].
    pub counts: Vec<u32>,
    /// The steps.
    pub trace: Vec<Step>,
}

impl core::ops::Deref for Outcome {
    type Target = Ending;

    fn deref(&self) -> &Ending {
        &self.ending
    }
}

impl Outcome {
    /// The sum of the threads' counters of this kind.
    #[must_use]
    pub fn total(&self, counter: Counter) -> u32 {
        self.counts[counter as usize]
    }
}

impl Script {
    /// How much of each kind it has.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let mut extent = Extent::default();
        for &(role, rounds) in &self.threads {
            match role {
                Role::Reader { batch, inline, .. } => {
                    extent.readers += 1;
                    extent.completions += if inline { batch * rounds } else { 0 };
                }
                Role::Migrator { .. } => extent.migrations += rounds,
                Role::Completer => extent.completions += rounds,
                Role::Setup { .. } | Role::Teardown | Role::AddressSpace => {}
            }
        }
        extent
    }

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
        .starting_at(self.start)
    }

    /// Makes a fresh model in which the threads of `world`, the script's, are about to begin under `protocol`, and hands it
    /// to `visit`. Words of `ignored` stay 0.
    pub fn begin(
        &self,
        world: &World,
        protocol: Protocol,
        ignored: &[Addr],
        visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>),
    ) {
        self.begin_playing(
            |actor, role| Box::pin(async move { actor.play(role).await }),
            world,
            protocol,
            ignored,
            visit,
        );
    }

    /// The same, with threads that do what `play` makes of their roles.
    pub fn begin_playing(
        &self,
        play: Play,
        world: &World,
        protocol: Protocol,
        ignored: &[Addr],
        visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>),
    ) {
        let model =
            Model::new(world.words(), world.control, world.frames, self.grain).ignoring(ignored.iter().copied());
        world.init(model.memory());
        let machines: Vec<_> = world.control.all().map(|thread| model.thread(thread)).collect();
        let detectors: Vec<_> = world.control.all().map(|t| Detector::new(model.memory(), world, t, || 0.0)).collect();
        let bodies = machines
            .iter()
            .zip(&detectors)
            .zip(&self.threads)
            .map(|((machine, trace), &(role, rounds))| {
                let aio = Aio { machine, rules: protocol, trace };
                play(Actor { aio, world, work: work(rounds), passes: self.passes }, role)
            })
            .collect();
        visit(&model, bodies);
    }

    /// Runs the script under `protocol` in the order that `schedule` says.
    pub fn run(&self, protocol: Protocol, schedule: &mut impl Schedule) -> Outcome {
        let world = self.world();
        let mut outcome = None;
        self.begin(&world, protocol, &[], &mut |model, bodies| {
            let end = Run::new(model, bodies).run(schedule, STEP_BOUND);
            model.publish_waits();
            let (memory, trace) = (model.memory(), model.trace());
            let mut ending = Ending::of(memory, &world, end);
            ending.broken.splice(..0, check::sleep_under_spinlock(&world, &trace));
            let counts = Counter::ALL.iter().map(|(counter, _)| counter.total(memory, &world.control)).collect();
            outcome = Some(Outcome { ending, counts, trace });
        });
        outcome.expect("a script begins when it is told to")
    }
}
