//! Search by persistent sets: of the moves from a state, only so many are followed as it takes to come by everything that can go
//! wrong.
//!
//! A set of moves is *persistent* in a state if nothing that the others can do, for as long as none of the set is made, depends on
//! a move of the set (Godefroid, "Partial-order methods for the verification of concurrent systems", LNCS 1032, 1996). Then it is
//! enough to go on with these: whatever schedule leads from here to a state that is broken, or where everybody has ended or is
//! stuck, the first of its moves that is in the set can as well come first; and if none is, any of the set can be made before it
//! all, and changes nothing of it. So every such state is still come by, or one that differs in moves which have nothing to do
//! with what is broken ([`Program::is_broken`] says why that is so). States are remembered as in the [state search](super::states),
//! and there are fewer of them: under `v4` 142 thousand of 963 thousand with two readers and a migrator, 10 thousand of 618 thousand
//! with a setup, a migrator and a reader, 44 thousand of 30 million with a second reader. What is found first is not the shortest.
//!
//! # What the others can do
//!
//! That has to be known beforehand, and nobody declares it. But threads are [learned](super::learned): a table says what comes of
//! each step for all that the words may hold that it reads. Each thread by itself, whatever the others do, is a [`graph`] then, and
//! by that its [futures] are known: the words that it may still read and change, and the locks that it must take before. What
//! lies under a lock that another thread holds cannot happen until that thread has moved on.
//!
//! The table knows what was executed, and no more. So the search goes in passes, until one of them has come to nothing that
//! the table did not know when it began. That one counts, for this reason: let a thread halt where the table does not know what
//! comes next. Of that program the table knows everything, so the search has come by all of its ends, and in none of them a
//! thread had halted; so it is the program itself.
//!
//! # Loops
//!
//! Whoever follows some moves only could go round in a circle for ever, and put off all others. A circle of states is one of each
//! thread that moves in it; so where a step of a thread that [may come back](graph::NodeInfo::recurs) leads to a state that is on
//! the way already, all moves are followed from the state before.
//!
//! | file | holds |
//! |---|---|
//! | [`words`] | the words that threads have in common, and what steps do to them |
//! | [`graph`] | where each thread can go |
//! | [`needs`] | locks that must be taken on the way |
//! | [`futures`] | what each thread may still do |
//! | [`choice`] | persistent sets |

pub mod choice;
pub mod futures;
pub mod graph;
pub mod needs;
pub mod words;

use choice::Chooser;
use futures::Futures;
use graph::Node;

use super::bits::Bits;
use super::bounds::{Bound, Bounds, Host, Progress, Watch};
use super::fingerprint;
use super::judge::{Beyond, judge};
use super::program::Program;
use super::seen::Seen;
use super::verdict::{Outcome, Verdict, Violation};
use super::{Pasts, Walker};
use crate::machine::model::Move;

/// Searches `program`. There is no bound on steps or preemptions: a state may be come by in other ways than the shortest.
///
/// # Panics
/// See [`states::search`](super::states::search).
#[must_use]
pub fn search(program: &dyn Program, bounds: Bounds, host: &Host<'_>) -> Verdict {
    let walker = Walker::new(program, Pasts::Forgotten);
    let threads = walker.threads();
    let mut search = Search {
        futures: Futures::new(&walker),
        chooser: Chooser::new(threads),
        bits: Bits::new(threads),
        nodes: Vec::new(),
        came_from: Vec::new(),
        counted: Counted::default(),
        seen: Seen::default(),
        watch: Watch::new(bounds, *host),
        bytes: 0,
        walker,
    };
    let end = search.run();
    search.verdict(end)
}

/// Steps between two looks at the clock.
const PATIENCE: u64 = 1 << 12;

/// The futures are found anew, where there is more to know, after so many states for each node of the graphs, which takes about as
/// long as searching them. (On two scenarios: 4 takes up to twice as long, most of it for futures.)
const STATES_A_NODE: u64 = 16;

/// But not after fewer.
const STATES: u64 = 1 << 9;

/// Why a search ends before everything was searched.
enum Stop {
    Bound(Bound),
    Violated,
}

/// What was counted in a pass.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    states: u64,
    transitions: u64,
    depth: u32,
}

/// The moves from a state on the way, as bits.
struct Followed {
    chosen: u32,
    /// Those of them that have not been followed yet.
    left: u32,
}

struct Search<'a, 'p> {
    walker: Walker<'p>,
    futures: Futures,
    chooser: Chooser,
    bits: Bits,
    /// Where each thread stands.
    nodes: Vec<Node>,
    /// For each step on the way, where its thread stood before.
    came_from: Vec<(usize, Node)>,
    seen: Seen,
    counted: Counted,
    watch: Watch<'a>,
    bytes: u64,
}

