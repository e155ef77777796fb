//! Partial-order search: one execution for each Mazurkiewicz class.
//!
//! Two executions are of one class when one becomes the other by exchanging neighbouring steps that do not depend on each
//! other. This is *optimal dynamic partial-order reduction* with wakeup trees (Abdulla, Aronis, Jonsson and Sagonas,
//! "Optimal dynamic partial order reduction", POPL 2014, algorithm 2; "Source sets", J. ACM 64, 2017). An execution is
//! followed to its end; each of its *races*, two dependent steps with nothing in between, calls for an execution in which
//! they come the other way round; a wakeup tree at the place where the two part holds the sequences called for, and
//! sleep sets keep those out that have been explored. No class is explored twice, and no execution is begun in vain:
//! [`Verdict::blocked_traces`] counts those, and is 0.
//!
//! What is different here:
//!
//! - **Locks block.** A step that waits cannot be moved before the release that it waits for, but perhaps before the
//!   acquisition: the later one of two acquisitions races with the earlier one. So for a step that may wait, the events
//!   that wrote its word are tried from the latest on, until it could have happened before one of them. Threads that are
//!   left waiting at the end race in the same way.
//! - **What a step depends on is seen, not declared**: the words that it read and wrote, its detectors included. A
//!   `try_lock`, a compare-and-exchange and an allocation count as writing what decides them, whether they succeed
//!   or not. Where the same step touches other words in another order of events (a pointer was loaded in between), what
//!   it does in its new place is found by [going there](reverse).
//! - **Choices** of a thread are different steps of it; all are explored where the thread comes to them freely.
//!
//! A class counts as broken if it ever [is broken](super::Program::is_broken), or is judged so at its end; it is followed to
//! the end in any case, so that classes are whole.
//!
//! | file | holds |
//! |---|---|
//! | [`wakeup`] | events, dependence, wakeup trees |
//! | [`history`] | the execution, happening-before, races |
//! | [`reverse`] | what a race calls for |

pub mod history;
pub mod reverse;
pub mod wakeup;

use std::collections::HashMap;

use history::History;
use reverse::{Node, reverse_races};
use wakeup::Event;

use super::bounds::{Bound, Bounds, Host, Progress, Watch, map_bytes};
use super::program::{Moment, Program};
use super::verdict::{Outcome, Verdict, Violation};
use super::{Pasts, Standing, Walker};
use crate::machine::ThreadId;
use crate::machine::model::Move;

/// How to search.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// How far; [`count`](Bounds::count) is of classes. There is no bound on preemptions: a class has none of its own.
    pub bounds: Bounds,
    /// Whether to search on when something is broken, so that everything is counted, and the schedule that breaks something
    /// is the shortest of all classes.
    pub whole: bool,
}

/// Searches one execution of each class of `program`.
///
/// # Panics
/// See [`states::search`](super::states::search).
#[must_use]
pub fn search(program: &dyn Program, options: &Options, host: &Host<'_>) -> Verdict {
    let walker = Walker::new(program, Pasts::Forgotten);
    let mut search = Search {
        history: History::new(walker.threads(), walker.memory().words().len()),
        nodes: vec![Node { fresh: true, broken: program.is_broken(walker.memory()), ..Node::default() }],
        walker,
        watch: Watch::new(options.bounds, *host),
        whole: options.whole,
        judged: HashMap::new(),
        shortest: None,
        traces: 0,
        broken: 0,
        blocked: 0,
        depth: 0,
        cut: false,
        steps: 0,
    };
    let bound = search.run();
    search.verdict(bound)
}

struct Search<'a, 'p> {
    walker: Walker<'p>,
    watch: Watch<'a>,
    whole: bool,
    history: History,
    /// The states on the path, the initial one first.
    nodes: Vec<Node>,
    /// Whether the states at the ends of executions are broken, by their fingerprints.
    judged: HashMap<u64, bool>,
    /// The shortest schedule that breaks something.
    shortest: Option<Vec<Move>>,
    traces: u64,
    broken: u64,
    blocked: u64,
    depth: u32,
    cut: bool,
    /// Steps taken, in all executions.
    steps: u64,
}

/// Steps between two looks at the clock.
const PATIENCE: u64 = 1 << 12;

impl Search<'_, '_> {
    /// Searches; the bound that ended it, if one did.
    fn run(&mut self) -> Option<Bound> {
        while let Some(node) = self.nodes.last_mut() {
            if let Some((event, below)) = node.tree.take_first() {
                self.enter(event, below);
                self.steps += 1;
                // An execution may be long.
                if self.steps.is_multiple_of(PATIENCE)
                    && let Some(bound) = self.ask()
                {
                    return Some(bound);
                }
            } else if node.fresh {
                node.fresh = false;
                if !self.choose() {
                    self.complete();
                    if !self.whole && self.shortest.is_some() {
                        return None;
                    }
                    if self.watch.is_counted_out(self.traces)
                        && let Some(bound) = self.ask()
                    {
                        return Some(bound);
                    }
                }
            } else {
                self.leave();
            }
        }
        // The last look was a while ago.
        self.ask()
    }

