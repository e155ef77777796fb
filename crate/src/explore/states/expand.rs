//! A state of the frontier: all moves from it, and what is found there.

use super::Options;
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
    /// Something is broken, and that was the question.
    Violated,
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
        let turns = self
            .path
            .last()
            .map_or(0, |&(last, turns)| turns + u32::from(last != next.thread && walker.ways(last) > 0));
        (next.thread, turns)
    }
}

/// Expands states.
pub struct Expand<S> {
    bits: Bits,
    preemptions: Option<Preemptions>,
    whole: bool,
    shelf: S,
    patience: u32,
    /// What was found on this walk.
    pub found: Totals,
    /// The first schedule on this walk that breaks something.
    pub violation: Option<Vec<Move>>,
}

/// What there is beyond a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Other states.
    More,
    /// Nothing: all threads have ended, as they should, or what follows [is beside the
    /// point](crate::explore::Program::is_beside_the_point).
    Nothing,
    /// Whatever it is, here something is broken.
    Broken,
}

impl<S: Shelf> Expand<S> {
    /// Expands states as `options` say.
    pub fn new(bits: Bits, options: &Options, shelf: S) -> Self {
        let preemptions = options.bounds.preemptions.map(|most| Preemptions { most, path: Vec::new() });
        let (patience, found, violation) = (PATIENCE, Totals::default(), None);
        Self { bits, preemptions, whole: options.whole, shelf, patience, found, violation }
    }

    /// Notes that the state which the walker is at is broken.
    ///
    /// # Errors
    /// When that was the question.
    #[cold]
    fn violated(&mut self, walker: &Walker<'_>) -> Result<(), Stop> {
        self.violation.get_or_insert_with(|| walker.schedule());
        if self.whole { Ok(()) } else { Err(Stop::Violated) }
    }
}

/// Judges the state that the walker is at.
pub fn judge(walker: &Walker<'_>) -> Beyond {
    let program = walker.program();
    let broken = match walker.standing() {
        _ if program.is_broken(walker.memory()) => true,
        Standing::Going if program.is_beside_the_point(walker.memory()) => false,
        Standing::Going => return Beyond::More,
        Standing::Finished => program.judge(walker.memory(), Moment::Finished).is_some(),
        // What threads wait for is told by an execution.
        Standing::Stuck => Violation::find(program, walker.schedule()).is_some(),
    };
    if broken { Beyond::Broken } else { Beyond::Nothing }
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
        let (mut mask, mut possible) = (0, 0);
        for thread in (0..walker.threads()).map(ThreadId::new) {
            possible |= (0..walker.ways(thread)).fold(0, |mask, way| mask | self.bits.of(Move { thread, way }));
        }
        while possible != 0 {
            let next = self.bits.first(possible);
            possible &= possible - 1;
            let mut budget = 0;
            if let Some(preemptions) = &self.preemptions {
                let (thread, turns) = preemptions.after(walker, next);
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
                match judge(walker) {
                    Beyond::More => {
                        mask |= self.bits.of(next);
                        kept.push(walker);
                    }
                    Beyond::Nothing => {}
                    Beyond::Broken => self.violated(walker)?,
                }
            }
            walker.back();
        }
        Ok(mask)
    }
}
