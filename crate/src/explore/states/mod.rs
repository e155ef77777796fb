//! State search: all reachable states, breadth first, so that a counterexample is a shortest one.
//!
//! What is remembered of a state is its [fingerprint], which is 8 bytes in a
//! [set](super::seen) that takes 10 to 15, and its place in the [tree](branch) for as long as new states may still be
//! found below it. Levels follow one another: whatever breaks after *n* steps is found before anything that takes *n* + 1,
//! on one thread or on [several](Options::threads).
//!
//! A state is judged when it is found: whether it [is broken](super::Program::is_broken), whether all threads have
//! ended, or nobody can go on. Nothing is searched beyond a broken state.
//!
//! | file | holds |
//! |---|---|
//! | [`branch`] | the tree of the search, and the walk over it |
//! | [`snapshots`] | states kept as they are |
//! | [`expand`] | what is done with a state of the frontier |
//! | `parallel` | a level on several threads |

pub mod branch;
pub mod expand;
#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
mod parallel;
pub mod snapshots;

use branch::{Bits, Branch};
use expand::{Beyond, Expand, Shelf, Stop, Totals, judge};
use snapshots::Room;

use super::bounds::{Bound, Bounds, Host, Progress, Watch};
use super::fingerprint;
use super::program::Program;
use super::seen::Seen;
use super::verdict::{Outcome, Verdict, Violation};
use super::{Pasts, Walker};
use crate::machine::model::Move;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How far.
    pub bounds: Bounds,
    /// What threads remember.
    pub pasts: Pasts,
    /// On how many threads. Where there is no pool of threads, it is one.
    pub threads: usize,
    /// Whether to search on when something is broken, so that everything is counted.
    pub whole: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { bounds: Bounds::default(), pasts: Pasts::Forgotten, threads: 1, whole: false }
    }
}

/// Searches all states of `program`.
///
/// # Panics
/// When the program is not deterministic, or breaks the contract of `begin_operation`; see [`learned`](super::learned).
#[must_use]
pub fn search(program: &dyn Program, options: &Options, host: &Host<'_>) -> Verdict {
    let mut search = Search {
        program,
        options: *options,
        watch: Watch::new(options.bounds, *host),
        violation: None,
        bits: Bits::new(program.threads()),
        totals: Totals::default(),
        depth: 0,
        bytes: 0,
    };
    let end = match options.threads {
        #[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
        2.. => search.on_many(),
        _ => search.on_one(),
    };
    search.verdict(end)
}

/// A search that is under way.
struct Search<'a, 'p> {
    program: &'p dyn Program,
    options: Options,
    watch: Watch<'a>,
    /// A shortest schedule that breaks something.
    violation: Option<Vec<Move>>,
    bits: Bits,
    totals: Totals,
    depth: u32,
    bytes: u64,
}

/// A search on one thread.
struct Alone<'a> {
    seen: &'a mut Seen,
    watch: &'a Watch<'a>,
    /// What was found on earlier levels.
    before: Totals,
    /// Bytes besides those of `seen`.
    bytes: usize,
    depth: u32,
}

impl Shelf for Alone<'_> {
    #[inline(always)]
    fn insert(&mut self, print: u64) -> bool {
        self.seen.insert(print)
    }

    fn go_on(&mut self, found: &Totals) -> Result<(), Stop> {
        let Totals { states, transitions, .. } = self.before.plus(*found);
        let bytes = (self.seen.bytes() + self.bytes) as u64;
        self.watch.tell(Progress { states, transitions, depth: self.depth, bytes, ..Progress::default() });
        self.watch.over(states, bytes).map_or(Ok(()), |bound| Err(Stop::Bound(bound)))
    }
}

impl Search<'_, '_> {
    /// Searches on this thread.
    fn on_one(&mut self) -> Result<(), Stop> {
        let mut walker = Walker::new(self.program, self.options.pasts);
        let mut seen = Seen::default();
        let mut tree = Branch::root();
        self.begin(&walker, &seen)?;
        while tree.width() > 0 {
            self.may_go_deeper()?;
            let bytes = tree.bytes() + walker.table().bytes();
            let shelf =
                Alone { seen: &mut seen, watch: &self.watch, before: self.totals, bytes, depth: self.depth + 1 };
            let mut visit = Expand::new(self.bits, &self.options, shelf);
            let level = tree.walk(&mut walker, self.bits, self.room(1), &mut visit);
            let (found, violation) = (visit.found, visit.violation);
            self.violation = self.violation.take().or(violation);
            self.end_level(found, seen.bytes() + tree.bytes() + walker.table().bytes());
            level?;
        }
        Ok(())
    }

    /// The initial state.
    fn begin(&mut self, walker: &Walker<'_>, seen: &Seen) -> Result<(), Stop> {
        seen.insert_shared(walker.fingerprint());
        self.totals.states = 1;
        if judge(walker) == Beyond::Broken {
            self.violation = Some(Vec::new());
            return Err(Stop::Violated);
        }
        Ok(())
    }

    /// Whether the next level is within the bounds.
    fn may_go_deeper(&self) -> Result<(), Stop> {
        let too_deep = self.watch.bounds.steps.is_some_and(|most| self.depth >= most);
        let bound = if too_deep { Some(Bound::Steps) } else { self.watch.over(self.totals.states, self.bytes) };
        bound.map_or(Ok(()), |bound| Err(Stop::Bound(bound)))
    }

    /// Room for the snapshots of one of so many branches.
    fn room(&self, branches: usize) -> Room {
        if self.watch.bounds.preemptions.is_some() {
            // Turns are counted on the way, so somebody has to go it.
            return Room(0);
        }
        Room(Room::beside(self.totals.states).0 / branches)
    }

    /// Counts what was found on a level.
    fn end_level(&mut self, found: Totals, bytes: usize) {
        self.totals = self.totals.plus(found);
        self.depth += u32::from(found.states > 0);
        self.bytes = self.bytes.max(bytes as u64);
        let (Totals { states, transitions, .. }, depth) = (self.totals, self.depth);
        self.watch.tell(Progress { states, transitions, depth, bytes: self.bytes, ..Progress::default() });
    }

    fn verdict(&self, end: Result<(), Stop>) -> Verdict {
        let violation = self.violation.as_ref().map(|schedule| {
            let violation = Violation::find(self.program, schedule.clone());
            violation.expect("what the search found is found by executing it")
        });
        let outcome = match end {
            _ if violation.is_some() => Outcome::Violated,
            Err(Stop::Bound(bound)) => Outcome::BoundReached(bound),
            Ok(()) if self.totals.cut => Outcome::BoundReached(Bound::Preemptions),
            Ok(()) => Outcome::Proved,
            Err(Stop::Violated | Stop::Elsewhere) => unreachable!("a search ends where it ends"),
        };
        Verdict {
            states: Some(self.totals.states),
            transitions: Some(self.totals.transitions),
            depth: self.depth,
            seconds: self.watch.milliseconds() / 1e3,
            bytes: self.bytes,
            overlooked: fingerprint::collision(self.totals.states),
            violation,
            ..Verdict::of(outcome)
        }
    }
}
