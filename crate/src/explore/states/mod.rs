//! State search: all reachable states, breadth first, so that a counterexample is a shortest one.
//!
//! What is remembered of a state is its [fingerprint], which is 8 bytes in a
//! [set](super::seen) that takes 10 to 15, and its place in the [tree] for as long as new states may still be
//! found below it. Levels follow one another: whatever breaks after *n* steps is found before anything that takes *n* + 1,
//! on one thread or on [several](Options::threads). Who finds a state first keeps it, so with several threads the shape of
//! the tree differs from run to run, but the states of a level do not.
//!
//! A state is judged when it is found: whether it [is broken](super::Program::is_broken), whether all threads have
//! ended, or nobody can go on. Nothing is searched beyond a broken state.
//!
//! | file | holds |
//! |---|---|
//! | [`tree`] | how each state was come to, and the walk to those of the last level |
//! | `masks` | the moves from each state to new ones |
//! | [`snapshots`] | states kept as they are |
//! | [`level`] | a level: its states, who takes which, and what they lead to |
//! | [`expand`] | what is done with a state of the frontier |
//! | `recent` | what a thread has come by last |
//! | `work` | what the threads have in common, and what each does in a round |
//! | `crew` | threads that meet for short rounds |

#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
mod crew;
pub mod expand;
pub mod level;
mod masks;
#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
mod recent;
pub mod snapshots;
pub mod tree;
mod work;

use core::cell::RefCell;
use std::sync::RwLock;

use expand::{Stop, Totals};
use level::Hand;
use snapshots::Room;
use work::{Ground, Terms, write};

use super::Pasts;
use super::bits::Bits;
use super::bounds::{Bound, Bounds, Host, Progress, Watch};
use super::fingerprint;
use super::judge::{Beyond, judge};
use super::program::Program;
use super::verdict::{Outcome, Verdict, Violation};
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
    let watch = Watch::new(options.bounds, *host);
    let terms = Terms { program, options: *options, watch, bits: Bits::new(program.threads()) };
    let mut search = Search { terms, violation: None, totals: Totals::default(), depth: 0, bytes: 0 };
    let end = match options.threads {
        #[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
        2.. => search.on_many(),
        _ => search.on_one(),
    };
    search.verdict(end)
}

/// A search that is under way.
struct Search<'a> {
    terms: Terms<'a>,
    /// A shortest schedule that breaks something.
    violation: Option<Vec<Move>>,
    totals: Totals,
    depth: u32,
    bytes: u64,
}

impl Search<'_> {
    /// Searches on this thread.
    fn on_one(&mut self) -> Result<(), Stop> {
        let terms = self.terms;
        let (hand, ground) = self.begin(1)?;
        self.levels(&ground, &|_| {
            terms.alone(&mut write(&ground), &mut hand.borrow_mut());
            Ok(())
        })
    }

    /// Searches on several threads.
    #[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
    fn on_many(&mut self) -> Result<(), Stop> {
        use super::learned::lesson::Seat;
        use work::read;
        let terms = self.terms;
        let threads = terms.options.threads;
        let (hand, ground) = self.begin(threads)?;
        let seats = Seat::among(threads);
        let sit = |helper: usize, hand: &mut Hand<'_>| hand.walker.sit(seats[helper].clone());
        sit(work::LEADER, &mut hand.borrow_mut());
        let hire = |helper: usize| {
            let mut hand = Hand::new(terms.walker());
            sit(helper, &mut hand);
            let ground = &ground;
            move || terms.together(&read(ground), helper, &mut hand)
        };
        crew::with(threads - 1, hire, |gate| {
            self.levels(&ground, &|is_worth_sharing| {
                let work = || terms.together(&read(&ground), work::LEADER, &mut hand.borrow_mut());
                if is_worth_sharing {
                    return gate.round(work).map_err(|crew::Lost| Stop::Lost);
                }
                work();
                Ok(())
            })
        })
    }

    /// The initial state.
    fn begin<'p>(&mut self, threads: usize) -> Result<(RefCell<Hand<'p>>, RwLock<Ground>), Stop>
    where
        Self: 'p,
    {
        let mut walker = self.terms.walker();
        let ground = Ground::new(threads, walker.fingerprint());
        self.totals.states = 1;
        if judge(&mut walker, |_| ()) == Beyond::Broken {
            self.violation = Some(Vec::new());
            return Err(Stop::Violated);
        }
        Ok((RefCell::new(Hand::new(walker)), RwLock::new(ground)))
    }

    /// Goes from level to level. `round` works on the ground for a while, on all threads if it is worth it.
    fn levels(&mut self, ground: &RwLock<Ground>, round: &dyn Fn(bool) -> Result<(), Stop>) -> Result<(), Stop> {
        loop {
            let mut now = write(ground);
            if now.level.width() == 0 {
                return Ok(());
            }
            self.may_go_deeper()?;
            now.begin_level(self.totals, self.room());
            let is_worth_sharing = now.is_worth_sharing();
            drop(now);
            loop {
                let crowded = write(ground).begin_growth();
                if crowded {
                    round(true)?;
                    write(ground).end_growth();
                }
                round(is_worth_sharing)?;
                if write(ground).level.is_done() {
                    break;
                }
            }
            let (found, bytes) = write(ground).end_level();
            self.violation = self.violation.take().or(found.violation);
            self.end_level(found.totals, bytes);
            found.stop.map_or(Ok(()), Err)?;
        }
    }

    /// Whether the next level is within the bounds.
    fn may_go_deeper(&self) -> Result<(), Stop> {
        let watch = &self.terms.watch;
        let too_deep = watch.bounds.steps.is_some_and(|most| self.depth >= most);
        let bound = if too_deep { Some(Bound::Steps) } else { watch.over(self.totals.states, self.bytes) };
        bound.map_or(Ok(()), |bound| Err(Stop::Bound(bound)))
    }

    /// Room for snapshots.
    fn room(&self) -> Room {
        if self.terms.watch.bounds.preemptions.is_some() {
            // Turns are counted on the way, so somebody has to go it.
            return Room(0);
        }
        Room::beside(self.totals.states)
    }

    /// Counts what was found on a level.
    fn end_level(&mut self, found: Totals, bytes: usize) {
        self.totals = self.totals.plus(found);
        self.depth += u32::from(found.states > 0);
        self.bytes = self.bytes.max(bytes as u64);
        let (Totals { states, transitions, .. }, depth) = (self.totals, self.depth);
        self.terms.watch.tell(Progress { states, transitions, depth, bytes: self.bytes, ..Progress::default() });
    }

    fn verdict(&self, end: Result<(), Stop>) -> Verdict {
        let violation = self.violation.as_ref().map(|schedule| {
            let violation = Violation::find(self.terms.program, schedule.clone());
            violation.expect("what the search found is found by executing it")
        });
        let outcome = match end {
            _ if violation.is_some() => Outcome::Violated,
            Err(Stop::Bound(bound)) => Outcome::BoundReached(bound),
            Ok(()) if self.totals.cut => Outcome::BoundReached(Bound::Preemptions),
            Ok(()) => Outcome::Proved,
            Err(Stop::Violated | Stop::Lost) => unreachable!("a search ends where it ends"),
        };
        Verdict {
            states: Some(self.totals.states),
            transitions: Some(self.totals.transitions),
            depth: self.depth,
            seconds: self.terms.watch.milliseconds() / 1e3,
            bytes: self.bytes,
            overlooked: fingerprint::collision(self.totals.states),
            violation,
            ..Verdict::of(outcome)
        }
    }
}
