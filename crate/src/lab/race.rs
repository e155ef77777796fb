//! A run on threads: an arena, a body for each thread, and a watchdog.
//!
//! Whoever starts threads (Workers in a browser, `std::thread` natively) calls [`Race::run_thread`] in each of them and
//! [`Watchdog::look`] now and then from outside.

use super::config::{Choice, RunConfig};
use crate::aio::presets::V4;
use crate::aio::unmap_and_move::PASSES;
use crate::aio::{Aio, Compiled, PRESETS, Rules};
use crate::machine::threads::{self, Record, Shared, Threads, Tick, Watch, WatchApart, Words, park, time};
use crate::machine::{Aborted, Stuck, ThreadId, Wait};
use crate::ring::Memory;
use crate::scenario::roles::{Actor, Reading};
use crate::scenario::watched::Post;
use crate::scenario::{AtRest, Counter, Detector, Role, Work, World};

/// Migrations that fit into a record with room to spare.
const MOST_KEPT: u32 = 48;

/// A run: everything its threads share.
#[derive(Debug)]
pub struct Race {
    config: RunConfig,
    world: World,
    memory: Shared,
    started: f64,
}

impl Race {
    /// Lays the run out and sets its ring up. Nothing runs yet.
    #[must_use]
    pub fn new(config: RunConfig) -> Self {
        let world = config.world();
        let memory = Shared::new(world.words());
        world.init(&memory.words());
        Self { config, world, memory, started: time::now() }
    }

    /// What the run is.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Its layout.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Its arena.
    #[must_use]
    pub fn memory(&self) -> Words<'_> {
        self.memory.words()
    }

    /// Where the arena starts in the process (in wasm: in linear memory), in bytes.
    #[must_use]
    pub fn base(&self) -> usize {
        self.memory.base()
    }

    /// When it was laid out, in milliseconds of [`time::now`].
    #[must_use]
    pub fn started(&self) -> f64 {
        self.started
    }

    /// Works as thread `index` until the run stops; blocks.
    ///
    /// # Panics
    /// When there is no such thread.
    pub fn run_thread(&self, index: u32) {
        let me = ThreadId::new(index);
        let parts = match self.config.protocol {
            Choice::Preset(index) => PRESETS[index].parts,
            Choice::Custom(parts) => parts,
        };
        let records = &self.world.records;
        // Where contexts come and go, others than migrators change pages too.
        let only_migrators_change_pages =
            self.world.roles.iter().all(|role| role.uses_ring() || matches!(role, Role::Migrator { .. }));
        // What a change of pages leaves in the ring has been read at the latest when all of its slots have.
        let turn = self.world.ctx.ring.nr();
        let watch = || match only_migrators_change_pages {
            true => Watch::of_changes(records, me, turn),
            false => Watch::new(records, me),
        };
        // The roles are named one by one so that each is compiled for its own way of recording only. All of them look their parts
        // up as they go, which beside the record makes no difference; but completers have none.
        let played = match self.world.roles[me.index() as usize] {
            Role::Reader { batch, inline, faults } => {
                self.read(parts, me, watch(), Reading::new(batch, inline, faults))
            }
            Role::Completer => {
                self.play(Compiled::<V4>, me, WatchApart::new(watch()), async |actor| actor.complete().await)
            }
            // Migrators change pages under the others: their steps move the clock that orders the records.
            Role::Migrator { core, page, pace, widen } => {
                // A thread that sleeps through as many migrations as there are pages has missed all that can happen.
                let keep = (self.world.contexts.len() as u32 * self.world.ctx.ring.pages() + 1).min(MOST_KEPT);
                let tick = Tick::new(records, me, keep);
                self.play(parts, me, tick, async |actor| actor.migrate(core, page, pace, widen).await)
            }
            role @ (Role::Setup { .. } | Role::Teardown | Role::AddressSpace) => {
                let apart = WatchApart::new(watch());
                self.play(parts, me, apart, async |actor| actor.play_churn(role).await)
            }
        };
        // An aborted thread leaves its locks held; the arena is not used again.
        let (Ok(()) | Err(Aborted)) = played;
        self.memory().store(self.world.control.ended(me), 1);
    }

    fn play<P: Rules, R: Record>(
        &self,
        rules: P,
        me: ThreadId,
        record: R,
        act: impl AsyncFnOnce(Actor<'_, Threads<'_, &R>, P, Detector<'_, Words<'_>>>) -> Result<(), Aborted>,
    ) -> Result<(), Aborted> {
        let memory = self.memory();
        let machine = self.machine(me, &record);
        let trace = &Detector::new(&memory, &self.world, me, time::now);
        let played = threads::run(act(self.actor(Aio { machine: &machine, rules, trace })));
        machine.publish_record();
        played
    }

    fn read(&self, rules: impl Rules, me: ThreadId, watch: Watch, reading: Reading) -> Result<(), Aborted> {
        let memory = self.memory();
        let detector = Detector::new(&memory, &self.world, me, time::now);
        let post = Post { memory, world: &self.world, me, work: Work::UntilStopped };
        post.read(rules, watch, detector, AtRest::new(&detector), reading)
    }

    fn machine<R: Record>(&self, me: ThreadId, record: R) -> Threads<'_, R> {
        Threads::new(self.memory(), &self.world.control, self.world.frames, me, record)
            .nesting(self.world.roles[me.index() as usize].nests())
    }

    fn actor<'a, M, P, T>(&'a self, aio: Aio<'a, M, P, T>) -> Actor<'a, M, P, T> {
        Actor { aio, world: &self.world, work: Work::UntilStopped, passes: Some(PASSES) }
    }

    /// Lets the threads finish their operations and end.
    pub fn stop(&self) {
        self.raise(self.world.control.stop());
    }

    /// Makes the threads leave even the waits that they are in.
    pub fn abort(&self) {
        self.raise(self.world.control.abort());
        self.stop();
    }

    fn raise(&self, word: crate::ring::Addr) {
        self.memory().store(word, 1);
        park::wake(self.memory().atomic(word), true);
    }
}

