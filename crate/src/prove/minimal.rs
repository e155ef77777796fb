//! Violating schedules, made small: moves that it works without are dropped, and turns from thread to thread that it
//! works without are avoided.
//!
//! A shortest schedule of the [state search](crate::explore::states) has no move to spare. One that was sampled, found by
//! partial order, or recorded on threads has, and [`minimise`] takes them out by delta debugging (Zeller and Hildebrandt,
//! "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002). What is left when moves are taken out is
//! *followed as far as it fits*: a move that is not possible by then is dropped as well, and so is all that comes after
//! the violation. In the result no single move can go.
//!
//! [`straighten`] changes the order only. Two moves that neither touch a common word nor belong to one thread can change
//! places, and the end is the same; of all orders that come about in this way (one Mazurkiewicz class) it finds one with
//! the fewest switches from thread to thread, so that a picture has long runs of one thread.

use std::collections::HashSet;

use crate::explore::{Finding, Moment, Pasts, Program, Standing, Walker, replay};
use crate::machine::model::Move;

/// Steps that [`minimise`] takes at the most, in all attempts together: a second or so.
const EFFORT: u64 = 20_000_000;

/// Different positions that [`straighten`] looks at, at the most. With two threads there are no more than switches.
const POSITIONS: usize = 100_000;

/// A violating schedule, made small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimal {
    /// The schedule.
    pub schedule: Vec<Move>,
    /// What is wrong at its end: the same invariant as with the schedule that it was made from.
    pub finding: Finding,
    /// Whether no single move can go; if not, it was given up for the effort.
    pub minimal: bool,
}

/// Drops moves of a violating schedule, and straightens what is left. `None`: it violates nothing, as far as it fits.
///
/// # Panics
/// When the program is not deterministic.
#[must_use]
pub fn minimise(program: &dyn Program, schedule: &[Move]) -> Option<Minimal> {
    let mut attempts = Attempts::new(program);
    let (mut schedule, invariant) = attempts.follow(schedule, None)?;
    let minimal = loop {
        let (small, minimal) = attempts.shrink(schedule, &invariant);
        schedule = straighten(program, &small);
        // In another order there may be more that can go.
        if !minimal || schedule == small {
            break minimal;
        }
    };
    let finding = replay(program, &schedule).finding.expect("what breaks in one order breaks in an equivalent one");
    Some(Minimal { schedule, finding, minimal })
}

/// Attempts to violate, on one walker, so that what one of them learns the others know.
struct Attempts<'p> {
    walker: Walker<'p>,
    effort: u64,
}

impl<'p> Attempts<'p> {
    fn new(program: &'p dyn Program) -> Self {
        Self { walker: Walker::new(program, Pasts::Kept), effort: EFFORT }
    }

    /// Follows `wanted` as far as it fits, until something is broken, or to its end: the moves made, and the invariant;
    /// `None` when nothing is broken, or another invariant than `same`.
    fn follow(&mut self, wanted: &[Move], same: Option<&str>) -> Option<(Vec<Move>, String)> {
        self.walker.back_to(0);
        for &next in wanted {
            if self.walker.program().is_broken(self.walker.memory()) {
                break;
            }
            if next.thread.index() < self.walker.threads() && next.way < self.walker.ways(next.thread) {
                self.walker.step(next);
                self.effort = self.effort.saturating_sub(1);
            }
        }
        let finding = self.judge()?;
        let invariant = finding.invariant;
        same.is_none_or(|same| same == invariant).then(|| (self.walker.schedule(), invariant))
    }

    /// What is wrong where the walker is.
    fn judge(&self) -> Option<Finding> {
        let (program, memory) = (self.walker.program(), self.walker.memory());
        if program.is_broken(memory) {
            return program.judge(memory, Moment::Broken);
        }
        match self.walker.standing() {
            Standing::Going => None,
            Standing::Finished => program.judge(memory, Moment::Finished),
            // What threads wait for is told by an execution.
            Standing::Stuck => replay(program, &self.walker.schedule()).finding,
        }
    }

    /// The algorithm `ddmin`, by complements: cuts the schedule into `parts`, and tries to do without each; whether it came
    /// to the end.
    fn shrink(&mut self, mut schedule: Vec<Move>, invariant: &str) -> (Vec<Move>, bool) {
        let mut parts = 2.min(schedule.len());
        while parts > 0 {
            let length = schedule.len();
            let bounds = |part: usize| part * length / parts;
            let without = |part: usize| [&schedule[..bounds(part)], &schedule[bounds(part + 1)..]].concat();
            let mut smaller = None;
            for part in 0..parts {
                if self.effort == 0 {
                    return (schedule, false);
                }
                smaller = self.follow(&without(part), Some(invariant));
                if smaller.is_some() {
                    break;
                }
            }
            match smaller {
                Some((smaller, _)) => {
                    schedule = smaller;
                    parts = (parts - 1).max(2).min(schedule.len());
                }
                None if parts == length => break,
                None => parts = (parts * 2).min(length),
            }
        }
        (schedule, true)
    }
}

