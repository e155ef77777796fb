//! A state of the frontier: all moves from it, and what is found there.

use super::branch::{Bits, Kept, Visit};
use crate::explore::bounds::Bound;
use crate::explore::verdict::Violation;
use crate::explore::{Moment, Standing, Walker};
use crate::machine::ThreadId;
use crate::machine::model::Move;
use crate::machine::model::past::mix;

/// What has been counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Distinct states.
    pub states: u64,
    /// Steps from one state to another.
    pub transitions: u64,
    /// Whether a move was left out for the bound on preemptions.
    pub cut: bool,
}

impl Totals {
    /// Both together.
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self {
            states: self.states + more.states,
            transitions: self.transitions + more.transitions,
            cut: self.cut | more.cut,
        }
    }
}

/// Why a search ends before everything was searched.
#[derive(Debug)]
pub enum Stop {
    /// A bound was reached.
    Bound(Bound),
    /// This schedule breaks something.
    Violation(Vec<Move>),
    /// Another thread has ended the search.
    Elsewhere,
}

/// Where fingerprints are remembered, and who is asked now and then whether to go on.
pub trait Shelf {
    /// Remembers a fingerprint; whether it is new.
    fn insert(&mut self, print: u64) -> bool;

    /// Whether to go on, `found` having been found on this walk.
    ///
    /// # Errors
    /// When not.
    fn go_on(&mut self, found: &Totals) -> Result<(), Stop>;
}

/// States expanded between two questions whether to go on.
const PATIENCE: u32 = 1 << 10;

/// The schedule's turns away from threads that could have gone on.
#[derive(Debug)]
struct Preemptions {
    most: u32,
    /// Who went last, and how many turns there were until then.
    path: Vec<(ThreadId, u32)>,
}

impl Preemptions {
    /// Who goes if `next` is taken, and how many turns there are then.
    fn after(&self, walker: &Walker<'_>, next: Move) -> (ThreadId, u32) {
        let turns = self.path.last().map_or(0, |&(last, turns)| {
            turns + u32::from(last != next.thread && walker.ways(last) > 0)
        });
        (next.thread, turns)
    }
}

/// Expands states.
pub struct Expand<S> {
    bits: Bits,
    preemptions: Option<Preemptions>,
    shelf: S,
    patience: u32,
    /// What was found on this walk.
    pub found: Totals,
}

impl<S: Shelf> Expand<S> {
    /// Expands states, with at most so many `preemptions` on the way to them.
    pub fn new(bits: Bits, preemptions: Option<u32>, shelf: S) -> Self {
        let preemptions = preemptions.map(|most| Preemptions { most, path: Vec::new() });
        Self { bits, preemptions, shelf, patience: PATIENCE, found: Totals::default() }
    }

    /// Judges the state that the walker is at; whether there is anything beyond it.
    ///
    /// # Errors
    /// When it is broken.
    pub fn judge(walker: &Walker<'_>) -> Result<bool, Stop> {
        let program = walker.program();
        let broken = match walker.standing() {
            _ if program.is_broken(walker.memory()) => true,
            Standing::Going => return Ok(true),
            Standing::Finished => program.judge(walker.memory(), Moment::Finished).is_some(),
            // What threads wait for is told by an execution.
            Standing::Stuck => Violation::find(program, walker.schedule()).is_some(),
        };
        if broken { Err(Stop::Violation(walker.schedule())) } else { Ok(false) }
    }
}

impl<S: Shelf> Visit for Expand<S> {
    type Stop = Stop;

    #[inline(always)]
    fn step(&mut self, walker: &mut Walker<'_>, next: Move) {
        if let Some(preemptions) = &mut self.preemptions {
            let after = preemptions.after(walker, next);
            preemptions.path.push(after);
        }
        walker.step(next);
    }

    #[inline(always)]
    fn back(&mut self, walker: &mut Walker<'_>) {
        if let Some(preemptions) = &mut self.preemptions {
            preemptions.path.pop();
        }
        walker.back();
    }

    #[inline(always)]
    fn expand(&mut self, walker: &mut Walker<'_>, kept: &mut Kept) -> Result<u32, Stop> {
        self.patience -= 1;
        if self.patience == 0 {
            self.patience = PATIENCE;
            self.shelf.go_on(&self.found)?;
        }
        let mut mask = 0;
        for thread in (0..walker.threads()).map(ThreadId::new) {
            for way in 0..walker.ways(thread) {
                let next = Move { thread, way };
                let mut budget = 0;
                if let Some(preemptions) = &self.preemptions {
                    let (_, turns) = preemptions.after(walker, next);
                    if turns > preemptions.most {
                        self.found.cut = true;
                        continue;
                    }
                    // What may come depends on who went last and on what is left.
                    budget = mix(u64::from(turns) << 32 | u64::from(thread.index()), 1);
                }
                walker.step(next);
                self.found.transitions += 1;
                if self.shelf.insert(walker.fingerprint() ^ budget) {
                    self.found.states += 1;
                    if Self::judge(walker)? {
                        mask |= self.bits.of(next);
                        kept.push(walker);
                    }
                }
                walker.back();
            }
        }
        Ok(mask)
    }
}
