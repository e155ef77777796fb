//! A state of the frontier: all moves from it, and what is found there.

use std::sync::{PoisonError, RwLock};

use super::Options;
use super::snapshots::Snapshots;
use super::tree::Tree;
use crate::explore::Walker;
use crate::explore::bits::Bits;
use crate::explore::bounds::Bound;
use crate::explore::judge::{Beyond, judge};
use crate::explore::seen::Seen;
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
    /// A thread has panicked, and the search will.
    Lost,
}

/// Where fingerprints are remembered.
pub trait Shelf {
    /// Remembers a fingerprint; whether it is new.
    fn insert(&mut self, print: u64) -> bool;

    /// All that are remembered.
    fn seen(&self) -> &Seen;
}

/// What led to a state that was not walked to, for whoever has to know.
pub struct Whence<'a> {
    /// The tree, which somebody may be pruning.
    pub tree: &'a RwLock<Tree>,
    /// Its moves.
    pub bits: Bits,
    /// Which state of the frontier it is; `None`: the walker has walked there.
    pub state: Option<usize>,
}

/// The schedule that led to a state of the frontier.
pub fn schedule(tree: &RwLock<Tree>, state: usize, bits: Bits) -> Vec<Move> {
    tree.read().unwrap_or_else(PoisonError::into_inner).schedule(state, bits)
}

impl Whence<'_> {
    /// Tells the walker, if it does not know.
    #[cold]
    #[inline(never)]
    fn tell(&self, walker: &mut Walker<'_>) {
        if let Some(state) = self.state {
            walker.tell_origin(schedule(self.tree, state, self.bits));
        }
    }
}

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
    /// The program's moves.
    pub bits: Bits,
    preemptions: Option<Preemptions>,
    whole: bool,
    /// Where fingerprints are remembered.
    pub shelf: S,
    /// What was found on this level.
    pub found: Totals,
    /// The first schedule on this walk that breaks something.
    pub violation: Option<Vec<Move>>,
}

impl<S: Shelf> Expand<S> {
    /// Expands states as `options` say; so much was found before.
    pub fn new(bits: Bits, options: &Options, shelf: S, found: Totals) -> Self {
        let preemptions = options.bounds.preemptions.map(|most| Preemptions { most, path: Vec::new() });
        Self { bits, preemptions, whole: options.whole, shelf, found, violation: None }
    }

    /// Begins a walk at the initial state.
    pub fn set_out(&mut self, walker: &mut Walker<'_>) {
        walker.reset();
        if let Some(preemptions) = &mut self.preemptions {
            preemptions.path.clear();
        }
    }

    /// Takes a step of a walk.
    #[inline(always)]
    pub fn step(&mut self, walker: &mut Walker<'_>, next: Move) {
        if let Some(preemptions) = &mut self.preemptions {
            let after = preemptions.after(walker, next);
            preemptions.path.push(after);
        }
        walker.step(next);
    }

    /// Takes it back.
    #[inline(always)]
    pub fn back(&mut self, walker: &mut Walker<'_>) {
        if let Some(preemptions) = &mut self.preemptions {
            preemptions.path.pop();
        }
        walker.back();
    }

    /// Notes that the state which the walker is at is broken.
    ///
    /// # Errors
    /// When that was the question.
    #[cold]
    fn violated(&mut self, walker: &mut Walker<'_>, whence: &Whence<'_>) -> Result<(), Stop> {
        if self.violation.is_none() {
            whence.tell(walker);
            self.violation = Some(walker.schedule());
        }
        if self.whole { Ok(()) } else { Err(Stop::Violated) }
    }
}

impl<S: Shelf> Expand<S> {
    /// Looks at the state that the walker is at; the moves that lead to new ones, which go to `kept` in the order of their
    /// bits.
    ///
    /// # Errors
    /// When the search ends here.
    #[inline(always)]
    pub fn expand(
        &mut self,
        walker: &mut Walker<'_>,
        whence: &Whence<'_>,
        mut kept: Option<&mut Snapshots>,
    ) -> Result<u32, Stop> {
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
            let outcome = walker.find(next).unwrap_or_else(|| walker.find_out(next, |walker| whence.tell(walker)));
            walker.take(next, outcome);
            self.found.transitions += 1;
            if self.shelf.insert(walker.fingerprint() ^ budget) {
                self.found.states += 1;
                match judge(walker, |walker| whence.tell(walker)) {
                    Beyond::More => {
                        mask |= self.bits.of(next);
                        if let Some(kept) = &mut kept {
                            kept.push(walker);
                        }
                    }
                    Beyond::Nothing => {}
                    Beyond::Broken => self.violated(walker, whence)?,
                }
            }
            walker.back();
        }
        Ok(mask)
    }
}