/// The same steps in an order with as few switches from thread to thread as there can be, and with the same end. A
/// schedule that does not fit, or that violates nothing at its end, is returned as it is, and so is one whose orders are
/// too many to look at.
///
/// # Panics
/// When the program is not deterministic.
#[must_use]
pub fn straighten(program: &dyn Program, schedule: &[Move]) -> Vec<Move> {
    let straight = || {
        let order = Order::of(program, schedule)?.straightest()?;
        let (before, after) = (replay(program, schedule).finding?, replay(program, &order).finding?);
        (before == after && switches(&order) <= switches(schedule)).then_some(order)
    };
    straight().unwrap_or_else(|| schedule.to_vec())
}

/// How often another thread goes on than the one that went last.
#[must_use]
pub fn switches(schedule: &[Move]) -> usize {
    schedule.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count()
}

/// What must come before what, in all orders of an execution that are equivalent.
struct Order {
    /// By thread: its moves, each with the number of moves of every thread that it comes after.
    lanes: Vec<Vec<(Move, Vec<usize>)>>,
}

/// Moves made, by thread.
type Position = Vec<usize>;

impl Order {
    /// `None`: the schedule does not fit.
    fn of(program: &dyn Program, schedule: &[Move]) -> Option<Self> {
        let mut walker = Walker::new(program, Pasts::Kept);
        let mut done = Vec::new();
        let mut lanes: Vec<Vec<(Move, Vec<usize>)>> = vec![Vec::new(); program.threads() as usize];
        for (i, &next) in schedule.iter().enumerate() {
            if next.thread.index() >= walker.threads() || next.way >= walker.ways(next.thread) {
                return None;
            }
            walker.step(next);
            let outcome = walker.last();
            let (reads, writes) = (walker.table().reads(outcome), walker.table().writes(outcome));
            let ends = i + 1 == schedule.len() && program.is_broken(walker.memory());
            let mut after = vec![0; lanes.len()];
            for (lane, number, other) in &done {
                let (other_reads, other_writes) = (walker.table().reads(*other), walker.table().writes(*other));
                let common = |some: &[_], others: &[_]| some.iter().any(|at| others.contains(at));
                let depends =
                    common(writes, other_writes) || common(writes, other_reads) || common(reads, other_writes);
                // What notices the breach stays last: the others have led to it.
                if ends || depends {
                    after[*lane] = number + 1;
                }
            }
            let lane = next.thread.index() as usize;
            done.push((lane, lanes[lane].len(), outcome));
            lanes[lane].push((next, after));
        }
        Some(Self { lanes })
    }

    /// Lets a thread go on for as long as it can; nothing is gained by turning away from it earlier.
    fn run(&self, mut position: Position, lane: usize) -> Position {
        let ready = |position: &Position, after: &[usize]| {
            (0..).zip(after).all(|(i, &n): (usize, _)| i == lane || position[i] >= n)
        };
        while self.lanes[lane].get(position[lane]).is_some_and(|(_, after)| ready(&position, after)) {
            position[lane] += 1;
        }
        position
    }

    /// Breadth first over the positions in which a thread has just gone on for as long as it could.
    fn straightest(&self) -> Option<Vec<Move>> {
        let end: Position = self.lanes.iter().map(Vec::len).collect();
        // Positions, each with the number of the one before it and the thread that led from there.
        let mut reached: Vec<(Position, usize, usize)> = vec![(vec![0; end.len()], 0, 0)];
        let mut seen: HashSet<Position> = HashSet::new();
        let mut next = 0;
        while reached.len() < POSITIONS {
            let (position, ..) = reached.get(next)?.clone();
            if position == end {
                return Some(self.moves(&reached, next));
            }
            for lane in 0..end.len() {
                let further = self.run(position.clone(), lane);
                if further != position && seen.insert(further.clone()) {
                    reached.push((further, next, lane));
                }
            }
            next += 1;
        }
        None
    }

    /// The moves that lead to a position.
    fn moves(&self, reached: &[(Position, usize, usize)], mut at: usize) -> Vec<Move> {
        let mut runs = Vec::new();
        while at != 0 {
            let (ref to, from, lane) = reached[at];
            runs.push(&self.lanes[lane][reached[from].0[lane]..to[lane]]);
            at = from;
        }
        runs.into_iter().rev().flatten().map(|(next, _)| *next).collect()
    }
}
