//! What walkers of one program, each on a thread of its own, tell each other: each real execution is made by one of them only.

use std::sync::{Arc, Mutex, PoisonError};

use super::digest::Digest;
use crate::machine::model::Intent;
use crate::machine::{Op, ThreadId};
use crate::ring::Addr;

/// Where a thread stands, in words that mean the same to every walker.
pub type Stand = (u64, Option<Intent>);

/// A step that was executed for real.
#[derive(Debug)]
pub struct Lesson {
    /// Whose step.
    pub thread: ThreadId,
    /// Where the thread stood.
    pub from: Stand,
    /// Which way the step went.
    pub way: u32,
    /// What it depended on, and what it changed.
    pub step: Digest,
    /// Where the thread stands then.
    pub to: Stand,
    /// What the step was.
    pub op: Option<(Op, Addr)>,
}

/// What one walker has not heard yet.
type Inbox = Mutex<Vec<Arc<Lesson>>>;

/// A walker's place among those that tell each other what they learn.
#[derive(Clone, Debug)]
pub struct Seat {
    inboxes: Arc<[Inbox]>,
    mine: usize,
}

impl Seat {
    /// Places for so many walkers.
    #[must_use]
    pub fn among(walkers: usize) -> Vec<Self> {
        let inboxes: Arc<[Inbox]> = (0..walkers).map(|_| Inbox::default()).collect();
        (0..walkers).map(|mine| Self { inboxes: Arc::clone(&inboxes), mine }).collect()
    }

    /// Tells all others.
    pub fn tell(&self, lesson: Lesson) {
        let lesson = Arc::new(lesson);
        for (i, inbox) in self.inboxes.iter().enumerate() {
            if i != self.mine {
                inbox.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&lesson));
            }
        }
    }

    /// What others have told since this was asked last.
    #[must_use]
    pub fn hear(&self) -> Vec<Arc<Lesson>> {
        core::mem::take(&mut self.inboxes[self.mine].lock().unwrap_or_else(PoisonError::into_inner))
    }
}
