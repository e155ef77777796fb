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
        watch: &Watch,
        trace: impl Tracepoints + Copy,
        at_rest: impl Tracepoints + Copy,
        mut reading: Reading,
    ) -> Result<(), Aborted> {
        let mut goes_on = self.with(rules, watch, &trace, |actor| Ok(actor.next_round()))?;
        while goes_on {
            goes_on = if watch.is_at_rest() {
                let stays_at_rest = || watch.stays_at_rest(self.memory, &self.world.control, self.me);
                self.read_while(rules, NoRecord, at_rest, &mut reading, stays_at_rest)?
            } else {
                self.read_while(rules, watch, trace, &mut reading, || !watch.is_at_rest())?
            };
        }
        self.with(rules, watch, &trace, |actor| {
            run(actor.leave_reading(reading));
            Ok(())
        })
    }

    /// [`Actor::read_while`], one way: `record` and `trace` in all rounds.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    #[inline(never)]
    pub fn read_while<P: Rules>(
        self,
        rules: P,
        record: impl Record,
        trace: impl Tracepoints,
        reading: &mut Reading,
        goes_on: impl Fn() -> bool,
    ) -> Result<bool, Aborted> {
        self.with(rules, record, &trace, |actor| run(actor.read_while(reading, goes_on)))
    }

    #[inline(always)]
    fn with<P: Rules, R: Record, T: Tracepoints, O>(
        self,
        rules: P,
        record: R,
        trace: &T,
        act: impl FnOnce(Actor<'_, Threads<'_, R>, P, T>) -> Result<O, Aborted>,
    ) -> Result<O, Aborted> {
        let Self { memory, world, me, work } = self;
        let machine = Threads::new(memory, &world.control, world.frames, me, record);
        act(Actor { aio: Aio { machine: &machine, rules, trace }, world, work, passes: None })
    }
}