/// Threads that seem to be stuck. A snapshot of running threads is not taken at one moment, so one look proves nothing; but
/// what is stuck stays stuck.
#[derive(Debug, Default)]
pub struct Suspicion {
    last: Option<(Stuck, Vec<u32>, f64)>,
}

impl Suspicion {
    /// One look at `now`, in milliseconds: for how long the same threads have seemed to be stuck without having done anything.
    /// `None`: nobody does.
    pub fn look(&mut self, world: &World, memory: &impl Memory, now: f64) -> Option<f64> {
        let found = world.find_stuck(memory).map(|stuck| {
            let rounds = |wait: &Wait| memory.load(Counter::Rounds.of(&world.control, wait.thread));
            let progress: Vec<u32> = stuck.waits.iter().map(rounds).collect();
            (stuck, progress)
        });
        self.last = found.map(|(stuck, progress)| {
            let same = self.last.take().filter(|last| (&last.0, &last.1) == (&stuck, &progress));
            (stuck, progress, same.map_or(now, |(_, _, since)| since))
        });
        self.last.as_ref().map(|(_, _, since)| now - since)
    }

    /// Who seemed to be stuck at the last look.
    pub fn take(&mut self) -> Option<Stuck> {
        self.last.take().map(|(stuck, _, _)| stuck)
    }
}

/// Looks at a run from outside, now and then, and gives it up when threads can never go on.
#[derive(Debug, Default)]
pub struct Watchdog(Suspicion);

impl Watchdog {
    /// One look. Aborts the run, and says who was stuck, when the same threads were so at the look before and have done
    /// nothing since.
    pub fn look(&mut self, race: &Race) -> Option<Stuck> {
        let (world, memory) = (race.world(), race.memory());
        if world.control.is_stopping(&memory) {
            return None;
        }
        self.0.look(world, &memory, time::now()).filter(|&ms| ms > 0.0)?;
        race.abort();
        self.0.take()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
