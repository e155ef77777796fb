//! What each role does: one `async` function over any machine. How long it works is the [`Work`]'s.

// `async fn` by hand, for the reason given in [`aio`](crate::aio).
#![allow(clippy::manual_async_fn)]

use super::ledger::Counter;
use super::role::{Core, PageChoice, Role};
use super::tag::Tag;
use super::world::World;
use crate::aio::unmap_and_move::PASSES;
use crate::aio::{Aio, Rules, Tracepoints};
use crate::machine::{Aborted, Machine, WaitQueue};
use crate::ring::{EventBuffer, IoEvent};

/// So many passes in a row of which nothing has come because of others, four calls of the kernel's `migrate_pages`: some 6 µs. So
/// whoever holds the lock has lost its core, or takes it again and again, and further tries only take its cache line from it.
///
/// Measured in Chromium on two cores, `v4`, one reader, 1 and 8 migrators at full pace, with 640 passes and with these: 4.8 and 12.8
/// million events/s with 0.92 and 0.64 million migrations/s; 4.7 and 6.1 with 0.29 and 0.60. With 10 passes the reader reads as if alone,
/// and some 30 thousand pages move. Trying on for ever, with 16 readers and 8 migrators, one tried in vain for 305 ms (at most 436).
/// What finds no page is not in vain: where contexts come and go, broken cells would show up to fifty times as late.
const IN_VAIN: u32 = 4 * PASSES;

/// For how long a migrator lets others go first then, milliseconds.
const RESCHED: f64 = 1.0;

/// How long a role works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Until the run stops; a thread that has nothing to do waits.
    UntilStopped,
    /// This many operations, without waiting for work: the small scripts of the model.
    Rounds(u32),
    /// Operations without end, which are not counted, and do not wait for work.
    Endless,
}

/// Whether a thread has announced itself in a wait queue, and with which ticket.
#[derive(Debug, Default)]
pub(crate) struct Queued(Option<u32>);

/// What a reader does in each round; see [`Role::Reader`].
#[derive(Debug)]
pub struct Reading {
    inline: bool,
    faults: bool,
    /// Room for a batch.
    events: EventBuffer,
    queued: Queued,
}

impl Reading {
    /// Up to `batch` events in a call; `inline`: completes as many before; `faults`: copying them faults.
    #[must_use]
    pub fn new(batch: u32, inline: bool, faults: bool) -> Self {
        Self { inline, faults, events: EventBuffer::new(batch), queued: Queued::default() }
    }
}

/// One thread at its role.
#[derive(Debug)]
pub struct Actor<'a, M, P, T> {
    /// The protocol, for this thread.
    pub aio: Aio<'a, M, P, T>,
    /// Where it runs.
    pub world: &'a World,
    /// For how long.
    pub work: Work,
    /// How often a migration is tried; `None`: until it is let in.
    pub passes: Option<u32>,
}

impl<M, P: Copy, T> Clone for Actor<'_, M, P, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, P: Copy, T> Copy for Actor<'_, M, P, T> {}