impl Search<'_, '_> {
    /// Makes passes until one of them has come to nothing new.
    fn run(&mut self) -> Result<(), Stop> {
        self.ask()?;
        loop {
            self.walker.reset();
            self.look_ahead();
            (self.seen, self.counted) = (Seen::default(), Counted::default());
            let known = self.walker.table().outcomes();
            let surprised = self.pass()?;
            // It may have been shorter than the time between two looks.
            self.ask()?;
            if !surprised && self.walker.table().outcomes() == known {
                return Ok(());
            }
        }
    }

    /// Searches everything; whether it came to something new.
    fn pass(&mut self) -> Result<bool, Stop> {
        let (mut surprised, mut looked_at) = (false, 0);
        let mut path: Vec<Followed> = self.arrive(0)?.into_iter().collect();
        while let Some(followed) = path.last_mut() {
            if followed.left == 0 {
                path.pop();
                self.back();
                continue;
            }
            let next = self.bits.first(followed.left);
            followed.left &= followed.left - 1;
            let thread = next.thread.index() as usize;
            let from = self.nodes[thread];
            self.step(next);
            match self.arrive(thread)? {
                Some(found) => path.push(found),
                None => {
                    let is_circle = self.futures.graph.recurs(from) && self.walker.has_been_here();
                    self.back();
                    if is_circle {
                        let all = self.walker.moves().fold(0, |all, next| all | self.bits.of(next));
                        followed.left |= all & !followed.chosen;
                        followed.chosen = all;
                    }
                }
            }
            let enough = STATES.max(STATES_A_NODE * self.futures.graph.count() as u64);
            if self.chooser.is_surprised && self.counted.states >= looked_at + enough {
                (surprised, looked_at) = (true, self.counted.states);
                let schedule = self.walker.schedule();
                self.walker.reset();
                self.look_ahead();
                schedule.into_iter().for_each(|next| self.step(next));
            }
        }
        Ok(surprised | self.chooser.is_surprised)
    }

    /// Finds out, at the initial state, what threads may do, by all that is known now.
    fn look_ahead(&mut self) {
        self.futures = Futures::new(&self.walker);
        self.nodes = self.futures.graph.begin().to_vec();
        self.came_from.clear();
        self.chooser.is_surprised = false;
    }

    fn step(&mut self, next: Move) {
        self.walker.step(next);
        let thread = next.thread.index() as usize;
        self.came_from.push((thread, self.nodes[thread]));
        self.nodes[thread] = self.futures.graph.after(self.nodes[thread], self.walker.last());
    }

    /// Takes the last step back; none, at the initial state.
    fn back(&mut self) {
        if let Some((thread, node)) = self.came_from.pop() {
            self.walker.back();
            self.nodes[thread] = node;
        }
    }

    /// Looks at the state that the walker is at, to which thread `last` has led; what is to be followed from there, if it is a
    /// new one.
    fn arrive(&mut self, last: usize) -> Result<Option<Followed>, Stop> {
        self.counted.transitions += 1;
        if self.counted.transitions.is_multiple_of(PATIENCE) {
            self.ask()?;
        }
        self.seen.make_room(self.counted.states);
        if !self.seen.insert(self.walker.fingerprint()) {
            return Ok(None);
        }
        self.counted.states += 1;
        if self.watch.is_counted_out(self.counted.states) {
            self.ask()?;
        }
        self.counted.depth = self.counted.depth.max(self.walker.depth() as u32);
        let chosen = match judge(&mut self.walker, |_| ()) {
            Beyond::More => self.chooser.choose(&mut self.walker, &self.futures, &self.nodes, last),
            Beyond::Nothing => 0,
            Beyond::Broken => return Err(Stop::Violated),
        };
        Ok(Some(Followed { chosen, left: chosen }))
    }

    /// Whether to go on.
    fn ask(&mut self) -> Result<(), Stop> {
        let Counted { states, transitions, depth } = self.counted;
        let bytes = (self.seen.bytes() + self.walker.table().bytes() + self.futures.bytes()) as u64;
        self.bytes = self.bytes.max(bytes);
        self.watch.tell(Progress { states, transitions, depth, bytes, ..Progress::default() });
        self.watch.over(states, bytes).map_or(Ok(()), |bound| Err(Stop::Bound(bound)))
    }

    fn verdict(&mut self, end: Result<(), Stop>) -> Verdict {
        let (outcome, violation) = match end {
            Ok(()) => (Outcome::Proved, None),
            Err(Stop::Bound(bound)) => (Outcome::BoundReached(bound), None),
            Err(Stop::Violated) => {
                let violation = Violation::find(self.walker.program(), self.walker.schedule());
                (Outcome::Violated, Some(violation.expect("what the search found is found by executing it")))
            }
        };
        // The last look may have been a while ago.
        let _ = self.ask();
        let Counted { states, transitions, depth } = self.counted;
        Verdict {
            states: Some(states),
            // Arriving at the initial state is none.
            transitions: Some(transitions.saturating_sub(1)),
            depth,
            seconds: self.watch.milliseconds() / 1e3,
            bytes: self.bytes,
            overlooked: fingerprint::collision(states),
            violation,
            ..Verdict::of(outcome)
        }
    }
}
