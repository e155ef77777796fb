//! Locks and wait queues behind the gate: nobody waits *for a lock* here, since a lock step has its turn only when the lock
//! is free. The words go through the same states as in [the model](crate::machine::model).

use super::{Gated, Passed, queued_writers};
use crate::machine::lock::{Lock, LockKind, LockWord, WaitQueue};
use crate::machine::model::Intent;
use crate::machine::{Aborted, Op};
use crate::ring::Memory;

type Place = &'static core::panic::Location<'static>;

impl Gated<'_> {
    fn word(&self, lock: Lock) -> LockWord {
        LockWord::from_word(self.memory.load(lock.at))
    }

    /// Takes the lock if it is free; whether it did.
    fn take_if_free(&self, lock: Lock) -> bool {
        let word = self.word(lock);
        let taken = word.write(self.me);
        taken.is_some_and(|taken| self.memory.compare_exchange(lock.at, word.to_word(), taken.to_word()).is_ok())
    }

    pub(super) fn take(&self, lock: Lock, place: Place) -> Passed<Result<(), Aborted>> {
        let queues = lock.kind == LockKind::RwSemaphore;
        if queues {
            match self.act(|| self.take_or_queue(lock, place)).0 {
                Some(false) => {}
                taken => return Passed(taken.map(|_| Ok(()))),
            }
        }
        self.step(Intent::Lock(lock), || {
            self.take_if_free(lock);
            if queues {
                self.memory.fetch_add(queued_writers(lock), 1_u32.wrapping_neg());
            }
            self.note(Op::Lock, lock.at, 0, place);
            Ok(())
        })
    }

    /// The first step of a writer: takes the semaphore, or queues for it. Whether it took it.
    fn take_or_queue(&self, semaphore: Lock, place: Place) -> bool {
        let taken = self.take_if_free(semaphore);
        if taken {
            self.note(Op::Lock, semaphore.at, 0, place);
        } else {
            self.memory.store(semaphore.at, self.word(semaphore).queued().to_word());
            let before = self.memory.fetch_add(queued_writers(semaphore), 1);
            self.note(Op::PrepareToWait, semaphore.at, before, place);
        }
        taken
    }

    pub(super) fn try_take(&self, lock: Lock, place: Place) -> Passed<bool> {
        self.act(|| {
            let taken = self.take_if_free(lock);
            if taken {
                self.note(Op::TryLock, lock.at, 0, place);
            } else {
                let owner = self.word(lock).owner().map_or(0, |owner| owner.index() + 1);
                self.note(Op::Refused, lock.at, owner, place);
            }
            taken
        })
    }

    pub(super) fn release(&self, lock: Lock, place: Place) -> Passed<()> {
        self.act(|| {
            self.memory.store(lock.at, LockWord::UNLOCKED.to_word());
            self.note(Op::Unlock, lock.at, 0, place);
        })
    }

    pub(super) fn take_shared(&self, semaphore: Lock, place: Place) -> Passed<Result<(), Aborted>> {
        self.step(Intent::Read(semaphore), || {
            // That it can be read is why the step has its turn.
            let word = self.word(semaphore);
            let taken = word.read().unwrap_or(word);
            let writers_wait = self.memory.load(queued_writers(semaphore)) > 0;
            let taken = if writers_wait { taken.queued() } else { taken };
            self.memory.store(semaphore.at, taken.to_word());
            self.memory.store(self.control.reads(self.me), semaphore.at.to_word() + 1);
            self.note(Op::DownRead, semaphore.at, 0, place);
            Ok(())
        })
    }

    pub(super) fn release_shared(&self, semaphore: Lock, place: Place) -> Passed<()> {
        self.act(|| {
            self.memory.store(semaphore.at, self.word(semaphore).unread().to_word());
            self.memory.store(self.control.reads(self.me), 0);
            self.note(Op::UpRead, semaphore.at, 0, place);
        })
    }

    pub(super) fn draw_ticket(&self, queue: WaitQueue, place: Place) -> Passed<u32> {
        self.act(|| {
            self.memory.fetch_add(queue.waiters(), 1);
            let ticket = self.memory.load(queue.at);
            self.note(Op::PrepareToWait, queue.at, ticket, place);
            ticket
        })
    }

    pub(super) fn sleep(&self, queue: WaitQueue, ticket: u32, place: Place) -> Passed<Result<(), Aborted>> {
        self.step(Intent::Wait(queue, ticket), || {
            self.note(Op::Wait, queue.at, self.memory.load(queue.at), place);
            Ok(())
        })
    }

    pub(super) fn leave_queue(&self, queue: WaitQueue, place: Place) -> Passed<()> {
        self.act(|| {
            self.memory.fetch_add(queue.waiters(), 1_u32.wrapping_neg());
            self.note(Op::FinishWait, queue.at, 0, place);
        })
    }

    pub(super) fn wake_all(&self, queue: WaitQueue, place: Place) -> Passed<()> {
        self.act(|| {
            let waiters = self.memory.load(queue.waiters());
            if waiters != 0 {
                self.memory.fetch_add(queue.at, 1);
            }
            self.note(Op::WakeUp, queue.at, waiters, place);
        })
    }
}
