//! Threads in the middle of a run.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Waker};

use super::schedule::{Move, Schedule};
use super::{Intent, Model};
use crate::machine::{Aborted, ThreadId};
use crate::ring::Memory;

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

    /// Makes `next`: lets the thread take its step, and run on to the next one.
    ///
    /// # Panics
    /// When the step cannot happen.
    pub fn step(&mut self, next: Move) {
        assert!(self.model.is_enabled(next.thread), "thread {} cannot go on", next.thread.index());
        self.model.choice.set(next.way);
        self.advance(next.thread);
    }

    /// The model that the threads share.
    #[must_use]
    pub fn model(&self) -> &'a Model {
        self.model
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
            self.model.pasts[thread.index() as usize].end();
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
                Ok(thread) => {
                    let way = match self.model.intent(thread) {
                        Some(Intent::Choose(among)) => schedule.choose(among),
                        _ => 0,
                    };
                    self.step(Move { thread, way });
                }
                Err(thread) => return End::NotEnabled { step, thread },
            }
        }
        if self.is_done() { End::Done } else { End::StepBound }
    }
}
