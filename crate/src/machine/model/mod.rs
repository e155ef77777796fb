//! The model: the same protocol, one step at a time, in the order that a schedule says.
//!
//! A thread is a future. Polled for the first time, a step says what it intends and is pending; polled again, it
//! happens, and the thread runs on to its next step. So between two polls every thread stands *before* a known step,
//! and an explorer can see which of them can happen.
//!
//! Locks block, they do not spin: a step that waits is simply not enabled. A `try_lock` is always enabled and sees the
//! lock as it is; a refused one is an outcome like any other.

mod cells;
mod machine;
pub mod schedule;

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Waker};

pub use cells::Cells;
pub use machine::ModelThread;
pub use schedule::{Bursts, Given, Random, Schedule};

use super::lock::{Lock, LockWord, WaitQueue};
use super::waits::WaitFor;
use super::{Aborted, Control, Step, ThreadId};
use crate::ring::{Frames, Memory};

/// How finely a bulk copy is broken into steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// A page or an event is copied in one step.
    Whole,
    /// Each word is a step of its own; the finest that a real copy can be torn.
    Words,
}

/// What a thread will do when it is picked, as far as it decides whether it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    /// Always possible.
    Act,
    /// Possible while nobody holds the lock.
    Lock(Lock),
    /// Possible while nobody writes, and no writer waits for readers to leave.
    Read(Lock),
    /// Possible once the queue's sequence number is not the ticket.
    Wait(WaitQueue, u32),
}

/// The shared state of a model run.
#[derive(Debug)]
pub struct Model {
    memory: Cells,
    control: Control,
    frames: Frames,
    grain: Grain,
    intents: RefCell<Vec<Option<Intent>>>,
    trace: RefCell<Vec<Step>>,
}

impl Model {
    /// A model over `words` zeroed words.
    #[must_use]
    pub fn new(words: u32, control: Control, frames: Frames, grain: Grain) -> Self {
        Self {
            memory: Cells::new(words),
            intents: RefCell::new(vec![None; control.threads() as usize]),
            control,
            frames,
            grain,
            trace: RefCell::default(),
        }
    }

    /// The memory.
    #[must_use]
    pub fn memory(&self) -> &Cells {
        &self.memory
    }

    /// The view of one thread.
    #[must_use]
    pub fn thread(&self, me: ThreadId) -> ModelThread<'_> {
        ModelThread::new(self, me)
    }

    /// The steps that have happened.
    #[must_use]
    pub fn trace(&self) -> Vec<Step> {
        self.trace.borrow().clone()
    }

    /// Whether the thread stands before a step that can happen.
    fn is_enabled(&self, thread: ThreadId) -> bool {
        let Some(intent) = self.intents.borrow()[thread.index() as usize] else { return false };
        let word = |lock: Lock| LockWord::from_word(self.memory.load(lock.at));
        match intent {
            Intent::Act => true,
            Intent::Lock(lock) => word(lock).write(thread).is_some(),
            Intent::Read(lock) => {
                let writer_waits =
                    word(lock).readers() > 0 && self.intents.borrow().contains(&Some(Intent::Lock(lock)));
                word(lock).read().is_some() && !writer_waits
            }
            Intent::Wait(queue, ticket) => self.memory.load(queue.at) != ticket,
        }
    }

    /// Writes what every blocked thread waits for into its block, where [`find_stuck`](super::waits::find_stuck) and
    /// others read it.
    pub fn publish_waits(&self) {
        for thread in self.control.all() {
            let want = match self.intents.borrow()[thread.index() as usize] {
                _ if self.is_enabled(thread) => WaitFor::NOTHING,
                Some(Intent::Lock(lock)) => WaitFor::Lock(lock.at).to_word(),
                Some(Intent::Read(lock)) => WaitFor::Reading(lock.at).to_word(),
                Some(Intent::Wait(queue, _)) => WaitFor::Queue(queue.at).to_word(),
                Some(Intent::Act) | None => WaitFor::NOTHING,
            };
            self.memory.store(self.control.waits_for(thread), want);
        }
    }
}

/// How a model run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All threads finished.
    Done,
    /// Nobody can go on, but not all are finished: see [`Model::publish_waits`].
    Stuck,
    /// The bound on steps was reached.
    StepBound,
    /// The schedule named a thread that cannot go on at this step.
    NotEnabled {
        /// The step at which it was named, from 0.
        step: u32,
        /// The thread.
        thread: ThreadId,
    },
}

/// A thread of the model: a role at work.
pub type Body<'a> = Pin<Box<dyn Future<Output = Result<(), Aborted>> + 'a>>;

/// Threads in the middle of a run.
pub struct Run<'a> {
    model: &'a Model,
    bodies: Vec<Option<Body<'a>>>,
}

impl<'a> Run<'a> {
    /// Brings each thread before its first step.
    ///
    /// # Panics
    /// When there are more or fewer bodies than threads.
    #[must_use]
    pub fn new(model: &'a Model, bodies: Vec<Body<'a>>) -> Self {
        assert_eq!(bodies.len(), model.control.threads() as usize, "one body for each thread");
        let mut run = Self { model, bodies: bodies.into_iter().map(Some).collect() };
        for thread in model.control.all() {
            run.advance(thread);
        }
        run
    }

    /// The threads that can take a step now.
    #[must_use]
    pub fn enabled(&self) -> Vec<ThreadId> {
        self.model.control.all().filter(|&thread| self.model.is_enabled(thread)).collect()
    }

    /// Whether all threads have finished.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.bodies.iter().all(Option::is_none)
    }

    /// Lets an enabled thread take its step and run to its next one.
    fn advance(&mut self, thread: ThreadId) {
        let slot = &mut self.bodies[thread.index() as usize];
        let Some(body) = slot else { return };
        self.model.intents.borrow_mut()[thread.index() as usize] = None;
        if body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            *slot = None;
            self.model.memory.store(self.model.control.ended(thread), 1);
        }
    }

    /// Runs to the end, or for `bound` steps, asking `schedule` at each.
    pub fn run(&mut self, schedule: &mut impl Schedule, bound: u32) -> End {
        for step in 0..bound {
            if self.is_done() {
                return End::Done;
            }
            let enabled = self.enabled();
            if enabled.is_empty() {
                return End::Stuck;
            }
            match schedule.pick(&enabled) {
                Ok(thread) => self.advance(thread),
                Err(thread) => return End::NotEnabled { step, thread },
            }
        }
        if self.is_done() { End::Done } else { End::StepBound }
    }
}
