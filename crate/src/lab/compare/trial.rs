//! One trial: an arena of its own, the roles' bodies, and how they are started and stopped.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::crew::{Crew, Late, wait_until};
use super::reader;
use super::refusals::Refusals;
use super::stopwatch::{Sampling, Stopwatch, Times};
use crate::aio::presets::{TANG_GU, V4};
use crate::aio::unmap_and_move::PASSES;
use crate::aio::{Aio, Compiled, Protocol, Rules};
use crate::lab::race::Suspicion;
use crate::machine::threads::{self, NoRecord, Record, Shared, Threads, Words, park, time};
use crate::machine::{Aborted, ThreadId, WaitFor};
use crate::ring::Memory;
use crate::scenario::roles::Actor;
use crate::scenario::{Counter, Role, Work, World};

/// How long a trial runs before it counts, milliseconds: threads wake up, caches fill.
const SETTLE_MS: f64 = 10.0;

/// What a trial takes besides the time that it counts, milliseconds; an estimate.
pub const OVERHEAD_MS: f64 = SETTLE_MS + 5.0;

/// How often it is looked whether threads can go on, milliseconds.
const LOOK_MS: f64 = 25.0;

/// Threads that have stood still for so long, and cannot go on, never will, milliseconds. Longer than a thread that has been
/// woken may wait for a core.
const SURE_MS: f64 = 200.0;

/// How long threads may take to come, or to finish an operation, milliseconds.
const STOP_MS: f64 = 2_000.0;

/// Operations of a migrator at full pace from one look at what has come of them to the next.
const LOOKS: u32 = 8;

/// A trial: everything that its threads share.
#[derive(Debug)]
pub struct Trial {
    world: World,
    memory: Shared,
    protocol: Protocol,
    timed: bool,
    here: AtomicU32,
    /// 0: threads wait; 1: they work.
    go: AtomicU32,
    counting: AtomicU32,
    /// When the leader had counted: bits of milliseconds of [`time::now`].
    end: AtomicU64,
    told: Mutex<Told>,
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

/// What a trial came to.
#[derive(Debug)]
pub struct Outcome {
    /// How long it counted.
    pub seconds: f64,
    /// Events that readers have read.
    pub events: u32,
    /// Calls that they have made for it.
    pub calls: u32,
    /// Pages moved.
    pub migrations: u32,
    /// Tries that were refused.
    pub refused: u32,
    /// Whether nobody could go on.
    pub hung: bool,
    /// What the threads say.
    pub told: Told,
}

/// Why there is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody wanted it to end.
    Cancelled,
    /// Threads did not come, or did not leave.
    Late,
}

impl From<Late> for Ended {
    fn from(_: Late) -> Self {
        Self::Late
    }
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

    fn memory(&self) -> Words<'_> {
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
        // alike: otherwise a preset would have an advantage. And completers that were compiled for one of the two would call
        // a second time what its readers call to complete: it was no longer inlined, and of two protocols the one without
        // completers of its own, with the spinlock, seemed to read 1.4 times the events.
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
        let machine = Threads::new(self.memory(), self.world.control, self.world.frames, me, record);
        let aio = Aio { machine: &machine, rules, trace: &() };
        threads::run(act(Actor { aio, world: &self.world, work: Work::UntilStopped, passes: Some(PASSES) }))
    }

    /// Leads the trial: calls the crew, lets it settle, counts for `count_ms` milliseconds, and stops it.
    ///
    /// # Errors
    /// When it was cancelled, or when threads were late; after the latter the crew is of no more use.
    pub fn lead(self: Arc<Self>, crew: &Crew, count_ms: f64) -> Result<Outcome, Ended> {
        crew.call(&self);
        let counted = self.count(crew, count_ms);
        self.end.store(time::now().to_bits(), Ordering::SeqCst);
        self.stop();
        let left_late = crew.wait_until_left(STOP_MS).is_err();
        if left_late {
            // A lock that will never be free: its waiters hear of the abort only.
            self.raise(self.world.control.abort());
            crew.wait_until_left(STOP_MS)?;
        }
        crew.clear();
        let Counted { seconds, totals: [events, calls, migrations, refused], stuck } = counted?;
        let told = core::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Outcome { seconds, events, calls, migrations, refused, hung: left_late || stuck, told })
    }

    fn count(&self, crew: &Crew, count_ms: f64) -> Result<Counted, Ended> {
        wait_until(&self.here, |here| here == self.threads(), STOP_MS)?;
        self.go.store(1, Ordering::SeqCst);
        park::wake(&self.go, true);
        if !crew.sleep_until(time::now() + SETTLE_MS) {
            return Err(Ended::Cancelled);
        }
        self.counting.store(1, Ordering::SeqCst);
        let (began, before) = (time::now(), self.totals());
        let end = began + count_ms;
        let mut suspicion = Suspicion::default();
        let mut suspect_ms = None;
        loop {
            let now = time::now();
            let stuck = suspect_ms.is_some_and(|ms| ms >= SURE_MS);
            // Those who may never go on are given the time to show it.
            if stuck || (now >= end && suspect_ms.is_none()) {
                let after = self.totals();
                let totals = core::array::from_fn(|i| after[i].wrapping_sub(before[i]));
                return Ok(Counted { seconds: (now - began) / 1e3, totals, stuck });
            }
            let due = if now < end { end.min(now + LOOK_MS) } else { now + LOOK_MS };
            if !crew.sleep_until(due) {
                return Err(Ended::Cancelled);
            }
            suspect_ms = suspicion.look(&self.world, &self.memory(), time::now());
        }
    }

    fn totals(&self) -> [u32; COUNTED.len()] {
        COUNTED.map(|counter| counter.total(&self.memory(), &self.world.control))
    }

    /// Lets threads end, and wakes those who wait for what others will do no more.
    fn stop(&self) {
        let (control, memory) = (&self.world.control, self.memory());
        self.raise(control.stop());
        for thread in control.all() {
            if let Some(wait) = WaitFor::from_word(memory.load(control.waits_for(thread))) {
                park::wake(memory.atomic(wait.at()), true);
            }
        }
    }

    fn raise(&self, word: crate::ring::Addr) {
        self.memory().store(word, 1);
        park::wake(self.memory().atomic(word), true);
    }
}

/// What is counted.
const COUNTED: [Counter; 4] = [Counter::Events, Counter::Calls, Counter::Migrations, Counter::Refused];

/// What the leader has counted.
struct Counted {
    seconds: f64,
    /// Of each of [`COUNTED`], over the whole time.
    totals: [u32; COUNTED.len()],
    /// Whether nobody could go on.
    stuck: bool,
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod plant;
