//! Starvation: a `try_lock` that is refused for ever, although the scheduler is fair.
//!
//! A thread starves for a lock if there is an execution without end in which it is refused the lock again and again, and
//! never once takes it. In a finite graph of states such an execution ends in a loop, so one looks at the
//! strongly connected components of the graph without the steps in which that thread takes that lock: the thread starves in
//! a component if it is refused inside, and the loop can be closed in a way that is [fair](Fairness). This is the
//! emptiness check for (generalized Büchi and Streett) conditions; see Baier and Katoen, *Principles of Model Checking*,
//! chapters 4 and 6.
//!
//! A program that runs for ever must have finitely many states: counters that only go up have to be
//! [ignored](crate::machine::model::Model::ignoring). In a program that ends nobody starves.

pub mod components;
pub mod graph;
pub mod minimal;

use components::components;
use graph::{Edge, Graph, State, Tried};
use minimal::Starves;

use super::bounds::{Bounds, Host, Watch};
use super::fingerprint;
use super::program::{Finding, Program};
use super::verdict::{Outcome, Verdict, Violation};
use super::{Pasts, Walker, replay};
use crate::machine::{Op, Step, ThreadId};
use crate::ring::Addr;

/// What is asked of the scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fairness {
    /// A thread that can go on at every moment, from some moment on, goes on.
    Weak,
    /// A thread that can go on again and again goes on again and again.
    Strong,
}

impl Fairness {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weak => "weak fairness",
            Self::Strong => "strong fairness",
        }
    }
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How far.
    pub bounds: Bounds,
    /// What is asked of the scheduler.
    pub fairness: Fairness,
}

/// Searches for a thread that is refused a lock for ever. The schedule of the violation leads to the loop, and once
/// through it; no move of it can go.
///
/// # Panics
/// See [`states::search`](super::states::search).
#[must_use]
pub fn search(program: &dyn Program, options: &Options, host: &Host<'_>) -> Verdict {
    let watch = Watch::new(options.bounds, *host);
    let mut walker = Walker::new(program, Pasts::Forgotten);
    let (graph, bound) = Graph::explore(&mut walker, &watch);
    // In a part of the graph a loop may seem fair that is not.
    let whole = if bound.is_none() { tries(&graph) } else { Vec::new() };
    let violation = whole.into_iter().find_map(|(thread, lock)| {
        let starving = Starving { graph: &graph, thread, lock, threads: program.threads() };
        let starves = Starves { thread, lock, fairness: options.fairness };
        starving.find(options.fairness).map(|lasso| lasso.violation(program, starves))
    });
    let outcome = bound.map_or(Outcome::Proved, Outcome::BoundReached);
    let verdict = Verdict {
        states: Some(graph.states().into()),
        transitions: Some(graph.edges.len() as u64),
        depth: violation.as_ref().map_or(0, |violation| violation.schedule.len() as u32),
        seconds: watch.milliseconds() / 1e3,
        bytes: (graph.bytes() + walker.table().bytes()) as u64,
        overlooked: fingerprint::collision(u64::from(graph.states())),
        ..Verdict::of(if violation.is_some() { Outcome::Violated } else { outcome })
    };
    Verdict { violation, ..verdict }
}

/// Who was ever refused which lock.
fn tries(graph: &Graph) -> Vec<(ThreadId, Addr)> {
    let mut tries: Vec<_> = graph
        .edges
        .iter()
        .filter_map(|edge| match edge.tried {
            Tried::Refused(lock) => Some((edge.next.thread, lock)),
            Tried::No | Tried::Taken(_) => None,
        })
        .collect();
    tries.sort_unstable();
    tries.dedup();
    tries
}

/// One thread and one lock that it may be refused for ever.
struct Starving<'a> {
    graph: &'a Graph,
    thread: ThreadId,
    lock: Addr,
    threads: u32,
}

/// A way to a loop, and the loop.
struct Lasso {
    stem: Vec<Edge>,
    cycle: Vec<Edge>,
}

