//! Threads that stay from trial to trial: starting a Worker takes longer than a trial.

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::trial::Trial;
use super::waiting::{Late, NAP, wait_until};
use crate::machine::threads::{park, time};

/// Nobody waits longer than this for others to come, or to leave, milliseconds.
const PATIENCE_MS: f64 = 5_000.0;

/// The threads of a comparison: one leader, which calls trials, and followers, which work in them.
#[derive(Debug, Default)]
pub struct Crew {
    /// Moves on when there is a new trial, or none any more.
    call: AtomicU32,
    /// Threads that work in the trial.
    inside: AtomicU32,
    /// Not 0: the comparison is to end.
    cancel: AtomicU32,
    stage: Mutex<Stage>,
}

/// What followers find when they are called.
#[derive(Debug, Default)]
struct Stage {
    /// The call that it was made for.
    call: u32,
    trial: Option<Arc<Trial>>,
    over: bool,
}

impl Crew {
    /// Works as follower `index` in each trial that has work for it, until it is dismissed.
    pub fn follow(&self, index: u32) {
        let mut heard = 0;
        loop {
            // ORDERING: sequentially consistent; what the call is about is under the mutex anyway.
            while self.call.load(Ordering::SeqCst) == heard {
                park::wait(&self.call, heard, NAP);
            }
            let trial = {
                let stage = self.stage();
                heard = stage.call;
                if stage.over {
                    return;
                }
                stage.trial.clone()
            };
            if let Some(trial) = trial.filter(|trial| index < trial.threads()) {
                trial.work(index);
                // The leader frees the trial when all have left it.
                drop(trial);
                self.inside.fetch_sub(1, Ordering::SeqCst);
                park::wake(&self.inside, true);
            }
        }
    }

    /// Calls followers to a trial.
    pub(super) fn call(&self, trial: &Arc<Trial>) {
        self.inside.store(trial.threads(), Ordering::SeqCst);
        self.announce(|stage| stage.trial = Some(Arc::clone(trial)));
    }

    /// Waits until all have left the trial, `for_ms` milliseconds at the most.
    pub(super) fn wait_until_left(&self, for_ms: f64) -> Result<(), Late> {
        wait_until(&self.inside, |inside| inside == 0, for_ms.min(PATIENCE_MS))
    }

    /// Forgets the trial.
    pub(super) fn clear(&self) {
        self.stage().trial = None;
    }

    /// Does the leader's `work`, and lets all followers go, whatever becomes of it.
    pub fn led<T>(&self, work: impl FnOnce() -> T) -> T {
        let _dismissed = Dismissed(self);
        work()
    }

    /// Ends the comparison within a moment.
    pub fn cancel(&self) {
        self.cancel.store(1, Ordering::SeqCst);
        park::wake(&self.cancel, true);
    }

    /// Whether it is to end.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::SeqCst) != 0
    }

    /// Where the word is that [`cancel`](Self::cancel) sets: its address in the process (in wasm: in linear memory).
    #[must_use]
    pub fn cancel_at(&self) -> usize {
        self.cancel.as_ptr() as usize
    }

    /// Sleeps until `due`, milliseconds of [`time::now`], or until the comparison is cancelled: then `false`.
    pub(super) fn sleep_until(&self, due: f64) -> bool {
        wait_until(&self.cancel, |cancel| cancel != 0, due - time::now()).is_err()
    }

    fn announce(&self, change: impl FnOnce(&mut Stage)) {
        let mut stage = self.stage();
        change(&mut stage);
        stage.call = self.call.load(Ordering::SeqCst).wrapping_add(1);
        self.call.store(stage.call, Ordering::SeqCst);
        drop(stage);
        park::wake(&self.call, true);
    }

    fn stage(&self) -> std::sync::MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets all followers of a crew go when it is dropped.
struct Dismissed<'a>(&'a Crew);

impl Drop for Dismissed<'_> {
    fn drop(&mut self) {
        self.0.announce(|stage| (stage.trial, stage.over) = (None, true));
    }
}
