//! The roles that make contexts and destroy them, over and over.

use super::ledger::Counter;
use super::role::Role;
use super::roles::{Actor, Work};
use crate::aio::setup::{Setup, SetupStep};
use crate::aio::{Rules, Tracepoints};
use crate::machine::{Aborted, Machine};

impl<M: Machine, P: Rules, T: Tracepoints> Actor<'_, M, P, T> {
    /// Plays the roles of this file, and the address space's; nobody else's code is compiled with it.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn play_churn(&self, role: Role) -> Result<(), Aborted> {
        match role {
            Role::Setup { failures, compacts, destroys } => self.set_up(failures, compacts, destroys).await,
            Role::Teardown => self.tear_down().await,
            Role::AddressSpace => self.change_address_space().await,
            Role::Reader { .. } | Role::Migrator { .. } | Role::Completer => Ok(()),
        }
    }

    /// Sets contexts up, looks at each as `io_submit` would, and destroys it again or leaves that to others.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn set_up(&self, failures: bool, compacts: bool, destroys: bool) -> Result<(), Aborted> {
        let (aio, world) = (&self.aio, self.world);
        while self.next_round() {
            let round = self.round();
            let failure = if failures { self.choose_failure(round).await } else { None };
            let hint = world.first_frame(aio.machine.me(), round);
            let setup = Setup { mm: &world.mm, pool: &world.contexts, failure, compacts, hint };
            let start = aio.machine.bookmark();
            let made = aio.ioctx_alloc(&setup).await?;
            aio.machine.forget_since(start, made.map_or(u64::MAX, |made| made.to_number()));
            let Ok(made) = made else {
                self.count(Counter::FailedSetups, 1);
                if failure.is_none() && self.work == Work::UntilStopped {
                    self.wait_for_free_context().await?;
                }
                continue;
            };
            self.count(Counter::Setups, 1);
            let slot = &world.contexts[made.ctx.slot() as usize];
            aio.look_at_header(slot, made.id).await?;
            aio.put_ioctx(slot, made.ctx).await;
            aio.machine.forget_since(start, u64::from(made.id));
            if destroys {
                let destroyed = aio.io_destroy(&world.mm, &world.contexts, made.id).await?;
                self.count(Counter::Teardowns, u32::from(destroyed));
            } else {
                aio.machine.wake_up(world.made).await;
            }
        }
        Ok(())
    }

    /// Where the setup of round `round` fails, if it does: on threads at one step after the other.
    async fn choose_failure(&self, round: u32) -> Option<SetupStep> {
        let ways = SetupStep::ALL.len() as u32 + 1;
        let way = self.aio.machine.choose(ways, round % ways).await;
        SetupStep::ALL.get(way as usize).copied()
    }

    /// Destroys the contexts that others have set up.
    ///
    /// # Errors
    /// See [`play`](Self::play).
    pub async fn tear_down(&self) -> Result<(), Aborted> {
        let (m, world) = (self.aio.machine, self.world);
        while self.next_round() {
            if self.destroy_one().await? || self.work != Work::UntilStopped {
                continue;
            }
            let ticket = m.prepare_to_wait(world.made).await;
            let woken = if self.destroy_one().await? { Ok(()) } else { m.wait(world.made, ticket).await };
            m.finish_wait(world.made).await;
            woken?;
        }
        Ok(())
    }

    /// Destroys the first context that there is to destroy; whether there was one.
    async fn destroy_one(&self) -> Result<bool, Aborted> {
        let (aio, world) = (&self.aio, self.world);
        for id in world.changing_ids() {
            if aio.io_destroy(&world.mm, &world.contexts, id).await? {
                self.count(Counter::Teardowns, 1);
                aio.machine.wake_up(world.freed).await;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sleeps until somebody has destroyed a context, unless a slot is free by now.
    async fn wait_for_free_context(&self) -> Result<(), Aborted> {
        let (m, world) = (self.aio.machine, self.world);
        let ticket = m.prepare_to_wait(world.freed).await;
        let mut free = false;
        for slot in &world.contexts {
            free |= crate::aio::context::SlotWord::from_word(m.load(slot.state()).await).is_free();
        }
        let woken = if free { Ok(()) } else { m.wait(world.freed, ticket).await };
        m.finish_wait(world.freed).await;
        woken
    }
}