impl<M: Machine, P: Rules, T: Tracepoints> Actor<'_, M, P, T> {
    /// Does what `role` does.
    ///
    /// # Errors
    /// When the run was aborted while the thread waited.
    pub async fn play(&self, role: Role) -> Result<(), Aborted> {
        match role {
            Role::Reader { batch, inline, faults } => self.read(Reading::new(batch, inline, faults)).await,
            Role::Completer => self.complete().await,
            Role::Migrator { core, page, pace, widen } => self.migrate(core, page, pace, widen).await,
            Role::Setup { .. } | Role::Teardown | Role::AddressSpace => self.play_churn(role).await,
        }
    }

    /// Submits (unless others do) and reads.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn read(&self, mut reading: Reading) -> Result<(), Aborted> {
        if self.next_round() {
            self.read_while(&mut reading, || true).await?;
        }
        self.leave_reading(reading).await;
        Ok(())
    }

    /// The same, beginning with a round that has begun, for as long as `goes_on` says so of the next one;
    /// whether there is a next one, which has begun.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    #[inline(always)]
    pub fn read_while(
        self,
        reading: &mut Reading,
        goes_on: impl Fn() -> bool,
    ) -> impl Future<Output = Result<bool, Aborted>> {
        #[inline(always)]
        async move {
            let Reading { inline, faults, events, queued } = reading;
            // In local variables, since whatever lies in memory is loaded again after every atomic access.
            let (inline, faults, events, mut waiting) = (*inline, *faults, &mut **events, core::mem::take(queued));
            let again = loop {
                let idle = self.read_once(inline, faults, events).await?;
                waiting = self.wait_if(idle, self.world.ctx.wait, waiting).await?;
                if !self.next_round() {
                    break false;
                }
                if !goes_on() {
                    break true;
                }
            };
            *queued = waiting;
            Ok(again)
        }
    }

    /// The reader is done.
    pub async fn leave_reading(&self, reading: Reading) {
        self.leave(self.world.ctx.wait, reading.queued).await;
    }

    /// Whether there was nothing to do.
    #[inline(always)]
    fn read_once(
        self,
        inline: bool,
        faults: bool,
        events: &mut [IoEvent],
    ) -> impl Future<Output = Result<bool, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.aio.machine;
            let start = m.bookmark();
            let completed = if inline { self.complete_some(events.len() as u32).await? } else { 0 };
            m.forget_since(start, u64::from(completed));
            let cache = self.world.control.reqs_available(m.me());
            let faults = faults.then_some(self.world.mm.mmap_sem);
            let read = self.aio.read_events(&self.world.ctx, cache, events, faults).await?;
            self.count(Counter::Calls, 1);
            self.count(Counter::Events, read as u32);
            Ok(read == 0 && completed == 0)
        }
    }

    /// Submits and completes.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn complete(&self) -> Result<(), Aborted> {
        let mut queued = Queued::default();
        while self.next_round() {
            let completed = self.complete_some(1).await?;
            queued = self.wait_if(completed == 0, self.world.ctx.slots, queued).await?;
        }
        self.leave(self.world.ctx.slots, queued).await;
        Ok(())
    }

    /// Migrates pages of one ring after the other.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn migrate(&self, core: Core, page: PageChoice, pace: u32, widen: u32) -> Result<(), Aborted> {
        let m = self.aio.machine;
        let interval = if pace == 0 { 0.0 } else { 1e3 / f64::from(pace) };
        let contexts = &self.world.contexts;
        let (mut due, mut in_vain) = (m.now(), 0);
        while self.next_round() {
            let round = self.round();
            let ctx = &contexts[round as usize % contexts.len()];
            let idx = self.choose(page, round / contexts.len() as u32);
            // move_pages: on behalf of a process whose address space must not change meanwhile.
            let mmap_sem = (core == Core::MovePages).then_some(self.world.mm.mmap_sem);
            if let Some(mmap_sem) = mmap_sem {
                m.down_read(mmap_sem).await?;
            }
            let hint = self.world.first_frame(m.me(), round);
            let outcome = self.aio.migrate_in_passes(ctx, idx, hint, widen, self.passes).await?;
            if let Some(mmap_sem) = mmap_sem {
                m.up_read(mmap_sem).await;
            }
            self.count(Counter::Migrations, u32::from(outcome.migrated));
            self.count(Counter::Refused, outcome.refused);
            in_vain = if outcome.migrated || outcome.in_vain == 0 { 0 } else { in_vain + outcome.in_vain };
            if in_vain >= IN_VAIN {
                // cond_resched(), which migrate_pages() calls between its passes.
                m.pause_until(m.now() + RESCHED);
                in_vain = 0;
            }
            if pace > 0 {
                // A migrator that fell behind by more than a moment does not catch up in a burst.
                due = (due + interval).max(m.now() - 100.0);
                m.pause_until(due);
            }
        }
        Ok(())
    }

    /// Takes the address space for writing, as `mmap` does, and leaves it as it was.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn change_address_space(&self) -> Result<(), Aborted> {
        let m = self.aio.machine;
        while self.next_round() {
            m.lock(self.world.mm.mmap_sem).await?;
            m.unlock(self.world.mm.mmap_sem).await;
        }
        Ok(())
    }

    /// Makes up to `count` completions, as far as there are slots; how many.
    #[inline(always)]
    pub(crate) fn complete_some(self, count: u32) -> impl Future<Output = Result<u32, Aborted>> {
        #[inline(always)]
        async move {
            let me = self.aio.machine.me();
            let cache = self.world.control.reqs_available(me);
            let start = self.aio.machine.bookmark();
            let mut done = 0;
            while done < count && self.aio.get_reqs_available(&self.world.ctx, cache).await {
                let completed = Counter::Completed.of(&self.world.control, me);
                let sequence = self.aio.machine.this_cpu_read(completed);
                let (tag, world) = (Tag { completer: me.index(), sequence }, self.world);
                self.aio.complete(&world.ctx, move || tag.event(world.cookie)).await?;
                self.count(Counter::Completed, 1);
                done += 1;
                self.aio.machine.forget_since(start, u64::from(done));
            }
            Ok(done)
        }
    }

    /// After a round: where there was nothing to do (and the work is until stopped), the thread announces itself in `queue`,
    /// looks once more, which is the next round, and sleeps if there was nothing again; so no wake-up is missed.
    #[inline(always)]
    pub(crate) fn wait_if(
        self,
        idle: bool,
        queue: WaitQueue,
        queued: Queued,
    ) -> impl Future<Output = Result<Queued, Aborted>> {
        #[inline(always)]
        async move {
            let m = self.aio.machine;
            let idle = idle && self.work == Work::UntilStopped;
            match queued.0 {
                None if idle => Ok(Queued(Some(m.prepare_to_wait(queue).await))),
                None => Ok(queued),
                Some(ticket) => {
                    let woken = if idle { m.wait(queue, ticket).await } else { Ok(()) };
                    m.finish_wait(queue).await;
                    woken.map(|()| Queued::default())
                }
            }
        }
    }

    /// The thread is done, and waits in `queue` no more.
    #[inline(always)]
    pub(crate) fn leave(self, queue: WaitQueue, queued: Queued) -> impl Future<Output = ()> {
        #[inline(always)]
        async move {
            if queued.0.is_some() {
                self.aio.machine.finish_wait(queue).await;
            }
        }
    }

    fn choose(&self, page: PageChoice, round: u32) -> u32 {
        let pages = self.world.ctx.ring.pages();
        match page {
            PageChoice::RoundRobin => round % pages,
            PageChoice::Zero => 0,
            PageChoice::Random => {
                let stream = u64::from(self.aio.machine.me().index()) << 32 | u64::from(round);
                fastrand::Rng::with_seed(u64::from(self.world.seed) << 44 ^ stream).u32(..pages)
            }
        }
    }

    /// Number of the operation that the thread is in, from 0.
    #[inline(always)]
    pub(super) fn round(self) -> u32 {
        let m = self.aio.machine;
        m.this_cpu_read(Counter::Rounds.of(&self.world.control, m.me())).wrapping_sub(1)
    }

    /// Whether there is another operation to do; begins it.
    #[inline(always)]
    pub(crate) fn next_round(self) -> bool {
        let go = match self.work {
            Work::UntilStopped => self.aio.machine.keep_going(),
            Work::Rounds(rounds) => self.round().wrapping_add(1) < rounds,
            Work::Endless => true,
        };
        if go {
            if self.work != Work::Endless {
                self.count(Counter::Rounds, 1);
            }
            self.aio.machine.begin_operation();
        }
        go
    }

    #[inline(always)]
    pub(crate) fn count(self, counter: Counter, by: u32) {
        counter.add(self.aio.machine, &self.world.control, by);
    }
}
