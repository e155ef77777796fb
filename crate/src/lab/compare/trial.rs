//! One trial: an arena of its own, and its threads' bodies.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::reader;
use super::refusals::Refusals;
use super::stopwatch::{Sampling, Stopwatch, Times};
use crate::aio::presets::{TANG_GU, V4};
use crate::aio::unmap_and_move::PASSES;
use crate::aio::{Aio, Compiled, Protocol, Rules};
use crate::machine::threads::{self, NoRecord, Record, Shared, Threads, Words, park};
use crate::machine::{Aborted, ThreadId};
use crate::ring::Memory;
use crate::scenario::roles::Actor;
use crate::scenario::{Counter, Role, Work, World};

/// Operations of a migrator at full pace from one look at what has come of them to the next.
const LOOKS: u32 = 8;

/// A trial: everything that its threads share.
#[derive(Debug)]
pub struct Trial {
    pub(super) world: World,
    memory: Shared,
    protocol: Protocol,
    timed: bool,
    pub(super) here: AtomicU32,
    /// 0: threads wait; 1: they work.
    pub(super) go: AtomicU32,
    pub(super) counting: AtomicU32,
    /// When the leader had counted: bits of milliseconds of [`now`](threads::time::now).
    pub(super) end: AtomicU64,
    pub(super) told: Mutex<Told>,
}

/// What its threads have measured.
#[derive(Debug, Default)]
pub struct Told {
    /// Times of read calls.
    pub times: Times,
    /// The longest that a thread waited for one lock, milliseconds.
    pub longest_wait_ms: f64,
    /// The longest that a migrator tried in vain, milliseconds.
    pub longest_refused_ms: f64,
}

impl Trial {
    /// Lays a trial out in `world`. Nothing runs yet.
    #[must_use]
    pub fn new(world: World, protocol: Protocol, timed: bool) -> Self {
        let memory = Shared::new(world.words());
        world.init(&memory.words());
        let [here, go, counting] = [(); 3].map(|()| AtomicU32::new(0));
        Self { world, memory, protocol, timed, here, go, counting, end: AtomicU64::new(0), told: Mutex::default() }
    }

    /// Threads that it needs.
    #[must_use]
    pub fn threads(&self) -> u32 {
        self.world.control.threads()
    }

    pub(super) fn memory(&self) -> Words<'_> {
        self.memory.words()
    }

    /// Works as thread `index`, from when the leader says so until it says stop; blocks.
    pub fn work(&self, index: u32) {
        self.here.fetch_add(1, Ordering::SeqCst);
        park::wake(&self.here, true);
        while self.go.load(Ordering::SeqCst) == 0 && !self.world.control.is_stopping(&self.memory()) {
            // A thread more or less that spins for this moment would keep others from coming.
            park::wait(&self.go, 0, core::time::Duration::from_millis(10));
        }
        let me = ThreadId::new(index);
        if self.timed {
            self.work_timed(me)
        } else {
            self.work_as(me, NoRecord, &mut ())
        }
        self.memory().store(self.world.control.ended(me), 1);
    }

    fn work_timed(&self, me: ThreadId) {
        let control = &self.world.control;
        let refusals = match self.world.roles[me.index() as usize] {
            Role::Migrator { pace, .. } => {
                let pause = if pace == 0 { 0.0 } else { 1e3 / f64::from(pace) };
                // One that pauses has the time to look each time.
                let every = if pace == 0 { LOOKS } else { 1 };
                Refusals::new(&self.counting, every, Counter::Migrations.of(control, me), pause)
            }
            _ => Refusals::of_nothing(&self.counting),
        };
        let mut watch = Sampling::new(&self.counting, u64::from(self.world.seed) << 16 ^ u64::from(me.index()));
        self.work_as(me, &refusals, &mut watch);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.times.add(&watch.into_times());
        let end = f64::from_bits(self.end.load(Ordering::SeqCst));
        told.longest_refused_ms = told.longest_refused_ms.max(refusals.longest_ms(end));
        // The machine itself sees to this one, where a thread that has found a lock taken waits: it costs nobody anything else.
        let waited_us = self.memory().peek(control.longest_wait(me));
        told.longest_wait_ms = told.longest_wait_ms.max(f64::from(waited_us) / 1e3);
    }

    fn work_as<R: Record>(&self, me: ThreadId, record: R, watch: &mut impl Stopwatch) {
        // Readers are compiled with the extra spinlock and without. All others look their parts up, presets and custom ones
        // alike: otherwise a preset would have an advantage. Completers as well: compiled for v4 they would be a second caller
        // of what v4's readers complete with, which then is not inlined; and tang-gu, spinlock and all, seemed to read 1.4
        // times the events.
        let worked = match self.world.roles[me.index() as usize] {
            Role::Reader { batch, inline, .. } if self.protocol.reader_spinlock => {
                self.play(Compiled::<TANG_GU>, me, record, async |actor| {
                    reader::read(&actor, batch, inline, watch).await
                })
            }
            Role::Reader { batch, inline, .. } => {
                self.play(Compiled::<V4>, me, record, async |actor| reader::read(&actor, batch, inline, watch).await)
            }
            role => self.play(self.protocol, me, record, async |actor| actor.play(role).await),
        };
        // An aborted thread leaves its locks held; the arena is not used again.
        let (Ok(()) | Err(Aborted)) = worked;
    }

    fn play<P: Rules, R: Record>(
        &self,
        rules: P,
        me: ThreadId,
        record: R,
        act: impl AsyncFnOnce(Actor<'_, Threads<'_, R>, P, ()>) -> Result<(), Aborted>,
    ) -> Result<(), Aborted> {
        let Self { world, .. } = self;
        let machine = Threads::new(self.memory(), &world.control, world.frames, me, record)
            .nesting(world.roles[me.index() as usize].nests());
        let aio = Aio { machine: &machine, rules, trace: &() };
        threads::run(act(Actor { aio, world, work: Work::UntilStopped, passes: Some(PASSES) }))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod plant;
