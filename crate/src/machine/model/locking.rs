//! Locks and wait queues of the model: they block, they do not spin.
//!
//! A writer that finds a semaphore taken *queues*, and that is a step of its own: from then on new readers are kept out,
//! as by the kernel's fair rwsem. A writer that has not come so far keeps nobody out. When a writer leaves, either side
//! may go next.

use super::machine::{ModelThread, Place};
use super::{Cells, Intent};
use crate::machine::lock::{Lock, LockKind, LockWord, WaitQueue};
use crate::machine::{Aborted, Op};
use crate::ring::{Addr, Memory};

/// Where the model counts the writers that wait for a semaphore: the word after its own, which is on the same line.
const fn queued_writers(semaphore: Lock) -> Addr {
    semaphore.at.offset(1)
}

fn word(memory: &Cells, lock: Lock) -> LockWord {
    LockWord::from_word(memory.load(lock.at))
}

impl ModelThread<'_> {
    /// Takes the lock if it is free; whether it did.
    fn take_if_free(self, memory: &Cells, lock: Lock) -> bool {
        // Refused or not, the answer depends on every change of the word.
        memory.touch(lock.at);
        let taken = word(memory, lock).write(self.me);
        if let Some(taken) = taken {
            memory.store(lock.at, taken.to_word());
        }
        taken.is_some()
    }

    pub(super) async fn take(self, lock: Lock, place: Place) -> Result<(), Aborted> {
        let queues = lock.kind == LockKind::RwSemaphore;
        if queues && self.act(|memory| self.take_or_queue(memory, lock, place)).await {
            return Ok(());
        }
        self.step(Intent::Lock(lock), |memory| {
            let taken = self.take_if_free(memory, lock);
            assert!(taken, "the scheduler picks a lock step only when the lock is free");
            if queues {
                memory.fetch_add(queued_writers(lock), 1_u32.wrapping_neg());
            }
            self.note(Op::Lock, lock.at, 0, place);
        })
        .await;
        Ok(())
    }

    /// The first step of a writer: takes the semaphore, or queues for it. Whether it took it.
    fn take_or_queue(self, memory: &Cells, semaphore: Lock, place: Place) -> bool {
        let taken = self.take_if_free(memory, semaphore);
        self.observe(u32::from(taken));
        if taken {
            self.note(Op::Lock, semaphore.at, 0, place);
        } else {
            memory.store(semaphore.at, word(memory, semaphore).queued().to_word());
            let before = memory.fetch_add(queued_writers(semaphore), 1);
            self.note(Op::PrepareToWait, semaphore.at, before, place);
        }
        taken
    }

    pub(super) async fn try_take(self, lock: Lock, place: Place) -> bool {
        self.act(|memory| {
            let taken = self.take_if_free(memory, lock);
            self.observe(u32::from(taken));
            if taken {
                self.note(Op::TryLock, lock.at, 0, place);
            } else {
                let owner = LockWord::from_word(memory.words()[lock.at.index()].get()).owner();
                self.note(Op::Refused, lock.at, owner.map_or(0, |owner| owner.index() + 1), place);
            }
            taken
        })
        .await
    }

    pub(super) async fn release(self, lock: Lock, place: Place) {
        self.act(|memory| {
            memory.store(lock.at, LockWord::UNLOCKED.to_word());
            self.note(Op::Unlock, lock.at, 0, place);
        })
        .await;
    }

    pub(super) async fn take_shared(self, semaphore: Lock, place: Place) -> Result<(), Aborted> {
        self.step(Intent::Read(semaphore), |memory| {
            let taken =
                word(memory, semaphore).read().expect("the scheduler picks a read step only when no writer is in");
            let writers_wait = memory.load(queued_writers(semaphore)) > 0;
            let taken = if writers_wait { taken.queued() } else { taken };
            memory.store(semaphore.at, taken.to_word());
            memory.store(self.model.control.reads(self.me), semaphore.at.to_word() + 1);
            self.note(Op::DownRead, semaphore.at, 0, place);
        })
        .await;
        Ok(())
    }

    pub(super) async fn release_shared(self, semaphore: Lock, place: Place) {
        self.act(|memory| {
            memory.store(semaphore.at, word(memory, semaphore).unread().to_word());
            memory.store(self.model.control.reads(self.me), 0);
            self.note(Op::UpRead, semaphore.at, 0, place);
        })
        .await;
    }

    pub(super) async fn draw_ticket(self, queue: WaitQueue, place: Place) -> u32 {
        self.act(|memory| {
            memory.fetch_add(queue.waiters(), 1);
            let ticket = memory.load(queue.at);
            self.observe(ticket);
            self.note(Op::PrepareToWait, queue.at, ticket, place);
            ticket
        })
        .await
    }

    pub(super) async fn sleep(self, queue: WaitQueue, ticket: u32, place: Place) -> Result<(), Aborted> {
        self.step(Intent::Wait(queue, ticket), |memory| {
            // The step is possible because the word has changed.
            memory.touch(queue.at);
            self.note(Op::Wait, queue.at, memory.words()[queue.at.index()].get(), place);
        })
        .await;
        Ok(())
    }

    pub(super) async fn leave_queue(self, queue: WaitQueue, place: Place) {
        self.act(|memory| {
            memory.fetch_add(queue.waiters(), 1_u32.wrapping_neg());
            self.note(Op::FinishWait, queue.at, 0, place);
        })
        .await;
    }

    pub(super) async fn wake_all(self, queue: WaitQueue, place: Place) {
        self.act(|memory| {
            // Whether the number moves depends on who has announced himself.
            memory.touch(queue.at);
            let waiters = memory.load(queue.waiters());
            if waiters != 0 {
                memory.fetch_add(queue.at, 1);
            }
            self.note(Op::WakeUp, queue.at, waiters, place);
        })
        .await;
    }
}
