//! A run's reader beside its migrator, on two threads: with nobody looking, and with all that a run looks by, the records of steps
//! and the detectors of both. The one over the other is what looking costs a reader while pages change; all but the reader's record,
//! between the two, shows how much of it is that record. How many pages change meanwhile is not the same for all: a migrator that is
//! watched takes longer too.

use std::sync::Arc;

use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::unmap_and_move::PASSES;
use aio_ring_lab::aio::{Aio, PRESETS};
use aio_ring_lab::lab::{Race, RunConfig};
use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::threads::{self, NoRecord, Threads, time};
use aio_ring_lab::ring::Memory;
use aio_ring_lab::scenario::roles::Actor;
use aio_ring_lab::scenario::watched::Post;
use aio_ring_lab::scenario::{Counter, Role, Work};

use crate::pair::{Alone, Far, Near, Pair, Patience};
use crate::running;

/// Events between two looks at the clock: 1 to 10 ms.
const EVENTS: u32 = 1 << 15;

/// The run's threads: readers come first.
const READER: ThreadId = ThreadId::new(0);
const MIGRATOR: ThreadId = ThreadId::new(1);

/// Who looks at the two threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Nobody.
    Nobody,
    /// As in every run, but the reader's steps are not recorded.
    AllButReadersRecord,
    /// Records and detectors, as in every run.
    All,
}

/// Both halves; the unit is an event. `pace`: migrations a second, 0 for as many as there can be.
///
/// # Panics
/// When the library refuses the run.
#[must_use]
pub fn pair(looks: Looks, pace: u32, batch: u32) -> Pair {
    halves(run(looks, pace, batch), batch)
}

fn run(looks: Looks, pace: u32, batch: u32) -> Arc<Run> {
    let config = format!(r#"{{"protocol": "v4", "ringEvents": 250, "pace": {pace}, "batch": {batch}}}"#);
    let config = RunConfig::parse(&config).expect("the configuration is valid");
    Arc::new(Run { race: Race::new(config), looks })
}

fn halves(run: Arc<Run>, batch: u32) -> Pair {
    Pair { near: Box::new(Reading { run: Arc::clone(&run), batch }), far: Box::new(Migrating(run)) }
}

/// On a page of its own, as a [`Rig`](crate::rig::Rig) is.
#[repr(align(4096))]
struct Run {
    race: Race,
    looks: Looks,
}

impl Run {
    fn count(&self, counter: Counter, thread: ThreadId) -> u32 {
        self.race.memory().load(counter.of(&self.race.world().control, thread))
    }
}

struct Reading {
    run: Arc<Run>,
    batch: u32,
}

impl Reading {
    /// So many rounds; how many events they read.
    fn rounds(&self) -> u32 {
        let (race, rounds) = (&self.run.race, EVENTS / self.batch);
        let post = Post { memory: race.memory(), world: race.world(), me: READER, work: Work::Rounds(rounds) };
        let before = self.run.count(Counter::Events, READER);
        let rules = PRESETS[V4].parts;
        let read = match self.run.looks {
            Looks::Nobody => running::read_bare(post, rules, self.batch),
            Looks::AllButReadersRecord => running::read_detected(post, rules, self.batch),
            Looks::All => running::read_watched(post, rules, self.batch),
        };
        read.expect("nobody aborts");
        self.run.count(Counter::Events, READER).wrapping_sub(before)
    }
}

impl Near for Reading {
    fn sample(&mut self, ms: f64) -> Result<f64, Alone> {
        let _stop = AtTheEnd(&self.run.race);
        let mut patience = Patience::default();
        while self.run.count(Counter::Rounds, MIGRATOR) == 0 {
            patience.turn()?;
        }
        // The first ones find an empty ring, cold caches and a migrator that has just begun.
        self.rounds();
        let (start, mut events) = (time::now(), 0);
        loop {
            events += u64::from(self.rounds());
            let passed = time::now() - start;
            if passed >= ms {
                let race = &self.run.race;
                let corruptions = race.world().corruption_counts(&race.memory());
                assert!(corruptions.is_empty(), "the detectors saw {corruptions:?}");
                return Ok(passed * 1e6 / events as f64);
            }
        }
    }
}

/// Stops the run when dropped.
struct AtTheEnd<'a>(&'a Race);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

struct Migrating(Arc<Run>);

impl Far for Migrating {
    /// Ends when the run is stopped, which the near half does whatever comes.
    fn work(&mut self) -> Result<(), Alone> {
        let Run { race, looks } = &*self.0;
        match looks {
            Looks::All | Looks::AllButReadersRecord => race.run_thread(MIGRATOR.index()),
            Looks::Nobody => migrate_bare(race),
        }
        Ok(())
    }
}

/// As [`Race::run_thread`] does for a migrator, with nobody looking.
fn migrate_bare(race: &Race) {
    let (world, memory) = (race.world(), race.memory());
    let role = world.roles[MIGRATOR.index() as usize];
    let Role::Migrator { core, page, pace, widen } = role else { unreachable!("it migrates") };
    let machine = Threads::new(memory, &world.control, world.frames, MIGRATOR, NoRecord).nesting(role.nests());
    let aio = Aio { machine: &machine, rules: PRESETS[V4].parts, trace: &() };
    let actor = Actor { aio, world, work: Work::UntilStopped, passes: Some(PASSES) };
    threads::run(actor.migrate(core, page, pace, widen)).expect("nobody aborts");
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn pages_migrate_beside_the_reader_whoever_looks() {
        for looks in [Looks::Nobody, Looks::AllButReadersRecord, Looks::All] {
            for pace in [0, 1000] {
                let run = run(looks, pace, 8);
                // On a busy machine the migrator may not come to run within 5 ms.
                let migrates = [5.0, 50.0, 500.0, 5000.0].into_iter().any(|ms| {
                    let nanoseconds = halves(Arc::clone(&run), 8).sample(ms).unwrap();
                    assert!(nanoseconds > 0.0 && nanoseconds.is_finite());
                    run.count(Counter::Migrations, MIGRATOR) > 0
                });
                assert!(migrates, "{looks:?}, {pace}");
                let (memory, control) = (run.race.memory(), run.race.world().control);
                let is_set = |word| memory.load(word) > 0;
                assert_eq!(is_set(control.recorded(MIGRATOR)), looks != Looks::Nobody, "{pace}");
                // At a pace the reader may have been elsewhere when a page migrated.
                assert!(pace > 0 || is_set(control.watched()) == (looks == Looks::All));
            }
        }
    }
}
