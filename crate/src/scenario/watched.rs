//! A reader on threads that is watched: its steps are recorded and the detectors look at what it does, all of them while somebody
//! changes pages and a while after, few while pages are [`AtRest`](super::AtRest).
//!
//! Both ways are the same rounds, each compiled as a function of its own: in one function the way that is taken nearly always would
//! be slower by a twentieth, for the variables of the other.

use super::roles::{Actor, Reading, Work};
use super::world::World;
use crate::aio::{Aio, Rules, Tracepoints};
use crate::machine::threads::{NoRecord, Record, Threads, Watch, Words, run};
use crate::machine::{Aborted, ThreadId};

/// Where a thread works.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// The run's memory.
    pub memory: Words<'a>,
    /// What lies where.
    pub world: &'a World,
    /// Which thread it is.
    pub me: ThreadId,
    /// For how long it works.
    pub work: Work,
}

impl Post<'_> {
    /// Reads; `watch` records, and says when pages are at rest. What happens meanwhile is told to `trace`, or to `at_rest`.
    ///
    /// # Errors
    /// When the run was aborted while the thread waited.
    pub fn read<P: Rules>(
        self,
        rules: P,
        mut watch: Watch,
        trace: impl Tracepoints + Copy,
        at_rest: impl Tracepoints + Copy,
        mut reading: Reading,
    ) -> Result<(), Aborted> {
        let mut goes_on = Ok(self.actor(&self.machine(&watch), rules, &trace).next_round());
        while goes_on == Ok(true) {
            if watch.is_at_rest() {
                let stays_at_rest = || watch.stays_at_rest(self.memory, &self.world.control, self.me);
                goes_on = self.read_while(rules, at_rest, &mut reading, stays_at_rest);
            } else {
                (goes_on, watch) = self.read_until_rest(rules, watch, trace, &mut reading);
            }
        }
        if goes_on.is_ok() {
            run(self.actor(&self.machine(&watch), rules, &trace).leave_reading(reading));
        }
        self.machine(&watch).publish_record();
        goes_on.map(|_| ())
    }

    /// [`Actor::read_while`], with nothing recorded and `trace` in all rounds.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    #[inline(never)]
    pub fn read_while(
        self,
        rules: impl Rules,
        trace: impl Tracepoints,
        reading: &mut Reading,
        goes_on: impl Fn() -> bool,
    ) -> Result<bool, Aborted> {
        let machine = self.machine(NoRecord);
        run(self.actor(&machine, rules, &trace).read_while(reading, goes_on))
    }

    /// The same, recorded, while pages are not at rest. The watch comes by value and goes back: by reference, what it counts would
    /// live in memory, and each step would wait for the store of the one before.
    #[inline(never)]
    fn read_until_rest(
        self,
        rules: impl Rules,
        watch: Watch,
        trace: impl Tracepoints,
        reading: &mut Reading,
    ) -> (Result<bool, Aborted>, Watch) {
        let machine = self.machine(watch);
        let goes_on = run(self.actor(&machine, rules, &trace).read_while(reading, || !machine.record().is_at_rest()));
        (goes_on, machine.into_record())
    }

    #[inline(always)]
    fn machine<'a, R: Record>(&'a self, record: R) -> Threads<'a, R> {
        Threads::new(self.memory, &self.world.control, self.world.frames, self.me, record)
    }

    #[inline(always)]
    fn actor<'a, R: Record, P: Rules, T: Tracepoints>(
        &'a self,
        machine: &'a Threads<'a, R>,
        rules: P,
        trace: &'a T,
    ) -> Actor<'a, Threads<'a, R>, P, T> {
        Actor { aio: Aio { machine, rules, trace }, world: self.world, work: self.work, passes: None }
    }
}