    /// Takes a step down.
    fn enter(&mut self, event: Event, below: wakeup::WakeupTree) {
        let decided_by = self.decided_by(event.next.thread);
        self.walker.step(event.next);
        let event = Event { outcome: self.walker.last(), ..event };
        self.history.push(event, decided_by, self.walker.table());
        let broken = self.walker.program().is_broken(self.walker.memory());
        let table = self.walker.table();
        let Some(node) = self.nodes.last_mut() else { return };
        node.running = Some(event);
        let asleep = node.sleep.iter().copied().filter(|other| !other.depends_on(event, table));
        let next = Node {
            sleep: asleep.collect(),
            fresh: below.is_empty(),
            tree: below,
            running: None,
            broken: node.broken || broken,
        };
        if next.broken && !node.broken {
            self.remember_violation();
        }
        self.nodes.push(next);
    }

    /// Takes the step back; from now on it is asleep.
    fn leave(&mut self) {
        self.nodes.pop();
        if let Some(node) = self.nodes.last_mut() {
            self.walker.back();
            self.history.pop(self.walker.table());
            node.sleep.extend(node.running.take());
        }
    }

    /// Chooses a thread that is not asleep, in all its ways; whether there is one, and the bound on steps allows it.
    fn choose(&mut self) -> bool {
        let (walker, Some(node)) = (&mut self.walker, self.nodes.last_mut()) else { return false };
        if walker.standing() == Standing::Going
            && self.watch.bounds.steps.is_some_and(|most| walker.depth() >= most as usize)
        {
            self.cut = true;
            return false;
        }
        let asleep = |next: &Move| node.sleep.iter().any(|event| event.next == *next);
        let Some(first) = walker.moves().find(|next| !asleep(next)) else { return false };
        let ways: Vec<Move> = walker.moves().filter(|next| next.thread == first.thread && !asleep(next)).collect();
        for next in ways {
            let outcome = walker.peek(next);
            node.tree.push(Event { next, outcome });
        }
        true
    }

    /// The execution goes no further: counts it, judges it, and looks for its races.
    fn complete(&mut self) {
        self.depth = self.depth.max(self.walker.depth() as u32);
        let standing = self.walker.standing();
        let bounded = self.watch.bounds.steps.is_some_and(|most| self.walker.depth() >= most as usize);
        if standing == Standing::Going && !bounded {
            self.blocked += 1;
            return;
        }
        self.traces += 1;
        if self.nodes.last().is_some_and(|node| node.broken) {
            self.broken += 1;
        } else if self.is_broken_at_end(standing) {
            self.broken += 1;
            self.remember_violation();
        }
        let threads = (0..self.walker.threads()).map(ThreadId::new);
        let waiting: Vec<_> = threads.filter_map(|thread| Some((thread, self.decided_by(thread)?))).collect();
        let nodes = &mut self.nodes;
        reverse_races(&mut self.walker, &self.history, &waiting, |walker, place, sequence| {
            nodes[place].call(walker, sequence);
        });
    }

    /// The word that decides whether the thread can go on.
    fn decided_by(&self, thread: ThreadId) -> Option<crate::ring::Addr> {
        self.walker.table().place_info(self.walker.place(thread)).intent?.decided_by()
    }

    /// Whether the state is broken in which the execution has ended.
    fn is_broken_at_end(&mut self, standing: Standing) -> bool {
        if let Some(&known) = self.judged.get(&self.walker.fingerprint()) {
            return known;
        }
        let program = self.walker.program();
        let broken = match standing {
            Standing::Going => false,
            Standing::Finished => program.judge(self.walker.memory(), Moment::Finished).is_some(),
            Standing::Stuck => Violation::find(program, self.walker.schedule()).is_some(),
        };
        self.judged.insert(self.walker.fingerprint(), broken);
        broken
    }

    /// This schedule breaks something; the shortest one is kept.
    fn remember_violation(&mut self) {
        if self.shortest.as_ref().is_none_or(|shortest| shortest.len() > self.walker.depth()) {
            self.shortest = Some(self.walker.schedule());
        }
    }

    fn bytes(&self) -> u64 {
        let path = self.nodes.iter().map(Node::bytes).sum::<usize>() + self.history.bytes();
        (self.walker.table().bytes() + map_bytes(&self.judged) + path) as u64
    }

    /// Whether to go on.
    fn ask(&self) -> Option<Bound> {
        let (traces, depth, bytes) = (self.traces, self.walker.depth() as u32, self.bytes());
        self.watch.tell(Progress { traces, depth, bytes, ..Progress::default() });
        // Whatever was the last class, is known only when nothing is left.
        let left = self.nodes.iter().any(|node| !node.tree.is_empty());
        self.watch.over(traces, bytes).filter(|&bound| bound != Bound::Count || left)
    }

    fn verdict(self, bound: Option<Bound>) -> Verdict {
        let violation = self.shortest.as_ref().map(|schedule| {
            let violation = Violation::find(self.walker.program(), schedule.clone());
            violation.expect("what the search found is found by executing it")
        });
        let outcome = match bound {
            _ if violation.is_some() => Outcome::Violated,
            Some(bound) => Outcome::BoundReached(bound),
            None if self.cut => Outcome::BoundReached(Bound::Steps),
            None => Outcome::Proved,
        };
        Verdict {
            traces: Some(self.traces),
            broken_traces: Some(self.broken),
            blocked_traces: Some(self.blocked),
            depth: self.depth,
            seconds: self.watch.milliseconds() / 1e3,
            bytes: self.bytes(),
            violation,
            ..Verdict::of(outcome)
        }
    }
}
