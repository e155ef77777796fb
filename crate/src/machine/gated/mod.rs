//! Real threads over real shared memory, in one chosen interleaving.
//!
//! Every step first waits for its turn: a schedule lies in shared memory, and a word says whose move it is. Who has the
//! move takes its step, runs on to the next one (detectors and all that lies between two steps belong to the step before,
//! as in the [model](super::model)) and only *there* hands the turn on. So at any time at most one thread is doing
//! anything, and what happens is what the model says, word by word; but it happens on threads, in the memory that they
//! share.
//!
//! A move is what it is in the model: one awaited step. A lock is taken in one step, which has its turn only when the lock
//! is free; a writer that queues for a semaphore takes a step for that; a refused `try_lock` is a step like any other.
//!
//! # When the schedule cannot be followed
//!
//! Nothing here waits for ever. A step that cannot be taken when its turn has come, one that is not what the schedule's
//! author saw there, a thread that has ended before its turn or does not come to it in time: each ends the round for all
//! threads, and the [`Refusal`] says where. A thread leaves by never being ready again ([`Passed`]): [`run`] drops its
//! future where it stands.
//!
//! | file | holds |
//! |---|---|
//! | [`gate`] | the schedule in shared memory, the turn, the meeting of all threads between two rounds |
//! | [`refusal`] | why a schedule was not followed |
//! | `machine`, `locking` | the steps |

pub mod gate;
mod locking;
mod machine;
pub mod refusal;

use core::cell::Cell;
use core::future::Future;
use core::panic::Location;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use super::lock::Lock;
use super::model::{Grain, Intent};
use super::threads::Words;
use super::{Control, Op, ThreadId};
use crate::ring::{Addr, Frames, Memory};
pub use gate::{Gate, Planned, Turn};
pub use refusal::{Reason, Refusal};

/// One thread's view of shared memory, behind the gate.
#[derive(Debug)]
pub struct Gated<'a> {
    gate: &'a Gate,
    memory: Words<'a>,
    control: Control,
    frames: Frames,
    me: ThreadId,
    grain: Grain,
    /// The turn that this thread has: from when it takes its step until it comes to the next one.
    turn: Cell<Option<u32>>,
}

/// What a step has answered; never ready for a thread that is to leave.
#[derive(Debug)]
pub struct Passed<T>(Option<T>);

impl<T> Unpin for Passed<T> {}

impl<T> Future for Passed<T> {
    type Output = T;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        self.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<'a> Gated<'a> {
    /// The view of thread `me`. The `grain` must be the one that the schedule was made for.
    #[must_use]
    pub fn new(
        gate: &'a Gate,
        memory: Words<'a>,
        control: Control,
        frames: Frames,
        me: ThreadId,
        grain: Grain,
    ) -> Self {
        Self { gate, memory, control, frames, me, grain, turn: Cell::new(None) }
    }

    /// Takes a step when its turn has come.
    fn step<T>(&self, intent: Intent, act: impl FnOnce() -> T) -> Passed<T> {
        if !self.enter(intent) {
            return Passed(None);
        }
        let answer = act();
        Passed(self.turn.get().is_some().then_some(answer))
    }

    /// Hands the turn on, and waits until it has come back. False: the thread leaves.
    #[inline(never)]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn enter(&self, intent: Intent) -> bool {
        self.pass_on();
        let Turn::Mine(turn) = self.gate.wait(self.me) else {
            self.publish(intent);
            return false;
        };
        let reason = if !self.is_possible(intent) {
            self.publish(intent);
            Reason::Impossible
        } else if self.gate.way_at(turn) >= intent.ways() {
            Reason::NoSuchWay
        } else {
            self.turn.set(Some(turn));
            return true;
        };
        self.gate.refuse(Refusal { turn, thread: self.me, reason });
        false
    }

    fn is_possible(&self, intent: Intent) -> bool {
        intent.is_possible(|at| self.memory.load(at))
    }

    /// Says what the thread waits for, where others look for it. Nobody takes a step any more.
    fn publish(&self, intent: Intent) {
        if let Some(want) = intent.wait().filter(|_| !self.is_possible(intent)) {
            self.memory.store(self.control.waits_for(self.me), want.to_word());
        }
    }

    /// The thread has come to its next step, or to its end: the next one may go.
    fn pass_on(&self) {
        let Some(turn) = self.turn.take() else { return };
        let next = turn + 1;
        // Looked at before the next one can end: nobody but this thread does anything.
        let ended = self.gate.thread_at(next).filter(|&next| self.memory.load(self.control.ended(next)) != 0);
        self.gate.hand_on(turn);
        if let Some(thread) = ended {
            self.gate.refuse(Refusal { turn: next, thread, reason: Reason::Ended });
        }
    }

    /// Keeps what the step did. A thread that did something else than the schedule's author saw loses its turn.
    #[inline(never)]
    fn note(&self, op: Op, at: Addr, value: u32, place: &'static Location<'static>) {
        if let Some(turn) = self.turn.get()
            && !self.gate.note(turn, op, at, value, place)
        {
            self.turn.set(None);
            self.gate.refuse(Refusal { turn, thread: self.me, reason: Reason::Diverged });
        }
    }
}

/// Where the writers that wait for a semaphore are counted: the word after its own, as in the model.
const fn queued_writers(semaphore: Lock) -> Addr {
    semaphore.at.offset(1)
}

/// Runs the future of a thread behind the gate; blocks. True: it came to its end, rather than leave.
#[inline(always)]
pub fn run<F: Future>(machine: &Gated<'_>, body: F) -> bool {
    // The way to the first step is a turn of its own: threads go it one after the other, as in the model.
    if !machine.enter(Intent::Act) {
        return false;
    }
    let ended = pin!(body).poll(&mut Context::from_waker(Waker::noop())).is_ready();
    if ended {
        machine.memory.store(machine.control.ended(machine.me), 1);
        machine.pass_on();
    }
    ended
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