impl Starving<'_> {
    fn find(&self, fairness: Fairness) -> Option<Lasso> {
        let all: Vec<State> = (0..self.graph.states()).collect();
        let mut parts = components(self.graph, &all, |edge| self.is_allowed(edge));
        while let Some(mut part) = parts.pop() {
            part.sort_unstable();
            let inside = |edge: &Edge| self.is_allowed(edge) && part.binary_search(&edge.to).is_ok();
            let mut steps = part.iter().flat_map(|&state| self.graph.from(state)).filter(|edge| inside(edge));
            if !steps.clone().any(|edge| self.is_refusal(edge)) {
                continue;
            }
            let goes = |thread: ThreadId| steps.clone().any(|edge| edge.next.thread == thread);
            let unfair = match fairness {
                Fairness::Weak => self
                    .all()
                    .find(|&thread| !goes(thread) && part.iter().all(|&state| self.graph.is_enabled(state, thread))),
                Fairness::Strong => self
                    .all()
                    .find(|&thread| !goes(thread) && part.iter().any(|&state| self.graph.is_enabled(state, thread))),
            };
            match (unfair, fairness) {
                (None, _) => {
                    let first = steps.find(|edge| self.is_refusal(edge)).copied()?;
                    return self.lasso(first, &part, fairness);
                }
                // However the loop goes, the thread could always go on, and does not.
                (Some(_), Fairness::Weak) => {}
                // A loop that keeps away from where it could is fair to it.
                (Some(thread), Fairness::Strong) => {
                    let rest: Vec<State> =
                        part.iter().copied().filter(|&state| !self.graph.is_enabled(state, thread)).collect();
                    parts.extend(components(self.graph, &rest, |edge| self.is_allowed(edge)));
                }
            }
        }
        None
    }

    fn all(&self) -> impl Iterator<Item = ThreadId> + use<> {
        (0..self.threads).map(ThreadId::new)
    }

    fn is_allowed(&self, edge: &Edge) -> bool {
        (edge.next.thread, edge.tried) != (self.thread, Tried::Taken(self.lock))
    }

    fn is_refusal(&self, edge: &Edge) -> bool {
        (edge.next.thread, edge.tried) == (self.thread, Tried::Refused(self.lock))
    }

    /// A loop through `first`, fair to everybody, and a shortest way there.
    fn lasso(&self, first: Edge, part: &[State], fairness: Fairness) -> Option<Lasso> {
        let inside = |edge: &Edge| self.is_allowed(edge) && part.binary_search(&edge.to).is_ok();
        let mut cycle = vec![first];
        let at = |cycle: &[Edge]| cycle[cycle.len() - 1].to;
        for thread in self.all() {
            let can_rest = |state: State| !self.graph.is_enabled(state, thread);
            let satisfied = cycle
                .iter()
                .any(|edge| edge.next.thread == thread || (fairness == Fairness::Weak && can_rest(edge.to)));
            let never = part.iter().all(|&state| can_rest(state));
            if !satisfied && !never {
                cycle.extend(self.graph.way(at(&cycle), inside, |edge| {
                    edge.next.thread == thread || (fairness == Fairness::Weak && can_rest(edge.to))
                })?);
            }
        }
        if at(&cycle) != first.from {
            cycle.extend(self.graph.way(at(&cycle), inside, |edge| edge.to == first.from)?);
        }
        let stem =
            if first.from == 0 { Vec::new() } else { self.graph.way(0, |_| true, |edge| edge.to == first.from)? };
        Some(Lasso { stem, cycle })
    }
}

impl Lasso {
    fn violation(&self, program: &dyn Program, starves: Starves) -> Violation {
        let mut schedule: Vec<_> = self.stem.iter().chain(&self.cycle).map(|edge| edge.next).collect();
        let cycle = starves.minimise(program, &mut schedule, self.stem.len());
        let steps = replay(program, &schedule).steps;
        let is_refusal = |step: &Step| (step.op, step.thread, step.at) == (Op::Refused, starves.thread, starves.lock);
        let refused = steps.iter().filter(|(i, step)| *i >= cycle && is_refusal(step)).count();
        let times = if refused == 1 { "once".to_owned() } else { format!("{refused} times") };
        let text = format!(
            "under {}, {} can be refused for ever: {times} in each round of {} steps",
            starves.fairness.name(),
            program.thread_name(starves.thread),
            schedule.len() - cycle,
        );
        let finding = Finding { invariant: "starvation".to_owned(), text, stuck: None };
        Violation { finding, steps, schedule, cycle: Some(cycle) }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
