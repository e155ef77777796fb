//! The model: the same protocol, one step at a time, in the order that a schedule says.
//!
//! A thread is a future. Polled for the first time, a step says what it intends and is pending; polled again, it
//! happens, and the thread runs on to its next step. So between two polls every thread stands *before* a known step,
//! and an explorer can see which of them can happen.
//!
//! Locks block, they do not spin: a step that waits is simply not enabled. A `try_lock` is always enabled and sees the
//! lock as it is; a refused one is an outcome like any other.
//!
//! | file | holds |
//! |---|---|
//! | [`cells`] | the memory, and the log of what a step does to it |
//! | [`past`] | what a thread has observed, as one number |
//! | `machine`, `locking` | the steps |
//! | [`run`] | threads in the middle of a run |
//! | [`schedule`] | who goes next |

pub mod cells;
mod locking;
mod machine;
pub mod past;
pub mod run;
pub mod schedule;

use core::cell::{Cell, RefCell};

pub use cells::{Access, Cells};
pub use machine::ModelThread;
pub use past::Past;
pub use run::{Body, End, Run};
pub use schedule::{Bursts, Given, Move, Random, Schedule};

use super::lock::{Lock, LockWord, WaitQueue};
use super::waits::WaitFor;
use super::{Control, Step, ThreadId};
use crate::ring::{Addr, Frames, Memory};

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
pub enum Intent {
    /// Always possible.
    Act,
    /// Possible while nobody holds the lock.
    Lock(Lock),
    /// Possible while nobody writes, and no writer waits for readers to leave.
    Read(Lock),
    /// Possible once the queue's sequence number is not the ticket.
    Wait(WaitQueue, u32),
    /// Possible once the frame word is not this one, which says that references to the page are frozen.
    Thaw(Addr, u32),
    /// Always possible, and goes as many ways.
    Choose(u32),
}

impl Intent {
    /// Whether the step can happen, by the one word that decides it.
    #[inline(always)]
    #[must_use]
    pub fn is_possible(self, word: impl FnOnce(Addr) -> u32) -> bool {
        match self {
            Self::Act | Self::Choose(_) => true,
            Self::Lock(lock) => LockWord::from_word(word(lock.at)).write(ThreadId::new(0)).is_some(),
            Self::Read(lock) => LockWord::from_word(word(lock.at)).read().is_some(),
            Self::Wait(queue, ticket) => word(queue.at) != ticket,
            Self::Thaw(at, frozen) => word(at) != frozen,
        }
    }

    /// The word that decides whether the step can happen.
    #[must_use]
    pub const fn decided_by(self) -> Option<Addr> {
        match self {
            Self::Act | Self::Choose(_) => None,
            Self::Lock(lock) | Self::Read(lock) => Some(lock.at),
            Self::Wait(queue, _) => Some(queue.at),
            Self::Thaw(at, _) => Some(at),
        }
    }

    /// What a thread waits for that stands before the step while it is not possible.
    #[must_use]
    pub const fn wait(self) -> Option<WaitFor> {
        match self {
            Self::Act | Self::Choose(_) => None,
            Self::Lock(lock) => Some(WaitFor::Lock(lock.at)),
            Self::Read(lock) => Some(WaitFor::Reading(lock.at)),
            Self::Wait(WaitQueue { at }, _) | Self::Thaw(at, _) => Some(WaitFor::Queue(at)),
        }
    }

    /// In how many ways the step can go.
    #[inline(always)]
    #[must_use]
    pub const fn ways(self) -> u32 {
        match self {
            Self::Choose(among) => among,
            _ => 1,
        }
    }
}

/// The shared state of a model run.
#[derive(Debug)]
pub struct Model {
    memory: Cells,
    control: Control,
    frames: Frames,
    grain: Grain,
    intents: RefCell<Vec<Option<Intent>>>,
    pasts: Vec<Past>,
    choice: Cell<u32>,
    tracing: Cell<bool>,
    trace: RefCell<Vec<Step>>,
}

impl Model {
    /// A model over `words` zeroed words.
    #[must_use]
    pub fn new(words: u32, control: Control, frames: Frames, grain: Grain) -> Self {
        Self {
            memory: Cells::new(words),
            intents: RefCell::new(vec![None; control.threads() as usize]),
            pasts: control.all().map(|_| Past::new()).collect(),
            control,
            frames,
            grain,
            choice: Cell::new(0),
            tracing: Cell::new(true),
            trace: RefCell::default(),
        }
    }

    /// Makes `words` stay 0; see [`Cells::ignore`].
    #[must_use]
    pub fn ignoring(mut self, words: impl IntoIterator<Item = Addr>) -> Self {
        self.memory.ignore(words);
        self
    }

    /// Lets threads remember what they observed in operations that are over, so that no two different pasts are taken for
    /// one. For tests, and for counting states as a textbook does.
    pub fn keep_pasts(&self) {
        self.pasts.iter().for_each(Past::keep_all);
    }

    /// Whether steps are kept for [`trace`](Self::trace); they are, until this is called.
    pub fn set_tracing(&self, on: bool) {
        self.tracing.set(on);
    }

    /// The memory.
    #[must_use]
    pub fn memory(&self) -> &Cells {
        &self.memory
    }

    /// Where the threads' own words are.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
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

    /// How many steps have happened, counted as [`trace`](Self::trace) does.
    #[must_use]
    pub fn traced(&self) -> usize {
        self.trace.borrow().len()
    }

    /// What the thread will do next; `None`: it has ended.
    #[must_use]
    pub fn intent(&self, thread: ThreadId) -> Option<Intent> {
        self.intents.borrow()[thread.index() as usize]
    }

    /// What the thread has observed.
    #[must_use]
    pub fn past(&self, thread: ThreadId) -> u64 {
        self.pasts[thread.index() as usize].hash()
    }

    /// Whether the thread stands before a step that can happen.
    #[must_use]
    pub fn is_enabled(&self, thread: ThreadId) -> bool {
        let word = |at: Addr| self.memory.words()[at.index()].get();
        self.intent(thread).is_some_and(|intent| intent.is_possible(word))
    }

    /// Writes what every blocked thread waits for into its block, where [`find_stuck`](super::waits::find_stuck) and
    /// others read it.
    pub fn publish_waits(&self) {
        for thread in self.control.all() {
            let want = self.intent(thread).filter(|_| !self.is_enabled(thread)).and_then(Intent::wait);
            self.memory.store(self.control.waits_for(thread), want.map_or(WaitFor::NOTHING, WaitFor::to_word));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
